//! The administrator sets the rules of a practice; Ana reads before sending who will read it, and the team
//! sees why it is theirs.

use domain::access::Role;

use crate::staff::Clinic;
use crate::support::{Page, TestSite};

/// The first link that leads to an address beginning so.
fn link(page: &Page, to: &str) -> String {
    let found = page.body.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let mut found = found.filter(|href| href.starts_with(to));
    found.next().unwrap_or_else(|| panic!("no link to {to}: {page:?}")).to_owned()
}

#[test]
fn rules_are_added_moved_refused_and_tried() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let list = ada.get("/admin/routing");
        list.expect(200).shows("Riverside Clinic").shows("No rules yet");
        let home = link(&list, "/admin/routing/");
        let (heart, team) = (clinic.other.to_string(), clinic.team.to_string());
        let new = format!("{home}/rules/new");
        let form = ada.get(&new);
        form.expect(200).shows("Heart clinic");
        let alone = [("category", "symptom"), ("to", heart.as_str()), ("reason", "Hearts")];
        ada.submit(&form, &new, &alone)
            .expect(422)
            .shows("Rule 1 sends by what the patient calls it alone.");
        ada.submit(&form, &new, &[("to", "chosen")]).expect(422).shows("Say why");
        ada.submit(&form, &new, &[("to", "chosen"), ("reason", "x"), ("time", "noon")])
            .expect(422)
            .shows("Write a time of the day");
        let calm = [("to", "triage"), ("reason", "x"), ("raise", "4")];
        ada.submit(&form, &new, &calm).expect(422).shows("makes nothing more urgent");
        let treats = format!("treats:{team}");
        let with = [
            ("category", "symptom"),
            ("known", treats.as_str()),
            ("to", heart.as_str()),
            ("first", "nurse"),
            ("raise", "2"),
            ("reason", "Hearts go to the heart clinic"),
        ];
        let saved = ada.submit(&form, &new, &with);
        saved.expect(303);
        ada.get(saved.location())
            .expect(200)
            .shows("The rules are in force")
            .shows("Diabetes team treats the patient")
            .shows("Send to Heart clinic.")
            .shows("First for a nurse.")
            .shows("Hearts go to the heart clinic");
        let late = ada.submit(&form, &new, &with);
        assert!(late.location().ends_with("?done=changed"), "{late:?}");
        ada.get(&format!("{home}?done=changed")).shows("Somebody saved other rules meanwhile");

        let form = ada.get(&new);
        let always = [("to", "chosen"), ("days", "6"), ("days", "7"), ("reason", "Weekends")];
        ada.submit(&form, &new, &always).expect(303);
        let shadowed = [("to", heart.as_str()), ("reason", "All"), ("known", treats.as_str())];
        ada.submit(&ada.get(&new), &new, &shadowed).expect(303);
        let page = ada.get(&home);
        // Moved up, the third rule fits all that the first would after another move.
        let up = |page: &Page, n: &str| {
            ada.submit(page, &format!("{home}/move"), &[("n", n), ("way", "up")])
        };
        up(&page, "3").expect(303);
        let refused = up(&ada.get(&home), "2");
        refused.expect(422).shows("Rule 2 never gets its turn: rule 1 fits every message");
        ada.submit(&ada.get(&home), &format!("{home}/move"), &[("n", "2"), ("way", "out")])
            .expect(303);
        ada.get(&home).shows("Rule 2 removed").shows("Ada Novak").shows("Version 5");
        let old = ada.get(&format!("{home}?version=1"));
        old.expect(200).shows("which is not in force any more");
        ada.submit(&old, &format!("{home}/restore"), &[("version", "1")]).expect(303);
        ada.get(&home).shows("Version 1 used again");
        ada.get(&format!("{home}?version=99")).expect(404);
        ada.get(&format!("{home}/rules/1")).expect(200).shows("value=\"symptom\" checked");
        ada.get(&format!("{home}/rules/2")).expect(404);

        let trial = format!("{home}/try");
        let form = ada.get(&trial);
        form.expect(200);
        let mut fields = vec![
            ("category", "symptom"),
            ("about", "nothing"),
            ("level", "3"),
            ("chosen", team.as_str()),
            ("visit", ""),
            ("day", "2026-11-24"),
            ("time", "10:00"),
        ];
        ada.submit(&form, &trial, &fields)
            .expect(200)
            .shows("It goes to Diabetes team")
            .shows("The team is not, or is, that to the patient.");
        fields.push(("treats", team.as_str()));
        ada.submit(&form, &trial, &fields)
            .expect(200)
            .shows("It goes to Heart clinic")
            .shows("It fits, and decides.")
            .shows("2 Today");
        fields.retain(|field| field.0 != "day");
        ada.submit(&form, &trial, &[&fields[..], &[("day", "")]].concat()).expect(422);
    });
}

#[test]
fn ana_reads_before_sending_who_will_read_it() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let home = link(&ada.get("/admin/routing"), "/admin/routing/");
        let new = format!("{home}/rules/new");
        let heart = clinic.other.to_string();
        let treats = format!("treats:{}", clinic.team);
        let fields = [
            ("known", treats.as_str()),
            ("to", heart.as_str()),
            ("first", "clinician"),
            ("reason", "All hearts"),
        ];
        ada.submit(&ada.get(&new), &new, &fields).expect(303);

        let ana = &clinic.ana.browser;
        let page = ana.submit(&ana.get("/new"), "/new", &[("team", &clinic.team.to_string())]);
        let draft = page.location().trim_end_matches("/about").to_owned();
        let (about, write) = (format!("{draft}/about"), format!("{draft}/write"));
        ana.submit(&ana.get(&about), &about, &[("about", "nothing")]).expect(303);
        let text = [
            ("ask", "opinion"),
            ("headline", "Dizzy"),
            ("body", "I feel dizzy."),
            ("intent", "continue"),
        ];
        ana.submit(&ana.get(&write), &write, &text).expect(303);
        let check = ana.get(&format!("{draft}/check"));
        check
            .expect(200)
            .shows("You chose Diabetes team. Your clinic sends this to Heart clinic")
            .shows("the nurses and doctors of Heart clinic");
        ana.submit(&check, &format!("{draft}/send"), &[]).expect(303);
        ana.get(&format!("{draft}/sent")).expect(200).shows("Heart clinic");
        clinic.lets_go();
        let queue = clinic.eve.browser.get("/work");
        queue.expect(200).shows("Dizzy").shows("For a clinician first");
        let thread = link(&queue, "/work/threads/");
        clinic
            .eve
            .browser
            .get(&thread)
            .expect(200)
            .shows("Sent here by rule 1 of version 1")
            .shows("The patient had chosen Diabetes team.");
        assert!(!clinic.nils.browser.get("/work").body.contains("Dizzy"), "it is not theirs");
    });
}

#[test]
fn a_pass_says_why_in_plain_words_and_asks_before_it_goes_back() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let hers = clinic.writes("Pills", "The pills make me dizzy.");
        let (nils, eve) = (&clinic.nils.browser, &clinic.eve.browser);
        let work = link(&nils.get("/work"), "/work/threads/");
        let work = work.split('?').next().unwrap().to_owned();
        let (heart, team) = (clinic.other.to_string(), clinic.team.to_string());
        let pass = format!("{work}/pass");
        let form = nils.get(&work);
        form.expect(200).shows("they know this medicine best.");
        nils.submit(&form, &pass, &[("to", &heart), ("why", "colour")]).expect(422);
        let fields = [("to", heart.as_str()), ("why", "medicine"), ("note", "Since May")];
        nils.submit(&form, &pass, &fields).expect(303);
        let page = clinic.ana.browser.get(&hers);
        page.expect(200)
            .shows("Moved to Heart clinic: they know this medicine best.")
            .shows("Heart clinic joined since you last wrote");
        assert!(!page.body.contains("Since May"), "a note stays inside");
        eve.get(&work).shows("Since May");
        site.pass_seconds(60);
        let back = [("to", team.as_str()), ("reason", "Sugar is theirs")];
        let asked = eve.submit(&eve.get(&work), &pass, &back);
        asked
            .expect(200)
            .shows("This goes back to a team that had it")
            .shows("Diabetes team passed it to Heart clinic");
        eve.submit(&asked, &pass, &[("confirm", "yes")]).expect(303);
        clinic.ana.browser.get(&hers).shows("Moved to Diabetes team: Sugar is theirs");
        let envelope = work.replace("/threads/", "/envelopes/");
        let fred = &clinic.fred.browser;
        let page = fred.get(&envelope);
        page.expect(200).shows("they know this medicine best.");
        let pass = format!("{envelope}/pass");
        fred.submit(&page, &pass, &[("to", &heart), ("why", "office")])
            .expect(200)
            .shows("Heart clinic passed it to Diabetes team");
    });
}

#[test]
fn ana_chooses_her_clinician_and_is_told_who_else_reads() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let ana = &clinic.ana.browser;
        let page = ana.submit(&ana.get("/new"), "/new", &[("team", &clinic.team.to_string())]);
        let draft = page.location().trim_end_matches("/about").to_owned();
        let (about, write) = (format!("{draft}/about"), format!("{draft}/write"));
        ana.submit(&ana.get(&about), &about, &[("about", "nothing")]).expect(303);
        ana.get(&write).expect(200).hides("To Dora Park personally");
        let settings = format!("/admin/teams/{}/settings", clinic.team);
        let switch = format!("/admin/teams/{}/direct", clinic.team);
        ada.submit(&ada.get(&settings), &switch, &[("direct", "true")]).expect(303);
        let form = ana.get(&write);
        form.expect(200).shows("To Dora Park personally").hides("To Nils Lee personally");
        let dora = clinic.dora.id.to_string();
        let text = [
            ("ask", "opinion"),
            ("headline", "Dizzy"),
            ("body", "I feel dizzy."),
            ("direct", dora.as_str()),
            ("intent", "continue"),
        ];
        ana.submit(&form, &write, &text).expect(303);
        let told = concat!(
            "Dora Park reads it first. Diabetes team can read it too ",
            "and steps in when Dora Park is away.",
        );
        let check = ana.get(&format!("{draft}/check"));
        check.expect(200).shows(told);
        ana.submit(&check, &format!("{draft}/send"), &[]).expect(303);
        clinic.lets_go();
        let gone = ana.get(&format!("{draft}/sent"));
        ana.get(gone.location().trim_end_matches("/sent")).expect(200).shows(told);
    });
}

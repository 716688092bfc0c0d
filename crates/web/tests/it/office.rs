//! The administrator's day: a site and a team are added, what is taken away says why; and what a
//! nurse says at the end of a conversation.

use domain::access::Role;

use crate::staff::{Clinic, act};
use crate::support::{Browser, Page, TestSite};

#[test]
fn a_site_and_a_team_are_added_and_written_to() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        ada.get("/admin/sites").expect(200).shows("/admin/sites/new");
        let form = ada.get("/admin/sites/new");
        form.expect(200).shows("Riverside Clinic");
        assert!(form.body.contains(r#"name="name" maxlength="200" value="">"#), "an empty field");
        let organization = form.option("Riverside Clinic");
        let fields = [
            ("organization", organization.as_str()),
            ("name", ""),
            ("phone", "555-0177"),
            ("hours", "9 to 4"),
            ("time_zone", "America/Chicago"),
            ("country", "US"),
            ("emergency", "911"),
            ("crisis", "988"),
            ("nurse", "555-0178"),
        ];
        let with = |name: &str, value: &'static str| {
            let mut fields = fields;
            for field in &mut fields {
                if field.0 == name {
                    field.1 = value;
                }
            }
            fields
        };
        let send = |fields: &[(&str, &str)]| ada.submit(&form, "/admin/sites/new", fields);
        send(&fields).expect(422).shows("Write a name.").shows("555-0177");
        let mut named = with("name", "Lakeside");
        send(&named).expect(303);
        ada.get("/admin/sites").expect(200).shows("Lakeside").shows("555-0177");
        for field in &mut named {
            match field.0 {
                "name" => field.1 = "Moonside",
                "time_zone" => field.1 = "Moon/Crater",
                _ => {}
            }
        }
        send(&named).expect(422).shows("Write a time zone");
        let stranger = clinic.team.to_string();
        let mut foreign = with("name", "Nowhere");
        foreign[0].1 = stranger.as_str();
        send(&foreign).expect(422).shows("Choose an organization.");
        assert!(!ada.get("/admin/sites").body.contains("Moonside"), "nothing was half made");

        let form = ada.get("/admin/teams/new");
        form.expect(200).shows("Lakeside");
        assert!(form.body.contains(r#"name="name" maxlength="200" value="">"#), "an empty field");
        let place = form.option("Lakeside");
        let fields = |hours: &'static str| {
            [
                ("site", place.clone()),
                ("kind", "care".to_owned()),
                ("name", "Foot care".to_owned()),
                ("care_type", "Podiatry".to_owned()),
                ("purpose", "Sores and shoes".to_owned()),
                ("hours_tue", "9:00-12:00 13:00-16:00".to_owned()),
                ("answer_minutes", hours.to_owned()),
            ]
        };
        let mut never = fields("8").to_vec();
        never.retain(|field| field.0 != "hours_tue");
        let never: Vec<(&str, &str)> = never.iter().map(|(n, v)| (*n, v.as_str())).collect();
        ada.submit(&form, "/admin/teams/new", &never).expect(422).shows("The team never opens.");
        for wrong in ["soon", "0", "9999999999999999"] {
            let all = fields(wrong);
            let all: Vec<(&str, &str)> = all.iter().map(|(n, v)| (*n, v.as_str())).collect();
            ada.submit(&form, "/admin/teams/new", &all).expect(422).shows("Write hours from 1");
        }
        let all = fields("48");
        let all: Vec<(&str, &str)> = all.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let added = ada.submit(&form, "/admin/teams/new", &all);
        added.expect(303);
        ada.get(added.location())
            .expect(200)
            .shows("Foot care")
            .shows("48 h")
            .shows("Tuesday 09:00-12:00 13:00-16:00")
            .shows("Saved.");
        for browser in [&clinic.nils.browser, &clinic.ana.browser] {
            for path in ["/admin/teams/new", "/admin/sites/new"] {
                let page = browser.get(path);
                assert!(matches!(page.status.as_u16(), 403 | 404), "{path}: {page:?}");
            }
        }
    });
}

#[test]
fn a_team_is_set_on_its_page() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let team = format!("/admin/teams/{}", clinic.team);
        ada.get(&team).expect(200).shows("/settings").shows("Dora Park");
        let at = format!("{team}/settings");
        let form = ada.get(&at);
        form.expect(200).shows("Monday").shows("00:00-24:00").shows("America/New_York");
        let (nils, dora) = (clinic.nils.id.to_string(), clinic.dora.id.to_string());
        let with = |changed: &[(&'static str, &str)]| {
            let mut fields = vec![
                ("name", "Sugar team"),
                ("care_type", "Diabetes"),
                ("purpose", "Sugar and insulin"),
                ("hours_mon", "08:00-12:00 13:00-17:00"),
                ("answer_minutes", "1.5"),
                ("escalate_percent", "70"),
                ("leads", nils.as_str()),
                ("leads", dora.as_str()),
                ("last_resort", dora.as_str()),
            ];
            for (name, value) in changed {
                fields.retain(|field| field.0 != *name);
                fields.push((name, value));
            }
            ada.submit(&form, &at, &fields)
        };
        with(&[("hours_mon", "")]).expect(422).shows("The team never opens.").shows("Sugar team");
        with(&[("hours_tue", "17-8")]).expect(422).shows("Write hours like").shows("17-8");
        with(&[("answer_minutes", "soon")]).expect(422).shows("Write hours from");
        with(&[("escalate_percent", "100")]).expect(422).shows("percent from 1 to 99");
        let fred = clinic.fred.id.to_string();
        with(&[("last_resort", &fred)]).expect(422).shows("who may answer");
        with(&[("successor", &clinic.team.to_string())]).expect(422).shows("lead back");
        with(&[("name", "FAM_MED_2")]).expect(422).shows("Fam med 2");
        with(&[("purpose", "CARD-01")]).expect(422).shows("Card 01");
        with(&[("name", " ")]).expect(422).shows("Write a name.");
        ada.get(&team).shows("Diabetes team");
        let set = with(&[]);
        set.expect(303);
        ada.get(set.location())
            .expect(200)
            .shows("Saved.")
            .shows("Sugar team")
            .shows("Monday 08:00-12:00 13:00-17:00")
            .shows("1 h 30 min")
            .shows("Nils Lee");
        let targets = format!("{team}/targets");
        let refill = [("category", "refill"), ("level", "3"), ("target_hours", "16")];
        ada.submit(&form, &targets, &refill).expect(303);
        let wrong = [("category", "refill"), ("level", "3"), ("target_hours", "never")];
        ada.submit(&form, &targets, &wrong).expect(422).shows("Write hours from");
        let page = ada.get(&at);
        page.expect(200).shows("within 16 h");
        let remove = format!("{targets}/remove");
        ada.submit(&page, &remove, &[]).expect(303);
        assert!(!ada.get(&at).body.contains("within 16 h"), "it is gone");
    });
}

#[test]
fn holidays_and_the_duty_are_set_on_a_page() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let team = format!("/admin/teams/{}/dates", clinic.team);
        let sites = ada.get("/admin/sites");
        let at = sites.link_with("/dates");
        for at in [&at, &team] {
            let page = ada.get(at);
            page.expect(200).shows("Holidays and short days");
            let day = [("day", "2027-07-05"), ("hours", "9-12"), ("date_name", "Fair")];
            ada.submit(&page, at, &day).expect(422).shows("Write hours like").shows("9-12");
            let day = [("day", "2016-07-05"), ("hours", ""), ("date_name", "")];
            ada.submit(&page, at, &day).expect(422).shows("Choose a day from today");
            let day = [("day", "2027-07-05"), ("hours", "09:00-12:00"), ("date_name", "Fair")];
            ada.submit(&page, at, &day).expect(303);
            let page = ada.get(at);
            page.expect(200).shows("Monday, July 5, 2027").shows("Fair").shows("09:00-12:00");
            let import = format!("{at}/import");
            let wrong = [("calendar", "Happy holidays")];
            ada.submit(&page, &import, &wrong).expect(422).shows("no holiday that is to come");
            let calendar = "BEGIN:VEVENT\nDTSTART:20271224T120000Z\nSUMMARY:<b>Party</b>\n\
                END:VEVENT\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20271225\nSUMMARY:Christmas\n\
                END:VEVENT\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270705\nEND:VEVENT\n";
            let done = ada.submit(&page, &import, &[("calendar", calendar)]);
            done.expect(200).shows("day is closed now").shows("stayed as it was");
            done.shows("not a whole day").shows("Christmas");
            assert!(!done.body.contains("<b>Party"), "a name is only words");
            let remove = [("day", "2027-12-25")];
            ada.submit(&page, &format!("{at}/remove"), &remove).expect(303);
            assert!(!ada.get(at).body.contains("Christmas"), "it is gone");
        }
        let page = ada.get(&at);
        assert!(!page.body.contains("value=\"true\" checked"), "nobody is on duty yet");
        ada.submit(&page, &at.replace("/dates", "/duty"), &[("duty", "true")]).expect(303);
        assert!(ada.get(&at).body.contains("value=\"true\" checked"), "now somebody is");
    });
}

#[test]
fn what_is_taken_away_says_why() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let nils = format!("/admin/people/{}", clinic.nils.id);
        let end = format!("{nils}/memberships/{}/end", clinic.team);
        let asked = ada.get(&end);
        asked.expect(200).shows("Take Nils Lee out of").shows("name=\"reason\"");
        let silent = ada.submit(&asked, &end, &[("confirm", "yes"), ("reason", " ")]);
        silent.expect(422).shows("Say why, in a few words.");
        clinic.nils.browser.get("/work").expect(200);
        let why = [("confirm", "yes"), ("reason", "Moved to another clinic")];
        ada.submit(&asked, &end, &why).expect(303);
        clinic.nils.browser.get("/work").expect(401);
        ada.get(&nils)
            .expect(200)
            .shows("Left Diabetes team")
            .shows("Moved to another clinic")
            .shows("Ada Novak");
        ada.get(&end).expect(404);
        let disable = format!("{nils}/disable");
        let asked = ada.get(&disable);
        ada.submit(&asked, &disable, &[("confirm", "yes"), ("reason", "Retired")]).expect(303);
        ada.get(&nils).shows("Log-in disabled").shows("Retired");
        let ana = ada.get(&format!("/admin/people/{}", clinic.ana.id));
        let grant = ana.link_with("/end");
        // A right is ended from its own person's page only.
        let elsewhere = grant.replace(&clinic.ana.id.to_string(), &clinic.dora.id.to_string());
        let asked = ada.get(&grant);
        let why = [("confirm", "yes"), ("reason", "Asked for it")];
        let token = asked.hidden(&grant);
        let form: Vec<(&str, &str)> = token.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let forged = crate::support::Request::post(&elsewhere, &[&form[..], &why[..]].concat());
        ada.send(forged).expect(404);
        ada.submit(&asked, &grant, &why).expect(303);
        ada.get(&format!("/admin/people/{}", clinic.ana.id)).shows("Asked for it");
    });
}

#[test]
fn a_closing_remark_reaches_whom_it_is_for() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (nils, ana) = (&clinic.nils.browser, &clinic.ana.browser);
        let told = clinic.writes("Dizzy", "I feel dizzy.");
        let work = format!("/work{told}");
        let close = [
            ("outcome", "no_answer_needed"),
            ("remark", "Call again if it comes back."),
            ("tell", "on"),
        ];
        act(nils, &nils.get(&work), &work, "close", &close).expect(303);
        nils.get(&work).shows("Call again if it comes back.");
        ana.get(&told).expect(200).shows("Call again if it comes back.");
        let quiet = clinic.writes("Tired", "I feel tired.");
        let work = format!("/work{quiet}");
        let long = "x".repeat(1_001);
        let too_long = [("outcome", "no_answer_needed"), ("remark", long.as_str())];
        act(nils, &nils.get(&work), &work, "close", &too_long).expect(422).shows("too long");
        let close = [("outcome", "no_answer_needed"), ("remark", "Third call this week.")];
        act(nils, &nils.get(&work), &work, "close", &close).expect(303);
        nils.get(&work).shows("Third call this week.").shows("The patient never sees these");
        let hers = ana.get(&quiet);
        hers.expect(200).shows("Closed");
        assert!(!hers.body.contains("Third call"), "it is among staff");
    });
}

#[test]
fn a_team_starts_as_a_draft_and_is_activated_when_it_is_whole() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let form = ada.get("/admin/teams/new");
        let place = form.option("Main street");
        let fields = [
            ("site", place.as_str()),
            ("kind", "care"),
            ("name", "Foot care"),
            ("care_type", "Podiatry"),
            ("purpose", ""),
            ("hours_tue", "09:00-12:00"),
            ("answer_minutes", "48"),
        ];
        let added = ada.submit(&form, "/admin/teams/new", &fields);
        added.expect(303);
        let team = added.location().trim_end_matches("?done=saved").to_owned();
        let page = ada.get(&team);
        page.expect(200).shows("Draft").shows("Before patients can write to it").shows("Add it");
        ada.get("/admin/teams").shows("Missing: What to write to it about, A member");
        let go = format!("{team}/activate");
        ada.submit(&page, &go, &[])
            .expect(422)
            .shows("Say what patients write to the team about.")
            .shows("Add a nurse or clinician to the team")
            .shows("Choose a member who covers when all are away.");
        // What is missing is added, each on its page; the draft can be chosen there.
        let eve = clinic.eve.id.to_string();
        let person = format!("/admin/people/{eve}");
        let page = ada.get(&person);
        let choice = page.option("Foot care");
        ada.submit(&page, &format!("{person}/memberships"), &[("team", &choice)]).expect(303);
        ada.get(&person).shows("Foot care");
        let settings = format!("{team}/settings");
        let page = ada.get(&settings);
        let whole = |purpose: &'static str, cover: &str| {
            let page = ada.get(&settings);
            let fields = [
                ("name", "Foot care"),
                ("purpose", purpose),
                ("hours_tue", "09:00-12:00"),
                ("answer_minutes", "48"),
                ("escalate_percent", "80"),
                ("last_resort", cover),
            ];
            ada.submit(&page, &settings, &fields)
        };
        page.expect(200);
        whole("Sores and shoes", &eve).expect(303);
        let page = ada.get(&team);
        assert!(!page.body.contains("Add it"), "nothing is missing");
        ada.submit(&page, &go, &[]).expect(303);
        ada.submit(&page, &go, &[]).expect(404);
        let page = ada.get(&team);
        page.expect(200).shows("Foot care");
        assert!(!page.body.contains("/activate"), "it is open");
        // It keeps what it was opened with, and whom it counts on.
        whole("", &eve).expect(422).shows("keeps its purpose");
        whole("Sores and shoes", "").expect(422).shows("always has somebody");
        for path in [choice_end(&person, &team), format!("{person}/disable")] {
            let page = ada.get(&path);
            let why = [("confirm", "yes"), ("reason", "Moved")];
            ada.submit(&page, &path, &why).expect(422).shows("Name another one").shows("Moved");
        }
    });
}

fn choice_end(person: &str, team: &str) -> String {
    let team = team.trim_start_matches("/admin/teams/");
    format!("{person}/memberships/{team}/end")
}

#[test]
fn the_second_of_two_administrators_is_told_what_is_there_now() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let max = site.enrol(Role::Administrator, "Max Stein", "max").browser;
        let at = format!("/admin/teams/{}/settings", clinic.team);
        let (first, second) = (ada.get(&at), max.get(&at));
        let dora = clinic.dora.id.to_string();
        let set = |browser: &Browser<'_>, page: &Page, purpose: &str, tuesday: &str| {
            let fields = [
                ("name", "Diabetes team"),
                ("care_type", "Care"),
                ("purpose", purpose),
                ("hours_tue", tuesday),
                ("answer_minutes", "8"),
                ("escalate_percent", "80"),
                ("last_resort", dora.as_str()),
            ];
            browser.submit(page, &at, &fields)
        };
        set(&ada, &first, "Sugar and insulin", "09:00-12:00").expect(303);
        let told = set(&max, &second, "Feet <b>", "13:00-17:00");
        told.expect(409).shows("Somebody changed this team meanwhile").shows("Feet &#60;b&#62;");
        told.shows(r#"value="Sugar and insulin""#).shows("13:00-17:00").shows("09:00-12:00");
        set(&max, &told, "Sugar and feet", "09:00-12:00").expect(303);
        ada.get(&format!("/admin/teams/{}", clinic.team)).shows("Sugar and feet");
    });
}

#[test]
fn a_roster_is_kept_on_a_page_and_named_above_the_work() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let team = format!("/admin/teams/{}", clinic.team);
        let at = format!("{team}/roster");
        ada.get(&team).expect(200).shows("/roster");
        let page = ada.get(&at);
        page.expect(200).shows("No roster yet");
        let nils = clinic.nils.id.to_string();
        let with = |day: &str, date: &str, hours: &str| {
            let fields =
                [("person", nils.as_str()), ("day", day), ("date", date), ("hours", hours)];
            ada.submit(&page, &at, &fields)
        };
        with("sun", "", "17-8").expect(422).shows("Write hours like").shows("17-8");
        with("sun", "", "").expect(422).shows("Give the weekday hours");
        with("date", "2016-07-05", "").expect(422).shows("This date is over.");
        with("date", "soon", "").expect(422).shows("Choose a weekday");
        for code in domain::calendar::DAY_CODES {
            with(code, "", "00:00-24:00").expect(303);
        }
        with("sun", "", "08:00-9:00").expect(422).shows("They have hours on that day already.");
        ada.get(&at).expect(200).shows("Sunday").shows("On duty now: Nils Lee.");
        clinic.dora.browser.get("/work").expect(200).shows("On duty now: Nils Lee.");
        let page = ada.get(&at);
        ada.submit(&page, &format!("{at}/remove"), &[]).expect(303);
        assert!(!ada.get(&at).body.contains("<strong>Monday</strong>"), "it is gone");
    });
}

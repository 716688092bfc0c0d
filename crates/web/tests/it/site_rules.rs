//! The administrator adds a rule to the urgency check of a site, tries it first, and it counts at once.

use domain::access::Role;

use crate::staff::Clinic;
use crate::support::TestSite;

const PUMP: &str = "rule site.pump-alarm emergency\r\n\
    title: The insulin pump gives an alarm\r\n\
    title_es: La bomba de insulina da una alarma\r\n\
    source: Riverside Clinic, <policy> 12\r\n\
    en: pump (_3) (alarm*|beep*)\r\n\
    yes en: My pump keeps beeping.\r\n\
    yes en: the pump gave an alarm twice\r\n\
    yes en: my pump beeps\r\n\
    no en: The pump came in the mail.\r\n\
    no en: No pump alarm today.\r\n";

#[test]
fn a_rule_is_tried_refused_kept_and_seen_at_the_message() {
    TestSite::each(|site| {
        let clinic = Clinic::checked(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let safety = ada.get(&ada.get("/admin/sites").link_with("/safety"));
        let address = safety.link_with("/rules");
        let page = ada.get(&address);
        page.expect(200).shows("Rules of this site").hides("Earlier and present versions");
        let post = |rules: &str, more: &[(&str, &str)]| {
            let version = ada.get(&address).value_of("version", "");
            let mut fields = vec![("version", version.as_str()), ("rules", rules)];
            fields.extend_from_slice(more);
            ada.submit(&page, &address, &fields)
        };
        let sample = ("sample", "Hi. My pump <b>beeps</b> since noon.");
        post(PUMP, &[sample, ("intent", "try")])
            .expect(200)
            .shows("The text would be: Emergency sign")
            .shows("Without what this site adds it would be: Nothing recognised")
            .shows("site.pump-alarm")
            .shows("pump &#60;b&#62;beeps");
        post("raise RF21 sameday", &[("intent", "save"), ("reason", "Calmer")])
            .expect(422)
            .shows("Line 1: The rule has the level emergency. It can be raised, and not lowered.")
            .shows("raise RF21 sameday");
        post(PUMP, &[("intent", "save")]).expect(422).shows("Say why");
        post(PUMP, &[("intent", "save"), ("reason", "Policy 12")]).expect(303);
        let kept = ada.get(&address);
        kept.expect(200).shows("Policy 12").shows("Ada Novak").shows("Version 1");
        // From a page of before, and what was typed stays.
        let late = [("version", "0"), ("rules", ""), ("intent", "save"), ("reason", "Late")];
        ada.submit(&page, &address, &late).expect(422).shows("Somebody saved another version");
        ada.get(&format!("{address}?version=9")).expect(404);
        for other in [&clinic.nils, &clinic.ana] {
            assert_ne!(other.browser.get(&address).status, 200);
        }
        let work = format!("/work{}", writes_urgently(&clinic));
        clinic
            .nils
            .browser
            .get(&work)
            .expect(200)
            .shows("The insulin pump gives an alarm")
            .shows("&#60;policy&#62; 12")
            .shows("+site.1");
        // The page of counts names it by its words.
        site.pass_seconds(60);
        assert!(app::urgency::precision::measure_due(&site.installation.app).unwrap() > 0);
        ada.get(&format!("/work/urgency?team={}", clinic.team))
            .expect(200)
            .shows("<bdi>The insulin pump gives an alarm</bdi>")
            .shows("site.pump-alarm · ");
        let account = ada.get("/account");
        ada.submit(&account, "/account/language", &[("language", "es")]).expect(303);
        ada.get(&address).shows("Reglas de esta sede");
        // A language that is off is said where Ana writes.
        post("language en off\n", &[("intent", "save"), ("reason", "No tenemos a nadie")])
            .expect(303);
        clinic.ana.browser.get("/").shows("We do not check messages in English");
        let hers = work.replace("/work/", "/");
        clinic.ana.browser.get(&hers).expect(200).shows("We do not check messages in English");
        // Each fault of a text stands on a line of its own.
        let faults = post("rule site.x high\nraise NOPE crisis\n", &[("intent", "try")]);
        let list =
            faults.expect(422).body.split("<ul class=\"problem\" id=\"rules-problem\">").nth(1);
        let list = list.and_then(|rest| rest.split("</ul>").next()).expect("a list");
        assert!(list.matches("<li>").count() >= 2, "{list}");
    });
}

/// Ana writes, meets the page that says whom to call, and sends; the address of her conversation.
fn writes_urgently(clinic: &Clinic<'_>) -> String {
    let ana = &clinic.ana.browser;
    let page = ana.get("/new");
    let page = ana.submit(&page, "/new", &[("team", &clinic.team.to_string())]);
    let draft = page.location().trim_start_matches("/drafts/").trim_end_matches("/about");
    let about = format!("/drafts/{draft}/about");
    ana.submit(&ana.get(&about), &about, &[("about", "nothing")]).expect(303);
    let write = format!("/drafts/{draft}/write");
    let fields = [
        ("ask", "opinion"),
        ("headline", "My pump"),
        ("body", "My pump beeps since noon."),
        ("intent", "continue"),
    ];
    let led = ana.submit(&ana.get(&write), &write, &fields);
    let urgent = led.expect(303).location().to_owned();
    let page = ana.get(&urgent);
    page.expect(200).shows("Call 911 now").shows("pump beeps");
    let sent = ana.submit(&page, &urgent, &[("answer", "call")]);
    sent.expect(303).location().trim_end_matches("/sent").to_owned()
}

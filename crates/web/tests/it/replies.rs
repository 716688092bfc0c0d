//! Saved replies and announcements on their pages.

use domain::access::Role;

use crate::leads::nils_leads;
use crate::staff::Clinic;
use crate::support::{Request, TestSite};

#[test]
fn a_saved_reply_is_written_put_in_and_offers_its_act() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (nils, dora) = (&clinic.nils.browser, &clinic.dora.browser);
        nils.get("/work").expect(200).shows("/work/replies");
        nils.get("/work/replies").expect(200).shows("None yet.").shows("Diabetes team");
        let at = "/work/replies/new";
        let form = nils.get(&format!("{at}?team={}", clinic.team));
        form.expect(200).shows("{patient first name}").shows("{nombre del paciente}");
        let team = clinic.team.to_string();
        let with = |text: &'static str| {
            [
                ("team", team.as_str()),
                ("title", "Bring your meter"),
                ("text_en", text),
                ("text_es", ""),
                ("level", "4"),
                ("act", "close-refill"),
            ]
        };
        let wrong = nils.submit(&form, at, &with("Hello {patient frist name}"));
        wrong.expect(422).shows("A word in braces is left").shows("{patient frist name}");
        nils.submit(&form, at, &with("Hello {patient first name}, {fill: what}.")).expect(303);
        nils.get("/work/replies?done=saved").expect(200).shows("Bring your meter");
        let work = format!("/work{}", clinic.writes("Sugar", "It is high."));
        let page = dora.get(&work);
        page.expect(200).shows("Bring your meter").shows("Put it in");
        let saved = page.option("Bring your meter");
        // The button of the same form posts to an address of its own.
        let hidden = page.hidden(&format!("{work}/reply"));
        let mut fields = vec![("body", "Good morning."), ("saved", saved.as_str())];
        fields.extend(hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let put = dora.send(Request::post(&format!("{work}/reply/insert"), &fields));
        put.expect(303);
        let shown = dora.get(put.location().trim_end_matches("#body"));
        shown
            .expect(200)
            .shows("Good morning.")
            .shows("Hello Ana, {fill: what}.")
            .shows("One press does this:")
            .shows("Sets the level: Whenever.")
            .shows("Closes: Refill requested.")
            .shows("Questions are open.")
            .shows("Why less urgent");
        // A gap is not sent; filled, the suggested act is one press away and done by nobody else.
        let reply = format!("{work}/reply");
        let gap = [("body", "Hello Ana, {fill: what}."), ("then", "send")];
        dora.submit(&shown, &reply, &gap).expect(422).shows("A word in braces is left");
        let shown = dora.get(&work);
        let answers = shown.value_of("answers", "");
        let filled = [
            ("body", "Hello Ana, bring it."),
            ("answers", answers.as_str()),
            ("then", "close-refill"),
        ];
        dora.submit(&shown, &reply, &filled).expect(303);
        clinic.lets_go();
        dora.get(&work).expect(200).shows("Hello Ana, bring it.").shows("Refill requested");
        // Nobody else's.
        assert_eq!(clinic.eve.browser.get(&format!("/work/replies/{saved}")).status, 404);
        assert_eq!(clinic.fred.browser.get("/work/replies").status, 404);
        let edit = nils.get(&format!("/work/replies/{saved}"));
        edit.expect(200).shows("Throw it away");
        nils.submit(&edit, &format!("/work/replies/{saved}/delete"), &[]).expect(303);
        assert_eq!(dora.get(&format!("/work/replies/{saved}")).status, 404);
    });
}

#[test]
fn an_announcement_is_looked_at_counted_and_sent() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let (nils, ana) = (&clinic.nils.browser, &clinic.ana.browser);
        nils.get("/work/announcements").expect(200).shows("You lead no team.");
        nils_leads(&clinic, &ada);
        nils.get("/work/announcements").expect(200).shows("No announcement yet.");
        let at = "/work/announcements/new";
        let form = nils.get(&format!("{at}?team={}", clinic.team));
        form.expect(200).shows("The 1 patient of the team");
        nils.submit(&form, at, &[]).expect(422).shows("Write a headline.");
        let fields = [
            ("language", ""),
            ("headline_en", "Flu shots from Monday"),
            ("text_en", "Hello {patient first name}, come in."),
        ];
        let saved = nils.submit(&form, at, &fields);
        saved.expect(303);
        let look = nils.get(saved.location());
        look.expect(200)
            .shows("1 patient would get it.")
            .shows("1 of them reads here.")
            .shows("Hello {patient first name}, come in.")
            .shows("Send it to 1 patient");
        assert!(!ana.get("/").body.contains("Flu shots"), "nothing is sent by looking");
        let send = format!("{}/send", saved.location());
        let changed = nils.submit(&look, &send, &[("patients", "2")]);
        nils.get(changed.location()).expect(200).shows("has changed. Look again");
        nils.submit(&look, &send, &[]).expect(303);
        nils.get(saved.location()).expect(200).shows("Being sent").shows("Stop the sending");
        assert_eq!(app::announcement::deliver_due(&site.installation.app).unwrap(), 1);
        app::announcement::deliver_due(&site.installation.app).unwrap();
        nils.get(saved.location()).expect(200).shows("1 patient has it.");
        ana.get("/").expect(200).shows("Flu shots from Monday");
        for browser in [&clinic.dora.browser, &clinic.eve.browser, &clinic.fred.browser, ana] {
            let seen = browser.get(saved.location());
            assert!(matches!(seen.status.as_u16(), 403 | 404), "{seen:?}");
        }
    });
}

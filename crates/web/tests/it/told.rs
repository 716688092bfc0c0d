//! Words that came by phone or letter: entered by a nurse, read by all as the patient's own.

use app::admin;
use domain::access::{Actor, Role};

use crate::staff::{Clinic, act, grant};
use crate::support::TestSite;

#[test]
fn a_call_stands_as_the_patients_words_and_brings_the_work() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (nils, dora, ana) = (&clinic.nils.browser, &clinic.dora.browser, &clinic.ana.browser);
        let page = nils.get(&format!("/patients/{}", clinic.patient));
        let told = format!("/patients/{}/told", clinic.patient);
        page.expect(200).shows(&told).shows("Enter a call or letter");
        let form = nils.get(&told);
        form.expect(200).shows("Ana Alvarez").shows("A new conversation").shows("Diabetes team");
        let team = clinic.team.to_string();
        let empty =
            [("channel", "phone"), ("team", team.as_str()), ("headline", ""), ("body", " ")];
        nils.submit(&form, &told, &empty)
            .expect(422)
            .shows("Write a headline")
            .shows("Write something first");
        let fields = [
            ("channel", "phone"),
            ("team", team.as_str()),
            ("category", "symptom"),
            ("ask", "opinion"),
            ("headline", "Dizzy since Monday"),
            ("body", "The room turns when I get up."),
        ];
        let entered = nils.submit(&form, &told, &fields);
        entered.expect(303);
        let work = entered.location().split('?').next().unwrap().to_owned();
        // The same form again is the same message; another text under its id is refused.
        assert_eq!(nils.submit(&form, &told, &fields).location(), entered.location());
        let other =
            [("channel", "phone"), ("team", team.as_str()), ("headline", "x"), ("body", "y")];
        nils.submit(&form, &told, &other).expect(409);
        let by = "by phone · written down by Nils Lee";
        let seen = dora.get(&work);
        seen.expect(200).shows("The room turns").shows(by).shows("Ana Alvarez");
        assert_eq!(seen.body.matches("<p>The room turns").count(), 1, "one message: {seen:?}");
        dora.get("/work").shows("Dizzy since Monday");
        let hers = work.trim_start_matches("/work");
        let read = ana.get(hers);
        read.expect(200).shows("The room turns").shows("By phone · written down by Nils Lee");
        assert!(!read.body.contains("/correct"), "only who wrote it down corrects it");
        // Closed, then a letter: it opens again and counts as the patient's turn.
        act(dora, &dora.get(&work), &work, "close", &[("outcome", "callback")]).expect(303);
        let form = nils.get(&told);
        let thread = work.trim_start_matches("/work/threads/");
        let letter = [("channel", "letter"), ("thread", thread), ("body", "It is worse now.")];
        nils.submit(&form, &told, &letter).expect(303);
        dora.get("/work").shows("Dizzy since Monday");
        dora.get(&work).shows("by letter · written down by Nils Lee").shows("It is worse now.");
        // What was heard wrongly is corrected by who wrote it down, under that name.
        let page = nils.get(&work);
        let correct = page.action_with("/correct");
        let better = [("body", "The room turns when I lie down."), ("reason", "Misheard")];
        nils.submit(&page, &correct, &better).expect(303);
        dora.get(&work).shows("when I lie down").shows("Misheard").shows("Nils Lee");
    });
}

#[test]
fn a_helper_speaks_for_the_patient_and_a_stranger_for_nobody() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let nils = &clinic.nils.browser;
        let pia = site.enrol(Role::Helper, "Pia Alvarez", "pia");
        let (patient, helper) = (clinic.patient, pia.id);
        let app = &site.installation.app;
        app.write(&Actor::system(), move |cx| {
            let new = admin::NewGrant { basis: "helper".to_owned(), ..grant(patient, helper) };
            admin::add_grant(cx, &new)
        })
        .unwrap();
        let told = format!("/patients/{patient}/told");
        let form = nils.get(&told);
        form.expect(200).shows("Pia Alvarez");
        let (team, speaker) = (clinic.team.to_string(), helper.to_string());
        let fields = [
            ("channel", "phone"),
            ("team", team.as_str()),
            ("speaker", speaker.as_str()),
            ("headline", "Mother fell"),
            ("body", "She fell in the kitchen."),
        ];
        let entered = nils.submit(&form, &told, &fields);
        entered.expect(303);
        let work = entered.location().split('?').next().unwrap();
        clinic.dora.browser.get(work).shows("Pia Alvarez").shows("for Ana Alvarez");
        let hers = work.trim_start_matches("/work");
        clinic.ana.browser.get(hers).shows("Pia Alvarez").shows("written down by Nils Lee");
        let form = nils.get(&told);
        let stranger = clinic.eve.id.to_string();
        let fields = [
            ("channel", "phone"),
            ("team", team.as_str()),
            ("speaker", stranger.as_str()),
            ("headline", "x"),
            ("body", "y"),
        ];
        nils.submit(&form, &told, &fields).expect(422).shows("Choose whose words they are.");
        let form = nils.get(&told);
        let fields =
            [("channel", "portal"), ("team", team.as_str()), ("headline", "x"), ("body", "y")];
        nils.submit(&form, &told, &fields).expect(422).shows("Choose phone or letter.");
        for browser in [&clinic.eve.browser, &clinic.ana.browser, &pia.browser] {
            browser.get(&told).expect(404);
        }
        clinic.fred.browser.get(&told).expect(403);
    });
}

//! Words that came by phone or letter: entered by a nurse, read by all as the patient's own.

use app::admin;
use domain::access::{Actor, Role};

use crate::staff::{Clinic, act, grant};
use crate::support::{Request, TestSite};

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
        let form = nils.submit(&form, &told, &empty);
        form.expect(422).shows("Write a headline").shows("Write something first");
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
        let fresh = nils.get(&told);
        assert!(!fresh.body.contains("The room turns"), "its draft went with it: {fresh:?}");
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
        act(dora, &dora.get(&work), &work, "close", &[("outcome", "no_answer_needed")]).expect(303);
        let form = nils.get(&told);
        let into = form.option("Dizzy since Monday");
        let bare = into.split('.').next().unwrap();
        let letter = [("channel", "letter"), ("thread", bare), ("body", "It is worse now.")];
        nils.submit(&form, &told, &letter)
            .expect(422)
            .shows("Choose a conversation from the list.");
        let form = nils.get(&told);
        let letter = [("channel", "letter"), ("thread", &into), ("body", "It is worse now.")];
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
        // Another team's id, or nobody's, is not kept as the team of the draft.
        let random = "0197a1b2-0000-7000-8000-0000000000aa";
        for team in [clinic.other.to_string().as_str(), random] {
            let form = nils.get(&told);
            let fields =
                [("channel", "phone"), ("team", team), ("headline", "Kept"), ("body", "Kept too.")];
            nils.submit(&form, &told, &fields).expect(422).shows("Kept too.");
        }
        for browser in [&clinic.eve.browser, &clinic.ana.browser, &pia.browser] {
            browser.get(&told).expect(404);
        }
        clinic.fred.browser.get(&told).expect(403);
    });
}

#[test]
fn what_is_being_typed_is_kept_and_opens_again_after_signing_out() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (nils, patient) = (&clinic.nils.browser, clinic.patient);
        let told = format!("/patients/{patient}/told");
        let autosave = format!("{told}/autosave");
        clinic.writes("Dizzy", "I feel dizzy.");
        let form = nils.get(&told);
        let into = form.option("Dizzy");
        let mut fields = form.hidden(&told);
        let typed = [("channel", "letter"), ("thread", &into), ("ask", "opinion")];
        fields.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
        fields.push(("body".to_owned(), "She walks bet".to_owned()));
        let save = |fields: &[(String, String)]| {
            let fields: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            nils.send(Request::post(&autosave, &fields))
        };
        let saved = save(&fields);
        saved.expect(200).shows("Saved at");
        assert_eq!(saved.header("draft-version"), "1");
        // The same page without its new version, and other words: the first are not lost.
        fields.last_mut().unwrap().1 = "Another window".to_owned();
        save(&fields).expect(409);
        let late: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let apart = nils.send(Request::post(&told, &late));
        apart.expect(409).shows("Another window kept other words").shows(">Another window<");

        // The button keeps it too, and it survives signing out; it is the writer's alone.
        let form = nils.get(&told);
        form.expect(200).shows("She walks bet").shows("Saved as draft");
        let body = [
            ("channel", "letter"),
            ("thread", into.as_str()),
            ("ask", "opinion"),
            ("body", "She walks better."),
            ("then", "draft"),
        ];
        let kept = nils.submit(&form, &told, &body);
        assert_eq!(kept.expect(303).location(), format!("{told}?done=draft"));
        nils.get(kept.location()).shows("Saved as draft.").shows("She walks better.");
        let account = nils.get("/account");
        nils.submit(&account, "/sign-out", &[]).expect(303);
        nils.get(&told).expect(303);
        nils.sign_in(&clinic.nils);
        nils.get(&format!("/patients/{patient}")).shows("Go on with the call or letter");
        let page = nils.get(&told);
        page.expect(200).shows("She walks better.").shows("value=\"letter\" checked");
        assert!(page.body.contains(&format!("value=\"{into}\" selected")), "{page:?}");
        let dora = clinic.dora.browser.get(&told);
        assert!(!dora.expect(200).body.contains("She walks better."));
        clinic.dora.browser.get(&format!("/patients/{patient}")).shows("Enter a call or letter");

        // Thrown away, it is gone.
        let draft = page.hidden(&told).into_iter().find(|(name, _)| name == "client_msg_id");
        let delete = format!("/work/drafts/{}/delete", draft.unwrap().1);
        nils.submit(&page, &delete, &[]).expect(303);
        assert!(!nils.get(&told).body.contains("She walks better."));
    });
}

#[test]
fn what_came_in_meanwhile_is_shown_before_a_call_is_entered() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (nils, ana, dora) = (&clinic.nils.browser, &clinic.ana.browser, &clinic.dora.browser);
        let hers = clinic.writes("Dizzy", "I feel dizzy.");
        let told = format!("/patients/{}/told", clinic.patient);
        let form = nils.get(&told);
        let into = form.option("Dizzy");
        let page = ana.get(&hers);
        let reply = format!("{hers}/reply");
        ana.submit(&page, &reply, &[("body", "It turns when I lie down.")]).expect(303);
        clinic.lets_go();
        let call = [("channel", "phone"), ("thread", &into), ("body", "She says it is worse.")];
        let stopped = nils.submit(&form, &told, &call);
        stopped.expect(409).shows("One message came in while you wrote.");
        stopped.shows("It turns when I lie down.").shows("She says it is worse.");
        stopped.shows("Enter all the same");
        assert_ne!(stopped.option("Dizzy"), into, "it has been shown now");
        let work = format!("/work{hers}");
        assert!(!dora.get(&work).body.contains("She says it is worse."), "nothing was entered");
        // Opened again, the page shows it too; nothing is entered by looking.
        let again = nils.get(&told);
        again.expect(200).shows("It turns when I lie down.").shows("She says it is worse.");
        let into = again.option("Dizzy");
        let call = [("channel", "phone"), ("thread", &into), ("body", "She says it is worse.")];
        nils.submit(&again, &told, &call).expect(303);
        dora.get(&work).shows("She says it is worse.").shows("by phone");
        assert!(!nils.get(&told).body.contains("She says it is worse."), "the draft went with it");
    });
}

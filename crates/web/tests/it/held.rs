//! The seconds in which a message can be taken back: it is no draft meanwhile, and its writer hears of
//! it when it could not leave.

use crate::staff::{Clinic, act};
use crate::support::TestSite;

#[test]
fn a_held_message_is_being_sent_and_no_draft() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let at = clinic.writes("Dizzy", "I feel dizzy since Sunday.");
        let ana = &clinic.ana.browser;
        ana.get("/drafts").expect(200).shows("You have no drafts.").hides("Drafts (");
        let reply = format!("{at}/reply");
        let page = ana.get(&at);
        let kept = [("body", "Better today."), ("intent", "save")];
        ana.submit(&page, &reply, &kept).expect(303);
        let shelf = ana.get("/drafts");
        shelf.expect(200).shows("Drafts (1)").shows("Only you can see them").shows("Delete");

        ana.submit(&ana.get(&at), &reply, &[("body", "Better today."), ("intent", "send")])
            .expect(303);
        let shelf = ana.get("/drafts");
        shelf.expect(200).shows("Being sent…").shows("Better today.").shows("Take it back");
        shelf.hides("Drafts (").hides("You have not sent").hides("/delete");
        // Taken back, it is a draft again.
        let undo = shelf.action_with("/undo");
        ana.submit(&shelf, &undo, &[]).expect(303);
        ana.get("/drafts").shows("Drafts (1)").hides("Being sent…");
        ana.submit(&ana.get(&at), &reply, &[("body", "Better today."), ("intent", "send")])
            .expect(303);
        clinic.lets_go();
        ana.get("/drafts").shows("You have no drafts.");
        ana.get(&at).shows("Better today.");
    });
}

#[test]
fn who_could_not_send_because_the_work_was_passed_on_is_told_and_keeps_the_text() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ana_side = clinic.writes("Heart races", "It races at night.");
        let work = format!("/work{ana_side}");
        let (nils, dora) = (&clinic.nils.browser, &clinic.dora.browser);
        let send = [("body", "Stop the pill until we spoke."), ("then", "send")];
        act(dora, &dora.get(&work), &work, "reply", &send).expect(303);
        dora.get("/work").expect(200).hides("Not sent");
        let to = clinic.other.to_string();
        act(nils, &nils.get(&work), &work, "pass", &[("to", &to), ("reason", "Rhythm")])
            .expect(303);
        site.tells();
        let live = format!("/work/live?team={}", clinic.team);
        let (mut hers, mut his) = (dora.listen(&live), nils.listen(&live));
        clinic.lets_go();
        // Her open list fetches the line that says so; nobody else's hears of it.
        site.tells();
        assert_eq!(hers.next().unwrap(), "event: list\ndata: {}");
        his.is_silent();
        dora.get("/work").expect(200).shows("data-part=\"unsent\"");
        clinic.ana.browser.get(&ana_side).expect(200).hides("Stop the pill");

        let said =
            "Not sent: “Heart races” was passed to Heart clinic. Your text is kept as a draft.";
        let list = dora.get("/work");
        list.expect(200).shows(said).shows(&format!("{work}#unsent"));
        let page = dora.get(&work);
        page.expect(200)
            .shows("Not sent: the conversation was passed to Heart clinic.")
            .shows("Stop the pill until we spoke.");
        // It is Dora's alone.
        nils.get("/work").expect(200).hides("Not sent");
        nils.get(&work).expect(200).hides("Stop the pill");
        clinic.eve.browser.get(&work).expect(200).hides("Stop the pill");
        let delete = page.action_with("/delete");
        clinic.eve.browser.get("/work").expect(200);
        let gone = dora.submit(&page, &delete, &[]);
        dora.get(gone.expect(303).location()).expect(200).shows("The text is gone.");
        dora.get(&work).expect(200).hides("Not sent").hides("Stop the pill");
        dora.get("/work").expect(200).hides("Not sent");
        dora.submit(&page, &delete, &[]).expect(404);
    });
}

#[test]
fn a_text_that_could_not_leave_is_sent_anew_when_the_work_comes_back() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ana_side = clinic.writes("Heart races", "It races at night.");
        let work = format!("/work{ana_side}");
        let (nils, dora, eve) = (&clinic.nils.browser, &clinic.dora.browser, &clinic.eve.browser);
        let send = [("body", "Stop the pill until we spoke."), ("then", "send")];
        act(dora, &dora.get(&work), &work, "reply", &send).expect(303);
        let (to, back) = (clinic.other.to_string(), clinic.team.to_string());
        act(nils, &nils.get(&work), &work, "pass", &[("to", &to), ("reason", "Rhythm")])
            .expect(303);
        clinic.lets_go();
        let again = [("to", back.as_str()), ("reason", "Yours"), ("confirm", "yes")];
        act(eve, &eve.get(&work), &work, "pass", &again).expect(303);
        // The form holds the text again, and says why it is there.
        let page = dora.get(&work);
        page.expect(200)
            .shows("Not sent: it could not leave")
            .shows("Stop the pill until we spoke.");
        act(dora, &page, &work, "reply", &send).expect(303);
        clinic.lets_go();
        dora.get("/work").expect(200).hides("Not sent");
        clinic.ana.browser.get(&ana_side).expect(200).shows("Stop the pill until we spoke.");
    });
}

#[test]
fn what_she_writes_while_an_answer_that_closes_is_leaving_stays_open_and_he_is_told() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let at = clinic.writes("Heart races", "It races at night.");
        let work = format!("/work{at}");
        let (ana, nils) = (&clinic.ana.browser, &clinic.nils.browser);
        // She presses first, and her words are held too.
        let now = [("body", "It is worse now."), ("intent", "send")];
        ana.submit(&ana.get(&at), &format!("{at}/reply"), &now).expect(303);
        site.pass_seconds(5);
        let page = nils.get(&work);
        let asked = page.body.split("name=\"answers\" value=\"").nth(1).expect("a question");
        let asked = asked.split('"').next().unwrap().to_owned();
        let send = [("body", "Take it at noon."), ("answers", &*asked), ("then", "close")];
        act(nils, &page, &work, "reply", &send).expect(303);
        let app = &site.installation.app;
        site.pass_seconds(6);
        assert_eq!(app::draft::release_due(app).unwrap(), 1, "hers");
        site.tells();
        let mut his = nils.listen(&format!("/work/live?team={}", clinic.team));
        site.pass_seconds(5);
        assert_eq!(app::draft::release_due(app).unwrap(), 1, "his");
        site.tells();
        assert_eq!(his.next().unwrap(), "event: list\ndata: {}");
        ana.get(&at).expect(200).shows("Take it at noon.").hides("Closed");
        let said = "Your answer in “Heart races” left. The patient’s side wrote before it did";
        nils.get("/work").expect(200).shows(said).shows(&format!("{work}#crossed"));
        clinic.dora.browser.get("/work").expect(200).hides("Your answer in");
        // In the conversation it stays until somebody answers; the lists need not say it any more.
        for _ in 0..2 {
            nils.get(&work).expect(200).shows("what they wrote waits").shows("It is worse now.");
        }
        nils.get("/work").expect(200).shows("Heart races").hides("Your answer in");
        let send = [("body", "Come in at two."), ("then", "close")];
        act(nils, &nils.get(&work), &work, "reply", &send).expect(303);
        clinic.lets_go();
        nils.get(&work).expect(200).hides("what they wrote waits");
        ana.get(&at).expect(200).shows("Come in at two.");
    });
}

//! A reply that a colleague is asked about: asked, seen, given back, taken over and sent; without a script.

use crate::staff::Clinic;
use crate::support::TestSite;

#[test]
fn a_nurse_asks_and_a_doctor_finishes() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (nils, dora) = (&clinic.nils.browser, &clinic.dora.browser);
        let written = clinic.writes("Dizzy", "I feel dizzy in the morning.");
        let (work, reply) = (format!("/work{written}"), format!("/work{written}/reply"));
        let page = nils.get(&work);
        page.expect(200).shows("Ask a colleague");
        let kept = nils.submit(&page, &reply, &[("body", "Drink quetzal tea."), ("then", "ask")]);
        kept.expect(303);
        let ask = kept.location().to_owned();
        let form = nils.get(&ask);
        form.expect(200).shows("Drink quetzal tea.").shows("Dora Park").shows("Anyone in the team");
        let long = "x".repeat(501);
        nils.submit(&form, &ask, &[("to", ""), ("note", &long)]).expect(422).shows("note-problem");
        nils.submit(&form, &ask, &[("to", ""), ("note", "Is this right?")]).expect(303);
        nils.get(&work).expect(200).shows("You asked the team about your reply.");
        clinic.ana.browser.get(&written).expect(200).hides("quetzal").hides("about your reply");
        // She finds it in her list and beside the conversation, and gives it back.
        dora.get("/work").expect(200).shows("Nils Lee asks you to look at or finish a reply.");
        dora.get(&work).expect(200).shows("Nils Lee asks you").hides("quetzal");
        let shared = ask.trim_end_matches("/ask");
        let seen = dora.get(shared);
        seen.expect(200).shows("Drink quetzal tea.").shows("Is this right?");
        let back = format!("{shared}/back");
        dora.submit(&seen, &back, &[("answer", " ")]).expect(422).shows("answer-problem");
        dora.submit(&seen, &back, &[("answer", "Ask for her pressure.")]).expect(303);
        dora.submit(&seen, &back, &[("answer", "Late words")]).expect(409).shows("Late words");
        dora.get("/work").expect(200).hides("asks you");
        nils.get("/work").expect(200).shows("Dora Park gave your reply back.");
        let mine = nils.get(shared);
        mine.expect(200).shows("Ask for her pressure.").hides("Take it over");
        // Asked again, by name; then she takes it over and sends it.
        let form = nils.get(&ask);
        let dora_is = form.option("Dora Park");
        nils.submit(&form, &ask, &[("to", &dora_is), ("note", "")]).expect(303);
        let seen = dora.get(shared);
        dora.submit(&seen, &format!("{shared}/take"), &[]).expect(303);
        let page = dora.get(&work);
        page.expect(200).shows("Drink quetzal tea.");
        nils.get(&work).expect(200).shows("Dora Park took your reply over.");
        let sent = [("body", "Drink water."), ("then", "send")];
        dora.submit(&page, &reply, &sent).expect(303);
        clinic.lets_go();
        nils.get(&work).expect(200).shows("written by Nils Lee, sent by Dora Park");
        clinic.ana.browser.get(&written).expect(200).shows("Drink water.").hides("Nils Lee, sent");
    });
}

//! Answers that leave the channel, as pages: what closing asks for, and what the patient reads of it.

use crate::staff::{Clinic, act};
use crate::support::TestSite;

#[test]
fn closing_asks_what_comes_next_and_the_patient_reads_it() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (nils, ana) = (&clinic.nils.browser, &clinic.ana.browser);
        let hers = clinic.writes("Pills", "My pills run out.");
        let work = format!("/work{hers}");
        let close = format!("{work}/close");
        let asked = act(nils, &nils.get(&work), &work, "close", &[("outcome", "refill")]);
        asked.expect(200).shows("Which medicine?").shows("The pharmacy will call you.");
        let empty = nils.submit(&asked, &close, &[("what", " "), ("on", "soon")]);
        empty.expect(422).shows("Say it in plain words").shows("Write a date");
        let fields = [("what", "metformin 500 mg"), ("on", "2026-11-25")];
        nils.submit(&asked, &close, &fields).expect(303);
        let seen = ana.get(&hers);
        seen.expect(200)
            .shows(
                "Closed: a refill of metformin 500 mg was requested. The pharmacy will call you.",
            )
            .shows("Date: November 25, 2026.");
        nils.get(&work).shows("metformin 500 mg, November 25, 2026");
    });
}

#[test]
fn a_call_back_asks_for_its_record_and_a_try_closes_nothing() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (nils, ana) = (&clinic.nils.browser, &clinic.ana.browser);
        let hers = clinic.writes("Dizzy", "I feel dizzy.");
        let work = format!("/work{hers}");
        let contact = format!("{work}/contact");
        let close = |fields: &[(&str, &str)]| {
            let page = act(nils, &nils.get(&work), &work, "close", &[("outcome", "callback")]);
            page.expect(200).shows("Close: called back").shows("Ana Alvarez");
            assert!(!page.body.contains("I read the answer out"), "no call back");
            nils.submit(&page, &contact, fields)
        };
        let at = ("at", "2026-11-22T05:00");
        close(&[("how", "spoke"), ("with", ""), at, ("said", " ")])
            .expect(422)
            .shows("Say what was said on the phone.");
        close(&[("how", "spoke"), ("with", "other"), ("at", "yesterday"), ("said", "x")])
            .expect(422)
            .shows("Write the name.")
            .shows("Write a time of the last thirty days");
        let tried = close(&[("how", "nobody"), ("with", ""), at]);
        tried.expect(303);
        nils.get(tried.location())
            .shows("Recorded as tried")
            .shows("Nils Lee called. Nobody answered.");
        nils.get("/work").shows("1 call tried").shows("Dizzy");
        ana.get(&hers).shows("Nils Lee called. Nobody answered.").shows("Diabetes team");
        let spoke = [("how", "spoke"), ("with", ""), at, ("said", "Take it at night.")];
        let open = close(&spoke);
        open.expect(422).shows("A question is still open.").shows("Take it at night.");
        let question = nils.get(&work).value_of("answers", "");
        close(&[&spoke[..], &[("answers", question.as_str())]].concat()).expect(303);
        ana.get(&hers)
            .shows("Take it at night.")
            .shows("By phone with Ana Alvarez, Today, 5:00 am")
            .shows("Closed: your team called. What was said stands above.");
        nils.get(&work).shows("By phone with Ana Alvarez").shows("Called the patient back");
        // In Spanish too, and printed or read out it stands there for both sides.
        let page = nils.get(&contact);
        page.expect(200).shows("I read the answer out");
        let read = [("how", "read_out"), ("with", "other"), ("who", "Neighbor <Kim>"), at];
        nils.submit(&page, &contact, &read).expect(303);
        ana.get(&hers).shows("Nils Lee read this out to Neighbor &#60;Kim&#62;.");
        let account = ana.get("/account");
        ana.submit(&account, "/account/language", &[("language", "es")]).expect(303);
        ana.get(&hers)
            .shows("Por teléfono con Ana Alvarez")
            .shows("Nils Lee llamó. Nadie contestó.")
            .shows("Cerrado: su equipo llamó.");
    });
}

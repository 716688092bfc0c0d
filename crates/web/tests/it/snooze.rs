//! Work that is put off: out of the list, in a list of its own, and back by hand; without a script.

use crate::staff::{Clinic, act};
use crate::support::TestSite;

#[test]
fn a_form_puts_it_off_and_another_takes_it_back() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let written = clinic.writes("Dizzy", "I feel dizzy in the morning.");
        let (nils, work) = (&clinic.nils.browser, format!("/work{written}"));
        let page = nils.get(&work);
        page.expect(200).shows("data-act=\"h\"");
        // What is no day is said at the field, and nothing happens.
        for until in [&[("until", "date"), ("date", "soon")][..], &[("until", "")][..]] {
            act(nils, &page, &work, "snooze", until).expect(422).shows("id=\"snooze-problem\"");
        }
        let past = [("until", "date"), ("date", "2026-11-01")];
        act(nils, &page, &work, "snooze", &past).expect(422).shows("That moment has passed");
        let far = [("until", "date"), ("date", "2027-11-01")];
        act(nils, &page, &work, "snooze", &far).expect(422).shows("Ninety days");
        nils.get("/work").expect(200).shows("Dizzy");
        act(nils, &page, &work, "snooze", &[("until", "tomorrow")]).expect(303);
        nils.get("/work").expect(200).hides("Dizzy");
        let list = format!("/work?team={}&list=snoozed", clinic.team);
        clinic.dora.browser.get(&list).expect(200).shows("Dizzy");
        // A page from before the act; the page that is.
        act(nils, &page, &work, "snooze", &[("until", "monday")]).expect(409);
        let page = nils.get(&work);
        page.expect(200).shows("Snoozed until").hides("data-act=\"h\"");
        act(nils, &page, &work, "unsnooze", &[]).expect(303);
        nils.get("/work").expect(200).shows("Dizzy");
        // What is for today is not put off until after its moment.
        act(nils, &nils.get(&work), &work, "level", &[("level", "2")]).expect(303);
        let page = nils.get(&work);
        let late = [("until", "date"), ("date", "2026-12-20")];
        act(nils, &page, &work, "snooze", &late).expect(422).shows("due before then");
        // The patient reads nothing of it.
        clinic.ana.browser.get(&written).expect(200).hides("nooze");
    });
}

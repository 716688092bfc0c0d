//! A step with several conversations and its taking back, as forms do it without a script.

use crate::staff::{Clinic, act};
use crate::support::{Browser, Page, Request, TestSite};

/// The boxes of a list, by what their labels say.
fn boxes(page: &Page, of: &[&str]) -> Vec<String> {
    of.iter()
        .map(|headline| {
            let label = page.body.find(&format!("Choose “{headline}”")).expect("a box");
            let tag = &page.body[page.body[..label].rfind("<input").unwrap()..label];
            tag.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
        })
        .collect()
}

/// Sends the form of a list with these boxes ticked.
fn with(browser: &Browser<'_>, page: &Page, of: &[String], fields: &[(&str, &str)]) -> Page {
    let hidden = page.hidden("/work/acts");
    let mut all: Vec<(&str, &str)> =
        hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.extend(of.iter().map(|pick| ("chosen", pick.as_str())));
    all.extend(fields);
    browser.send(Request::post("/work/acts", &all))
}

/// The address of the form that takes back, as a page offers it.
fn undo_of(page: &Page) -> String {
    let before = &page.body[..page.body.find("data-undo").expect("a form that takes back")];
    let address = &before[before.rfind("action=\"").unwrap() + 8..];
    let address = address.split('"').next().unwrap();
    address.replace("&#38;", "&").replace("&amp;", "&")
}

/// Sends the form that takes back.
fn undo(browser: &Browser<'_>, page: &Page) -> Page {
    let token = page.value_of("form_token", "");
    browser.send(Request::post(&undo_of(page), &[("form_token", token.as_str())]))
}

#[test]
fn several_are_closed_with_one_form_and_taken_back_with_another() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (first, second) = (clinic.writes("Dizzy", "I am dizzy."), clinic.writes("Foot", "Ow."));
        let third = clinic.writes("Eyes", "They itch.");
        let (nils, dora) = (&clinic.nils.browser, &clinic.dora.browser);
        let list = nils.get("/work");
        list.expect(200).shows("action=\"/work/acts\"").shows("No answer needed");
        for needs_words in ["Called the patient back", "Refill requested", "Handed over"] {
            list.hides(needs_words);
        }
        let chosen = boxes(&list, &["Dizzy", "Foot", "Eyes"]);
        // Nothing chosen, nothing to do, no day: said on the list, with the boxes as they were.
        with(nils, &list, &[], &[("act", "claim")]).expect(422).shows("Choose at least one");
        with(nils, &list, &chosen, &[("act", "")]).expect(422).shows("Choose what to do");
        let days = [("act", "snooze"), ("until", "date"), ("date", "soon")];
        let again = with(nils, &list, &chosen[..1], &days);
        again.expect(422).shows("Choose until when");
        assert_eq!(again.body.matches(" checked>").count(), 1);
        let call = [("act", "close"), ("outcome", "callback")];
        with(nils, &list, &chosen, &call).expect(422).shows("Choose how it ended");
        // Dora takes one meanwhile: the others are closed, and the list says who has that one.
        let work = format!("/work{second}");
        act(dora, &dora.get(&work), &work, "claim", &[]).expect(303);
        let close = [("act", "close"), ("outcome", "no_answer_needed")];
        let done = with(nils, &list, &chosen, &close);
        let page = nils.get(done.expect(303).location());
        page.expect(200).shows("2 closed.").shows("Undo").shows("Not done");
        page.shows("“Foot”, Ana Alvarez: Dora Park took it").hides("Choose “Dizzy”");
        clinic.ana.browser.get(&first).expect(200).shows("no answer was needed");
        // The same form once more is the same act.
        assert_eq!(with(nils, &list, &chosen, &close).location(), done.location());
        // Back again, with the button of that page; nobody else's.
        let theirs = dora.get("/work").value_of("form_token", "");
        dora.send(Request::post(&undo_of(&page), &[("form_token", theirs.as_str())])).expect(404);
        let back = undo(nils, &page);
        let page = nils.get(back.expect(303).location());
        page.expect(200).shows("Taken back: 2 are as they were.").shows("Choose “Dizzy”");
        page.hides("data-undo");
        clinic.ana.browser.get(&third).expect(200).shows("Open again.");
    });
}

#[test]
fn the_desk_says_who_does_several_without_a_word_of_them() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let work = ["Dizzy", "Foot", "Eyes"].map(|headline| clinic.writes(headline, "It hurts."));
        let (fred, dora) = (&clinic.fred.browser, &clinic.dora.browser);
        let silent = |page: &Page| {
            for word in ["Dizzy", "Foot", "Eyes", "It hurts"] {
                page.hides(word);
            }
        };
        let list = fred.get(&fred.get("/work").link_with("list=team"));
        list.expect(200).shows("value=\"assign\"").shows("value=\"pass\"");
        for step in ["claim", "snooze", "level", "close"] {
            list.hides(&format!("value=\"{step}\""));
        }
        silent(&list);
        let chosen: Vec<String> = list
            .body
            .split("name=\"chosen\" value=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect();
        assert_eq!(chosen.len(), 3);
        // Nobody named: said on the list, with the boxes as they were.
        let again = with(fred, &list, &chosen[..2], &[("act", "assign"), ("person", "nobody")]);
        again.expect(422).shows("Choose a member of the team.");
        assert_eq!(again.body.matches(" checked>").count(), 2);
        silent(&again);
        // Dora takes one meanwhile: the list says so by its reference, and gives back what was done.
        let second = format!("/work{}", work[1]);
        act(dora, &dora.get(&second), &second, "claim", &[]).expect(303);
        let to = clinic.nils.id.to_string();
        let done = with(fred, &list, &chosen, &[("act", "assign"), ("person", &to)]);
        let page = fred.get(done.expect(303).location());
        page.expect(200).shows("2 assigned.").shows("Not done").shows("Dora Park took it");
        silent(&page);
        let back = undo(fred, &page);
        let page = fred.get(back.expect(303).location());
        page.expect(200).shows("Taken back: 2 are as they were.");
        silent(&page);
        // What a desk may not do is not done by asking for it.
        let refused = with(fred, &page, &chosen[..1], &[("act", "claim")]);
        fred.get(refused.expect(303).location()).expect(200).shows("Nothing was done.");
    });
}

#[test]
fn one_step_is_taken_back_in_time_and_not_after_it() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let work = format!("/work{}", clinic.writes("Dizzy", "I am dizzy."));
        let nils = &clinic.nils.browser;
        let steps: [(&str, &[(&str, &str)]); 5] = [
            ("claim", &[]),
            ("wait", &[]),
            ("level", &[("level", "2")]),
            ("snooze", &[("until", "tomorrow")]),
            ("close", &[("outcome", "no_answer_needed")]),
        ];
        for (what, fields) in steps {
            let done = act(nils, &nils.get(&work), &work, what, fields);
            let page = nils.get(done.expect(303).location());
            page.expect(200).shows("data-undo=\"10\"");
            let back = undo(nils, &page);
            let page = nils.get(back.expect(303).location());
            page.expect(200).shows("Taken back. It is as it was.").hides("data-undo");
            page.shows("With a team");
        }
        let done = act(nils, &nils.get(&work), &work, "claim", &[]);
        let page = nils.get(done.expect(303).location());
        site.pass_seconds(14);
        undo(nils, &page).expect(409).shows("Too late to undo");
        nils.get(done.location()).expect(200).hides("data-undo").shows("You have it now");
        // A colleague was there since.
        let done = act(nils, &nils.get(&work), &work, "release", &[]);
        let page = nils.get(done.expect(303).location());
        let dora = &clinic.dora.browser;
        act(dora, &dora.get(&work), &work, "claim", &[]).expect(303);
        undo(nils, &page).expect(409).shows("Somebody changed it meanwhile");
        // The desk gives an envelope to somebody, and takes it back on its list.
        let fred = &clinic.fred.browser;
        let envelope = work.replace("/work/threads/", "/work/envelopes/");
        let page = fred.get(&envelope);
        let to = clinic.nils.id.to_string();
        let done = act(fred, &page, &envelope, "assign", &[("person", &to)]);
        let page = fred.get(done.expect(303).location());
        page.expect(200).shows("data-undo=\"10\"");
        let back = undo(fred, &page);
        fred.get(back.expect(303).location()).expect(200).shows("Taken back");
        fred.get(&envelope).expect(200).shows("Dora Park");
    });
}

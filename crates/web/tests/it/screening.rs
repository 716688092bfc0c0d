//! An answer to item 9 of the PHQ-9 or to the screener of the C-SSRS that came with an import: on the staff's pages, and nowhere else.

use app::import;
use domain::access::{Actor, Role};

use crate::staff::Clinic;
use crate::support::{Page, TestSite};

const ANSWER: &str = r#"{"resourceType":"Observation","id":"phq","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"44260-8"}]},"subject":{"reference":"Patient/ana"},"valueInteger":3}"#;

/// The conversation of the first row of a list.
fn address(list: &Page) -> String {
    let at = list.body.find("/work/threads/").expect("a row");
    let end = list.body[at..].find(['"', '?']).unwrap() + at;
    list.body[at..end].to_owned()
}

fn bring(site: &TestSite, text: &str) {
    let app = &site.installation.app;
    let taken = import::import(app, &Actor::system(), "test", text.as_bytes(), |_, _| {}).unwrap();
    assert!(taken.rejected.is_empty(), "{:?}", taken.rejected);
}

#[test]
fn the_date_of_the_answer_stands_in_the_readers_words() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let nils = &clinic.nils.browser;
        let today =
            jiff::Timestamp::from_microsecond(site.installation.app.now().micros()).unwrap();
        let day = today.to_zoned(jiff::tz::TimeZone::UTC).date();
        let day = day.checked_sub(jiff::Span::new().days(3)).unwrap();
        let dated = format!(r#""effectiveDateTime":"{day}","valueInteger":3"#);
        bring(site, &ANSWER.replace(r#""valueInteger":3"#, &dated));
        let list = nils.get("/work");
        list.expect(200).shows("PHQ-9, item 9 (LOINC 44260-8): 3 / 3.").hides(&day.to_string());
        let page = nils.get(&address(&list));
        let english = day.strftime("%B %-d, %Y").to_string();
        let plain = page.body.replace(['\u{2068}', '\u{2069}'], "");
        assert!(plain.contains(&format!("Date of the answer: {english}.")), "{plain}");
        assert!(plain.contains(&format!("(LOINC 44260-8): 3 / 3. {english}")), "{plain}");
        // Machines read it as it was written, people in their words.
        let read = plain.replace(&format!("datetime=\"{day}\""), "");
        assert!(!read.contains(&day.to_string()), "{read}");
    });
}

#[test]
fn a_result_with_a_day_alone_is_shown_on_that_day() {
    const RESULT: &str = r#"{"resourceType":"Observation","id":"weight","status":"final","code":{"text":"Weight","coding":[{"system":"http://loinc.org","code":"29463-7"}]},"subject":{"reference":"Patient/ana"},"effectiveDateTime":"2024-03-05","valueQuantity":{"value":70,"unit":"kg"}}"#;
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        assert_eq!(site.installation.app.settings().time_zone, "America/New_York");
        bring(site, RESULT);
        let thread = clinic.writes("Tingling feet", "My feet tingle.");
        let page = clinic.nils.browser.get(&format!("/work{thread}"));
        page.expect(200).shows("Weight").shows("Mar 5, 2024").hides("Mar 4, 2024");
    });
}

#[test]
fn staff_read_what_to_do_and_nobody_else_finds_it() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (dora, nils) = (&clinic.dora.browser, &clinic.nils.browser);
        bring(site, ANSWER);
        let list = nils.get("/work");
        list.expect(200).shows("PHQ-9, item 9").shows("Flagged: answer in an imported record");
        let address = address(&list);
        let page = nils.get(&address);
        page.expect(200)
            .shows("Answer above zero to question 9 of the PHQ-9")
            .shows("nearly every day (3 of 3)")
            .shows("The record does not say when it was given.")
            .shows("https://loinc.org/44260-8")
            .shows("Call the patient now.")
            .shows("Found in an imported record")
            .shows("Called the patient back")
            .hides("Handed over")
            .hides("Send and close")
            .hides("Was it right?");
        // The desk reads a level; the patient's side, another team and a person without a tie find nothing.
        clinic.fred.browser.get("/work").expect(200).hides("PHQ-9").hides("imported record");
        clinic.fred.browser.get(&address).expect(403).hides("PHQ-9");
        clinic.eve.browser.get(&address).expect(404);
        let ada = site.enrol(Role::Administrator, "Ada Ost", "ada").browser;
        ada.get(&address).hides("PHQ-9");
        let hers = address.replace("/work/threads/", "/threads/");
        let ana = &clinic.ana.browser;
        for path in [&hers, &address] {
            ana.get(path).expect(404).hides("PHQ-9");
        }
        for path in ["/", "/drafts", "/access-log"] {
            ana.get(path).hides("PHQ-9").hides("imported record");
        }
        // Back from the call: it is closed with what was said, on this page, and no page asks for a message.
        let claim = nils.submit(&page, &format!("{address}/claim"), &[]);
        let held = nils.get(claim.expect(303).location());
        let fields = [("outcome", "callback"), ("remark", "Safe <now>, seen on Monday")];
        let led = nils.submit(&held, &format!("{address}/close"), &fields);
        let done = nils.get(led.expect(303).location());
        done.expect(200)
            .shows("Called the patient back")
            .shows("Safe &#60;now&#62;, seen on Monday")
            .hides("Call the patient now.");
        // The flag stays a clinician's to judge.
        dora.get(&address).expect(200).shows("Was it right?").shows("Take the flag back");
        nils.get("/work").hides("PHQ-9");
    });
}

#[test]
fn the_screener_says_what_was_asked_and_by_when_to_call_in_both_languages() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let nils = &clinic.nils.browser;
        let screener = |code: &str, value: &str| {
            ANSWER.replace("44260-8", code).replace(r#""valueInteger":3"#, value)
        };
        bring(site, &screener("93249-1", r#""valueBoolean":true"#));
        let list = nils.get("/work");
        list.expect(200).shows("C-SSRS, item 4 (LOINC 93249-1): +.");
        let plan = address(&list);
        let page = nils.get(&plan);
        let plain = page.expect(200).body.replace(['\u{2068}', '\u{2069}'], "");
        assert!(
            plain.contains("C-SSRS, item 4: suicidal thoughts with some intent to act, past month")
        );
        page.shows("Answer: yes.")
            .shows("https://loinc.org/93249-1")
            .shows("Call the patient now.");
        page.shows("The question is about suicide.").hides("better off dead");
        clinic.ana.browser.get(&plan.replace("/work/threads/", "/threads/")).expect(404);
    });
    // What is neither yes nor no is said to be so.
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let nils = &clinic.nils.browser;
        let described = ANSWER.replace(r#""valueInteger":3"#, r#""valueString":"pills""#);
        bring(site, &described.replace("44260-8", "93250-9"));
        let page = nils.get(&address(&nils.get("/work")));
        page.shows("Answer: neither yes nor no. Read it in the record.");
        // The record stands beside the conversation.
        page.shows("pills");
    });
    // What is long ago is for today.
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let nils = &clinic.nils.browser;
        bring(site, &ANSWER.replace("44260-8", "93267-3"));
        let ever = address(&nils.get("/work"));
        nils.get(&ever)
            .expect(200)
            .shows("suicidal behavior at some time in life")
            .shows("It was more than three months ago, or the record does not say when.")
            .shows("Call the patient today.")
            .hides("Call the patient now.");
        let account = nils.get("/account");
        nils.submit(&account, "/account/language", &[("language", "es")]).expect(303);
        nils.get(&ever)
            .shows("conducta suicida en algún momento de la vida")
            .shows("Llame al paciente hoy.")
            .shows("pregunta");
    });
}

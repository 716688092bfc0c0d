//! What the urgency check rests on, over HTTP: a site's numbers and switch, and the limits of a plan.

use domain::access::Role;

use crate::staff::Clinic;
use crate::support::{Page, TestSite};

#[test]
fn an_administrator_fills_in_numbers_before_the_check_is_on() {
    TestSite::each(|site| {
        let clinic = Clinic::checked(site);
        let ada = site.enrol(Role::Administrator, "Ada Ost", "ada").browser;
        let sites = ada.get("/admin/sites");
        sites.expect(200).shows("Emergency numbers and urgency check").shows("Urgency check on");
        let at = sites.body.find("/safety").expect("a link");
        let start = sites.body[..at].rfind('"').unwrap() + 1;
        let address = format!("{}/safety", &sites.body[start..at]);
        let page = ada.get(&address);
        page.expect(200)
            .shows("value=\"1-800-222-1222\"")
            .shows("value=\"988\"")
            .shows(" checked>");
        let version = page.value_of("version", "");
        let abroad = |emergency: &'static str, crisis: &'static str, check: &'static str| {
            [
                ("version", version.clone()),
                ("country", "mx".to_owned()),
                ("emergency", emergency.to_owned()),
                ("crisis", crisis.to_owned()),
                ("check", check.to_owned()),
            ]
        };
        let send = |fields: &[(&str, String)]| {
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            ada.submit(&page, &address, &fields)
        };
        send(&abroad("", "", "on")).expect(422).shows("The check needs the emergency number");
        send(&abroad("call", "", "")).expect(422).shows("Write a phone number, such as 911");
        send(&abroad("911", "800 911 2000", "on")).expect(303);
        ada.get(&address).shows("value=\"MX\"").shows("value=\"800 911 2000\"");
        let late = send(&abroad("112", "024", "on"));
        late.expect(422).shows("Somebody changed this site meanwhile").shows("value=\"911\"");
        clinic.nils.browser.get(&address).expect(403);
        clinic.ana.browser.get(&address).expect(404);
    });
}

#[test]
fn a_clinician_sets_a_limit_that_the_patient_reads_in_plain_words() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let dora = &clinic.dora.browser;
        let address = format!("/patients/{}/plan", clinic.patient);
        let nurse = clinic.nils.browser.get(&address);
        nurse.expect(200).shows("Clinicians who treat the patient set and end limits.");
        clinic.ana.browser.get("/plan").expect(200).shows("There are no numbers in your plan now.");
        clinic.ana.browser.get("/").hides("Your plan: when to tell us");
        let page = dora.get(&address);
        page.expect(200).shows("No limits are set.").shows("Add a limit");
        let form =
            |what: &'static str, value: &'static str, side: &'static str, days: &'static str| {
                [("what", what), ("value", value), ("side", side), ("days", days)]
            };
        let add = |fields: &[(&str, &str)]| dora.submit(&page, &address, fields);
        add(&form("weight_gain [lb_av]", "3", "ge", "")).expect(422).shows("Write 1 to 30 days");
        add(&form("glucose mmol/L", "250", "ge", ""))
            .expect(422)
            .shows("Blood sugar: write a value from 2.2 to 33.3 mmol/L.")
            .shows("value=\"250\"");
        add(&form("height cm", "250", "ge", "")).expect(422).shows("Choose what is measured.");
        add(&form("weight_gain [lb_av]", "3", "ge", "1")).expect(303);
        add(&form("weight_gain kg", "2", "ge", "1")).expect(422).shows("There is a limit on this");
        dora.get(&format!("/patients/{}", clinic.patient))
            .shows("Body weight: up by 3 lb or more in 1 day");
        clinic.ana.browser.get("/").shows("Your plan: when to tell us");
        let hers = clinic.ana.browser.get("/plan");
        hers.expect(200)
            .shows("Body weight: up by 3 lb or more in 1 day")
            .shows("Set by Dora Park");
        let account = clinic.ana.browser.get("/account");
        clinic.ana.browser.submit(&account, "/account/language", &[("language", "es")]).expect(303);
        clinic.ana.browser.get("/plan").shows("Peso: sube 3 lb o más en 1 día");
        let page = dora.get(&address);
        let at = page.body.find("/end\"").expect("a form that ends it");
        let start = page.body[..at].rfind('"').unwrap() + 1;
        let end = format!("{}/end", &page.body[start..at]);
        dora.submit(&page, &end, &[]).expect(303);
        dora.submit(&page, &end, &[]).expect(404);
        clinic.ana.browser.get("/plan").shows("Ahora no hay números en su plan.");
    });
}

const CHEST: &str = "Refill please. Also since 4 this morning a heavy <feeling> in my chest.";

/// Ana types a new message and goes on; the draft, and where she is led.
fn goes_on(clinic: &Clinic<'_>, headline: &str, body: &str) -> (String, String) {
    let browser = &clinic.ana.browser;
    let page = browser.get("/new");
    let page = browser.submit(&page, "/new", &[("team", &clinic.team.to_string())]);
    let draft = page.location().trim_start_matches("/drafts/").trim_end_matches("/about");
    let about = format!("/drafts/{draft}/about");
    browser.submit(&browser.get(&about), &about, &[("about", "nothing")]).expect(303);
    let write = format!("/drafts/{draft}/write");
    let fields =
        [("ask", "opinion"), ("headline", headline), ("body", body), ("intent", "continue")];
    let led = browser.submit(&browser.get(&write), &write, &fields);
    (draft.to_owned(), led.expect(303).location().to_owned())
}

#[test]
fn an_urgent_text_meets_a_page_that_says_whom_to_call_and_is_sent_whatever_is_answered() {
    TestSite::each(|site| {
        let clinic = Clinic::checked(site);
        let ana = &clinic.ana.browser;
        let (draft, led) = goes_on(&clinic, "Refill", CHEST);
        let urgent = format!("/drafts/{draft}/urgent");
        assert_eq!(led, urgent);
        let page = ana.get(&urgent);
        page.expect(200)
            .shows("Call 911 now")
            .shows("href=\"tel:911\"")
            .shows("in my chest")
            .shows("1-800-222-1222")
            .shows("It is not happening now")
            .hides("not urgent");
        // Leaving keeps the draft, and opening it shows the page again; the text can still be changed.
        let write = format!("/drafts/{draft}/write");
        assert_eq!(ana.get(&write).expect(303).location(), urgent);
        ana.get(&format!("{write}?edit=true")).expect(200).shows("heavy &#60;feeling&#62;");
        ana.get("/drafts").shows("Refill");
        // The check page of a second window cannot send past it.
        let check = ana.get(&format!("/drafts/{draft}/check"));
        check.expect(200).shows("Call 911 now");
        let send = format!("/drafts/{draft}/send");
        assert_eq!(ana.submit(&check, &send, &[]).expect(303).location(), urgent);
        let sent = ana.submit(&page, &urgent, &[("answer", "not_now")]);
        let sent = ana.get(sent.expect(303).location());
        sent.expect(200).shows("is at the top of the team").shows("href=\"tel:911\"");
        // A second press shows what it became.
        let again = ana.submit(&page, &urgent, &[("answer", "send")]);
        assert!(again.expect(303).location().ends_with("/sent"));
        clinic.nils.browser.get("/work").expect(200).shows("Refill");
        staff_see_what_was_recognised(&clinic);
        clinic.eve.browser.get(&urgent).expect(404);
    });
}

#[test]
fn a_reply_and_spanish_meet_the_same_page() {
    TestSite::each(|site| {
        let clinic = Clinic::checked(site);
        let ana = &clinic.ana.browser;
        let hers = clinic.writes("A form", "Please sign the form for my school.");
        let account = ana.get("/account");
        ana.submit(&account, "/account/language", &[("language", "es")]).expect(303);
        let thread = ana.get(&hers);
        let reply = format!("{hers}/reply");
        let fields =
            [("body", "Tengo un dolor fuerte en el pecho desde anoche."), ("intent", "send")];
        let led = ana.submit(&thread, &reply, &fields);
        let urgent = led.expect(303).location().to_owned();
        assert!(urgent.ends_with("/urgent"), "{urgent}");
        let page = ana.get(&urgent);
        page.expect(200).shows("Llame ahora al 911").shows("Usted escribió:");
        // The conversation says that the reply waits, and where it goes on.
        ana.get(&hers).expect(200).shows("Llame ahora al 911").shows("Seguir con su mensaje");
        ana.submit(&page, &urgent, &[("answer", "call")]).expect(303);
        let thread = ana.get(&hers);
        thread.expect(200).shows("Tengo un dolor fuerte").shows("principio de la lista");
    });
}

#[test]
fn what_is_not_recognised_meets_no_card_and_has_no_page() {
    TestSite::each(|site| {
        let clinic = Clinic::checked(site);
        let ana = &clinic.ana.browser;
        let (draft, led) = goes_on(&clinic, "A form", "Please sign the form for my school.");
        assert_eq!(led, format!("/drafts/{draft}/check"));
        ana.get(&led).expect(200).hides("Is any of these happening now?").hides("You wrote:");
        let page = ana.get(&format!("/drafts/{draft}/urgent"));
        assert!(page.expect(303).location().contains(&format!("/drafts/{draft}/write")));
    });
}

#[test]
fn a_symptom_in_a_reply_is_asked_about_once_before_it_is_sent() {
    TestSite::each(|site| {
        let clinic = Clinic::checked(site);
        let ana = &clinic.ana.browser;
        let hers = clinic.writes("A form", "Please sign the form for my school.");
        let reply = format!("{hers}/reply");
        let fields = [("body", "I have had a <headache> since Monday."), ("intent", "send")];
        let page = ana.submit(&ana.get(&hers), &reply, &fields);
        page.expect(200)
            .shows("Is any of these happening now?")
            .shows("Yes, one of these is happening now")
            .shows("href=\"tel:911\"")
            .shows("a &#60;headache&#62; since Monday");
        // Nothing has left; what was typed is a draft.
        clinic.nils.browser.get(&hers).hides("headache");
        ana.get("/drafts").expect(200).shows("A form");
        // The same reply from the question's page is the answer, and nothing more is asked.
        let sent = ana.submit(&page, &reply, &fields).expect(303).location().to_owned();
        assert!(sent.starts_with(&hers), "{sent}");
        ana.get(&hers).shows("headache").hides("Is any of these happening now?");
    });
}

/// A conversation of Ana's, the page that asks about a symptom in a reply of hers to it, and where her yes leads.
fn asked(clinic: &Clinic) -> (String, Page, String) {
    let ana = &clinic.ana.browser;
    let hers = clinic.writes("A form", "Please sign the form for my school.");
    let fields = [("body", "I have had a headache since Monday."), ("intent", "send")];
    let page = ana.submit(&ana.get(&hers), &format!("{hers}/reply"), &fields);
    let urgent = format!("/drafts/{}/urgent", page.value_of("client_msg_id", ""));
    (hers, page, urgent)
}

#[test]
fn yes_to_the_question_before_a_reply_leads_to_the_page_and_the_top_of_the_list() {
    TestSite::each(|site| {
        let clinic = Clinic::checked(site);
        let ana = &clinic.ana.browser;
        let (hers, page, urgent) = asked(&clinic);
        let page = says(&clinic, &page, &urgent, "yes");
        page.shows("Call 911 now").shows("You said that one of these signs");
        ana.submit(&page, &urgent, &[("answer", "send")]).expect(303);
        ana.get(&hers).shows("headache").shows("is at the top of the team");
    });
}

#[test]
fn yes_because_of_thoughts_of_harm_leads_to_the_crisis_line_first() {
    TestSite::each(|site| {
        let clinic = Clinic::checked(site);
        let ana = &clinic.ana.browser;
        let (hers, question, urgent) = asked(&clinic);
        // What is no such answer asks for nothing: the question stands where it stood.
        let led = ana.submit(&question, &format!("{urgent}/said"), &[("said", "maybe")]);
        assert_eq!(led.expect(303).location(), urgent);
        ana.get(&urgent).expect(303);
        let page = says(&clinic, &question, &urgent, "harm");
        crisis_line_first(&page);
        // A yes stands when another window saved meanwhile, or nothing was chosen.
        for fields in [[("answer", "call"), ("version", "0")], [("answer", ""), ("version", "1")]] {
            let led = ana.submit(&page, &urgent, &fields);
            ana.get(led.expect(303).location()).expect(200).shows("We are glad you told us");
        }
        ana.submit(&page, &urgent, &[("answer", "call")]).expect(303);
        ana.get(&hers).shows("We are glad you told us").hides("Call 911 now");
        let work = clinic.nils.browser.get(&format!("/work{hers}"));
        work.expect(200).shows("Crisis sign").shows("thoughts of hurting oneself or others now");
        work.shows("A symptom without a known warning sign").hides("Reads like messages");
        // A second press shows what it became.
        let late = ana.submit(&question, &format!("{urgent}/said"), &[("said", "yes")]);
        assert!(late.expect(303).location().ends_with("/sent"));
    });
}

/// The page after Ana's yes to the question of a draft.
fn says(clinic: &Clinic<'_>, question: &Page, urgent: &str, said: &str) -> Page {
    let ana = &clinic.ana.browser;
    let led = ana.submit(question, &format!("{urgent}/said"), &[("said", said)]);
    assert_eq!(led.expect(303).location(), urgent);
    let page = ana.get(urgent);
    page.expect(200);
    assert_eq!(page.value_of("asked", ""), said);
    page
}

fn crisis_line_first(page: &Page) {
    page.expect(200).shows("We are glad you told us").hides("You wrote:");
    let gate = page.body.split_once("class=\"gate\"").unwrap().1;
    let before = gate.split_once("tel:911").unwrap().0;
    assert!(before.contains("tel:988"), "the crisis line first");
}

#[test]
fn a_yes_that_nobody_answered_is_there_when_the_draft_is_opened_again() {
    TestSite::each(|site| {
        let clinic = Clinic::checked(site);
        let ana = &clinic.ana.browser;
        let (draft, led) = goes_on(&clinic, "A question", "I have had a headache since Monday.");
        let (urgent, write) = (format!("/drafts/{draft}/urgent"), format!("/drafts/{draft}/write"));
        let check = ana.get(&led);
        check.expect(200).shows("Is any of these happening now?");
        says(&clinic, &check, &urgent, "harm");
        // Away and back: from the list of drafts, on another device, by the page that checks and by its button.
        ana.get("/drafts").shows(&write);
        assert_eq!(ana.get(&write).expect(303).location(), urgent);
        let other = site.browser();
        other.sign_in(&clinic.ana);
        assert_eq!(other.get(&write).expect(303).location(), urgent);
        crisis_line_first(&other.get(&urgent));
        ana.get(&led).expect(200).shows("We are glad you told us").hides("Is any of these");
        let sent = ana.submit(&check, &format!("/drafts/{draft}/send"), &[]);
        assert_eq!(sent.expect(303).location(), urgent);
        // What another device saves of the text leaves the yes where it is.
        let open = other.get(&format!("{write}?edit=true"));
        let fields = [("ask", "opinion"), ("headline", "A question")];
        let text = [("body", "I have had a headache since Monday morning."), ("intent", "save")];
        other.submit(&open, &write, &[&fields[..], &text[..]].concat()).expect(303);
        crisis_line_first(&ana.get(&urgent));
        // A text without a symptom is sent like any other, and forgets it.
        let open = ana.get(&format!("{write}?edit=true"));
        let text = [("body", "Please sign the form for my school."), ("intent", "continue")];
        let led = ana.submit(&open, &write, &[&fields[..], &text[..]].concat());
        assert!(led.expect(303).location().ends_with("/check"), "{}", led.location());
        ana.get(&write).expect(200);
        clinic.eve.browser.get(&urgent).expect(404);
    });
}

#[test]
fn a_yes_of_a_reply_waits_in_its_conversation_and_shows_when_it_could_not_be_kept() {
    TestSite::each(|site| {
        let clinic = Clinic::checked(site);
        let ana = &clinic.ana.browser;
        let (hers, question, urgent) = asked(&clinic);
        says(&clinic, &question, &urgent, "yes");
        ana.get(&hers).expect(200).shows("Call 911 now").shows("Go on with your message");
        // A device whose yes could not be written shows whom to call all the same, and the answer says it.
        let (hers, _, urgent) = asked(&clinic);
        let page = ana.get(&format!("{urgent}?asked=harm"));
        crisis_line_first(&page);
        ana.get(&hers).hides("Go on with your message");
        ana.get(&format!("{urgent}?asked=maybe")).expect(303);
        ana.submit(&page, &urgent, &[("answer", "send")]).expect(303);
        ana.get(&hers).shows("We are glad you told us");
    });
}

#[test]
fn the_card_of_what_is_typed_stands_beside_the_field_and_nothing_is_kept_of_it() {
    TestSite::each(|site| {
        let clinic = Clinic::checked(site);
        let ana = &clinic.ana.browser;
        let hers = clinic.writes("A form", "Please sign the form for my school.");
        let page = ana.get(&hers);
        let draft = page.value_of("client_msg_id", "");
        let beside = format!("/drafts/{draft}/urgent/beside");
        page.shows(&format!("data-beside=\"{beside}\""));
        ana.get(&beside).expect(404);
        let save = format!("{hers}/reply");
        let typed = |version: &str, body: &str| {
            let fields = [("body", body), ("version", version), ("intent", "save")];
            ana.submit(&page, &save, &fields).expect(303);
            ana.get(&beside)
        };
        typed("0", CHEST).expect(200).shows("Call 911 now").hides("Go on with").hides("<html");
        typed("1", "It burns when I pee and I have had a fever since yesterday.")
            .expect(200)
            .shows("Talk with a nurse today");
        // The question is asked before sending only; what is not recognised has no card.
        typed("2", "I have had a headache since Monday.").expect(200).hides("<section");
        typed("3", "Please sign the form.").expect(200).hides("<section");
        // A card that was only beside the field does not stop the draft from being opened.
        ana.get(&hers).expect(200).hides("Go on with your message");
        clinic.eve.browser.get(&beside).expect(404);
    });
}

#[test]
fn the_card_beside_the_field_can_be_asked_for_so_often_and_again_when_time_has_passed() {
    TestSite::each(|site| {
        let clinic = Clinic::checked(site);
        let ana = &clinic.ana.browser;
        let hers = clinic.writes("A form", "Please sign the form for my school.");
        let page = ana.get(&hers);
        let fields = [("body", CHEST), ("version", "0"), ("intent", "save")];
        ana.submit(&page, &format!("{hers}/reply"), &fields).expect(303);
        let beside = format!("/drafts/{}/urgent/beside", page.value_of("client_msg_id", ""));
        for _ in 0..20 {
            ana.get(&beside).expect(200).shows("Call 911 now");
        }
        // On another device too, and nothing of a page comes with it.
        let other = site.browser();
        other.sign_in(&clinic.ana);
        for device in [ana, &other] {
            let refused = device.get(&beside);
            assert_eq!(refused.expect(429).header("retry-after"), "1");
            assert_eq!(refused.body, "");
        }
        // Nobody else waits for it, and sending is never slowed.
        clinic.eve.browser.get(&beside).expect(404);
        ana.get(&hers).expect(200);
        site.pass_seconds(1);
        ana.get(&beside).expect(200).shows("Call 911 now");
        ana.get(&beside).expect(429);
    });
}

/// What was recognised in Ana's urgent message, on the pages of both sides.
fn staff_see_what_was_recognised(clinic: &Clinic<'_>) {
    let (nils, ana) = (&clinic.nils.browser, &clinic.ana.browser);
    let work = nils.get("/work");
    let at = work.body.find("/work/threads/").expect("a conversation");
    let rest = &work.body[at..];
    let end = rest.find(['"', '?']).unwrap();
    let staff = rest[..end].to_owned();
    let page = nils.get(&staff);
    page.expect(200)
        .shows("Recognised by the urgency check")
        .shows("Emergency sign")
        .shows("<mark>")
        .shows("shown whom to call before sending")
        .shows("It is not happening now.”")
        .shows("Rules ");
    // Never on paper, and never on a page of the patient's side.
    nils.get(&format!("{staff}/print"))
        .expect(200)
        .hides("<mark>")
        .hides("Recognised by the urgency check");
    let hers = staff.replace("/work/threads/", "/threads/");
    ana.get(&hers).expect(200).hides("Recognised by the urgency check").hides("<mark>");
    let account = nils.get("/account");
    nils.submit(&account, "/account/language", &[("language", "es")]).expect(303);
    nils.get(&staff).shows("Señal de emergencia").shows("No está pasando ahora");
}

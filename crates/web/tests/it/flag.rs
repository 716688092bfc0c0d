//! A flag of the urgency check on the staff's pages: on the row, at the message, taken back, raised again, judged.

use domain::access::Role;

use crate::staff::Clinic;
use crate::support::TestSite;

const CHEST: &str = "Refill please. Also since 4 this morning a heavy <feeling> in my chest.";

/// Ana writes what meets the page before sending and sends it anyway; the staff's address of the conversation.
fn urgent(clinic: &Clinic<'_>, body: &str) -> String {
    let ana = &clinic.ana.browser;
    let hers = clinic.writes("A form", "Please sign the form for my school.");
    let fields = [("body", body), ("intent", "send")];
    let led = ana.submit(&ana.get(&hers), &format!("{hers}/reply"), &fields);
    let urgent = led.expect(303).location().to_owned();
    ana.submit(&ana.get(&urgent), &urgent, &[("answer", "send")]).expect(303);
    hers.replace("/threads/", "/work/threads/")
}

/// The address of the flag of the only message that has one.
fn flag_of(page: &crate::support::Page) -> String {
    let end = page.body.find("/flag/rating\"").expect("a form");
    let start = page.body[..end].rfind('"').unwrap() + 1;
    format!("{}/flag", &page.body[start..end])
}

#[test]
fn a_clinician_takes_a_flag_back_and_the_row_and_the_message_say_so() {
    TestSite::each(|site| {
        let clinic = Clinic::checked(site);
        let (dora, nils) = (&clinic.dora.browser, &clinic.nils.browser);
        let staff = urgent(&clinic, CHEST);
        nils.get("/work").expect(200).shows("Flagged: emergency words · sent anyway");
        let nurse = nils.get(&staff);
        nurse.expect(200).shows("Emergency sign").hides("Was it right?").hides("/flag");
        // The desk reads the level and nothing of why.
        let desk = clinic.fred.browser.get("/work");
        desk.expect(200).hides("Flagged").hides("emergency words");
        let page = dora.get(&staff);
        page.expect(200).shows("Was it right?").shows("Take the flag back");
        let flag = flag_of(&page);
        nils.get(&flag).expect(403);
        clinic.eve.browser.get(&flag).expect(404);
        clinic.ana.browser.get(&flag).expect(404);
        let asks = dora.get(&format!("{flag}?seq=2"));
        asks.expect(200).shows("Take the flag back?").shows("The patient sees nothing of this");
        let fields = |reason: &'static str, words: &'static str| {
            [("flag_reason", reason), ("flag_words", words), ("answer", "not_right")]
        };
        dora.submit(&asks, &flag, &fields("", "<old> strain"))
            .expect(422)
            .shows("Choose why.")
            .shows("&#60;old&#62; strain");
        dora.submit(&asks, &flag, &fields("other", " ")).expect(422).shows("Say why in your words");
        let led = dora.submit(&asks, &flag, &fields("known", "<old> strain"));
        let done = dora.get(led.expect(303).location());
        done.expect(200)
            .shows("The flag is taken back.")
            .shows("Flag taken back by Dora Park")
            .shows("known of this patient and watched. &#60;old&#62; strain")
            .shows("Raise the flag again");
        nils.get("/work").hides("Flagged");
        nils.get(&staff).shows("Flag taken back by Dora Park").hides("Raise the flag again");
        let hers = staff.replace("/work/threads/", "/threads/");
        clinic.ana.browser.get(&hers).expect(200).hides("Flag").hides("strain");
        // A second window is told that somebody was faster.
        dora.submit(&asks, &flag, &fields("known", "")).expect(409);
        assert!(dora.get(&flag).expect(303).location().starts_with(&staff));
        dora.submit(&done, &format!("{flag}/again"), &[("seq", "2")]).expect(303);
        dora.get(&staff).shows("Flag raised again by Dora Park");
        nils.get("/work").shows("Flagged: emergency words");
        dora.submit(&done, &format!("{flag}/again"), &[]).expect(409);
    });
}

#[test]
fn one_press_says_whether_it_was_right() {
    TestSite::each(|site| {
        let clinic = Clinic::checked(site);
        let dora = &clinic.dora.browser;
        let staff = urgent(&clinic, CHEST);
        let page = dora.get(&staff);
        let rating = format!("{}/rating", flag_of(&page));
        let chosen = |code: &str| format!("value=\"{code}\" aria-pressed=\"true\"");
        page.hides("value=\"right\" aria-pressed=\"true\"");
        let led = dora.submit(&page, &rating, &[("answer", "right"), ("seq", "2")]);
        assert!(led.expect(303).location().ends_with("#m2"));
        dora.get(&staff).shows(&chosen("right"));
        dora.submit(&page, &rating, &[("answer", "too_late")]).expect(303);
        dora.get(&staff).shows(&chosen("too_late")).hides(&chosen("right"));
        dora.submit(&page, &rating, &[("answer", "perhaps")]).expect(303);
        dora.get(&staff).shows(&chosen("too_late"));
        let account = dora.get("/account");
        dora.submit(&account, "/account/language", &[("language", "es")]).expect(303);
        dora.get(&staff).shows("¿Fue acertado?").shows("Retirar el aviso");
    });
}

#[test]
fn what_was_asked_and_what_was_shown_of_today_is_said_at_the_message() {
    TestSite::each(|site| {
        let clinic = Clinic::checked(site);
        let (ana, nils) = (&clinic.ana.browser, &clinic.nils.browser);
        let hers = clinic.writes("A form", "Please sign the form for my school.");
        let staff = hers.replace("/threads/", "/work/threads/");
        let reply = format!("{hers}/reply");
        let fields = [("body", "I have had a headache since Monday."), ("intent", "send")];
        let asked = ana.submit(&ana.get(&hers), &reply, &fields);
        asked.expect(200).shows("Is any of these happening now?");
        ana.submit(&asked, &reply, &fields).expect(303);
        clinic.lets_go();
        nils.get(&staff).shows("Asked whether one of the signs is there now: no.");
        let urine = "It burns when I pee and I have had a fever since yesterday.";
        let fields = [("body", urine), ("intent", "send")];
        ana.submit(&ana.get(&hers), &reply, &fields).expect(303);
        clinic.lets_go();
        nils.get(&staff).shows("The writer was shown the nurse line.");
        nils.get("/work").shows("Flagged: signs for care today");
    });
}

#[test]
fn who_leads_reads_how_the_rules_do_and_nobody_else() {
    TestSite::each(|site| {
        let clinic = Clinic::checked(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let nils = &clinic.nils.browser;
        crate::leads::nils_leads(&clinic, &ada);
        nils.get("/work").expect(200).shows("/work/urgency");
        nils.get("/work/urgency").expect(200).shows("Not counted yet.");
        let staff = urgent(&clinic, CHEST);
        let dora = &clinic.dora.browser;
        let page = dora.get(&staff);
        let rating = format!("{}/rating", flag_of(&page));
        dora.submit(&page, &rating, &[("answer", "right")]).expect(303);
        site.pass_seconds(60);
        app::urgency::precision::measure_due(&site.installation.app).unwrap();
        let shown = ada.get(&format!("/work/urgency?team={}", clinic.team));
        shown
            .expect(200)
            .shows("1 sent anyway")
            .shows("1 of 1 right")
            .shows("fewer than 20 answers")
            .shows("half within 1 min")
            .hides("heavy");
        ada.get("/work/overview").shows("How the rules of the urgency check do");
        let team = format!("/work/urgency?team={}", clinic.team);
        dora.get(&team).expect(403);
        for browser in [&clinic.eve.browser, &clinic.ana.browser, &clinic.fred.browser] {
            let shown = browser.get(&team);
            assert!(matches!(shown.status.as_u16(), 403 | 404), "{shown:?}");
        }
    });
}

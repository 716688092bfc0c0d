//! The same question twice: offered as one conversation before it is sent, joined by staff afterwards.

use crate::staff::Clinic;
use crate::support::{Browser, Page, TestSite};

const SAME: &str = "My new water pill makes me dizzy in the morning. May I stop taking it?";

/// Ana begins another message, up to the page that checks it; its draft's address and that page.
fn begins(clinic: &Clinic<'_>, headline: &str, body: &str) -> (String, Page) {
    let browser: &Browser<'_> = &clinic.ana.browser;
    let page = browser.get("/new");
    let page = browser.submit(&page, "/new", &[("team", &clinic.team.to_string())]);
    let draft = page.location().trim_end_matches("/about").to_owned();
    let about = format!("{draft}/about");
    browser.submit(&browser.get(&about), &about, &[("about", "nothing")]).expect(303);
    let write = format!("{draft}/write");
    let fields =
        [("ask", "opinion"), ("headline", headline), ("body", body), ("intent", "continue")];
    browser.submit(&browser.get(&write), &write, &fields).expect(303);
    let check = browser.get(&format!("{draft}/check"));
    (draft, check)
}

#[test]
fn the_check_page_offers_the_earlier_conversation_and_blocks_nothing() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let first = clinic.writes("Dizzy", SAME);
        let ana = &clinic.ana.browser;
        let (draft, check) = begins(&clinic, "Pill", SAME);
        check.expect(200).shows("Nearly the same was sent before").shows("Dizzy");
        // A page from before the offer: it is shown first, then sending goes on.
        let send = format!("{draft}/send");
        let stopped = ana.submit(&check, &send, &[("anyway", "")]);
        stopped.expect(409).shows("Nearly the same was sent before");
        ana.submit(&stopped, &send, &[]).expect(303);
        clinic.lets_go();
        // Another, added to the first conversation: it waits there to be sent.
        let (draft, check) = begins(&clinic, "Again", &format!("{SAME} Please."));
        let join = format!("{draft}/join");
        let joined = ana.submit(&check, &join, &[]);
        joined.expect(303);
        assert!(joined.location().starts_with("/threads/"), "{}", joined.location());
        let page = ana.get(joined.location().split('#').next().unwrap());
        page.expect(200).shows("May I stop taking it? Please.");
        ana.get(&draft).expect(404);
        assert!(!first.is_empty());
        // Something else is offered nothing.
        let (_, check) =
            begins(&clinic, "Foot", "My left foot is swollen since Tuesday and hurts.");
        check.expect(200).hides("Nearly the same was sent before");
    });
}

#[test]
fn staff_join_two_and_every_address_leads_to_the_one() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let first = clinic.writes("Dizzy", SAME);
        let second = clinic.writes("Ankle", "My left foot is swollen since Tuesday and hurts.");
        let (ana, nils) = (&clinic.ana.browser, &clinic.nils.browser);
        let (one, other) = (format!("/work{first}"), format!("/work{second}"));
        clinic.eve.browser.get(&format!("{one}/merge")).expect(404);
        clinic.fred.browser.get(&format!("{one}/merge")).expect(403);
        nils.get(&one).expect(200).shows(&format!("href=\"{one}/merge\""));
        let into = second.trim_start_matches("/threads/");
        let chosen = format!("{one}/merge?into={into}");
        nils.get(&format!("{one}/merge")).expect(200).shows(&format!("href=\"{chosen}\""));
        let confirm = nils.get(&chosen);
        confirm.expect(200).shows("Ankle").shows("Dizzy").shows("cannot be undone");
        // Somebody writes meanwhile: what was shown is not so any more.
        let reply = ana.get(&second);
        let more = [("body", "It is blue now."), ("intent", "send")];
        ana.submit(&reply, &format!("{second}/reply"), &more).expect(303);
        clinic.lets_go();
        let join = |page: &Page| nils.submit(page, &format!("{one}/merge"), &[("confirm", "yes")]);
        join(&confirm).expect(409);
        let open = ana.get(&first);
        let done = join(&nils.get(&chosen));
        done.expect(303);
        assert_eq!(done.location(), format!("{other}?done=merged"));
        let page = nils.get(&other);
        page.expect(200).shows("May I stop taking it?").shows("It is blue now.");
        let (_, letters) = page.body.split_once("class=\"letters\"").unwrap();
        let order = [letters.find("May I stop taking it?"), letters.find("It is blue now.")];
        assert!(order[0] < order[1], "in the order they were said");
        assert_eq!(nils.get(&one).expect(303).location().split('?').next(), Some(other.as_str()));
        assert_eq!(ana.get(&first).expect(303).location(), second);
        let page = ana.get(&second);
        page.expect(200).shows("May I stop taking it?").shows("joined with this one");
        ana.get("/").expect(200).shows(&format!("href=\"{second}\"")).hides(&first);
        // An answer from the page that stayed open lands in the one that goes on.
        let late = [("body", "From the old page."), ("intent", "send")];
        ana.submit(&open, &format!("{first}/reply"), &late).expect(303);
        clinic.lets_go();
        ana.get(&second).expect(200).shows("From the old page.");
    });
}

#[test]
fn a_reply_that_repeats_is_offered_too_and_keeps_its_text() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let first = clinic.writes("Dizzy", SAME);
        let second = clinic.writes("Ankle", "My left foot is swollen since Tuesday and hurts.");
        let ana = &clinic.ana.browser;
        let again = format!("{SAME} Thanks.");
        let fields = [("body", again.as_str()), ("intent", "send")];
        let stopped = ana.submit(&ana.get(&second), &format!("{second}/reply"), &fields);
        stopped.expect(409).shows("Nearly the same was sent before").shows("Dizzy");
        stopped.shows("May I stop taking it? Thanks.").shows("Send it here anyway");
        // It is kept whatever happens, and waits where it was said before.
        ana.get(&second).expect(200).shows("May I stop taking it? Thanks.");
        let joined = ana.submit(&stopped, &format!("{second}/join"), &[]);
        joined.expect(303);
        assert!(joined.location().starts_with(&first), "{}", joined.location());
        let page = ana.get(&first);
        page.expect(200).shows("May I stop taking it? Thanks.");
        ana.get(&second).expect(200).hides("Thanks.");
        // There it repeats what stands above it: said once, and sent all the same.
        let stopped = ana.submit(&page, &format!("{first}/reply"), &fields);
        stopped.expect(409).shows("in this conversation").hides("Add to that conversation");
        let sent = ana.submit(&stopped, &format!("{first}/reply"), &fields);
        sent.expect(303);
        clinic.lets_go();
        ana.get(&first).expect(200).shows("May I stop taking it? Thanks.");
    });
}

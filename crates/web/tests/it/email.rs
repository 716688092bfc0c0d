//! An address is proved by a code before notices go to it, and whoever's password, second factor or
//! address changes is told.

use app::admin::{self, NewPerson};
use app::notice::{self, Attempt, Outbound};
use app::testing::clinic;
use domain::access::{Actor, Role};

use crate::support::{Browser, PASSWORD, Page, Persona, TestSite};

const SECOND: &str = "/account/email/second";
const REMOVE: &str = "/account/email/second/remove";

/// The mails that are due, taken as a mail server would.
fn mails(site: &TestSite) -> Vec<Outbound> {
    let app = &site.installation.app;
    let due = notice::lease(app, 100).unwrap();
    for mail in &due {
        notice::settle(app, mail.id, Attempt::Sent).unwrap();
    }
    due
}

fn kinds(mails: &[Outbound]) -> Vec<(&str, &str)> {
    let mut kinds: Vec<_> =
        mails.iter().map(|mail| (mail.kind.as_str(), mail.to.as_str())).collect();
    kinds.sort_unstable();
    kinds
}

fn ask(browser: &Browser<'_>, address: &str) -> Page {
    ask_at(browser, "/account/email", address)
}

fn ask_at(browser: &Browser<'_>, at: &str, address: &str) -> Page {
    let form = browser.get(at);
    let fields = [("email", address), ("current_password", PASSWORD)];
    browser.submit(form.expect(200), at, &fields)
}

fn type_code(browser: &Browser<'_>, code: &str) -> Page {
    type_code_at(browser, "/account/email/code", code)
}

fn type_code_at(browser: &Browser<'_>, at: &str, code: &str) -> Page {
    let form = browser.get(at);
    browser.submit(form.expect(200), at, &[("code", code)])
}

/// Gives somebody with a proved address a second one.
fn add_second(site: &TestSite, browser: &Browser<'_>, address: &str) {
    ask_at(browser, SECOND, address).expect(303);
    let code = mails(site).into_iter().find_map(|mail| mail.code).unwrap();
    type_code_at(browser, "/account/email/second/code", &code).expect(303);
}

/// Somebody with a proved address.
fn with_address<'s>(site: &'s TestSite, name: &str, address: &str) -> Persona<'s> {
    let persona = site.enrol(Role::Patient, name, name);
    ask(&persona.browser, address).expect(303);
    let code = mails(site)[0].code.clone().unwrap();
    type_code(&persona.browser, &code).expect(303);
    persona
}

/// A code that is not this one.
fn other_than(code: &str) -> String {
    let wrong = (code.parse::<u32>().unwrap() + 1) % 1_000_000;
    format!("{wrong:06}")
}

#[test]
fn an_address_is_proved_before_anything_else_goes_to_it() {
    TestSite::each(|site| {
        let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        ana.browser.get("/account").shows("no confirmed address").shows("Add an email address");
        let form = ana.browser.get("/account/email");
        let wrong = ana.browser.submit(
            &form,
            "/account/email",
            &[("email", "ana@example.org"), ("current_password", "not this one, surely")],
        );
        wrong.expect(422).shows("Your current password is not right").shows("ana@example.org");
        for address in ["ana", "ana@localhost", "ana@exämple.org", "a@b.c\r\nBcc: x@y.org", ""] {
            ask(&ana.browser, address).expect(422).shows("Type an email address");
        }
        assert!(mails(site).is_empty());
        assert_eq!(
            ask(&ana.browser, " ana@example.org ").expect(303).location(),
            "/account/email/code"
        );
        ana.browser.get("/account").shows("Not confirmed yet").shows("a…@example.org");
        ana.browser.get("/account/email/code").shows("We sent a code to");

        let sent = mails(site);
        assert_eq!(kinds(&sent), [("code", "ana@example.org")]);
        let code = sent[0].code.clone().unwrap();
        assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        // A password changed meanwhile is not told to an address that may be a stranger's.
        change_password(&ana.browser, PASSWORD, "nine grey geese by night").expect(303);
        assert!(mails(site).is_empty());

        for _ in 0..3 {
            let again = type_code(&ana.browser, &other_than(&code));
            again.expect(422).shows("The code is not right");
        }
        let spaced = format!(" {} {}-{}", &code[..1], &code[1..3], &code[3..]);
        let done = type_code(&ana.browser, &spaced);
        assert_eq!(done.expect(303).location(), "/account?done=email");
        let account = ana.browser.get(done.location());
        account.shows("Your email address is confirmed").shows("a…@example.org");
        assert!(!account.body.contains("Not confirmed yet"));
        assert!(mails(site).is_empty(), "the first address replaces none");
        // Nothing waits any more.
        assert_eq!(ana.browser.get("/account/email/code").expect(303).location(), "/account");
    });
}

#[test]
fn a_code_ends_with_the_fifth_wrong_try_and_after_half_an_hour() {
    TestSite::each(|site| {
        let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        ask(&ana.browser, "ana@example.org").expect(303);
        let first = mails(site)[0].code.clone().unwrap();
        let early = ana.browser.get("/account/email/code");
        for _ in 0..4 {
            type_code(&ana.browser, &other_than(&first)).shows("The code is not right");
        }
        type_code(&ana.browser, &other_than(&first)).expect(422).shows("no longer works");
        // The page now offers a new code; the old one is void.
        let form = ana.browser.get("/account/email/code");
        form.expect(200).shows("Mail me a code");
        let late = ana.browser.submit(&early, "/account/email/code", &[("code", &first)]);
        late.expect(422).shows("no longer works");
        site.pass_seconds(60);
        let page = ana.browser.submit(&form, "/account/email/send", &[]);
        ana.browser.get(page.expect(303).location()).shows("We sent you a code");
        let second = mails(site)[0].code.clone().unwrap();
        assert_ne!(first, second);
        // Asked for again soon it is the same code, and a form sent twice is one mail.
        site.pass_seconds(60);
        for _ in 0..2 {
            let form = ana.browser.get("/account/email/code");
            ana.browser.submit(&form, "/account/email/send", &[]).expect(303);
        }
        let again = mails(site);
        assert_eq!(again.len(), 1);
        assert_eq!(again[0].code.as_deref(), Some(second.as_str()));
        let form = ana.browser.get("/account/email/code");
        site.pass_seconds(29 * 60);
        let late = ana.browser.submit(&form, "/account/email/code", &[("code", &second)]);
        late.expect(422).shows("no longer works");
    });
}

#[test]
fn codes_do_not_fill_a_strangers_mailbox() {
    TestSite::each(|site| {
        let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        let mut turned_away = 0;
        for n in 0..10 {
            let page = ask(&ana.browser, &format!("stranger{n}@example.org"));
            turned_away += u32::from(page.status == 429);
        }
        assert!(turned_away >= 4, "{turned_away}");
        // Only the newest address waits, so only its code can arrive.
        assert_eq!(mails(site).len(), 1);
    });
}

#[test]
fn a_new_address_waits_and_the_old_one_hears_of_it() {
    TestSite::each(|site| {
        let ana = with_address(site, "ana", "ana@example.org");
        let form = ana.browser.get("/account");
        ana.browser.submit(&form, "/account/notices", &[]).expect(303);
        ask(&ana.browser, "new@example.org").expect(303);
        ana.browser.get("/account").shows("a…@example.org").shows("n…@example.org");
        let sent = mails(site);
        assert_eq!(kinds(&sent), [("code", "new@example.org")]);
        // The old one is in use until the code came back.
        change_password(&ana.browser, PASSWORD, "nine grey geese by night").expect(303);
        assert_eq!(kinds(&mails(site)), [("password", "ana@example.org")]);
        type_code(&ana.browser, sent[0].code.as_deref().unwrap()).expect(303);
        assert_eq!(
            kinds(&mails(site)),
            [("address", "ana@example.org"), ("address", "new@example.org")]
        );
        let account = ana.browser.get("/account");
        account.shows("n…@example.org");
        assert!(!account.body.contains("a…@example.org"));
        assert!(!account.body.contains("name=\"notice_email\" value=\"on\" checked"), "still off");
    });
}

#[test]
fn a_second_address_is_proved_by_itself_and_the_first_hears_of_it() {
    TestSite::each(|site| {
        let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        // Without a first one there is no second.
        assert_eq!(ana.browser.get(SECOND).expect(303).location(), "/account");
        assert!(!ana.browser.get("/account").body.contains(SECOND));
        ask(&ana.browser, "ana@example.org").expect(303);
        assert!(!ana.browser.get("/account").body.contains(SECOND));
        let code = mails(site)[0].code.clone().unwrap();
        type_code(&ana.browser, &code).expect(303);

        ana.browser.get("/account").shows("Add a second email address");
        ana.browser.get(SECOND).shows("Nobody can sign in with it");
        for taken in ["ana@example.org", "ANA@example.org"] {
            ask_at(&ana.browser, SECOND, taken).expect(422).shows("You use this address already");
        }
        ask_at(&ana.browser, SECOND, "a@b.c\r\nBcc: x@y.org").expect(422);
        let form = ana.browser.get(SECOND);
        let wrong = [("email", "rosa@example.org"), ("current_password", "not this one, surely")];
        ana.browser.submit(&form, SECOND, &wrong).expect(422).shows("password is not right");
        assert!(mails(site).is_empty());

        let asked = ask_at(&ana.browser, SECOND, "rosa@example.org");
        assert_eq!(asked.expect(303).location(), "/account/email/second/code");
        let sent = mails(site);
        assert_eq!(kinds(&sent), [("code", "rosa@example.org")]);
        // Each code is its own address's.
        assert_eq!(ana.browser.get("/account/email/code").expect(303).location(), "/account");
        let code = sent[0].code.clone().unwrap();
        ana.browser.get("/account").shows("Not confirmed yet").shows("r…@example.org");
        let other = other_than(&code);
        type_code_at(&ana.browser, "/account/email/second/code", &other).expect(422);
        type_code_at(&ana.browser, "/account/email/second/code", &code).expect(303);
        assert_eq!(kinds(&mails(site)), [("address-second", "ana@example.org")]);
        let account = ana.browser.get("/account");
        account.shows("a…@example.org").shows("r…@example.org").shows("Remove the second address");

        // What happens to the account is told to the first alone, and the first cannot become the second.
        change_password(&ana.browser, PASSWORD, "nine grey geese by night").expect(303);
        assert_eq!(kinds(&mails(site)), [("password", "ana@example.org")]);
        let form = ana.browser.get("/account/email");
        let fields =
            [("email", "rosa@example.org"), ("current_password", "nine grey geese by night")];
        ana.browser.submit(&form, "/account/email", &fields).expect(422).shows("already");
    });
}

#[test]
fn a_second_address_is_replaced_and_taken_away_after_the_password() {
    TestSite::each(|site| {
        let ana = with_address(site, "ana", "ana@example.org");
        assert_eq!(ana.browser.get(REMOVE).expect(303).location(), "/account");
        let form = ana.browser.get("/account");
        ana.browser.submit(&form, "/account/notices", &[]).expect(303);
        add_second(site, &ana.browser, "rosa@example.org");
        let checked = "name=\"notice_email\" value=\"on\" checked";
        assert!(!ana.browser.get("/account").body.contains(checked), "still off");
        mails(site);
        // A new one waits beside the old one; two tabs, and the later word counts.
        let early = ana.browser.get(SECOND);
        ask_at(&ana.browser, SECOND, "luz@example.org").expect(303);
        let fields = [("email", "max@example.org"), ("current_password", PASSWORD)];
        ana.browser.submit(&early, SECOND, &fields).expect(303);
        let sent = mails(site);
        assert_eq!(kinds(&sent), [("code", "max@example.org")], "luz's code went with her row");
        ana.browser.get("/account").shows("r…@example.org").shows("m…@example.org");
        let code = sent[0].code.clone().unwrap();
        type_code_at(&ana.browser, "/account/email/second/code", &code).expect(303);
        assert!(!ana.browser.get("/account").body.contains("r…@example.org"));
        assert_eq!(kinds(&mails(site)), [("address-second", "ana@example.org")]);

        let form = ana.browser.get(REMOVE);
        form.expect(200).shows("m…@example.org");
        let wrong = [("current_password", "not this one, surely")];
        ana.browser.submit(&form, REMOVE, &wrong).expect(422).shows("password is not right");
        ana.browser.get("/account").shows("m…@example.org");
        let right = [("current_password", PASSWORD)];
        ana.browser.submit(&form, REMOVE, &right).expect(303);
        assert_eq!(kinds(&mails(site)), [("address-second", "ana@example.org")]);
        ana.browser.get("/account").shows("Add a second email address");
        // Sent once more it does nothing, and tells nobody.
        ana.browser.submit(&form, REMOVE, &right).expect(303);
        assert!(mails(site).is_empty());
    });
}

#[test]
fn who_helps_keeps_one_address_and_an_undone_change_takes_the_second_off() {
    TestSite::each(|site| {
        let pia = site.enrol(Role::Helper, "Pia Alvarez", "pia");
        ask(&pia.browser, "pia@example.org").expect(303);
        let code = mails(site)[0].code.clone().unwrap();
        type_code(&pia.browser, &code).expect(303);
        assert!(!pia.browser.get("/account").body.contains(SECOND));
        assert_eq!(pia.browser.get(SECOND).expect(303).location(), "/account");

        let ana = with_address(site, "ana", "ana@example.org");
        add_second(site, &ana.browser, "thief2@example.org");
        mails(site);
        let link = change_address(site, &ana.browser, "thief@example.org");
        let mailbox = site.browser();
        let form = mailbox.get(&link);
        mailbox.submit(&form, &link, &[]).expect(200);
        let told = mails(site);
        assert_eq!(
            kinds(&told),
            [
                ("address-undone", "ana@example.org"),
                ("address-undone", "thief2@example.org"),
                ("address-undone", "thief@example.org")
            ]
        );
        let again = site.browser();
        again.sign_in(&ana).expect(303);
        let account = again.get("/account");
        account.shows("a…@example.org");
        assert!(!account.body.contains("t…@example.org"));
    });
}

/// Changes somebody's address; the old one gets this link.
fn change_address(site: &TestSite, browser: &Browser<'_>, to: &str) -> String {
    ask(browser, to).expect(303);
    let code = mails(site).into_iter().find_map(|mail| mail.code).unwrap();
    type_code(browser, &code).expect(303);
    let links: Vec<String> = mails(site).into_iter().filter_map(|mail| mail.undo).collect();
    let [token] = links.as_slice() else { panic!("{} links", links.len()) };
    format!("/undo-address/{token}")
}

#[test]
fn the_old_address_undoes_a_change_without_a_session() {
    TestSite::each(|site| {
        let ana = with_address(site, "ana", "ana@example.org");
        let form = ana.browser.get("/account");
        ana.browser.submit(&form, "/account/notices", &[]).expect(303);
        let bearer = clinic::token(&site.installation.app, ana.id, "user/*.cruds").unwrap();
        // Somebody at her session changes it, twice.
        let first = change_address(site, &ana.browser, "thief@example.org");
        let second = change_address(site, &ana.browser, "thief2@example.org");
        ana.browser.get("/account").shows("t…@example.org");

        // Opening the link changes nothing, however often, and names nobody.
        let mailbox = site.browser();
        for _ in 0..2 {
            let page = mailbox.get(&first);
            page.expect(200).shows("Use the old address again").shows("signed out");
            for word in ["Ana", "ana@", "a…@", "thief"] {
                assert!(!page.body.contains(word), "{word}");
            }
        }
        ana.browser.get("/account").expect(200);

        let form = mailbox.get(&first);
        let done = mailbox.submit(&form, &first, &[]);
        done.expect(200).shows("Your old email address is back");
        assert_eq!(
            kinds(&mails(site)),
            [("address-undone", "ana@example.org"), ("address-undone", "thief2@example.org")]
        );
        // Everybody is out: browsers and programs.
        ana.browser.get("/account").expect(401);
        assert!(app::access_token::resolve(&site.installation.app, &bearer).unwrap().is_none());
        // It worked once, and what the thief was mailed works no more.
        for link in [&first, &second] {
            mailbox.get(link).expect(410).shows("This link does not work");
        }
        mailbox.submit(&form, &first, &[]).expect(410);
        assert!(mails(site).is_empty());
        let again = site.browser();
        again.sign_in(&ana).expect(303);
        let account = again.get("/account");
        account.shows("a…@example.org");
        assert!(!account.body.contains("t…@example.org"));
        assert!(!account.body.contains("name=\"notice_email\" value=\"on\" checked"), "as before");
    });
}

#[test]
fn an_undo_link_works_for_seven_days_and_only_complete() {
    TestSite::each(|site| {
        let ana = with_address(site, "ana", "ana@example.org");
        let link = change_address(site, &ana.browser, "new@example.org");
        let mailbox = site.browser();
        let gone = mailbox.get("/undo-address/nothing");
        gone.expect(410);
        for wrong in [&link[..link.len() - 1], &link.replace("ua_", "ps_"), &format!("{link}A")] {
            // A link that never was is answered like one that was used.
            assert_eq!(mailbox.get(wrong).expect(410).body.len(), gone.body.len());
        }
        site.pass_seconds(app::address::undo::GOOD_S - 5);
        let form = mailbox.get(&link);
        form.expect(200).shows("Use the old address again");
        site.pass_seconds(6);
        mailbox.get(&link).expect(410);
        mailbox.submit(&form, &link, &[]).expect(410);
        assert!(mails(site).is_empty());
        // The address is forgotten with its link.
        assert_eq!(app::session::remove_old(&site.installation.app).unwrap(), 1);
    });
}

#[test]
fn links_that_do_not_work_are_counted_against_whoever_asks() {
    let site = TestSite::new();
    let stranger = site.browser();
    let mut turned_away = 0;
    for _ in 0..40 {
        turned_away += u32::from(stranger.get("/undo-address/ua_x").status == 429);
    }
    assert!(turned_away > 0);
}

#[test]
fn a_log_in_that_was_disabled_is_not_undone() {
    let site = TestSite::new();
    let ana = with_address(&site, "ana", "ana@example.org");
    let link = change_address(&site, &ana.browser, "new@example.org");
    let app = &site.installation.app;
    app.write(&Actor::system(), move |cx| admin::disable(cx, ana.id)).unwrap();
    site.browser().get(&link).expect(410);
}

#[test]
fn who_changes_password_or_second_factor_is_told_even_without_notices() {
    TestSite::each(|site| {
        let ana = with_address(site, "ana", "ana@example.org");
        let form = ana.browser.get("/account");
        ana.browser.submit(&form, "/account/notices", &[]).expect(303);
        change_password(&ana.browser, "wrong wrong wrong", "nine grey geese by night").expect(422);
        assert!(mails(site).is_empty());
        change_password(&ana.browser, PASSWORD, "nine grey geese by night").expect(303);
        assert_eq!(kinds(&mails(site)), [("password", "ana@example.org")]);

        let page = ana.browser.get("/account/totp");
        ana.browser.submit(&page, "/account/totp", &[("code", "000000")]).expect(422);
        assert!(mails(site).is_empty());
        let code = page.totp_secret().code_at(site.installation.app.now());
        ana.browser.submit(&page, "/account/totp", &[("code", &code)]).expect(303);
        assert_eq!(kinds(&mails(site)), [("factor", "ana@example.org")]);

        // The front desk's paper is told when it is made, and again when it is used.
        let app = &site.installation.app;
        let paper = admin::add_code(app, &Actor::system(), ana.id, 7).unwrap().code;
        assert_eq!(kinds(&mails(site)), [("paper", "ana@example.org")]);
        use_paper(&site.browser(), paper.expose().as_str(), "ana").expect(303);
        assert_eq!(
            kinds(&mails(site)),
            [("factor", "ana@example.org"), ("password", "ana@example.org")]
        );
    });
}

#[test]
fn an_address_typed_at_the_desk_is_proved_by_its_owner() {
    TestSite::each(|site| {
        let app = &site.installation.app;
        let new = NewPerson {
            role: Role::Patient,
            organization: None,
            name: "Ben Brown".to_owned(),
            title: String::new(),
            phone: String::new(),
            language: "es".to_owned(),
            email: "ben@example.org".to_owned(),
        };
        let ben = admin::add_person(app, &Actor::system(), &new).unwrap();
        let paper = admin::add_code(app, &Actor::system(), ben, 7).unwrap().code;
        assert!(mails(site).is_empty(), "nobody proved it");
        let browser = site.browser();
        use_paper(&browser, paper.expose().as_str(), "ben").expect(303);
        let sent = mails(site);
        assert_eq!(kinds(&sent), [("code", "ben@example.org")]);
        assert_eq!(sent[0].language, "es");
        // Enrolment leads to it, and it can be passed by.
        browser.get("/account/totp?new=1").shows("/account/email/code?new=1");
        browser.get("/account/email/code?new=1").shows("Confirme su correo electrónico");
        type_code(&browser, sent[0].code.as_deref().unwrap()).expect(303);
        browser.get("/account").shows("b…@example.org");
    });
}

#[test]
fn a_demo_without_a_mail_server_shows_the_code_and_no_other_site_does() {
    let demo = TestSite::demo();
    let browser = demo.enrol_demo("ana");
    ask(&browser, "ana@example.org").expect(303);
    assert!(mails(&demo).is_empty());
    let page = browser.get("/account/email/code");
    let shown = page.shows("This is a demo").body.split("<strong>").nth(2).unwrap()[..6].to_owned();
    type_code(&browser, &shown).expect(303);
    browser.get("/account").shows("a…@example.org");

    let site = TestSite::new();
    let ben = site.enrol(Role::Patient, "Ben Brown", "ben");
    ask(&ben.browser, "ben@example.org").expect(303);
    let code = mails(&site)[0].code.clone().unwrap();
    let page = ben.browser.get("/account/email/code");
    assert!(!page.body.contains("This is a demo") && !page.body.contains(&code));
}

fn use_paper(browser: &Browser<'_>, paper: &str, username: &str) -> Page {
    let form = browser.get("/enrol");
    let fields = [
        ("enrolment", paper),
        ("username", username),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ];
    browser.submit(&form, "/enrol", &fields)
}

fn change_password(browser: &Browser<'_>, current: &str, new: &str) -> Page {
    let form = browser.get("/account");
    let fields = [("current_password", current), ("password", new), ("password_again", new)];
    browser.submit(&form, "/account/password", &fields)
}

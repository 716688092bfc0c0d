//! From a paper code to a session, and every wrong way in.

use std::net::IpAddr;

use app::sign_in::SignedIn;
use domain::access::Role;

use crate::support::{Browser, PASSWORD, Page, TestSite};

/// A page with what differs on every page taken out: the masked form token.
fn bare(page: &Page) -> (u16, String) {
    let mut body = page.body.clone();
    while let Some(at) = body.find("name=\"form_token\" value=\"") {
        let start = at + "name=\"form_token\" ".len();
        let end = start + body[start..].find('>').unwrap();
        body.replace_range(at..end, "token");
    }
    (page.status.as_u16(), body)
}

#[test]
fn a_patient_enrols_signs_out_and_signs_in() {
    TestSite::each(|site| {
        let ana = site.enrol(Role::Patient, "Ana <b>Alvarez", "ana.alvarez");
        let offered = ana.browser.get("/account/totp?new=1");
        offered.expect(200).shows("Not now");
        let account = ana.browser.get("/account");
        account.expect(200).shows("Ana &#60;b&#62;Alvarez").shows("ana.alvarez");
        let out = ana.browser.submit(&account, "/sign-out", &[]);
        out.expect(303);
        assert_eq!(out.header("clear-site-data"), "\"cache\", \"cookies\", \"storage\"");
        ana.browser.get("/signed-out").expect(200);
        let nobody = ana.browser.get("/account");
        nobody.expect(303);
        assert_eq!(nobody.location(), "/sign-in?next=/account");
        let form = ana.browser.get(nobody.location());
        // User names are found however they are spelled.
        let back = ana.browser.submit(
            &form,
            "/sign-in",
            &[("username", "ANA.Alvarez"), ("password", PASSWORD)],
        );
        assert_eq!(back.expect(303).location(), "/account");
        ana.browser.get("/account").expect(200);
    });
}

#[test]
fn a_paper_code_works_once_and_for_a_while() {
    TestSite::each(|site| {
        let try_code = |browser: &Browser<'_>, code: &str, username: &str, password: &str| {
            let form = browser.get("/enrol");
            browser.submit(
                &form,
                "/enrol",
                &[
                    ("enrolment", code),
                    ("username", username),
                    ("password", password),
                    ("password_again", password),
                ],
            )
        };
        let (_, code) = site.paper_code(Role::Patient, "Ben Brown");
        let browser = site.browser();
        // What is wrong is said beside its field, and the code stays good.
        for (username, password, words) in [
            ("b", PASSWORD, "3 to 64"),
            ("ben", "short", "15"),
            ("ben", "passwordpassword", "Many people use this one"),
            ("ben.brown", "ben.brown.brown.ben", "Many people use this one"),
            ("ben", &"x".repeat(10_000), "shorter password"),
        ] {
            try_code(&browser, &code, username, password).expect(422).shows(words);
        }
        assert!(browser.cookie("__Host-tidings").is_none());
        try_code(&browser, &code.to_lowercase(), "ben", PASSWORD).expect(303);
        let again = try_code(&site.browser(), &code, "ben2", PASSWORD);
        again.expect(422).shows("not right or is too old");
        let (_, late) = site.paper_code(Role::Patient, "Cleo Cole");
        site.pass_seconds(15 * 24 * 3_600);
        try_code(&site.browser(), &late, "cleo", PASSWORD).expect(422).shows("too old");
        let (_, taken) = site.paper_code(Role::Patient, "Cleo Cole");
        try_code(&site.browser(), &taken, "BEN", PASSWORD).expect(422).shows("is taken");
    });
}

#[test]
fn nobody_learns_whether_a_user_name_exists() {
    TestSite::each(|site| {
        let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        let known = site.browser().try_password(&ana.username, "a wrong password here");
        let unknown = site.browser().try_password("zed", "a wrong password here");
        known.expect(401).shows("The user name or the password is not right");
        let (a, b) = (bare(&known), bare(&unknown));
        assert_eq!(a.0, b.0);
        assert_eq!(a.1.replace("value=\"ana\"", ""), b.1.replace("value=\"zed\"", ""));
        let names = |page: &Page| {
            let mut names: Vec<String> = page.headers.keys().map(ToString::to_string).collect();
            names.sort();
            names
        };
        assert_eq!(names(&known), names(&unknown));
    });
}

#[test]
fn a_wrong_password_costs_one_hash_whosever_name_it_is_and_none_while_waiting() {
    TestSite::each(|site| {
        let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        site.enrol(Role::Patient, "Ben Brown", "ben");
        let cleo = site.enrol(Role::Patient, "Cleo Cole", "cleo");
        site.enrol(Role::Nurse, "Nils Lee", "nils");
        site.disable(cleo.id);
        // Dee has a log-in and has not used her paper code.
        site.paper_code(Role::Patient, "Dee Dunn");
        let device = ana.browser.cookie("__Host-tidings-device").unwrap();
        let app = &site.installation.app;
        // Each from another address block, and from a browser that Ana has signed in from.
        let cost = |username: &str, n: u8, device: Option<&String>| {
            let attempt = app::sign_in::Attempt {
                username: username.to_owned(),
                password: app::credential::Password::parse("a wrong password here").ok(),
                address: IpAddr::from([198, 51, n, 1]),
                devices: device.into_iter().cloned().collect(),
                shared_device: false,
            };
            let before = app::testing::hashes_begun();
            let outcome = app::sign_in::sign_in(app, &attempt).unwrap();
            let name = match outcome {
                SignedIn::Wrong => "wrong",
                SignedIn::Wait(_) => "wait",
                other => panic!("{other:?}"),
            };
            (name, app::testing::hashes_begun() - before)
        };
        for name in ["ben", "nils", "cleo", "dee", "zed", "!!", ""] {
            assert_eq!(cost(name, 1, None), ("wrong", 1), "{name:?}");
            assert_eq!(cost(name, 1, Some(&device)), ("wrong", 1), "{name:?}");
        }
        assert_eq!(cost("ana", 2, Some(&device)), ("wrong", 1));
        // A name that is tried too often waits at no cost, and so does one that nobody has.
        for name in ["ben", "zed"] {
            let outcomes: Vec<_> = (10..20).map(|n| cost(name, n, None)).collect();
            assert_eq!(outcomes.last(), Some(&("wait", 0)), "{name}: {outcomes:?}");
        }
        let all = |name: &str| (30..50).map(|n| cost(name, n, None)).collect::<Vec<_>>();
        assert_eq!(all("ben"), all("zed"));
    });
}

#[test]
fn guessing_is_slowed_for_strangers_and_not_for_the_owners_browser() {
    TestSite::each(|site| {
        let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        let account = ana.browser.get("/account");
        ana.browser.submit(&account, "/sign-out", &[]).expect(303);
        let mut blocked = 0;
        for n in 0..20 {
            // Each from another address block: the account's own counter slows them.
            let guesser = site.browser_at(IpAddr::from([198, 51, n, 1]));
            let page = guesser.try_password("ana", "guess guess guess 1");
            if page.status == 429 {
                blocked += 1;
                assert!(page.header("retry-after").parse::<i64>().unwrap() > 0);
            } else {
                page.expect(401);
            }
        }
        assert!(blocked >= 10, "{blocked} of 20 were turned away");
        // The right password from a stranger's browser has to wait too.
        site.browser().try_password("ana", PASSWORD).expect(429);
        // The owner's browser is known.
        ana.browser.try_password("ana", PASSWORD).expect(303);
        // That was a success, so failures in a row are counted anew.
        site.browser().try_password("ana", "guess guess guess 1").expect(401);
    });
}

#[test]
fn one_address_cannot_try_many_accounts() {
    let site = TestSite::new();
    let address = IpAddr::from([198, 51, 100, 9]);
    let turned_away = (0..40).filter(|n| {
        let guesser = site.browser_at(address);
        guesser.try_password(&format!("person{n}"), "guess guess guess 1").status == 429
    });
    assert!(turned_away.count() >= 5);
    // The neighbour block is not affected.
    site.browser_at(IpAddr::from([198, 51, 101, 9]))
        .try_password("person1", "guess guess guess 1")
        .expect(401);
}

#[test]
fn staff_have_no_session_before_their_second_factor() {
    TestSite::each(|site| {
        let (_, code) = site.paper_code(Role::Nurse, "Nils Lee");
        let browser = site.browser();
        let form = browser.get("/enrol");
        let page = browser.submit(
            &form,
            "/enrol",
            &[
                ("enrolment", &code),
                ("username", "nils"),
                ("password", PASSWORD),
                ("password_again", PASSWORD),
            ],
        );
        assert_eq!(page.expect(303).location(), "/enrol/totp");
        assert!(browser.cookie("__Host-tidings").is_none());
        browser.get("/account").expect(303);
        // The pending log-in's token is no session.
        let pending = browser.cookie("__Host-tidings-code").unwrap();
        let thief = site.browser();
        thief.set_cookie("__Host-tidings", &pending);
        thief.get("/account").expect(401);
        let page = browser.get("/enrol/totp");
        let wrong = browser.submit(&page, "/enrol/totp", &[("code", "000000")]);
        wrong.expect(401).shows("The code is not right");
        let secret = page.totp_secret();
        let code = secret.code_at(site.installation.app.now());
        let done = browser.submit(&page, "/enrol/totp", &[("code", &code)]);
        assert_eq!(done.expect(303).location(), "/work");
        browser.get("/account").expect(200);
    });
}

#[test]
fn a_code_works_once_and_the_fifth_wrong_one_starts_over() {
    TestSite::each(|site| {
        let nils = site.enrol(Role::Nurse, "Nils Lee", "nils");
        let other = site.browser();
        let page = other.try_password("nils", PASSWORD);
        assert_eq!(page.expect(303).location(), "/sign-in/code");
        let form = other.get("/sign-in/code");
        let code = nils.next_code(site);
        let done = other.submit(&form, "/sign-in/code", &[("code", &code)]);
        assert_eq!(done.expect(303).location(), "/work");
        // The same code again, from the password on.
        let third = site.browser();
        third.try_password("nils", PASSWORD).expect(303);
        let form = third.get("/sign-in/code");
        for _ in 0..4 {
            third.submit(&form, "/sign-in/code", &[("code", &code)]).expect(401);
        }
        let over = third.submit(&form, "/sign-in/code", &[("code", &code)]);
        assert_eq!(over.expect(303).location(), "/sign-in");
        let right = nils.next_code(site);
        let late = third.submit(&form, "/sign-in/code", &[("code", &right)]);
        assert_eq!(late.expect(303).location(), "/sign-in");
        assert!(third.cookie("__Host-tidings").is_none());
    });
}

#[test]
fn a_presented_session_id_is_never_adopted() {
    let site = TestSite::new();
    let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
    let old = ana.browser.cookie("__Host-tidings").unwrap();
    let victim = site.browser();
    let chosen = format!("ps_{}", "A".repeat(43));
    victim.set_cookie("__Host-tidings", &chosen);
    let form = victim.get("/sign-in");
    let page = victim.submit(&form, "/sign-in", &[("username", "ana"), ("password", PASSWORD)]);
    page.expect(303);
    let new = victim.cookie("__Host-tidings").unwrap();
    assert!(new != chosen && new != old);
    // Signing in again in the same browser replaces its session.
    let form = ana.browser.get("/sign-in");
    ana.browser
        .submit(&form, "/sign-in", &[("username", "ana"), ("password", PASSWORD)])
        .expect(303);
    let thief = site.browser();
    thief.set_cookie("__Host-tidings", &old);
    thief.get("/account").expect(401);
}

#[test]
fn only_addresses_of_this_site_are_returned_to() {
    let site = TestSite::new();
    let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
    for (next, target) in [
        ("/account", "/account"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ] {
        let form = ana.browser.get("/sign-in");
        let page = ana.browser.submit(
            &form,
            "/sign-in",
            &[("username", "ana"), ("password", PASSWORD), ("next", next)],
        );
        assert_eq!(page.expect(303).location(), target);
    }
}

#[test]
fn the_operators_list_of_breached_passwords_is_asked() {
    let site = TestSite::new();
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("breached.txt");
    std::fs::write(&list, format!("another one\n{PASSWORD}\n")).unwrap();
    let list = app::credential::Breached::with_file(&list).unwrap();
    site.installation.app.use_breached(list);
    let (_, code) = site.paper_code(Role::Patient, "Ana Alvarez");
    let browser = site.browser();
    let form = browser.get("/enrol");
    let fields = [
        ("enrolment", code.as_str()),
        ("username", "ana"),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ];
    browser.submit(&form, "/enrol", &fields).expect(422).shows("Many people use this one");
}

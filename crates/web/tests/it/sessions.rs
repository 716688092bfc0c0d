//! How sessions end: by themselves, by their person, by somebody else.

use app::access_token;
use domain::access::{Actor, Role};
use http::Method;

use crate::support::{PASSWORD, Request, TestSite};

#[test]
fn a_quiet_session_ends_and_background_requests_do_not_keep_it() {
    TestSite::each(|site| {
        let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        // Active: half an hour starts anew with each page.
        for _ in 0..3 {
            site.pass_seconds(20 * 60);
            let page = ana.browser.get("/account");
            page.expect(200);
            assert_eq!(page.header("session-seconds"), "1800");
        }
        // An event stream is no activity.
        for _ in 0..2 {
            site.pass_seconds(14 * 60);
            ana.browser
                .send(Request::get("/account").header("accept", "text/event-stream"))
                .expect(200);
        }
        site.pass_seconds(3 * 60);
        ana.browser
            .get("/account")
            .expect(401)
            .shows("Please sign in")
            .shows("/sign-in?next=/account");
        ana.browser.get("/account").expect(303);
    });
}

#[test]
fn the_absolute_limits_and_the_shared_device_hold() {
    TestSite::each(|site| {
        let nils = site.enrol(Role::Nurse, "Nils Lee", "nils");
        // Twelve hours of work, then a new proof.
        for _ in 0..(12 * 6 - 1) {
            site.pass_seconds(10 * 60);
            nils.browser.get("/account").expect(200);
        }
        site.pass_seconds(10 * 60);
        nils.browser.get("/account").expect(401);
        // Fifteen idle minutes for staff.
        nils.browser.sign_in(&nils).expect(303);
        site.pass_seconds(16 * 60);
        nils.browser.get("/account").expect(401);
        // Ten on a shared device, which is not remembered either.
        site.enrol(Role::Patient, "Ana Alvarez", "ana");
        let library = site.browser();
        let form = library.get("/sign-in");
        let typed = [("username", "ana"), ("password", PASSWORD), ("shared", "on")];
        library.submit(&form, "/sign-in", &typed).expect(303);
        assert!(library.cookie("__Host-tidings-device").is_none());
        site.pass_seconds(11 * 60);
        library.get("/account").expect(401);
    });
}

#[test]
fn a_copied_cookie_is_dead_after_signing_out() {
    TestSite::each(|site| {
        let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        let copy = ana.browser.cookie("__Host-tidings").unwrap();
        let thief = site.browser();
        thief.set_cookie("__Host-tidings", &copy);
        thief.get("/account").expect(200);
        let account = ana.browser.get("/account");
        ana.browser.submit(&account, "/sign-out", &[]).expect(303);
        for request in [
            Request::get("/account"),
            Request::get("/account").header("accept", "text/event-stream"),
            Request::get("/account").header("accept", "application/json"),
            Request::get("/fhir/R4/Communication")
                .header("authorization", &format!("Bearer {copy}")),
        ] {
            let cookie = format!("__Host-tidings={copy}");
            thief.send(request.alone().header("cookie", &cookie)).expect(401);
        }
    });
}

#[test]
fn a_disabled_person_is_out_at_once() {
    TestSite::each(|site| {
        let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        let page = ana.browser.get("/account");
        page.expect(200);
        site.disable(ana.id);
        ana.browser.submit(&page, "/account/look", &[("theme", "dark")]).expect(401);
        ana.browser.get("/account").expect(303);
        ana.browser.try_password("ana", PASSWORD).expect(401);
    });
}

#[test]
fn a_new_password_ends_the_other_sessions_and_rotates_this_one() {
    TestSite::each(|site| {
        let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        let other = site.browser();
        other.sign_in(&ana).expect(303);
        other.get("/account").expect(200);
        let old = ana.browser.cookie("__Host-tidings").unwrap();
        let account = ana.browser.get("/account");
        let change = |current: &str, new: &str, again: &str| {
            ana.browser.submit(
                &account,
                "/account/password",
                &[("current_password", current), ("password", new), ("password_again", again)],
            )
        };
        let new = "nine loud geese at dusk";
        change("not the password now", new, new).expect(422).shows("current password is not right");
        change(PASSWORD, new, "something else entirely")
            .expect(422)
            .shows("same password two times");
        other.get("/account").expect(200);
        change(PASSWORD, new, new).expect(303);
        assert_ne!(ana.browser.cookie("__Host-tidings").unwrap(), old);
        ana.browser.get("/account").expect(200);
        other.get("/account").expect(401);
        site.browser().try_password("ana", PASSWORD).expect(401);
        site.browser().try_password("ana", new).expect(303);
    });
}

#[test]
fn one_ends_the_other_sessions_by_hand() {
    TestSite::each(|site| {
        let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        let (phone, library) = (site.browser(), site.browser());
        phone.sign_in(&ana).expect(303);
        library.sign_in(&ana).expect(303);
        let ask = ana.browser.get("/account/sessions/end");
        ask.expect(200).shows("Sign out everywhere else?");
        ana.browser.submit(&ask, "/account/sessions/end", &[]).expect(303);
        phone.get("/account").expect(401);
        library.get("/account").expect(401);
        ana.browser.get("/account").expect(200);
    });
}

#[test]
fn kinds_of_token_never_cross() {
    TestSite::each(|site| {
        let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        let app = &site.installation.app;
        let scopes = "patient/Communication.rs";
        let made = access_token::add(app, &Actor::system(), "ana", scopes, 3_600).unwrap();
        let bearer = |text: &str| {
            let request = Request::new(Method::GET, "/fhir/R4/Nothing");
            site.browser().send(request.header("authorization", &format!("Bearer {text}")))
        };
        bearer(made.token.expose()).expect(404).shows("OperationOutcome");
        for cookie in ["__Host-tidings", "__Host-tidings-device"] {
            let refused = bearer(&ana.browser.cookie(cookie).unwrap());
            refused.expect(401).shows("OperationOutcome");
            assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"fhir\"");
        }
        // A session cookie opens no API, and a token no page.
        ana.browser.send(Request::get("/fhir/R4/Nothing")).expect(401);
        for token in [made.token.expose(), &ana.browser.cookie("__Host-tidings-device").unwrap()] {
            let thief = site.browser();
            thief.set_cookie("__Host-tidings", token);
            thief.get("/account").expect(401);
        }
        // It runs out, and it can be taken back.
        access_token::revoke(app, &Actor::system(), made.id).unwrap();
        bearer(made.token.expose()).expect(401);
        let late = access_token::add(app, &Actor::system(), "ana", scopes, 3_600).unwrap();
        bearer(late.token.expose()).expect(404);
        site.pass_seconds(3_601);
        bearer(late.token.expose()).expect(401);
        let dies = access_token::add(app, &Actor::system(), "ana", scopes, 3_600).unwrap();
        site.disable(ana.id);
        bearer(dies.token.expose()).expect(401);
    });
}

#[test]
fn a_second_factor_is_set_up_soon_after_a_proof_and_then_asked_for() {
    TestSite::each(|site| {
        let mut ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        site.pass_seconds(6 * 60);
        let old = ana.browser.get("/account/totp");
        assert_eq!(old.expect(303).location(), "/sign-in?next=/account/totp");
        let form = ana.browser.get(old.location());
        let fresh =
            ana.browser.submit(&form, "/sign-in", &[("username", "ana"), ("password", PASSWORD)]);
        let page = ana.browser.get(fresh.location());
        let secret = page.totp_secret();
        ana.browser.submit(&page, "/account/totp", &[("code", "123456")]).expect(422);
        let code = secret.code_at(site.installation.app.now());
        ana.browser.submit(&page, "/account/totp", &[("code", &code)]).expect(303);
        ana.browser.get("/account").expect(200).shows("The second lock is on");
        ana.totp = Some(secret);
        let other = site.browser();
        let page = other.try_password("ana", PASSWORD);
        assert_eq!(page.expect(303).location(), "/sign-in/code");
        site.browser().sign_in(&ana).expect(303);
    });
}

#[test]
fn a_new_paper_code_ends_everything_that_was_open() {
    TestSite::each(|site| {
        let nils = site.enrol(Role::Nurse, "Nils Lee", "nils");
        let app = &site.installation.app;
        let code = app::admin::add_code(app, &Actor::system(), nils.id, 3).unwrap().code;
        let browser = site.browser();
        let form = browser.get("/enrol");
        let page = browser.submit(
            &form,
            "/enrol",
            &[
                ("enrolment", &code.expose()),
                ("username", "nils.lee"),
                ("password", "nine loud geese at dusk"),
                ("password_again", "nine loud geese at dusk"),
            ],
        );
        assert_eq!(page.expect(303).location(), "/enrol/totp");
        nils.browser.get("/account").expect(401);
        site.browser().try_password("nils", PASSWORD).expect(401);
    });
}

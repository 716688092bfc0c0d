//! What the guard of forms refuses, and the headers every answer has.

use domain::access::Role;
use http::Method;

use crate::support::{ORIGIN, PASSWORD, Page, Request, TestSite};

fn token(page: &Page, action: &str) -> String {
    let hidden = page.hidden(action);
    hidden.into_iter().find(|(name, _)| name == "form_token").unwrap().1
}

#[test]
fn only_our_own_pages_change_something() {
    TestSite::each(|site| {
        let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        let account = ana.browser.get("/account");
        let good = token(&account, "/account/look");
        let post = |token: &str| {
            Request::post("/account/look", &[("form_token", token), ("theme", "dark")])
        };
        // As current browsers send it, as older ones do, and as a client without a browser does.
        ana.browser.send(post(&good)).expect(303);
        ana.browser.send(post(&good).header("origin", ORIGIN)).expect(303);
        ana.browser
            .send(post(&good).without("sec-fetch-site").header("origin", ORIGIN))
            .expect(303);
        ana.browser.send(post(&good).without("sec-fetch-site").without("origin")).expect(303);
        for foreign in [
            post(&good).header("origin", "https://evil.example"),
            post(&good).header("origin", "https://portal.example.org.evil.example"),
            post(&good).header("origin", "http://portal.example.org"),
            post(&good).header("sec-fetch-site", "cross-site"),
            post(&good).header("sec-fetch-site", "same-site"),
            post(&good).header("sec-fetch-site", "none"),
            post(&good).without("sec-fetch-site"),
            post(""),
            post("AAAA"),
            post(&"A".repeat(86)),
            Request::post("/account/look", &[("theme", "dark")]),
            Request::post(
                "/account/look",
                &[("form_token", &good), ("form_token", &good), ("theme", "dark")],
            ),
        ] {
            ana.browser.send(foreign).expect(403);
        }
        // Another person's token, and one of a session that is gone.
        let ben = site.enrol(Role::Patient, "Ben Brown", "ben");
        let theirs = token(&ben.browser.get("/account"), "/account/look");
        ana.browser.send(post(&theirs)).expect(403);
        site.browser().send(post(&good)).expect(401);
    });
}

#[test]
fn signing_in_cannot_be_forged_either() {
    let site = TestSite::new();
    site.enrol(Role::Patient, "Ana Alvarez", "ana");
    let attacker = site.browser();
    let stolen = token(&attacker.get("/sign-in"), "/sign-in");
    let victim = site.browser();
    let fields = [("username", "ana"), ("password", PASSWORD), ("form_token", stolen.as_str())];
    let page = victim.send(Request::post("/sign-in", &fields));
    assert_eq!(page.expect(303).location(), "/sign-in");
    assert!(victim.cookie("__Host-tidings").is_none());
}

#[test]
fn forms_are_read_strictly() {
    let site = TestSite::new();
    let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
    let account = ana.browser.get("/account");
    let good = token(&account, "/account/look");
    let with = |tail: &[u8]| {
        let mut body = format!("form_token={good}&").into_bytes();
        body.extend_from_slice(tail);
        ana.browser.send(Request::post("/account/look", &[]).body(body))
    };
    with(b"theme=light").expect(303);
    for wrong in [
        &b"theme=light&role=administrator"[..],
        b"theme=light&theme=dark",
        b"",
        b"theme=purple",
        b"theme=%FF",
        b"theme=light%00",
    ] {
        with(wrong).expect(422);
    }
    let big = format!("theme={}", "x".repeat(1_000_001));
    with(big.as_bytes()).expect(413);
    let file = Request::post("/account/look", &[("form_token", &good), ("theme", "dark")]);
    let kind = "multipart/form-data; boundary=x";
    ana.browser.send(file.header("content-type", kind)).expect(422);
    for kind in ["application/json", "text/plain"] {
        let request = Request::post("/account/look", &[("form_token", &good), ("theme", "dark")]);
        ana.browser.send(request.header("content-type", kind)).expect(415);
    }
    ana.browser.send(Request::new(Method::DELETE, "/account")).expect(415);
}

#[test]
fn every_answer_limits_what_a_page_can_do() {
    let site = TestSite::new();
    let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
    for path in ["/sign-in", "/account", "/no-such-page", "/fhir/R4/Nothing", "/assets/missing"] {
        let page = ana.browser.get(path);
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"));
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
    }
    let style = web::assets::address("app.css");
    let asset = ana.browser.get(style);
    assert!(asset.expect(200).header("cache-control").contains("immutable"));
}

#[test]
fn what_is_not_there_looks_the_same_everywhere() {
    let site = TestSite::new();
    let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
    let one = ana.browser.get("/no-such-page");
    let two = ana.browser.get("/account/nothing/here");
    one.expect(404).shows("555-0100").shows("requ est-");
    assert_eq!(one.body, two.body);
    let wrong = ana.browser.get("/account/sessions/not-an-id/end");
    assert_eq!(one.body, wrong.expect(404).body);
    let spanish =
        site.browser().send(Request::get("/nada").header("accept-language", "es-MX,es;q=0.9"));
    spanish.expect(404).shows("lang=\"es\"");
}

#[test]
fn the_demo_takes_both_of_its_addresses_and_nobody_elses() {
    let site = TestSite::demo();
    let ana = site.enrol_demo("ana");
    for (host, origin, status) in [
        ("localhost:8080", "http://localhost:8080", 303),
        ("127.0.0.1:8080", "http://127.0.0.1:8080", 303),
        ("localhost:8080", "http://127.0.0.1:8080", 403),
        ("evil.example:8080", "http://evil.example:8080", 403),
    ] {
        let account = ana.get("/account");
        let good = token(&account, "/account/look");
        let request = Request::post("/account/look", &[("form_token", &good), ("theme", "dark")]);
        let request = request.without("sec-fetch-site").header("origin", origin);
        ana.send(request.header("host", host)).expect(status);
    }
}

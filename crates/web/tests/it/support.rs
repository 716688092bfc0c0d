//! A whole site in this process, and browsers that visit it.
//!
//! ```ignore
//! TestSite::each(|site| {
//!     let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");   // paper code, password, signed in
//!     let page = ana.browser.get("/account");                      // cookies are kept
//!     let page = ana.browser.submit(&page, "/account/look", &[("theme", "dark")]); // hidden fields come along
//!     site.pass_seconds(60);                                       // the clock stands until it is moved
//!     let again = site.browser().sign_in(&ana);                    // another browser, code included
//! });
//! ```
//! The store is fresh for each story and engine. A site behaves as in production: `__Host-` cookies,
//! https, `https://portal.example.org`. Requests look like a current browser's; [`Browser::send`] takes
//! any request for those that do not.

mod browser;
mod page;
mod stream;

use std::net::IpAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

use app::admin::{self, NewPerson};
use app::credential::TotpSecret;
use app::sequencer::{self, Follower};
use app::testing::TestApp;
use axum::Router;
use domain::access::{Actor, Role};
use domain::ids::PersonId;
use tokio::runtime::Runtime;
use web::WebState;

pub use browser::{Browser, Request};
pub use page::Page;
pub use stream::Stream;

/// A password that every rule accepts.
pub const PASSWORD: &str = "seven quiet herons at dawn";
/// The origin of the site.
pub const ORIGIN: &str = "https://portal.example.org";

/// A site over a fresh store.
pub struct TestSite {
    /// Its operations, for what a story needs to look at behind the pages.
    pub installation: TestApp,
    router: Router,
    runtime: Runtime,
    follower: Mutex<Follower>,
    addresses: AtomicU8,
}

/// Somebody with a log-in, signed in with a browser of their own.
pub struct Persona<'s> {
    /// The log-in.
    pub id: PersonId,
    /// The user name.
    pub username: String,
    /// The authenticator app, for those who have one.
    pub totp: Option<TotpSecret>,
    /// The browser.
    pub browser: Browser<'s>,
}

impl TestSite {
    /// Tells a story on every engine there is.
    pub fn each(story: impl Fn(&Self)) {
        for installation in TestApp::all() {
            story(&Self::over(installation));
        }
    }

    /// A site on SQLite, for what does not depend on the engine.
    pub fn new() -> Self {
        Self::over(TestApp::sqlite())
    }

    /// A demo site on SQLite: plain cookies, loopback addresses.
    pub fn demo() -> Self {
        Self::over(TestApp::demo())
    }

    fn over(installation: TestApp) -> Self {
        let router = web::router::router(WebState::new(installation.app.clone()));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let follower = Mutex::new(Follower::start(&installation.app).unwrap());
        Self { installation, router, runtime, follower, addresses: AtomicU8::new(1) }
    }

    /// Moves the clock on.
    pub fn pass_seconds(&self, seconds: i64) {
        self.installation.pass_seconds(seconds);
    }

    /// Numbers what was written and tells open pages, as the server's worker does.
    pub fn tells(&self) {
        let app = &self.installation.app;
        while sequencer::is_full(sequencer::run(app).unwrap()) {}
        self.follower.lock().unwrap().publish(app).unwrap();
    }

    /// A browser without cookies, at an address block of its own.
    pub fn browser(&self) -> Browser<'_> {
        let block = self.addresses.fetch_add(1, Ordering::Relaxed);
        self.browser_at(IpAddr::from([203, 0, block, 7]))
    }

    /// A browser without cookies at an address.
    pub fn browser_at(&self, address: IpAddr) -> Browser<'_> {
        Browser::new(self, address)
    }

    /// Makes a log-in and returns the paper code that turns it into an account.
    pub fn paper_code(&self, role: Role, name: &str) -> (PersonId, String) {
        let new = NewPerson {
            role,
            organization: None,
            name: name.to_owned(),
            title: String::new(),
            phone: String::new(),
            language: "en".to_owned(),
            email: String::new(),
        };
        let app = &self.installation.app;
        let id = admin::add_person(app, &Actor::system(), &new).unwrap();
        let code = admin::add_code(app, &Actor::system(), id, 14).unwrap().code;
        (id, code.expose().as_str().to_owned())
    }

    /// Makes a log-in and enrols it as its person would: paper code, user name, [`PASSWORD`], and for
    /// staff an authenticator app. The browser is signed in afterwards.
    pub fn enrol(&self, role: Role, name: &str, username: &str) -> Persona<'_> {
        let (id, code) = self.paper_code(role, name);
        let browser = self.browser();
        let form = browser.get("/enrol");
        let mut page = browser.submit(
            &form,
            "/enrol",
            &[
                ("enrolment", &code),
                ("username", username),
                ("password", PASSWORD),
                ("password_again", PASSWORD),
            ],
        );
        page.expect(303);
        let mut totp = None;
        if role.is_staff() {
            page = browser.get(page.location());
            let secret = page.totp_secret();
            let code = secret.code_at(self.installation.app.now());
            page = browser.submit(&page, "/enrol/totp", &[("code", &code)]);
            page.expect(303);
            totp = Some(secret);
        }
        assert!(browser.cookie("__Host-tidings").is_some(), "enrolment signs in: {page:?}");
        Persona { id, username: username.to_owned(), totp, browser }
    }

    /// Enrols a patient of a demo site; the browser is signed in.
    pub fn enrol_demo(&self, username: &str) -> Browser<'_> {
        let (_, code) = self.paper_code(Role::Patient, username);
        let browser = self.browser();
        let form = browser.get("/enrol");
        let fields = [
            ("enrolment", code.as_str()),
            ("username", username),
            ("password", PASSWORD),
            ("password_again", PASSWORD),
        ];
        browser.submit(&form, "/enrol", &fields).expect(303);
        assert!(browser.cookie("tidings").is_some(), "the demo's cookie is plain");
        browser
    }

    /// Stops a log-in, as the local administrator's command does.
    pub fn disable(&self, id: PersonId) {
        let app = &self.installation.app;
        app.write(&Actor::system(), move |cx| admin::disable(cx, id)).unwrap();
    }
}

impl Persona<'_> {
    /// The code the authenticator app shows next; the clock moves on to a code that was not used yet.
    pub fn next_code(&self, site: &TestSite) -> String {
        site.pass_seconds(30);
        let secret = self.totp.as_ref().unwrap();
        secret.code_at(site.installation.app.now()).as_str().to_owned()
    }
}

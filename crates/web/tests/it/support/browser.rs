//! A browser: keeps cookies, sends what current browsers send, submits forms with their hidden fields.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{HeaderName, HeaderValue, Method, Response};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use tower_http::request_id::RequestId;

use super::{PASSWORD, Page, Persona, Stream, TestSite};

/// A browser with its cookies.
pub struct Browser<'s> {
    site: &'s TestSite,
    address: IpAddr,
    cookies: RefCell<BTreeMap<String, String>>,
}

/// A request to be sent as it is, with the browser's cookies.
pub struct Request {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    keeps_cookies: bool,
}

impl Request {
    /// A GET as a link makes it.
    pub fn get(path: &str) -> Self {
        Self::new(Method::GET, path).header("accept", "text/html")
    }

    /// A POST of fields as a form of our own pages makes it.
    pub fn post(path: &str, fields: &[(&str, &str)]) -> Self {
        // Our pages say no-referrer, and so browsers say "null" (Fetch, "append a request Origin").
        Self::new(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", "null")
            .header("sec-fetch-site", "same-origin")
            .body(encoded(fields).into_bytes())
    }

    /// Any request, without any header.
    pub fn new(method: Method, path: &str) -> Self {
        let path = path.to_owned();
        Self { method, path, headers: Vec::new(), body: Vec::new(), keeps_cookies: true }
    }

    /// Sets a header in place of what it was.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Leaves a header out.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// Sends no cookie of the browser's, only those in the headers.
    pub const fn alone(mut self) -> Self {
        self.keeps_cookies = false;
        self
    }
}

/// Fields as a form sends them.
fn encoded(fields: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in fields {
        if !out.is_empty() {
            out.push('&');
        }
        for (index, text) in [name, value].into_iter().enumerate() {
            if index == 1 {
                out.push('=');
            }
            for byte in text.bytes() {
                if byte.is_ascii_alphanumeric() {
                    out.push(char::from(byte));
                } else {
                    write!(out, "%{byte:02X}").unwrap();
                }
            }
        }
    }
    out
}

impl<'s> Browser<'s> {
    pub(super) fn new(site: &'s TestSite, address: IpAddr) -> Self {
        Self { site, address, cookies: RefCell::default() }
    }

    /// Opens an address. Redirects are not followed.
    pub fn get(&self, path: &str) -> Page {
        self.send(Request::get(path))
    }

    /// Fills in the form of `page` that posts to `action`; its hidden fields are sent along, unless
    /// `fields` has them.
    #[track_caller]
    pub fn submit(&self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let hidden = page.hidden(action);
        let mut all: Vec<(&str, &str)> = hidden
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| !fields.iter().any(|(given, _)| given == name))
            .collect();
        all.extend(fields);
        self.send(Request::post(action, &all))
    }

    /// Signs in as somebody, with the code of their app where one is owed; the last page.
    #[track_caller]
    pub fn sign_in(&self, persona: &Persona<'_>) -> Page {
        let page = self.try_password(&persona.username, PASSWORD);
        page.expect(303);
        if persona.totp.is_none() {
            return page;
        }
        let form = self.get(page.location());
        let code = persona.next_code(self.site);
        self.submit(&form, "/sign-in/code", &[("code", &code)])
    }

    /// Types a user name and a password into the sign-in form.
    #[track_caller]
    pub fn try_password(&self, username: &str, password: &str) -> Page {
        let form = self.get("/sign-in");
        self.submit(&form, "/sign-in", &[("username", username), ("password", password)])
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    /// Plants a cookie.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    /// Sends a request and keeps the cookies of the answer.
    pub fn send(&self, request: Request) -> Page {
        let keeps_cookies = request.keeps_cookies;
        let page = self.site.runtime.block_on(async {
            let (parts, body) = self.answer(request).await.into_parts();
            let bytes = body.collect().await.unwrap().to_bytes();
            let body = String::from_utf8_lossy(&bytes).into_owned();
            Page { status: parts.status, headers: parts.headers, body }
        });
        if keeps_cookies {
            self.keep_cookies(&page);
        }
        page
    }

    /// Opens an event stream, as a live page does.
    #[track_caller]
    pub fn listen(&self, path: &str) -> Stream<'s> {
        let request = Request::get(path).header("accept", "text/event-stream");
        let response = self.site.runtime.block_on(self.answer(request));
        assert_eq!(response.status().as_u16(), 200, "{path}");
        Stream::new(&self.site.runtime, response.into_body())
    }

    async fn answer(&self, request: Request) -> Response<Body> {
        let mut built = http::Request::builder().method(request.method).uri(&request.path);
        for (name, value) in &request.headers {
            built = built.header(HeaderName::from_static(name), value);
        }
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if request.keeps_cookies && !cookies.is_empty() {
            built = built.header(http::header::COOKIE, cookies.join("; "));
        }
        let mut built = built.body(Body::from(request.body)).unwrap();
        built.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.address, 40_000)));
        built
            .extensions_mut()
            .insert(RequestId::new(HeaderValue::from_static("request-of-a-test")));
        self.site.router.clone().oneshot(built).await.unwrap()
    }

    fn keep_cookies(&self, page: &Page) {
        for set in page.headers.get_all(http::header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (pair, rest) = set.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

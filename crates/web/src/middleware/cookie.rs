//! Cookies: three names, one set of attributes.
//!
//! Outside the demo a cookie has the `__Host-` prefix, which makes browsers refuse it without Secure,
//! with a Domain, or with another path (RFC 6265bis, 4.1.3.2). The demo runs over plain http on
//! loopback, where some clients refuse both.

use http::{HeaderMap, HeaderValue, header};

/// A cookie of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// The session.
    Session,
    /// A log-in that owes its second factor.
    Pending,
    /// A browser somebody has signed in from; up to four tokens, joined by dots.
    Device,
    /// A visit before signing in, which its forms are bound to.
    Visit,
}

/// Seconds a device cookie lives: 400 days, the most that browsers keep (RFC 6265bis, 5.5).
const DEVICE_S: i64 = 400 * 24 * 3_600;

impl Cookie {
    /// Its name.
    pub const fn name(self, demo: bool) -> &'static str {
        match (self, demo) {
            (Self::Session, true) => "tidings",
            (Self::Session, false) => "__Host-tidings",
            (Self::Pending, true) => "tidings-code",
            (Self::Pending, false) => "__Host-tidings-code",
            (Self::Device, true) => "tidings-device",
            (Self::Device, false) => "__Host-tidings-device",
            (Self::Visit, true) => "tidings-visit",
            (Self::Visit, false) => "__Host-tidings-visit",
        }
    }

    /// Its value in a request. A name that comes twice is no cookie of ours: somebody planted one.
    pub fn read(self, headers: &HeaderMap, demo: bool) -> Option<&str> {
        let name = self.name(demo);
        let mut found = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// The header that sets it; `None` when the value cannot stand in a header.
    pub fn set(self, value: &str, demo: bool) -> Option<HeaderValue> {
        let age =
            if self == Self::Device { format!("; Max-Age={DEVICE_S}") } else { String::new() };
        self.header(value, &age, demo)
    }

    /// The header that takes it away.
    pub fn clear(self, demo: bool) -> Option<HeaderValue> {
        self.header("", "; Max-Age=0", demo)
    }

    fn header(self, value: &str, age: &str, demo: bool) -> Option<HeaderValue> {
        let secure = if demo { "" } else { "; Secure" };
        let name = self.name(demo);
        let text = format!("{name}={value}; Path=/{age}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_planted_second_cookie_is_not_believed() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; __Host-tidings=ps_x"));
        assert_eq!(Cookie::Session.read(&headers, false), Some("ps_x"));
        headers.append(header::COOKIE, HeaderValue::from_static("__Host-tidings=ps_y"));
        assert_eq!(Cookie::Session.read(&headers, false), None);
    }

    #[test]
    fn only_the_demo_does_without_secure() {
        let set = |demo| Cookie::Session.set("v", demo).unwrap();
        assert_eq!(set(true), "tidings=v; Path=/; HttpOnly; SameSite=Lax");
        assert_eq!(set(false), "__Host-tidings=v; Path=/; HttpOnly; SameSite=Lax; Secure");
    }
}

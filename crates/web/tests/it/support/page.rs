//! What a browser got back, with the little reading of HTML that stories need.

use app::credential::TotpSecret;
use http::{HeaderMap, StatusCode};

/// A response, read to its end.
pub struct Page {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its text.
    pub body: String,
}

impl std::fmt::Debug for Page {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(out, "{}\n{:?}\n{}", self.status, self.headers, self.body)
    }
}

impl Page {
    /// Fails, showing the page, unless it has this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }

    /// Fails, showing the page, unless it has this text.
    #[track_caller]
    pub fn shows(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "{text:?} is not on the page: {self:?}");
        self
    }

    /// The page does not show this text.
    #[track_caller]
    pub fn hides(&self, text: &str) -> &Self {
        assert!(!self.body.contains(text), "{text:?} is there: {self:?}");
        self
    }

    /// A header as text; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it leads.
    #[track_caller]
    pub fn location(&self) -> &str {
        assert!(self.headers.contains_key("location"), "leads nowhere: {self:?}");
        self.header("location")
    }

    /// The hidden fields of the form that posts to `action`.
    #[track_caller]
    pub fn hidden(&self, action: &str) -> Vec<(String, String)> {
        let form = self.form(action);
        let inputs = form.split("<input ").skip(1).map(|rest| rest.split('>').next().unwrap());
        inputs
            .filter(|tag| tag.contains("type=\"hidden\""))
            .map(|tag| (attribute(tag, "name"), attribute(tag, "value")))
            .collect()
    }

    /// The value of the option with this text.
    #[track_caller]
    pub fn option(&self, text: &str) -> String {
        let before = self.body.split(&format!(">{text}</option>")).next().unwrap();
        assert!(before.len() < self.body.len(), "no option {text:?}: {self:?}");
        attribute(before.rsplit("<option ").next().unwrap(), "value")
    }

    /// The inside of the form that posts to `action`.
    #[track_caller]
    fn form(&self, action: &str) -> &str {
        let sign = format!("action=\"{action}\"");
        let found = self
            .body
            .split("<form ")
            .skip(1)
            .find(|rest| rest.split('>').next().unwrap().contains(&sign));
        let found = found.unwrap_or_else(|| panic!("no form posts to {action}: {self:?}"));
        found.split("</form>").next().unwrap()
    }

    /// The value of the first field of this name that begins with `prefix`.
    #[track_caller]
    pub fn value_of(&self, name: &str, prefix: &str) -> String {
        let sign = format!("name=\"{name}\"");
        self.body
            .split("<input ")
            .skip(1)
            .map(|rest| rest.split('>').next().unwrap())
            .filter(|tag| tag.contains(&sign))
            .map(|tag| attribute(tag, "value"))
            .find(|value| value.starts_with(prefix))
            .unwrap_or_else(|| panic!("no {name} begins with {prefix}: {self:?}"))
    }

    /// The first link whose address ends with `end`.
    #[track_caller]
    pub fn link_with(&self, end: &str) -> String {
        self.address_with("<a ", "href", end)
    }

    /// Where the first form posts whose address ends with `end`.
    #[track_caller]
    pub fn action_with(&self, end: &str) -> String {
        self.address_with("<form ", "action", end)
    }

    #[track_caller]
    fn address_with(&self, tag: &str, name: &str, end: &str) -> String {
        self.body
            .split(tag)
            .skip(1)
            .map(|rest| attribute(rest.split('>').next().unwrap(), name))
            .find(|address| address.ends_with(end))
            .unwrap_or_else(|| panic!("no address ends with {end}: {self:?}"))
    }

    /// The secret shown for setting up an authenticator app.
    #[track_caller]
    pub fn totp_secret(&self) -> TotpSecret {
        let shown = self
            .body
            .split("<code class=\"secret\">")
            .nth(1)
            .unwrap_or_else(|| panic!("no secret is shown: {self:?}"));
        let shown = shown.split('<').next().unwrap();
        TotpSecret::from_bytes(&base32(shown)).unwrap()
    }
}

/// The value of an attribute of a tag, unescaped.
fn attribute(tag: &str, name: &str) -> String {
    let value = tag.split(&format!("{name}=\"")).nth(1).unwrap_or_default();
    let value = value.split('"').next().unwrap();
    let named = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
    named.iter().fold(value.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// RFC 4648, 6, without padding.
fn base32(text: &str) -> Vec<u8> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut out, mut held, mut bits) = (Vec::new(), 0_u32, 0_u32);
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        held = (held << 5 | u32::try_from(ALPHABET.find(c).unwrap()).unwrap()) & 0xffff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xff).unwrap());
        }
    }
    out
}

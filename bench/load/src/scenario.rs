//! The requests of each scenario, made from the manifest (`bench.json`) that a seeded store comes
//! with: `{"messages", "token", "patients": [{"id", "threads": [id]}], "pages"?: [{"path",
//! "cookie"}], "queues"?: [{"path", "cookie"}], "streams"?: [{"path", "cookie"}]}`. `pages` are HTML
//! inboxes, `queues` lists of a team's work and `streams` event streams of people who are signed in; a
//! server without them is not measured there.

use serde_json::{Value, json};

/// What a proxy on this machine that spoke https adds; the floor does not look at it.
const PROXY: &str = "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n";

/// What a run asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// A durable message of 300 bytes in an existing thread.
    Send,
    /// The 25 newest threads of a patient.
    Inbox,
    /// The 20 newest messages of a thread.
    Thread,
    /// The HTML inbox of somebody signed in.
    Page,
    /// The first page of a team's open work, as HTML, for somebody signed in.
    Queue,
}

impl Scenario {
    /// All of them, in the order of the table; sends last, for they make the store grow.
    pub const ALL: [Self; 5] = [Self::Inbox, Self::Thread, Self::Page, Self::Queue, Self::Send];

    /// The name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Send => "durable send",
            Self::Inbox => "inbox of 25",
            Self::Thread => "thread of 20",
            Self::Page => "HTML inbox",
            Self::Queue => "queue page",
        }
    }

    /// Its word in options.
    pub fn word(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Inbox => "inbox",
            Self::Thread => "thread",
            Self::Page => "page",
            Self::Queue => "queue",
        }
    }

    /// Reads its word; none when it is none.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scenario| scenario.word() == word)
    }

    /// What the floor, which has no pages, is asked for beside it.
    pub fn of_floor(self) -> Self {
        match self {
            Self::Page | Self::Queue => Self::Inbox,
            same => same,
        }
    }

    /// The status of a right answer.
    pub fn status(self) -> u16 {
        if self == Self::Send { 201 } else { 200 }
    }

    /// How many entries a right answer's bundle holds; none when it is no bundle.
    pub fn entries(self) -> Option<usize> {
        match self {
            Self::Inbox => Some(25),
            Self::Thread => Some(20),
            Self::Send | Self::Page | Self::Queue => None,
        }
    }
}

/// A seeded store, as its manifest describes it.
pub struct Manifest {
    token: String,
    patients: Vec<(String, Vec<String>)>,
    pages: Vec<(String, String)>,
    queues: Vec<(String, String)>,
    streams: Vec<(String, String)>,
}

fn pairs(json: &Value, list: &str) -> Vec<(String, String)> {
    let text = |one: &Value, key: &str| one.get(key).and_then(Value::as_str).map(str::to_owned);
    let list = json.get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|one| Some((text(one, "path")?, text(one, "cookie")?))).collect()
}

impl Manifest {
    /// Reads a manifest; none when it lacks a token or a patient with threads.
    pub fn parse(text: &str) -> Option<Self> {
        let json: Value = serde_json::from_str(text).ok()?;
        let mut patients = Vec::new();
        for patient in json.get("patients")?.as_array()? {
            let threads = patient.get("threads")?.as_array()?;
            let threads: Vec<String> =
                threads.iter().filter_map(|t| t.as_str().map(str::to_owned)).collect();
            if !threads.is_empty() {
                patients.push((patient.get("id")?.as_str()?.to_owned(), threads));
            }
        }
        let token = json.get("token")?.as_str()?.to_owned();
        let found = Self {
            token,
            patients,
            pages: pairs(&json, "pages"),
            queues: pairs(&json, "queues"),
            streams: pairs(&json, "streams"),
        };
        (!found.patients.is_empty()).then_some(found)
    }

    /// Whether the store can be asked for this.
    pub fn offers(&self, scenario: Scenario) -> bool {
        match scenario {
            Scenario::Page => !self.pages.is_empty(),
            Scenario::Queue => !self.queues.is_empty(),
            Scenario::Send | Scenario::Inbox | Scenario::Thread => true,
        }
    }

    /// Whether the store has event streams.
    pub fn has_streams(&self) -> bool {
        !self.streams.is_empty()
    }

    /// The n-th request of a connection. `run` keeps the message ids of two runs apart.
    pub fn request(
        &self,
        scenario: Scenario,
        host: &str,
        run: u64,
        connection: u64,
        n: u64,
    ) -> Vec<u8> {
        let pick = mix(connection << 32 | n);
        let (patient, threads) = &self.patients[index(pick, self.patients.len())];
        let thread = &threads[index(pick >> 32, threads.len())];
        match scenario {
            Scenario::Send => {
                let body = json!({
                    "resourceType": "Communication",
                    "status": "completed",
                    "identifier": [{ "system": "urn:tidings:bench", "value": format!("{run:x}-{connection}-{n}") }],
                    "partOf": [{ "reference": format!("Communication/{thread}") }],
                    "subject": { "reference": format!("Patient/{patient}") },
                    "payload": [{ "contentString": "Thank you. The swelling is less in the morning. ".repeat(7)[..300].to_owned() }],
                });
                let body = body.to_string();
                format!(
                    "POST /fhir/R4/Communication HTTP/1.1\r\nHost: {host}\r\n{PROXY}Authorization: Bearer {}\r\nAccept: application/fhir+json\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                    self.token,
                    body.len()
                )
                .into_bytes()
            }
            Scenario::Inbox => self.get(
                host,
                &format!("patient={patient}&part-of:missing=true&_sort=-sent&_count=25"),
            ),
            Scenario::Thread => self.get(host, &format!("part-of={thread}&_count=20")),
            Scenario::Page => {
                cookie_get(host, &self.pages[index(pick, self.pages.len())], "text/html")
            }
            Scenario::Queue => {
                cookie_get(host, &self.queues[index(pick, self.queues.len())], "text/html")
            }
        }
    }

    /// The request that opens the n-th event stream.
    pub fn stream(&self, host: &str, n: u64) -> Vec<u8> {
        cookie_get(host, &self.streams[index(n, self.streams.len())], "text/event-stream")
    }

    fn get(&self, host: &str, query: &str) -> Vec<u8> {
        format!(
            "GET /fhir/R4/Communication?{query} HTTP/1.1\r\nHost: {host}\r\n{PROXY}Authorization: Bearer {}\r\nAccept: application/fhir+json\r\n\r\n",
            self.token
        )
        .into_bytes()
    }
}

fn cookie_get(host: &str, (path, cookie): &(String, String), accept: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\n{PROXY}Cookie: {cookie}\r\nAccept: {accept}\r\n\r\n"
    )
    .into_bytes()
}

/// SplitMix64 (Steele, Lea, Flood 2014): spreads the picks, the same in every run.
fn mix(n: u64) -> u64 {
    let z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn index(pick: u64, len: usize) -> usize {
    usize::try_from(pick & 0xffff_ffff).unwrap_or(0) % len.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"{"token":"t","patients":[{"id":"p","threads":["a","b"]}],"pages":[{"path":"/inbox","cookie":"s=1"}]}"#;

    #[test]
    fn requests_name_what_the_manifest_holds() {
        let manifest = Manifest::parse(MANIFEST).unwrap();
        let text =
            |scenario, n| String::from_utf8(manifest.request(scenario, "h:1", 7, 3, n)).unwrap();
        assert!(text(Scenario::Inbox, 0).starts_with("GET /fhir/R4/Communication?patient=p&part-of:missing=true&_sort=-sent&_count=25 HTTP/1.1\r\n"));
        assert!(text(Scenario::Page, 0).contains("Cookie: s=1\r\n"));
        let (one, two) = (text(Scenario::Send, 1), text(Scenario::Send, 2));
        assert!(one.contains("\"value\":\"7-3-1\"") && two.contains("\"value\":\"7-3-2\""));
        let (head, body) = one.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())));
        assert!(!manifest.has_streams() && !manifest.offers(Scenario::Queue));
    }

    #[test]
    fn words_of_scenarios_are_read_back() {
        for scenario in Scenario::ALL {
            assert!(Scenario::from_word(scenario.word()) == Some(scenario));
        }
        assert!(Scenario::from_word("all").is_none());
    }

    #[test]
    fn a_manifest_without_threads_is_refused() {
        assert!(Manifest::parse(r#"{"token":"t","patients":[{"id":"p","threads":[]}]}"#).is_none());
        assert!(Manifest::parse("{}").is_none());
    }
}

//! Search parameters of Communication and the places where pages go on.
//!
//! Handling is strict (FHIR R4, 3.1.1.3.1): a parameter that is not known, or comes twice, is refused,
//! since a filter that was dropped would widen the answer. A place is a time and ids, never a word;
//! it opens nothing by itself. Deliberately absent: `_include`, `_total`, lenient handling.

use app::communication::{After, Order};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{Id as _, PatientId, ThreadId};
use domain::time::Timestamp;
use uuid::Uuid;

use super::outcome::Refusal;
use crate::error::Fault;

/// How many entries a page has when `_count` does not say.
const COUNT: i64 = 25;
/// The most entries of a page; a larger `_count` gets this many.
const COUNT_MAX: i64 = 100;

/// A search that is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// A patient's conversations, newest first.
    Inbox {
        /// Whose.
        patient: PatientId,
        /// From where.
        after: After,
        /// How many.
        count: i64,
    },
    /// A conversation's messages.
    Thread {
        /// Which.
        thread: ThreadId,
        /// In which order, from where.
        order: Order,
        /// How many.
        count: i64,
    },
}

#[derive(Default)]
struct Given<'a> {
    patient: Option<&'a str>,
    part_of: Option<&'a str>,
    headers_only: Option<&'a str>,
    sort: Option<&'a str>,
    count: Option<&'a str>,
    from: Option<&'a str>,
    format: Option<&'a str>,
}

impl Search {
    /// Reads decoded parameters.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, Refusal> {
        let given = Given::read(pairs)?;
        let count = match given.count.map(str::parse::<i64>) {
            None => COUNT,
            Some(Ok(count)) if count >= 1 => count.min(COUNT_MAX),
            Some(_) => return Err(Refusal::parameter("_count must be a number from 1 to 100.")),
        };
        if given.format.is_some_and(|format| {
            !["json", "application/json", "application/fhir+json"].contains(&format)
        }) {
            return Err(Refusal::not_acceptable());
        }
        match (given.patient, given.part_of) {
            (Some(patient), None) => given.inbox(patient, count),
            (None, Some(thread)) => given.thread(thread, count),
            _ => Err(Refusal::parameter(
                "Give patient=ID with part-of:missing=true for a patient's conversations, or \
                 part-of=ID for the messages of one.",
            )),
        }
    }
}

impl<'a> Given<'a> {
    fn read(pairs: &'a [(String, String)]) -> Result<Self, Refusal> {
        let mut given = Self::default();
        for (name, value) in pairs {
            let slot = match name.as_str() {
                "patient" => &mut given.patient,
                "part-of" => &mut given.part_of,
                "part-of:missing" => &mut given.headers_only,
                "_sort" => &mut given.sort,
                "_count" => &mut given.count,
                "_from" => &mut given.from,
                "_format" => &mut given.format,
                _ => {
                    return Err(Refusal::parameter(
                        "A parameter is not known. Known are patient, part-of, part-of:missing, \
                         _sort, _count, _format and what the links of a bundle hold.",
                    ));
                }
            };
            if slot.replace(value).is_some() {
                return Err(Refusal::parameter("A parameter comes twice."));
            }
        }
        Ok(given)
    }

    fn inbox(&self, patient: &str, count: i64) -> Result<Search, Refusal> {
        if self.headers_only != Some("true") {
            return Err(Refusal::parameter(
                "Searching by patient needs part-of:missing=true: conversations, not messages.",
            ));
        }
        if self.sort.is_some_and(|sort| sort != "-sent") {
            return Err(Refusal::parameter("Conversations sort by -sent, newest first."));
        }
        let after = match self.from {
            None => After::start(),
            Some(text) => place(text).and_then(read_after).ok_or_else(no_place)?,
        };
        Ok(Search::Inbox { patient: referred(patient, "Patient/")?, after, count })
    }

    fn thread(&self, thread: &str, count: i64) -> Result<Search, Refusal> {
        if self.headers_only.is_some_and(|missing| missing != "false") {
            return Err(Refusal::parameter(
                "part-of=ID and part-of:missing=true exclude each other.",
            ));
        }
        let from = match self.from {
            None => None,
            Some(text) => Some(place(text).and_then(read_seq).ok_or_else(no_place)?),
        };
        let order = match self.sort {
            None | Some("-sent") => Order::NewestBefore(from.unwrap_or(i64::MAX)),
            Some("sent") => Order::OldestAfter(from.unwrap_or(0)),
            Some(_) => return Err(Refusal::parameter("Messages sort by sent or -sent.")),
        };
        Ok(Search::Thread { thread: referred(thread, "Communication/")?, order, count })
    }
}

/// The id of a reference parameter, with or without its type. What is no id is nothing's id.
fn referred<T: domain::ids::Id>(value: &str, kind: &str) -> Result<T, Refusal> {
    let id = value.strip_prefix(kind).unwrap_or(value);
    T::parse(id).map_err(|_| Fault::NotFound.into())
}

fn no_place() -> Refusal {
    Refusal::parameter("_from is not of a link of this search.")
}

fn place(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn read_after(bytes: Vec<u8>) -> Option<After> {
    let (at, id) = bytes.split_first_chunk::<8>()?;
    let thread = ThreadId::from_uuid(Uuid::from_slice(id).ok()?);
    Some(After { last_at: Timestamp::from_micros(i64::from_be_bytes(*at)), thread })
}

fn read_seq(bytes: Vec<u8>) -> Option<i64> {
    Some(i64::from_be_bytes(bytes.try_into().ok()?))
}

/// The address of the page a list goes on with.
pub(crate) fn next_inbox(base: &str, patient: PatientId, count: i64, after: After) -> String {
    let mut bytes = Vec::with_capacity(24);
    bytes.extend_from_slice(&after.last_at.micros().to_be_bytes());
    bytes.extend_from_slice(after.thread.as_uuid().as_bytes());
    format!("{}&_from={}", inbox(base, patient, count), URL_SAFE_NO_PAD.encode(bytes))
}

/// The address of the page of messages that a list goes on with.
pub(crate) fn next_thread(
    base: &str,
    thread: ThreadId,
    order: Order,
    count: i64,
    seq: i64,
) -> String {
    let from = URL_SAFE_NO_PAD.encode(seq.to_be_bytes());
    format!("{}&_from={from}", in_thread(base, thread, order, count))
}

/// The address of a patient's conversations.
pub(crate) fn inbox(base: &str, patient: PatientId, count: i64) -> String {
    format!(
        "{base}/Communication?patient={patient}&part-of:missing=true&_sort=-sent&_count={count}"
    )
}

/// The address of a conversation's messages.
pub(crate) fn in_thread(base: &str, thread: ThreadId, order: Order, count: i64) -> String {
    let sort = match order {
        Order::NewestBefore(_) => "-sent",
        Order::OldestAfter(_) => "sent",
    };
    format!("{base}/Communication?part-of={thread}&_sort={sort}&_count={count}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0197a1b2-0000-7000-8000-0000000000aa";

    fn parse(query: &[(&str, &str)]) -> Result<Search, Refusal> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Search::parse(&query.iter().map(own).collect::<Vec<_>>())
    }

    #[test]
    fn a_page_goes_on_where_the_last_one_ended() {
        let after = After {
            last_at: Timestamp::from_seconds(1_795_342_500),
            thread: ThreadId::parse(ID).unwrap(),
        };
        let link = next_inbox("https://x", PatientId::parse(ID).unwrap(), 7, after);
        let (_, query) = link.split_once('?').unwrap();
        let pairs: Vec<(&str, &str)> =
            query.split('&').map(|pair| pair.split_once('=').unwrap()).collect();
        let patient = PatientId::parse(ID).unwrap();
        assert_eq!(parse(&pairs).unwrap(), Search::Inbox { patient, after, count: 7 });
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let inbox = [("patient", ID), ("part-of:missing", "true")];
        assert!(parse(&inbox).is_ok());
        for more in [
            ("_total", "accurate"),
            ("patient", ID),
            ("_count", "0"),
            ("_count", "many"),
            ("_sort", "sent"),
            ("_from", "AAAA"),
            ("_from", "%"),
            ("part-of", ID),
            ("_format", "xml"),
        ] {
            assert!(parse(&[inbox[0], inbox[1], more]).is_err(), "{more:?}");
        }
        assert!(parse(&[("patient", ID)]).is_err());
        assert!(parse(&[]).is_err());
    }

    #[test]
    fn a_page_is_never_larger_than_a_hundred() {
        let all = parse(&[("part-of", ID), ("_count", "100000"), ("_sort", "sent")]).unwrap();
        let thread = ThreadId::parse(ID).unwrap();
        assert_eq!(all, Search::Thread { thread, order: Order::OldestAfter(0), count: 100 });
    }
}

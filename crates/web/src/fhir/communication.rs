//! Communication: create, read, search.

use std::sync::Arc;

use app::communication::{self, Destination, Found, Order, Post, Posted};
use axum::body::{Body, Bytes};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use domain::ids::{Id as _, PatientId, ThreadId};
use domain::urgency::Level;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};

use super::FHIR_JSON;
use super::outcome::{Refusal, advice};
use super::query::{self, Search};
use super::resource::{Bundle, Conversation, Fresh, Message, Url, Version, version};
use super::{accepts_json, answer, base, named, post, refused, understood};
use crate::error::Fault;
use crate::extract::Reader;
use crate::fhir;
use crate::run::WebState;

/// The largest body (SECURITY.md, 14).
const BODY_BYTES_MAX: usize = 1_000_000;
/// The largest body that is read from whoever shows anything like a token.
const BODY_BYTES_UNKNOWN: usize = 64 * 1024;

const READ: (&str, char) = ("Communication", 'r');
const SEARCH: (&str, char) = ("Communication", 's');
const CREATE: (&str, char) = ("Communication", 'c');

/// `GET /fhir/R4/Communication?…`
pub async fn search(
    State(state): State<WebState>,
    reader: Reader,
    headers: HeaderMap,
    pairs: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Result<Response, Refusal> {
    let asked = accepts_json(&headers).and_then(|()| match pairs {
        Ok(Query(pairs)) => Search::parse(&pairs),
        Err(_) => Err(Refusal::parameter("The query is not understood.")),
    });
    let (reader, search) = understood(&state, reader, asked).await?;
    match search {
        Search::Inbox { patient, after, count } => {
            inbox(&state, reader, patient, after, count).await
        }
        Search::Thread { thread, order, count } => {
            in_thread(&state, reader, thread, order, count).await
        }
    }
}

async fn inbox(
    state: &WebState,
    reader: Reader,
    patient: PatientId,
    after: communication::After,
    count: i64,
) -> Result<Response, Refusal> {
    let (_, page) = fhir::read(state, reader, SEARCH, move |cx| {
        communication::headers(cx, patient, after, count)
    })
    .await?;
    let base = base(&state.app().settings().public_url);
    let own = query::inbox(&base, patient, count);
    let next = page.next.map(|after| query::next_inbox(&base, patient, count, after));
    let found = page.items.iter().map(|header| (header.thread.as_uuid(), Conversation::of(header)));
    answer(StatusCode::OK, &Bundle::searchset(&base, own, next, found))
}

async fn in_thread(
    state: &WebState,
    reader: Reader,
    thread: ThreadId,
    order: Order,
    count: i64,
) -> Result<Response, Refusal> {
    let (actor, page) = fhir::read(state, reader, READ, move |cx| {
        communication::messages(cx, thread, order, count)
    })
    .await?;
    let base = base(&state.app().settings().public_url);
    let own = query::in_thread(&base, thread, order, count);
    let next = page.next.map(|seq| query::next_thread(&base, thread, order, count, seq));
    let found = page
        .items
        .iter()
        .map(|shown| (shown.id.as_uuid(), Message::of(shown, thread, page.patient, &actor)));
    answer(StatusCode::OK, &Bundle::searchset(&base, own, next, found))
}

/// `GET /fhir/R4/Communication/{id}`: a conversation or a message.
pub async fn read(
    State(state): State<WebState>,
    reader: Reader,
    headers: HeaderMap,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Refusal> {
    let asked = accepts_json(&headers).and_then(|()| named::<ThreadId>(id));
    let (reader, id) = understood(&state, reader, asked).await?;
    let id = id.as_uuid();
    let (actor, found) =
        fhir::read(&state, reader, READ, move |cx| communication::get(cx, id)).await?;
    match found {
        Found::Header(header) => {
            let version = Version { seq: header.last_seq, corrections: 0 };
            tagged(answer(StatusCode::OK, &Conversation::of(&header))?, version)
        }
        Found::Merged(into) => {
            let base = base(&state.app().settings().public_url);
            let mut response = StatusCode::MOVED_PERMANENTLY.into_response();
            let there = format!("{base}/Communication/{into}");
            if let Ok(there) = there.parse() {
                response.headers_mut().insert(header::LOCATION, there);
            }
            Ok(response)
        }
        Found::Message(found) => {
            let resource = Message::of(&found.message, found.thread, found.patient, &actor);
            tagged(answer(StatusCode::OK, &resource)?, version(&found.message))
        }
    }
}

/// `POST /fhir/R4/Communication`: sends at once. 201; the same message again 200.
pub async fn create(
    State(state): State<WebState>,
    reader: Reader,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    // A message's body is taken in before its token is looked up, so that both need one hop to where
    // operations run; a long one, or one of unknown length, only from somebody with a token.
    let announced = announced(&headers);
    if announced.is_none() {
        reader.known(&state).await?;
    }
    let bytes_max = announced.unwrap_or(BODY_BYTES_MAX);
    let asked = match labels(&headers) {
        Ok(base_seq) => bytes(body, bytes_max).await.and_then(|it| post::read(&it, base_seq)),
        Err(refusal) => Err(refusal),
    };
    let (reader, post) = understood(&state, reader, asked).await?;
    let post = Arc::new(post);
    let job = Arc::clone(&post);
    let (actor, sent) = reader.write(&state, move |cx| communication::send(cx, &job)).await?;
    let sent = sent.map_err(|error| refused(error, &actor, CREATE))?;
    created(&state, &post, &sent)
}

/// What the headers of a posted message say, once they are found sound: the version of `If-Match`.
fn labels(headers: &HeaderMap) -> Result<Option<i64>, Refusal> {
    accepts_json(headers)?;
    is_json(headers)?;
    if_match(headers)
}

/// The length of a short body, as its head says it.
fn announced(headers: &HeaderMap) -> Option<usize> {
    let length = headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()?;
    (length <= BODY_BYTES_UNKNOWN).then_some(length)
}

async fn bytes(body: Body, bytes_max: usize) -> Result<Bytes, Refusal> {
    match Limited::new(body, bytes_max).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(Fault::TooLarge.into()),
        Err(_) => Err(Refusal::structure("Communication", "The body broke off.")),
    }
}

fn created(state: &WebState, post: &Post, sent: &Posted) -> Result<Response, Refusal> {
    let delivered = sent.delivered;
    let in_reply_to = match &post.to {
        Destination::Thread { in_reply_to, .. } => *in_reply_to,
        Destination::New { .. } => None,
    };
    let resource = Message::fresh(&Fresh {
        id: delivered.id,
        thread: delivered.thread,
        patient: post.patient,
        seq: delivered.seq,
        sent_at: sent.sent_at,
        author: sent.author,
        in_reply_to,
        client_msg_id: post.client_msg_id.as_str(),
        ask: post.ask.code(),
        language: &sent.language,
        body: post.body.as_str(),
    });
    let status = if delivered.repeated { StatusCode::OK } else { StatusCode::CREATED };
    let response = match &sent.call {
        Some(numbers) => with_advice(status, delivered.urgency, numbers)?,
        None => answer(status, &resource)?,
    };
    let base = base(&state.app().settings().public_url);
    let location = Url(&base, "Communication", delivered.id).to_string();
    let response = with(response, header::LOCATION, &location)?;
    tagged(response, Version { seq: delivered.seq, corrections: 0 })
}

/// The message was taken and may be about danger to life: the answer is what to tell the person who wrote it, and
/// `Location` says where the message is.
fn with_advice(
    status: StatusCode,
    level: Level,
    (emergency, crisis): &(String, String),
) -> Result<Response, Refusal> {
    let first = match level {
        Level::Crisis => format!("call or text {crisis} now, or {emergency} in danger"),
        _ => format!("call {emergency} now, or {crisis} in a crisis"),
    };
    let text = format!(
        "The message was delivered and is at the top of the team's list. It may not be read in time. Tell the \
         person who wrote it: {first}."
    );
    let bytes = advice(text).ok_or_else(|| Refusal::from(Fault::Internal))?;
    let kind = HeaderValue::from_static(FHIR_JSON);
    Ok((status, [(header::CONTENT_TYPE, kind)], bytes).into_response())
}

fn tagged(response: Response, version: Version) -> Result<Response, Refusal> {
    with(response, header::ETAG, &format!("W/\"{version}\""))
}

fn with(mut response: Response, name: HeaderName, text: &str) -> Result<Response, Refusal> {
    let value = HeaderValue::from_str(text).map_err(|_| Refusal::from(Fault::Internal))?;
    response.headers_mut().insert(name, value);
    Ok(response)
}

/// Refuses a body that is not JSON by its label, or that is compressed.
fn is_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    let taken = ["application/fhir+json", "application/json"];
    let plain = !headers.contains_key(header::CONTENT_ENCODING);
    if plain && taken.iter().any(|ours| kind.eq_ignore_ascii_case(ours)) {
        Ok(())
    } else {
        Err(Fault::MediaType.into())
    }
}

/// The number in the thread that `If-Match` names, as our ETag writes it.
fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Refusal> {
    let mut all = headers.get_all(header::IF_MATCH).iter();
    let Some(value) = all.next() else { return Ok(None) };
    let text = value.to_str().ok().filter(|_| all.next().is_none());
    let seq = text.and_then(|text| {
        let text = text.strip_prefix("W/").unwrap_or(text);
        let text = text.strip_prefix('"')?.strip_suffix('"')?;
        let (seq, corrections) = text.split_once('.').unwrap_or((text, "0"));
        corrections.parse::<u32>().ok()?;
        seq.parse::<i64>().ok().filter(|seq| *seq >= 0)
    });
    match seq {
        Some(seq) => Ok(Some(seq)),
        None => Err(Refusal::parameter("If-Match must hold one version as ETag gave it: W/\"7\".")),
    }
}

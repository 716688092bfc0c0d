//! Conversations: patients of 25 threads of 20 messages of 300 bytes, in order of time, so that a
//! thread's messages lie on many pages as they do in life. Patient and nurse take turns; in 10,000 of
//! them (all, in a smaller store) the patient has the last word, and these lie open in the team's queue.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;

use app::App;
use app::clock::{Clock, SetClock, SystemClock};
use app::communication::{self, Destination, Post};
use app::{notice, sequencer, work};
use domain::ids::{CareTeamId, Id as _, PersonId, ThreadId};
use domain::message::{Ask, Body, ClientMsgId, Line};
use domain::thread::Category;
use domain::work_item::Level;
use serde_json::json;

use crate::people::{self, Patient};
use crate::{Failure, place};

pub const THREADS_PER_PATIENT: usize = 25;
const MESSAGES_PER_THREAD: usize = 20;
const BODY_BYTES: usize = 300;
/// Signed-in patients whose pages and streams are measured.
const SESSIONS: usize = 50;
/// Conversations whose last word is the patient's, so that the team owes an answer.
const OPEN: usize = 10_000;
/// Sessions of the nurse whose list of work is measured.
const NURSE_SESSIONS: usize = 20;
/// Patients whose turns are written at once; the writer puts them into one commit.
const WORKERS: usize = 8;
/// Between two rounds, so that the newest message lies just before now.
const ROUND_S: i64 = 14 * 86_400;

pub fn fill(data: &Path, messages: usize, listen: &str) -> Result<(), Failure> {
    let now = SystemClock.now();
    let rounds = i64::try_from(MESSAGES_PER_THREAD)?;
    let clock = Arc::new(SetClock::new(now.plus_seconds(-rounds * ROUND_S)));
    let app = place::open(data, listen, Arc::<SetClock>::clone(&clock))?;
    let (team, nurse) = people::add_teams(&app)?;
    let patients = (messages / MESSAGES_PER_THREAD / THREADS_PER_PATIENT).max(1);
    let mut threads = vec![Vec::new(); patients];
    let patients: Vec<Patient> =
        in_parallel(&(0..patients).collect::<Vec<_>>(), |n| people::add_patient(&app, *n, team))?;
    let open = (OPEN / patients.len()).min(THREADS_PER_PATIENT);
    let every = 0..THREADS_PER_PATIENT;
    for round in 0..MESSAGES_PER_THREAD {
        clock.set(app.now().plus_seconds(ROUND_S));
        let turns: Vec<(Patient, &Vec<ThreadId>)> =
            patients.iter().copied().zip(&threads).collect();
        let side = |n: usize| if n.is_multiple_of(2) { None } else { Some(nurse) };
        if round + 2 < MESSAGES_PER_THREAD {
            let written = in_parallel(&turns, |(patient, threads)| {
                let which = every.clone();
                write_round(&app, *patient, threads, which, side(round), team, round)
            })?;
            if round == 0 {
                threads = written;
            }
        } else {
            // Where the patient has the last word the nurse has the one before.
            in_parallel(&turns, |(patient, threads)| {
                let which = open..THREADS_PER_PATIENT;
                write_round(&app, *patient, threads, which, side(round), team, round)
            })?;
            let last = round + 1 == MESSAGES_PER_THREAD;
            let author = if last { None } else { Some(nurse) };
            // One of each patient's at a time, so that the list of work mixes patients as a clinic's does.
            for n in 0..open {
                in_parallel(&turns, |(patient, threads)| {
                    write_round(&app, *patient, threads, n..n + 1, author, team, round)?;
                    if last { sort_in(&app, nurse, threads[n], n) } else { Ok(()) }
                })?;
            }
        }
        while sequencer::is_full(sequencer::run(&app)?) {}
        // As a server that runs through these weeks does.
        while notice::enqueue(&app)? > 0 {}
        while sequencer::forget_old(&app)? > 0 {}
    }
    clock.set(now);
    let token = people::add_token(&app, nurse)?;
    let mut pages = Vec::new();
    let mut streams = Vec::new();
    for patient in patients.iter().take(SESSIONS) {
        let cookie = people::add_session(&app, patient.person)?;
        pages.push(json!({ "path": "/", "cookie": cookie }));
        streams.push(json!({ "path": "/live", "cookie": cookie }));
    }
    let mut queues = Vec::new();
    for _ in 0..NURSE_SESSIONS {
        let cookie = people::add_session(&app, nurse)?;
        queues.push(json!({ "path": "/work", "cookie": cookie }));
    }
    while sequencer::is_full(sequencer::run(&app)?) {}
    let listed: Vec<_> = patients
        .iter()
        .zip(&threads)
        .map(|(patient, threads)| {
            let threads: Vec<String> = threads.iter().map(ThreadId::to_string).collect();
            json!({ "id": patient.record.to_string(), "threads": threads })
        })
        .collect();
    let manifest = json!({
        "messages": patients.len() * THREADS_PER_PATIENT * MESSAGES_PER_THREAD,
        "token": token,
        "patients": listed,
        "pages": pages,
        "queues": queues,
        "streams": streams,
    });
    fs::write(data.join("bench.json"), manifest.to_string())?;
    Ok(())
}

/// Runs `one` for each of `all` on a few threads; the results in the order of `all`.
pub fn in_parallel<T: Sync, R: Send>(
    all: &[T],
    one: impl Fn(&T) -> Result<R, Failure> + Sync,
) -> Result<Vec<R>, Failure> {
    let found = Mutex::new(Vec::with_capacity(all.len()));
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| {
                let (found, one) = (&found, &one);
                scope.spawn(move || -> Result<(), Failure> {
                    for (n, item) in all.iter().enumerate().skip(worker).step_by(WORKERS) {
                        let result = one(item)?;
                        found.lock().map_err(|_| "a worker panicked")?.push((n, result));
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a worker panicked")?)
    })?;
    let mut found = found.into_inner().map_err(|_| "a worker panicked")?;
    found.sort_by_key(|(n, _)| *n);
    Ok(found.into_iter().map(|(_, result)| result).collect())
}

/// Most of what the nurse held before goes back to the team; some is due today.
fn sort_in(app: &App, nurse: PersonId, thread: ThreadId, n: usize) -> Result<(), Failure> {
    let actor = people::actor(app, nurse)?;
    Ok(app.write(&actor, move |cx| {
        if n % 5 == 4 {
            work::set_level(cx, thread, Level::TODAY, None, None)?;
        }
        if thread.as_uuid().as_u128().is_multiple_of(100) {
            Ok(())
        } else {
            work::release(cx, thread, None)
        }
    })?)
}

/// A message in some of a patient's threads, in one transaction; the threads.
pub fn write_round(
    app: &App,
    patient: Patient,
    threads: &[ThreadId],
    which: Range<usize>,
    nurse: Option<PersonId>,
    team: CareTeamId,
    round: usize,
) -> Result<Vec<ThreadId>, Failure> {
    let actor = people::actor(app, nurse.unwrap_or(patient.person))?;
    let posts: Result<Vec<Post>, Failure> = which
        .map(|n| {
            let to = match threads.get(n) {
                Some(thread) => {
                    Destination::Thread { thread: *thread, in_reply_to: None, base_seq: None }
                }
                None => Destination::New {
                    team,
                    category: Category::Condition,
                    headline: Line::headline(&format!("Swollen ankles in the evening, {n}"))?,
                    encounter: None,
                },
            };
            Ok(Post {
                patient: patient.record,
                to,
                author: None,
                body: Body::parse(&text(round, n))?,
                ask: Ask::Inform,
                language: Some("en".to_owned()),
                client_msg_id: ClientMsgId::parse(&format!("{}-{round}-{n}", patient.record))?,
            })
        })
        .collect();
    let posts = posts?;
    Ok(app.write(&actor, move |cx| {
        posts.iter().map(|post| Ok(communication::send(cx, post)?.delivered.thread)).collect()
    })?)
}

fn text(round: usize, n: usize) -> String {
    let mut text = format!("Message {round} about matter {n}. ");
    while text.len() < BODY_BYTES {
        text.push_str("Thank you. The swelling is less in the morning. ");
    }
    text.truncate(BODY_BYTES);
    // White space at the end would be cut off.
    text.replace_range(BODY_BYTES - 1.., ".");
    text
}

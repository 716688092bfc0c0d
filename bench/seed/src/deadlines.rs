//! How open items follow a changed calendar: each is an answer owed to a patient, whose deadline is
//! reckoned anew when tomorrow becomes a holiday.
//!
//! Measured twice: alone, for the time and the longest writing of a chunk, and while a patient keeps sending, for how
//! long the chunks make a send wait.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use app::admin::dates::{self, Owner};
use app::clock::SystemClock;
use app::communication::{self, Destination, Post};
use app::{App, deadline, sequencer};
use domain::access::Actor;
use domain::calendar::Day;
use domain::ids::{CareTeamId, ThreadId};
use domain::message::{Ask, Body, ClientMsgId};
use serde_json::json;

use crate::fill::{THREADS_PER_PATIENT, in_parallel, write_round};
use crate::people::{self, Patient};
use crate::{Failure, place};

/// Between two sends of the patient who keeps sending.
const SEND_EVERY: Duration = Duration::from_millis(3);

/// Fills a new store, changes the calendar twice and prints what was found as JSON.
pub fn measure(data: &Path, items: usize) -> Result<(), Failure> {
    let app = place::open(data, "127.0.0.1:8080", Arc::new(SystemClock))?;
    let (team, _) = people::add_teams(&app)?;
    let patients: Vec<usize> = (0..items.div_ceil(THREADS_PER_PATIENT).max(1)).collect();
    let filled = in_parallel(&patients, |n| {
        let patient = people::add_patient(&app, *n, team)?;
        Ok((patient, write_round(&app, patient, &[], 0..THREADS_PER_PATIENT, None, team, 0)?))
    })?;
    while sequencer::is_full(sequencer::run(&app)?) {}
    let alone = follow(&app, team, 1)?;
    let sender = filled.first().ok_or("no patient")?;
    let over = AtomicBool::new(false);
    let (beside, mut waits) = thread::scope(|scope| {
        let sending = scope.spawn(|| keep_sending(&app, sender.0, sender.1[0], &over));
        let beside = follow(&app, team, 2);
        over.store(true, Ordering::Relaxed);
        (beside, sending.join().map_err(|_| Failure::from("the sender panicked")))
    });
    let (beside, waits) = (beside?, waits.as_mut().map_err(|error| error.to_string())?);
    let waits = waits.as_mut().map_err(|error| error.to_string())?;
    waits.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    let found = json!({
        "items": alone.items,
        "seconds": alone.time.as_secs_f64(),
        "cpu_seconds": alone.cpu_seconds,
        "chunks": alone.chunks,
        "chunk_max_ms": ms(alone.longest),
        "items_beside": beside.items,
        "seconds_beside": beside.time.as_secs_f64(),
        "sends": waits.len(),
        "send_p50_ms": ms(waits.get(waits.len() / 2).copied().unwrap_or_default()),
        "send_max_ms": ms(waits.last().copied().unwrap_or_default()),
    });
    println!("{found}");
    Ok(())
}

struct Followed {
    items: usize,
    time: Duration,
    cpu_seconds: f64,
    chunks: usize,
    longest: Duration,
}

/// Makes the date `ahead` days from today a holiday of the team, and brings everything to it as the
/// worker does.
fn follow(app: &App, team: CareTeamId, ahead: usize) -> Result<Followed, Failure> {
    app.write(&Actor::system(), move |cx| {
        let mut day = dates::list(cx, Owner::Team(team))?.today;
        for _ in 0..ahead {
            day = day.tomorrow().map_err(|error| app::Error::Internal(error.to_string()))?;
        }
        dates::put(cx, Owner::Team(team), day, &Day::default(), "Holiday")
    })?;
    let (began, cpu) = (Instant::now(), cpu_seconds()?);
    let mut found = Followed {
        items: 0,
        time: Duration::ZERO,
        cpu_seconds: 0.0,
        chunks: 0,
        longest: Duration::ZERO,
    };
    while let Some(chunk) = deadline::stale_chunk(app)? {
        let writing = Instant::now();
        found.items += deadline::write_chunk(app, chunk)?;
        found.longest = found.longest.max(writing.elapsed());
        found.chunks += 1;
    }
    found.time = began.elapsed();
    found.cpu_seconds = cpu_seconds()? - cpu;
    Ok(found)
}

/// How long each send of a patient took, until it is over.
fn keep_sending(
    app: &App,
    patient: Patient,
    thread: ThreadId,
    over: &AtomicBool,
) -> Result<Vec<Duration>, Failure> {
    let actor = people::actor(app, patient.person)?;
    let mut waits = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let post = Post {
            patient: patient.record,
            to: Destination::Thread { thread, in_reply_to: None, base_seq: None },
            author: None,
            body: Body::parse("It is better today.")?,
            ask: Ask::Inform,
            language: Some("en".to_owned()),
            client_msg_id: ClientMsgId::parse(&format!("beside-{}", waits.len()))?,
        };
        let began = Instant::now();
        app.write(&actor, move |cx| communication::send(cx, &post).map(|_| ()))?;
        waits.push(began.elapsed());
        thread::sleep(SEND_EVERY);
    }
    Ok(waits)
}

/// User and system time of this process in seconds: ticks of 1/100 s (proc(5), fields 14 and 15).
fn cpu_seconds() -> Result<f64, Failure> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or("").split(' ').collect();
    let ticks = |n: usize| fields.get(n).and_then(|field| field.parse::<f64>().ok());
    Ok((ticks(11).ok_or("no CPU time")? + ticks(12).ok_or("no CPU time")?) / 100.0)
}

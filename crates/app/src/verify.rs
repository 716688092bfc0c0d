//! Recomputes everything derived and opens every sealed value, and names what differs.
//!
//! It works in chunks by key, each in its own snapshot with its own permit and audit row, so that a
//! server goes on meanwhile. A finding names a rule and the id of a row, never any content.
//! Deliberately absent: repairs, because what differs wants a person to look first.

use domain::access::Actor;
use domain::ids::{Id as _, PatientId, ThreadId};
use domain::message::Side;
use serde::Serialize;
use store::access::Administer;
use store::seal::{KeyOwner, Place};
use store::verify::{self as rows, Ledger, PatientLog, SealedTable, Shown, ThreadFacts};
use uuid::Uuid;

use crate::content::thread_owner;
use crate::cx::App;
use crate::error::Result;

/// Threads looked at in one snapshot.
const THREADS: i64 = 200;
/// Sealed values opened in one snapshot.
const VALUES: i64 = 500;
/// Positions counted in one snapshot.
const POSITIONS: i64 = 20_000;

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule that is broken.
    pub rule: &'static str,
    /// The table and the id of the row that breaks it.
    pub at: String,
}

/// What was looked at and what differs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Threads compared with their rows.
    pub threads: u64,
    /// Sealed values opened.
    pub values: u64,
    /// Positions of the record of accesses and the outbox.
    pub positions: u64,
    /// What differs; empty when all is well.
    pub findings: Vec<Finding>,
}

impl Report {
    fn find(&mut self, rule: &'static str, at: impl Into<String>) {
        self.findings.push(Finding { rule, at: at.into() });
    }

    fn must(&mut self, holds: bool, rule: &'static str, at: &str) {
        if !holds {
            self.find(rule, at);
        }
    }
}

/// Looks at everything. `progress` hears how many things have been looked at.
///
/// Errors: what the database or the key store say; a finding is no error.
pub fn run(app: &App, mut progress: impl FnMut(u64)) -> Result<Report> {
    let mut report = Report::default();
    threads(app, &mut report, &mut progress)?;
    for table in SealedTable::ALL {
        values(app, table, &mut report, &mut progress)?;
    }
    for ledger in [Ledger::Audit, Ledger::Change] {
        positions(app, ledger, &mut report, &mut progress)?;
    }
    patient_logs(app, &mut report)?;
    Ok(report)
}

fn threads(app: &App, report: &mut Report, progress: &mut impl FnMut(u64)) -> Result<()> {
    let mut after = ThreadId::from_uuid(Uuid::nil());
    loop {
        let chunk = app.read(&Actor::system(), |cx| {
            let permit = cx.authorize::<Administer>(())?;
            Ok(rows::threads(cx.tx(), &permit, after, THREADS)?)
        })?;
        let Some(last) = chunk.last() else { return Ok(()) };
        after = last.id;
        for thread in &chunk {
            report.threads += 1;
            look_at(app, thread, report);
        }
        progress(report.threads);
    }
}

/// Compares a thread's counter, openness and rows with its messages and lines.
fn look_at(app: &App, thread: &ThreadFacts, report: &mut Report) {
    let at = format!("thread {}", thread.id);
    let dense = thread.entries == thread.last_seq
        && thread.numbers == thread.last_seq
        && thread.highest == thread.last_seq;
    report.must(dense, "the numbers of a thread's messages and lines are 1 to its counter", &at);
    report.must(thread.doubled_parties == 0, "a party takes part once at a time", &at);
    let said = thread.newest.map_or(0, |newest| newest.seq);
    let open = thread.closed_seq == 0 || thread.reopened_seq.max(said) > thread.closed_seq;
    report.must(open || thread.open_items == 0, "a closed thread's owner has no open work", &at);
    for party in &thread.rows {
        match (&party.row, thread.newest) {
            (None, None) => {}
            (None, Some(_)) => report.find("every party has an inbox row", &*at),
            (Some(_), None) => report.find("an inbox row stands for a message", &*at),
            (Some(row), Some(_)) => compare(app, thread, &party.party, row, open, report),
        }
    }
}

fn compare(
    app: &App,
    thread: &ThreadFacts,
    party: &str,
    row: &Shown,
    open: bool,
    report: &mut Report,
) {
    let Some(newest) = thread.newest else { return };
    let at = format!("inbox_row of {party}, thread {}", thread.id);
    let same = row.newest.0 == newest.seq
        && row.newest.1 == newest.at
        && row.newest.2 == newest.side.code();
    report.must(same, "an inbox row shows the newest message", &at);
    report.must(row.is_open == open, "an inbox row is open while its thread is", &at);
    let side = if party == "patient" { Side::Patient } else { Side::Team };
    let incoming = side != newest.side || thread.staff;
    let settled = !open || thread.reopened_seq > newest.seq;
    // Its side owes an answer to what was written before it.
    let crossed = newest.crossed && side == Side::Team;
    report.must(incoming || crossed || !row.needs_reply, "who wrote last owes no answer", &at);
    report.must(open || !row.needs_reply, "a closed thread owes no answer", &at);
    report.must(row.needs_reply || !row.asked, "what is asked wants an answer", &at);
    if incoming && !settled {
        let owed = side == Side::Team || newest.questions > 0;
        report.must(!owed || row.needs_reply, "what the other side asks wants an answer", &at);
    }
    let place = Place::new("inbox_row", &thread.id, "preview_sealed", row.newest.0);
    let opened = app.keys().open(thread_owner(thread.patient, None), &place, &row.preview);
    report.must(opened.is_ok(), "every sealed value opens in its place", &at);
}

fn values(
    app: &App,
    table: SealedTable,
    report: &mut Report,
    progress: &mut impl FnMut(u64),
) -> Result<()> {
    let (name, field) = table.names();
    let mut after = Uuid::nil();
    loop {
        let chunk = app.read(&Actor::system(), |cx| {
            let permit = cx.authorize::<Administer>(())?;
            Ok(rows::sealed(cx.tx(), &permit, table, after, VALUES)?)
        })?;
        let Some(last) = chunk.last() else { return Ok(()) };
        after = last.id;
        for row in &chunk {
            report.values += 1;
            let owner = match (row.patient, row.person) {
                (Some(patient), _) => KeyOwner::Patient(patient),
                (None, Some(person)) => KeyOwner::Person(person),
                (None, None) => KeyOwner::Deployment,
            };
            let key = domain::ids::ResourceId::from_uuid(row.id);
            let place = Place::new(name, &key, field, row.version);
            if app.keys().open(owner, &place, &row.sealed).is_err() {
                report.find("every sealed value opens in its place", format!("{name} {}", row.id));
            }
        }
        progress(report.values);
    }
}

/// Positions go up to the counter without a gap, each once.
fn positions(
    app: &App,
    ledger: Ledger,
    report: &mut Report,
    progress: &mut impl FnMut(u64),
) -> Result<()> {
    let name = match ledger {
        Ledger::Audit => "audit_event",
        Ledger::Change => "change",
    };
    let mut from = app.read(&Actor::system(), |cx| {
        let permit = cx.authorize::<Administer>(())?;
        Ok(rows::forgotten(cx.tx(), &permit, ledger)?)
    })?;
    loop {
        let (top, count, beyond) = app.read(&Actor::system(), |cx| {
            let permit = cx.authorize::<Administer>(())?;
            let top = rows::counter(cx.tx(), &permit, ledger)?;
            let to = top.min(from + POSITIONS);
            let count = rows::numbered(cx.tx(), &permit, ledger, from, to)?;
            Ok((top, count, rows::numbered(cx.tx(), &permit, ledger, top, i64::MAX)?))
        })?;
        let to = top.min(from + POSITIONS);
        let at = format!("{name} after {from}");
        report.must(count == to - from, "positions have no gap", &at);
        report.must(beyond == 0, "no position is above the counter", name);
        report.positions += u64::try_from(count).unwrap_or(0);
        progress(report.positions);
        from = to;
        if from >= top {
            return Ok(());
        }
    }
}

fn patient_logs(app: &App, report: &mut Report) -> Result<()> {
    let mut after = PatientId::from_uuid(Uuid::nil());
    loop {
        let chunk: Vec<PatientLog> = app.read(&Actor::system(), |cx| {
            let permit = cx.authorize::<Administer>(())?;
            Ok(rows::patient_logs(cx.tx(), &permit, after, THREADS)?)
        })?;
        let Some(last) = chunk.last() else { return Ok(()) };
        after = last.patient;
        for log in &chunk {
            let gapless =
                log.rows == log.value && log.positions == log.value && log.highest == log.value;
            let at = format!("patient_audit {}", log.patient);
            report.must(gapless, "a patient's own log has no gap", &at);
        }
    }
}

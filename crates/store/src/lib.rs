//! SQL, encryption at rest and permits: the only crate that knows a database.
//!
//! One file per noun of the domain, with the same name. Store functions on patient data take a
//! [`access::Permit`]; lists are bounded by a [`access::Scope`]. Deliberately absent: rules (domain)
//! and the order of steps (app).

pub mod absence;
pub mod access;
pub mod access_token;
pub mod address_undo;
pub mod administrative_end;
pub mod announcement;
pub mod answers;
pub mod audit_event;
pub mod backup;
pub mod callback;
pub mod care_team;
pub mod change;
pub mod chart;
pub mod circle;
pub mod clockwork;
pub mod contact_point;
pub mod credential;
pub mod crossed;
pub mod db;
pub mod device;
pub mod direct;
pub mod draft;
pub mod draft_share;
pub mod duplicate;
pub mod enrolment;
pub mod equity;
pub mod figures;
pub mod gauge;
pub mod grant;
pub mod imported;
pub mod inbox_row;
pub mod merge;
pub mod message;
pub mod migrate;
pub mod migrations;
pub mod notice;
pub mod organization;
pub mod pass;
pub mod patient;
pub mod person;
pub mod plan_limit;
pub mod practitioner;
pub mod precision;
pub mod read_back;
pub mod read_mark;
pub mod refile;
pub mod roster;
pub mod routing;
pub mod saved_reply;
pub mod screening;
pub mod seal;
pub mod search;
pub mod session;
pub mod site_rules;
pub mod site_safety;
pub mod snooze;
pub mod staff_note;
pub mod succession;
pub mod team_clock;
pub mod team_forecast;
pub mod team_settings;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod thread;
pub mod throttle;
pub mod urgency_check;
pub mod verify;
pub mod work_act;
pub mod work_item;

use db::{DbError, Row};

/// Reads a stored code; `Decode` when it is none of the known ones.
pub(crate) fn code<T>(
    row: &Row,
    index: usize,
    from_code: impl Fn(&str) -> Option<T>,
) -> Result<T, DbError> {
    let text: String = row.get(index)?;
    from_code(&text).ok_or_else(|| DbError::Decode(format!("unknown code in column {index}")))
}

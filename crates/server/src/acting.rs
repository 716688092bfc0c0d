//! Administration commands, carried out by the running server that is asked over its socket, or by the
//! command itself when no server runs.
//!
//! Either way the local administrator acts: the record names the system as actor. Deliberately absent:
//! asking who is at the keyboard; whoever may open the data folder is the administrator.

mod admin;
mod files;
mod find;
mod roster;
mod routing;
mod site;
mod site_rules;
mod team;

use app::{App, Error};
use serde_json::Value;

use crate::admin_socket::{self, AdminReply, AdminRequest};
use crate::command::Failure;
use crate::data_lock::DataLock;
use crate::open::{self, Opened};
use crate::place::Located;

/// How far a command has come: steps done, steps in all.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// Seconds an access token of the command line lives: a week.
const TOKEN_LIFE_S: i64 = 7 * 24 * 3_600;
/// What a token may do when nothing is said: everything its person may.
const TOKEN_SCOPE: &str = "user/*.cruds";

/// Has the running server carry out `request`, or does it here when none runs.
///
/// # Errors
/// [`Failure`] of the request itself, or when the folder or the database cannot be used.
pub fn carry_out(
    place: &Located,
    request: AdminRequest,
    progress: Progress<'_>,
) -> Result<Value, Failure> {
    let asked = admin_socket::ask(&place.data_dir, &request, &mut *progress)
        .map_err(|error| Failure::failed(format!("the running server: {error}")))?;
    match asked {
        Some(AdminReply::Done { data }) => Ok(data),
        Some(AdminReply::Failed { misused, sentence }) => Err(Failure { misused, sentence }),
        Some(AdminReply::Progress { .. }) => {
            Err(Failure::failed("the running server broke off; see its log"))
        }
        None => {
            let _lock = DataLock::take(&place.data_dir).map_err(Failure::failed)?;
            let app = Opened::open(place)?.app(open::settings(place));
            act(&app, request, progress)
        }
    }
}

/// Carries out a request that came over the socket.
pub fn reply(app: &App, request: AdminRequest, progress: Progress<'_>) -> AdminReply {
    match act(app, request, progress) {
        Ok(data) => AdminReply::Done { data },
        Err(Failure { misused, sentence }) => AdminReply::Failed { misused, sentence },
    }
}

fn act(app: &App, request: AdminRequest, progress: Progress<'_>) -> Result<Value, Failure> {
    match request {
        AdminRequest::Ping => Ok(Value::Null),
        AdminRequest::Admin { command } => admin::act(app, command),
        AdminRequest::Token { username, scope } => token(app, &username, &scope),
        AdminRequest::Verify => {
            let report = app::verify::run(app, |done| progress(done, 0))
                .map_err(|error| said("the record", error))?;
            serde_json::to_value(report).map_err(Failure::failed)
        }
        AdminRequest::Import { source, files } => files::import(app, &source, &files, progress),
    }
}

/// A token acts as its person without their password, so only people who are not real get one.
fn token(app: &App, username: &str, scope: &[String]) -> Result<Value, Failure> {
    if !app.settings().demo {
        return Err(Failure::failed(
            "tokens are made for people of a demo only; a program of this deployment needs a \
             service client, which this version does not have yet",
        ));
    }
    let scope = if scope.is_empty() { TOKEN_SCOPE.to_owned() } else { scope.join(" ") };
    let actor = domain::access::Actor::system();
    let made = app::access_token::add(app, &actor, username, &scope, TOKEN_LIFE_S)
        .map_err(|error| said("the person or the scope", error))?;
    tracing::info!(token = %made.id, "local administrator made an access token");
    Ok(serde_json::json!({
        "id": made.id.to_string(), "token": made.token.expose(), "scope": scope,
        "expires_in": TOKEN_LIFE_S,
    }))
}

/// Who can be a member of a team, for an operator who named somebody else.
const MEMBERS: &str = "a member of a team is a clinician, a nurse or of the front desk (roles \
    clinician, nurse, desk), and this person has another role";

/// For an operator whose hours never open.
const NEVER_OPENS: &str = "the team never opens: give at least one day hours, such as \
    \"mon 08:00-17:00\"";

/// For an operator whose hours cannot be read.
const HOURS: &str = "hours are written day by day, such as \"mon 08:00-12:00 13:00-17:00; \
    tue 08:00-17:00\", each ending later than it begins and none overlapping";

/// An operation's error as one sentence for the operator.
fn said(what: &str, error: Error) -> Failure {
    match error {
        Error::NotFound => Failure::failed(format!(
            "{what}: there is no such thing, or it has ended; look with `tidings admin … list`"
        )),
        Error::Invalid(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| match field.max {
                    _ if (field.field, field.problem) == ("person", "role") => MEMBERS.to_owned(),
                    _ if field.problem == "number" => {
                        format!(
                            "{} is no phone number: write it like 555-0100 or +1 555 0100",
                            field.field
                        )
                    }
                    _ if field.problem == "needed" && site::NEEDED.contains(&field.field) => {
                        site::CHECK_NEEDS.to_owned()
                    }
                    _ if field.problem == "never-opens" => NEVER_OPENS.to_owned(),
                    _ if field.problem == "hours" => HOURS.to_owned(),
                    _ if field.field == "activate" => team::lack(field.problem).to_owned(),
                    _ if field.problem == "last-desk" => team::LAST_DESK.to_owned(),
                    _ if field.problem == "nobody-follows" => team::NOBODY_FOLLOWS.to_owned(),
                    _ if field.problem == "announcing" => team::ANNOUNCING.to_owned(),
                    _ if field.problem == "never" => roster::NEVER.to_owned(),
                    _ if field.problem == "circle" => team::CIRCLE.to_owned(),
                    _ if field.problem == "last-resort" => team::LAST_RESORT.to_owned(),
                    _ if field.problem == "needed" => {
                        format!("an active team keeps its {}", field.field.replace('_', " "))
                    }
                    _ if field.problem == "member" => {
                        format!("{} must be a member of the team who may answer", field.field)
                    }
                    Some(max) => format!("{} is {} (at most {max})", field.field, field.problem),
                    None => format!("{} is {}", field.field, field.problem),
                })
                .collect();
            Failure::misused(format!("{what}: {}; correct it", fields.join(", ")))
        }
        Error::Conflict(_) => {
            Failure::failed(format!("{what}: it was changed meanwhile or exists; list and retry"))
        }
        Error::Full => Failure::failed("the disk is full; make room, then try again"),
        Error::Unavailable => Failure::failed("the database does not answer; try again"),
        other => {
            tracing::error!(error = %other, "an administration command failed");
            Failure::failed(format!("{what}: {other}"))
        }
    }
}

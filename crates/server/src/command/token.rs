//! `tidings token`: an access token for scripts.

use super::Failure;
use crate::acting;
use crate::admin_socket::AdminRequest;
use crate::cli::Token;
use crate::place::Located;

/// Makes the token and prints it, alone on its line unless JSON is asked for.
///
/// # Errors
/// [`Failure`] that says what to do.
pub fn run(command: &Token) -> Result<(), Failure> {
    let place = Located::find(&command.place)?;
    let request =
        AdminRequest::Token { username: command.username.clone(), scope: command.scope.clone() };
    let data = acting::carry_out(&place, request, &mut |_, _| {})?;
    if command.json {
        return super::print(&format!("{data:#}\n"));
    }
    let token = data.get("token").and_then(serde_json::Value::as_str).unwrap_or_default();
    super::print(&format!("{token}\n"))
}

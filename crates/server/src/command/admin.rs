//! `tidings admin`: by the running server when there is one, so that it acts at once.

use std::io::Read as _;

use app::admin::dates::CALENDAR_MAX;
use serde_json::Value;

use super::Failure;
use crate::acting;
use crate::admin_socket::AdminRequest;
use crate::cli::Admin;
use crate::cli::admin::{AdminCommand, SiteVerb};
use crate::cli::routing::RoutingVerb;
use crate::cli::site_rules::SiteRulesVerb;
use crate::place::Located;

/// Carries out the command and prints its outcome.
///
/// # Errors
/// [`Failure`] that says what to do.
pub fn run(command: &Admin) -> Result<(), Failure> {
    let place = Located::find(&command.place)?;
    let mut inner = command.command.clone();
    if let AdminCommand::Site(SiteVerb::Holidays(holidays)) = &mut inner {
        holidays.text = text_of(&holidays.file, "take out past years")?;
    }
    if let AdminCommand::Routing(RoutingVerb::Set(set)) = &mut inner {
        set.text = text_of(&set.file, "put rules together")?;
    }
    match &mut inner {
        AdminCommand::Site(SiteVerb::Rules(SiteRulesVerb::Set(set))) => {
            set.text = text_of(&set.file, "keep fewer rules")?;
        }
        AdminCommand::Site(SiteVerb::Rules(SiteRulesVerb::Try(trial))) => {
            if let Some(file) = &trial.file {
                trial.text = text_of(file, "keep fewer rules")?;
            }
        }
        _ => {}
    }
    let request = AdminRequest::Admin { command: inner };
    let data = acting::carry_out(&place, request, &mut |_, _| {})?;
    let text = if command.json { format!("{data:#}\n") } else { table(&data) };
    super::print(&text)
}

/// A calendar or rule file, read here: the server may not see the folder of whoever types.
fn text_of(file: &std::path::Path, shorter: &str) -> Result<String, Failure> {
    let name = file.display();
    let unread = |error: std::io::Error| Failure::failed(format!("{name}: {error}"));
    let mut text = String::new();
    let limit = u64::try_from(CALENDAR_MAX).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(file)
        .map_err(unread)?
        .take(limit)
        .read_to_string(&mut text)
        .map_err(unread)?;
    if text.len() > CALENDAR_MAX {
        return Err(Failure::failed(format!(
            "{name} is longer than {CALENDAR_MAX} bytes; {shorter}, then try again"
        )));
    }
    Ok(text)
}

/// A list as aligned columns, one thing as lines of name and value.
fn table(data: &Value) -> String {
    match data {
        Value::Array(rows) if rows.is_empty() => "None.\n".to_owned(),
        Value::Array(rows) => columns(rows),
        Value::Object(fields) => fields.iter().fold(String::new(), |all, (name, value)| {
            let inner = match value {
                Value::Array(rows) if rows.iter().any(Value::is_object) => {
                    let lines = columns(rows);
                    format!("\n{}", indented(&lines))
                }
                // A text of several lines stays one: a site's rules are read line by line.
                Value::String(text) if text.trim_end().contains('\n') => {
                    let lines = text.lines().map(|line| cell(&Value::from(line.trim_end())));
                    let lines = lines.map(|line| if line == "-" { String::new() } else { line });
                    format!("\n{}", indented(&lines.collect::<Vec<_>>().join("\n")))
                }
                other => format!(" {}\n", cell(other)),
            };
            format!("{all}{name}:{inner}")
        }),
        other => format!("{}\n", cell(other)),
    }
}

fn indented(lines: &str) -> String {
    lines.lines().fold(String::new(), |all, line| format!("{all}  {line}\n"))
}

fn columns(rows: &[Value]) -> String {
    let names: Vec<&str> = rows
        .first()
        .and_then(Value::as_object)
        .map(|row| row.keys().map(String::as_str).collect())
        .unwrap_or_default();
    let mut lines = vec![names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()];
    lines.extend(
        rows.iter().map(|row| {
            names.iter().map(|name| cell(row.get(name).unwrap_or(&Value::Null))).collect()
        }),
    );
    let mut widths = vec![0; names.len()];
    for line in &lines {
        for (width, text) in widths.iter_mut().zip(line) {
            *width = (*width).max(text.chars().count());
        }
    }
    lines.iter().fold(String::new(), |all, line| {
        let padded: Vec<String> =
            line.iter().zip(&widths).map(|(text, width)| format!("{text:width$}")).collect();
        format!("{all}{}\n", padded.join("  ").trim_end())
    })
}

/// A value on one line; control characters of a name never reach the terminal.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => "-".to_owned(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_columns_and_one_thing_is_lines() {
        let list = json!([{"id": "1", "name": "Ana\u{1b}[31m"}, {"id": "22", "name": null}]);
        assert_eq!(table(&list), "id  name\n1   Ana [31m\n22  -\n");
        assert_eq!(table(&json!([])), "None.\n");
        let one = json!({"id": "1", "teams": [{"a": true}], "z": ""});
        assert_eq!(table(&one), "id: 1\nteams:\n  a\n  yes\nz: -\n");
        let text = json!({"text": "rule x\r\n  en: a\u{1b}[31m\n\nlast\n", "v": "one\n"});
        assert_eq!(table(&text), "text:\n  rule x\n    en: a [31m\n  \n  last\nv: one \n");
    }
}

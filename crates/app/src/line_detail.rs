//! What stands in `thread_event.detail_sealed`: a code or a name, and on the next line, as JSON with short
//! keys, what more was said.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What more is known of a line. Everything may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineDetail {
    /// What was asked for, to whom it went, or where it was answered, in plain words.
    #[serde(rename = "w", default, skip_serializing_if = "String::is_empty")]
    pub what: String,
    /// The day it is for, or happened on: `YYYY-MM-DD`.
    #[serde(rename = "d", default, skip_serializing_if = "String::is_empty")]
    pub on: String,
    /// Who did it, by the name they had then.
    #[serde(rename = "n", default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// To whom, by the name they had then.
    #[serde(rename = "t", default, skip_serializing_if = "String::is_empty")]
    pub to: String,
    /// When it happened, in microseconds since 1970 UTC, when that is not when it was written down; else 0.
    #[serde(rename = "a", default)]
    pub at: i64,
    /// What was said with it.
    #[serde(rename = "r", default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
}

impl LineDetail {
    /// The detail to be sealed: the code alone when nothing more is known.
    ///
    /// Errors: `Internal` when it cannot be written, which does not happen.
    pub(crate) fn with(&self, code: &str) -> Result<String> {
        if *self == Self::default() {
            return Ok(code.to_owned());
        }
        let more = serde_json::to_string(self).map_err(|e| Error::Internal(e.to_string()))?;
        Ok(format!("{code}\n{more}"))
    }

    /// The code or name of a detail, and what more was said; a text of another shape is a remark.
    pub(crate) fn read(detail: &str) -> (String, Self) {
        let Some((code, more)) = detail.split_once('\n') else {
            return (detail.to_owned(), Self::default());
        };
        let more = serde_json::from_str(more)
            .unwrap_or_else(|_| Self { remark: more.to_owned(), ..Self::default() });
        (code.to_owned(), more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_reads_as_it_was_written() {
        let more = LineDetail {
            what: "a {\"w\":1} refill\nof two".to_owned(),
            on: "2026-11-25".to_owned(),
            ..LineDetail::default()
        };
        let written = more.with("refill").unwrap();
        assert_eq!(LineDetail::read(&written), ("refill".to_owned(), more));
        assert_eq!(LineDetail::default().with("x").unwrap(), "x");
        assert_eq!(LineDetail::read("Heart clinic").0, "Heart clinic");
        assert_eq!(LineDetail::read("order\nKept.").1.remark, "Kept.");
    }
}

//! SQL text that can only be a literal of the sources.

/// A statement in the dialect both engines understand, with `$1` placeholders. Made by
/// [`sql!`](crate::sql) from a literal and by nothing else, so that no value can become text.
#[derive(Debug, Clone, Copy)]
pub struct Sql {
    text: &'static str,
    lite: &'static str,
}

impl Sql {
    /// For the expansion of [`sql!`](crate::sql) only; a tidy test looks for other callers.
    /// `lite` is the text as rewritten by [`Sql::rewritten`].
    #[doc(hidden)]
    #[must_use]
    pub const fn from_literal(text: &'static str, lite: &'static [u8]) -> Self {
        match std::str::from_utf8(lite) {
            Ok(lite) => Self { text, lite },
            // Rewriting swaps one ASCII byte for another, so the text stays UTF-8.
            Err(_) => Self { text, lite: text },
        }
    }

    /// The text with every placeholder `$1` outside quotes and comments written `?1`, as SQLite
    /// needs it (it takes `$1` for a *name* and would number it by first appearance). The length
    /// is the same, so this runs at compile time.
    #[doc(hidden)]
    #[must_use]
    pub const fn rewritten<const N: usize>(text: &str) -> [u8; N] {
        let mut out = [b' '; N];
        let mut from = text.as_bytes();
        let mut to: &mut [u8] = &mut out;
        // 0 outside; b'\'' or b'"' inside such quotes; b'-' inside a line comment.
        let mut inside = 0_u8;
        while let ([byte, rest @ ..], [slot, slots @ ..]) = (from, to) {
            *slot = *byte;
            match (inside, *byte) {
                (0, b'\'' | b'"') => inside = *byte,
                (0, b'-') if matches!(rest, [b'-', ..]) => inside = b'-',
                (0, b'$') if matches!(rest, [b'0'..=b'9', ..]) => *slot = b'?',
                (b'\'', b'\'') | (b'"', b'"') | (b'-', b'\n') => inside = 0,
                _ => {}
            }
            from = rest;
            to = slots;
        }
        out
    }

    /// The text as written, which is PostgreSQL's.
    #[must_use]
    pub const fn postgres(&self) -> &'static str {
        self.text
    }

    /// The text for SQLite.
    #[must_use]
    pub const fn sqlite(&self) -> &'static str {
        self.lite
    }
}

/// Makes a [`Sql`](crate::db::Sql) from a string literal: `sql!("SELECT id FROM thread WHERE id = $1")`.
///
/// Anything but a literal does not compile:
/// ```compile_fail
/// let table = "thread";
/// let _ = store::sql!(table);
/// ```
#[macro_export]
macro_rules! sql {
    ($text:literal) => {
        const {
            const TEXT: &str = $text;
            const LITE: [u8; TEXT.len()] = $crate::db::Sql::rewritten(TEXT);
            $crate::db::Sql::from_literal(TEXT, &LITE)
        }
    };
}

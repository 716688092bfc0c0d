//! Forms that bring a file (RFC 7578): each part's name with its content, which must be text.
//!
//! Deliberately absent: file names, kinds of content and transfer encodings, which nothing here needs, and
//! anything that is not UTF-8.

/// The longest boundary (RFC 2046, 5.1.1).
const BOUNDARY_MAX: usize = 70;
/// The longest head of a part, in bytes.
const HEAD_MAX: usize = 4_000;

/// The boundary that a content type names; `None` when it names none that may be.
pub(super) fn boundary(kind: &str) -> Option<&str> {
    let (_, parameters) = kind.split_once(';')?;
    let named = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then_some(value.trim().trim_matches('"'))
    })?;
    let allowed = |c: char| c.is_ascii_graphic() && c != '"' && c != ';';
    let fits = !named.is_empty() && named.len() <= BOUNDARY_MAX && named.chars().all(allowed);
    fits.then_some(named)
}

/// The parts of a body as pairs of name and text, in their order; `None` when it is not such a body, has
/// more than `most` parts, or brings something that is not text.
pub(super) fn fields(bytes: &[u8], boundary: &str, most: usize) -> Option<Vec<(String, String)>> {
    let opening = format!("--{boundary}");
    let between = format!("\r\n--{boundary}");
    let mut rest = bytes.strip_prefix(opening.as_bytes())?;
    let mut out = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(out);
        }
        if out.len() == most {
            return None;
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let (head, content) = split(rest, b"\r\n\r\n")?;
        if head.len() > HEAD_MAX {
            return None;
        }
        let (content, after) = split(content, between.as_bytes())?;
        out.push((name(head)?, text(content)?));
        rest = after;
    }
}

/// What stands before and after the first `mark`.
fn split<'b>(bytes: &'b [u8], mark: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    let (before, rest) = bytes.split_at_checked(at)?;
    Some((before, rest.strip_prefix(mark)?))
}

/// The field's name from the head of a part.
fn name(head: &[u8]) -> Option<String> {
    let head = std::str::from_utf8(head).ok()?;
    let disposition = head.split("\r\n").find_map(|line| {
        let (field, value) = line.split_once(':')?;
        field.trim().eq_ignore_ascii_case("content-disposition").then_some(value.trim())
    })?;
    let rest = disposition.strip_prefix("form-data")?;
    let (_, rest) = rest.split_once(" name=\"")?;
    let (name, _) = rest.split_once('"')?;
    (!name.is_empty() && !name.contains('\\')).then(|| name.to_owned())
}

/// The content as text, without the mark that some editors put at its beginning.
fn text(content: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(content).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    (!text.contains('\0')).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, file: &str, content: &str) -> String {
        format!(
            "--b1\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\
             Content-Type: text/calendar\r\n\r\n{content}\r\n"
        )
    }

    #[test]
    fn parts_are_read_strictly() {
        let file = "; filename=\"name=\u{e9}.ics\"";
        let body = format!(
            "{}{}--b1--\r\n",
            part("form_token", "", "t"),
            part("file", file, "\u{feff}BEGIN\r\n--b2\r\nEND")
        );
        let read = fields(body.as_bytes(), "b1", 9).unwrap();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(read, [pair("form_token", "t"), pair("file", "BEGIN\r\n--b2\r\nEND")]);
        assert_eq!(fields(body.as_bytes(), "b1", 1), None, "too many");
        for cut in 0..body.len() - 4 {
            assert_eq!(fields(&body.as_bytes()[..cut], "b1", 9), None, "cut at {cut}");
        }
        let wrong = part("file", "", "x\0");
        assert_eq!(fields(format!("{wrong}--b1--").as_bytes(), "b1", 9), None, "U+0000");
        let mut bytes = part("file", "", "x").into_bytes();
        bytes.extend_from_slice(b"--b1\r\n\r\n\xff\r\n--b1--");
        assert_eq!(fields(&bytes, "b1", 9), None, "no name");
    }

    #[test]
    fn a_boundary_is_named_or_there_is_none() {
        assert_eq!(boundary("multipart/form-data; boundary=----x1"), Some("----x1"));
        assert_eq!(boundary("multipart/form-data; Boundary=\"a\"; x=y"), Some("a"));
        for none in ["multipart/form-data", "multipart/form-data; boundary=", "a; boundary=\u{e9}"]
        {
            assert_eq!(boundary(none), None, "{none}");
        }
        assert_eq!(boundary(&format!("a; boundary={}", "x".repeat(71))), None);
    }
}

//! The small safe markup of a message's plain text: paragraphs, lists and web addresses.
//!
//! A blank line ends a paragraph, lines that start with `- ` or `* ` are a list, `https://` addresses
//! become links that tell the other site nothing. Everything else stays as typed; the template escapes.
//! Deliberately absent: HTML, images, headings, and links with other words on them than their address.

/// A part of a message's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Lines that belong together; each line keeps its break.
    Paragraph(Vec<Vec<Span>>),
    /// A list of points.
    List(Vec<Vec<Span>>),
}

/// A run of characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Text as typed.
    Text(String),
    /// A web address, also its own words.
    Link(String),
}

/// Reads a message's text. Never fails: what is not markup is text.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut joins = false;
    for line in text.lines() {
        let line = line.trim_end();
        if line.trim_start().is_empty() {
            joins = false;
            continue;
        }
        let point =
            line.trim_start().strip_prefix("- ").or_else(|| line.trim_start().strip_prefix("* "));
        match (point, blocks.last_mut().filter(|_| joins)) {
            (Some(point), Some(Block::List(points))) => points.push(spans(point)),
            (Some(point), _) => blocks.push(Block::List(vec![spans(point)])),
            (None, Some(Block::Paragraph(lines))) => lines.push(spans(line)),
            (None, _) => blocks.push(Block::Paragraph(vec![spans(line)])),
        }
        joins = true;
    }
    blocks
}

/// Splits a line at its web addresses.
fn spans(line: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find("https://") {
        let (before, from) = rest.split_at(start);
        let end =
            from.find(|c: char| c.is_whitespace() || "<>\"'".contains(c)).unwrap_or(from.len());
        let (whole, _) = from.split_at(end);
        // A full stop after an address ends the sentence, not the address.
        let address = whole.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
        if !before.is_empty() {
            spans.push(Span::Text(before.to_owned()));
        }
        if address.len() > "https://".len() {
            spans.push(Span::Link(address.to_owned()));
        } else {
            spans.push(Span::Text(address.to_owned()));
        }
        rest = from.strip_prefix(address).unwrap_or_default();
    }
    if !rest.is_empty() {
        spans.push(Span::Text(rest.to_owned()));
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<Span> {
        vec![Span::Text(text.to_owned())]
    }

    #[test]
    fn paragraphs_lists_and_addresses() {
        let read = blocks("Hello,\r\nAna\n\n- one\n- two\nafter\n\nSee https://example.org/a?b=1.");
        assert_eq!(
            read,
            [
                Block::Paragraph(vec![text("Hello,"), text("Ana")]),
                Block::List(vec![text("one"), text("two")]),
                Block::Paragraph(vec![text("after")]),
                Block::Paragraph(vec![vec![
                    Span::Text("See ".to_owned()),
                    Span::Link("https://example.org/a?b=1".to_owned()),
                    Span::Text(".".to_owned()),
                ]]),
            ]
        );
    }

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(blocks(""), []);
        assert_eq!(blocks(" \n\t\n"), []);
        assert_eq!(spans("https://"), text("https://"));
        assert_eq!(spans("javascript:alert(1)"), text("javascript:alert(1)"));
        assert_eq!(
            spans("https://a.b\"onclick=x"),
            [Span::Link("https://a.b".to_owned()), Span::Text("\"onclick=x".to_owned())]
        );
        assert_eq!(spans("é https://ñ.example/ü").len(), 2);
        assert_eq!(spans("https://https://").len(), 1);
    }
}

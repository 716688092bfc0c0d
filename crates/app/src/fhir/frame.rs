//! Finds where the values of a JSON text begin and end without judging what is inside them.
//!
//! One damaged entry must not cost the others, so entries are cut apart first (by counting
//! brackets outside strings) and each is then parsed alone. Deliberately absent: any guess at how
//! to go on after brackets that do not match.

/// Where the next value ends, or that the text ends or breaks before it does.
fn value_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut open: Vec<u8> = Vec::new();
    let mut at = start;
    loop {
        match *bytes.get(at)? {
            b'"' => at = string_end(bytes, at)?,
            b'{' => {
                open.push(b'}');
                at += 1;
            }
            b'[' => {
                open.push(b']');
                at += 1;
            }
            close @ (b'}' | b']') => {
                // A value cannot start with a closing bracket, and brackets close in order.
                if open.pop()? != close {
                    return None;
                }
                at += 1;
            }
            _ if open.is_empty() => return scalar_end(bytes, at),
            _ => {
                at += 1;
                continue;
            }
        }
        if open.is_empty() {
            return Some(at);
        }
    }
}

/// The place after the closing quote of the string that starts at `start`.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match *bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The place after a number, `true`, `false` or `null`; nothing when there is none.
fn scalar_end(bytes: &[u8], start: usize) -> Option<usize> {
    let length = bytes
        .get(start..)?
        .iter()
        .take_while(|b| !b.is_ascii_whitespace() && !matches!(b, b',' | b']' | b'}' | b':'))
        .count();
    (length > 0).then_some(start + length)
}

/// The place of the first byte at or after `at` that is not JSON white space.
fn skip_space(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count()
}

/// The values of a container that could be cut apart, and what came after them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cut<T> {
    pub(crate) items: Vec<T>,
    /// Bytes of the item that was being read when the text broke off, if it did.
    pub(crate) broken: Option<usize>,
    /// The place after the container (or where it broke).
    pub(crate) end: usize,
}

/// True when the whole text is one value with nothing but white space around it.
pub(crate) fn is_one_value(bytes: &[u8]) -> bool {
    let start = skip_space(bytes, 0);
    value_end(bytes, start).is_some_and(|end| skip_space(bytes, end) == bytes.len())
}

/// Cuts an object at the start of `bytes` (after white space) into keys (with their quotes) and
/// values; `None` when it does not start with an object. The value being read when the text breaks
/// off is given as far as it goes.
pub(crate) fn members(bytes: &[u8]) -> Option<Cut<(&[u8], &[u8])>> {
    let start = skip_space(bytes, 0);
    if bytes.get(start) != Some(&b'{') {
        return None;
    }
    let mut items = Vec::new();
    let mut at = skip_space(bytes, start + 1);
    if bytes.get(at) == Some(&b'}') {
        return Some(Cut { items, broken: None, end: at + 1 });
    }
    loop {
        let key_start = at;
        let broken = |items| Some(Cut { items, broken: Some(key_start), end: bytes.len() });
        if bytes.get(at) != Some(&b'"') {
            return broken(items);
        }
        let Some(key_end) = string_end(bytes, at) else { return broken(items) };
        let colon = skip_space(bytes, key_end);
        if bytes.get(colon) != Some(&b':') {
            return broken(items);
        }
        let value_start = skip_space(bytes, colon + 1);
        let Some(end) = value_end(bytes, value_start) else {
            items.extend(bytes.get(key_start..key_end).zip(bytes.get(value_start..)));
            return broken(items);
        };
        items.extend(bytes.get(key_start..key_end).zip(bytes.get(value_start..end)));
        at = skip_space(bytes, end);
        match bytes.get(at) {
            Some(b',') => at = skip_space(bytes, at + 1),
            Some(b'}') => return Some(Cut { items, broken: None, end: at + 1 }),
            _ => return Some(Cut { items, broken: Some(at), end: at }),
        }
    }
}

/// Cuts an array at the start of `bytes` into its values; `None` when it is no array.
pub(crate) fn elements(bytes: &[u8]) -> Option<Cut<&[u8]>> {
    let start = skip_space(bytes, 0);
    if bytes.get(start) != Some(&b'[') {
        return None;
    }
    let mut items = Vec::new();
    let mut at = skip_space(bytes, start + 1);
    if bytes.get(at) == Some(&b']') {
        return Some(Cut { items, broken: None, end: at + 1 });
    }
    loop {
        let Some(end) = value_end(bytes, at) else {
            return Some(Cut { items, broken: Some(at), end: bytes.len() });
        };
        items.extend(bytes.get(at..end));
        at = skip_space(bytes, end);
        match bytes.get(at) {
            Some(b',') => at = skip_space(bytes, at + 1),
            Some(b']') => return Some(Cut { items, broken: None, end: at + 1 }),
            _ => return Some(Cut { items, broken: Some(at), end: at }),
        }
    }
}

/// What follows `at`, without white space.
pub(crate) fn rest(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(skip_space(bytes, at)..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    #[test]
    fn an_array_is_cut_at_its_own_commas() {
        let cut = elements(br#" [ {"a":"],}\""} , [1,2],3 ,"x"] tail"#).unwrap();
        let items: Vec<&[u8]> = vec![br#"{"a":"],}\""}"#, b"[1,2]", b"3", br#""x""#];
        assert_eq!(cut.items, items);
        assert_eq!(cut.broken, None);
    }

    #[test]
    fn what_came_before_the_break_is_kept() {
        let cut = elements(br#"[{"a":1},{"b":"#).unwrap();
        assert_eq!(cut.items, [br#"{"a":1}"#.as_slice()]);
        assert_eq!(cut.broken, Some(9));
        let cut = members(br#"{"type":"batch","entry":[{"a":1},{"#).unwrap();
        assert_eq!(cut.items.len(), 2);
        assert_eq!(cut.items[1].1, br#"[{"a":1},{"#);
        assert!(cut.broken.is_some());
    }

    #[test]
    fn one_value_is_told_from_several() {
        assert!(is_one_value(b" {\"a\":[1]}\n"));
        assert!(!is_one_value(b"{}\n{}"));
        assert!(!is_one_value(b"{"));
        assert!(!is_one_value(b"{]"));
        assert!(!is_one_value(b""));
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            ".*".prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::vec((".*", inner), 0..6)
                    .prop_map(|m| serde_json::Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_cuts_are_those_of_the_real_parser(values in prop::collection::vec(json(), 0..6)) {
            let text = serde_json::to_string_pretty(&values).unwrap();
            let real: Vec<&RawValue> = serde_json::from_str(&text).unwrap();
            let real: Vec<&[u8]> = real.iter().map(|raw| raw.get().as_bytes()).collect();
            prop_assert_eq!(elements(text.as_bytes()).unwrap().items, real);
            prop_assert!(is_one_value(text.as_bytes()));
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = elements(&bytes);
            let _ = members(&bytes);
            is_one_value(&bytes);
        }

        #[test]
        fn no_near_json_panics(text in r#"[\[\]{}",:\\a1 ]{0,200}"#) {
            let _ = elements(text.as_bytes());
            let _ = members(text.as_bytes());
            is_one_value(text.as_bytes());
        }
    }
}

//! Passwords that attackers try first: a list inside the program, and a larger file if the operator
//! names one (NIST SP 800-63B-4, 3.1.1.2: compare new passwords with a blocklist).
//!
//! The built-in list holds the commonest passwords of eight characters or more
//! (`data/README.md` says where it comes from). The operator's file may be of any size: it is
//! searched on the disk and never loaded. Deliberately absent: asking a service on the network.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use zeroize::Zeroizing;

/// One password a line, in byte order.
static COMMON: &str = include_str!("../../data/common_passwords.txt");

/// The longest line an operator's file may have, in bytes.
const LINE_MAX: usize = 1024;

/// The lists of breached passwords in force.
#[derive(Debug, Default)]
pub struct Breached {
    file: Option<Mutex<SortedFile>>,
}

/// Why an operator's file was refused.
#[derive(Debug, thiserror::Error)]
pub enum BreachedFileError {
    /// The file could not be read.
    #[error("breached-password file: {0}")]
    Io(#[from] io::Error),
    /// A line does not follow the one before it in byte order. (The line itself is not shown.)
    #[error("breached-password file: line {line} is out of order; make it with `LC_ALL=C sort -u`")]
    Unsorted {
        /// The number of the line, from 1.
        line: u64,
    },
    /// A line is longer than 1,024 bytes: this is no list of passwords.
    #[error("breached-password file: line {line} is too long")]
    LineTooLong {
        /// The number of the line, from 1.
        line: u64,
    },
    /// The file has no line.
    #[error("breached-password file: empty")]
    Empty,
}

impl Breached {
    /// The built-in list alone.
    pub fn builtin() -> Self {
        Self::default()
    }

    /// The built-in list and a file: UTF-8, one password a line, in byte order. The whole file is
    /// read once to check the order (about a second per gigabyte); memory does not grow with it.
    /// It must not change while the program runs.
    pub fn with_file(path: &Path) -> Result<Self, BreachedFileError> {
        Ok(Self { file: Some(Mutex::new(SortedFile::open(path)?)) })
    }

    /// Whether a password, in the form given or in lower case, is in a list. An error means that
    /// the operator's file could not be read, and no password should be accepted.
    pub fn contains(&self, password: &str) -> io::Result<bool> {
        let lower = Zeroizing::new(password.to_lowercase());
        if common().binary_search(&lower.as_str()).is_ok() {
            return Ok(true);
        }
        let Some(file) = &self.file else { return Ok(false) };
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.contains(password.as_bytes())? {
            return Ok(true);
        }
        if lower.as_str() == password { Ok(false) } else { file.contains(lower.as_bytes()) }
    }

    /// How many passwords the built-in list holds.
    pub fn builtin_len() -> usize {
        common().len()
    }
}

/// The lines of the built-in list.
fn common() -> &'static [&'static str] {
    static LINES: OnceLock<Vec<&'static str>> = OnceLock::new();
    LINES.get_or_init(|| COMMON.lines().collect())
}

/// A file of lines in byte order, searched by halving.
#[derive(Debug)]
struct SortedFile {
    reader: BufReader<File>,
    length: u64,
}

impl SortedFile {
    fn open(path: &Path) -> Result<Self, BreachedFileError> {
        let mut reader = BufReader::with_capacity(1 << 16, File::open(path)?);
        let mut previous: Option<Vec<u8>> = None;
        let mut line = Vec::new();
        let mut number = 0;
        let mut length = 0;
        loop {
            let read = read_line(&mut reader, &mut line)?;
            if read == 0 {
                break;
            }
            number += 1;
            length += read;
            if line.len() > LINE_MAX {
                return Err(BreachedFileError::LineTooLong { line: number });
            }
            if previous.as_ref().is_some_and(|previous| *previous > line) {
                return Err(BreachedFileError::Unsorted { line: number });
            }
            std::mem::swap(previous.get_or_insert_default(), &mut line);
        }
        if number == 0 {
            return Err(BreachedFileError::Empty);
        }
        // Searching reads a line here and a line there: a smaller buffer reads less.
        Ok(Self { reader: BufReader::with_capacity(2 * LINE_MAX, reader.into_inner()), length })
    }

    /// Whether a line equals `wanted`. Halves the range of bytes in which such a line can start.
    fn contains(&mut self, wanted: &[u8]) -> io::Result<bool> {
        let (mut low, mut high) = (0, self.length);
        let mut line = Vec::new();
        while low < high {
            let middle = low + (high - low) / 2;
            let start = self.line_start(middle, low)?;
            if start >= high {
                high = middle;
                continue;
            }
            self.reader.seek(SeekFrom::Start(start))?;
            let read = read_line(&mut self.reader, &mut line)?;
            match line.as_slice().cmp(wanted) {
                std::cmp::Ordering::Equal => return Ok(true),
                std::cmp::Ordering::Less => low = start + read.max(1),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Ok(false)
    }

    /// The first start of a line at or after `from`; `low` is known to be one.
    fn line_start(&mut self, from: u64, low: u64) -> io::Result<u64> {
        if from <= low {
            return Ok(low);
        }
        // The line before `from` ends at the first newline at or after `from - 1`.
        self.reader.seek(SeekFrom::Start(from - 1))?;
        let skipped = self.reader.skip_until(b'\n')?;
        Ok(from - 1 + u64::try_from(skipped).unwrap_or(u64::MAX))
    }
}

/// Reads a line without its ending into `line`, up to one byte more than is allowed; returns how
/// many bytes of the file it took, 0 at the end.
fn read_line(reader: &mut BufReader<File>, line: &mut Vec<u8>) -> io::Result<u64> {
    line.clear();
    let most = u64::try_from(LINE_MAX + 3).unwrap_or(u64::MAX);
    let read = io::Read::take(&mut *reader, most).read_until(b'\n', line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
    }
    Ok(u64::try_from(read).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use std::io::Write;

    fn file_of(content: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        file
    }

    #[test]
    fn the_builtin_list_is_large_sorted_and_long_enough_to_matter() {
        assert!(Breached::builtin_len() >= 5000, "{}", Breached::builtin_len());
        assert!(common().windows(2).all(|pair| pair[0] < pair[1]));
        assert!(common().iter().all(|line| line.chars().count() >= 8));
        assert!(common().iter().all(|line| **line == line.to_lowercase()));
    }

    #[test]
    fn what_everybody_uses_is_found_in_any_case() {
        let list = Breached::builtin();
        for common in ["password", "12345678", "Password1", "iloveyou", "QWERTYUIOP", "trustno1"] {
            assert!(list.contains(common).unwrap(), "{common}");
        }
        for rare in ["", "correct horse battery staple", "pássword", "zzzzzzz1x"] {
            assert!(!list.contains(rare).unwrap(), "{rare}");
        }
    }

    #[test]
    fn every_line_of_a_file_is_found_and_nothing_else() {
        let lines: BTreeSet<String> =
            (0..2000_u64).map(|n| format!("{:x}", n * n * 7919)).collect();
        let mut content = String::new();
        for line in &lines {
            content.push_str(line);
            content.push('\n');
        }
        for ending in ["\n", "\r\n", ""] {
            let text =
                content.trim_end().replace('\n', if ending == "\r\n" { "\r\n" } else { "\n" });
            let file = file_of((text + ending).as_bytes());
            let list = Breached::with_file(file.path()).unwrap();
            for line in &lines {
                assert!(list.contains(line).unwrap(), "{line} with {ending:?}");
                let near = format!("{line}~");
                assert!(!list.contains(&near).unwrap(), "{near} with {ending:?}");
            }
            assert!(!list.contains("").unwrap() && !list.contains("~~~").unwrap());
            assert!(list.contains("password").unwrap(), "the built-in list still counts");
        }
    }

    #[test]
    fn a_file_that_cannot_be_searched_is_refused() {
        let refused = |content: &[u8]| Breached::with_file(file_of(content).path()).unwrap_err();
        assert!(matches!(refused(b"b\na\n"), BreachedFileError::Unsorted { line: 2 }));
        assert!(matches!(refused(b""), BreachedFileError::Empty));
        let long = [b"a\n".as_slice(), &[b'b'; 5000]].concat();
        assert!(matches!(refused(&long), BreachedFileError::LineTooLong { line: 2 }));
        let missing = Breached::with_file(Path::new("/nonexistent"));
        assert!(matches!(missing, Err(BreachedFileError::Io(_))));
    }

    proptest! {
        #[test]
        fn searching_agrees_with_a_set(
            lines in proptest::collection::btree_set("[a-c\\xe9]{0,4}", 1..40),
            asked in proptest::collection::vec("[a-c\\xe9]{0,4}", 20)
        ) {
            let content = lines.iter().fold(String::new(), |text, line| text + line + "\n");
            let file = file_of(content.as_bytes());
            let list = Breached::with_file(file.path()).unwrap();
            for word in lines.iter().chain(&asked) {
                prop_assert_eq!(list.contains(word).unwrap(), lines.contains(word), "{:?}", word);
            }
        }
    }
}

//! Tests that fail when somebody forgets: the rules of the repository that no compiler checks.
//!
//! Each rule is a function from text to faults, so that a test beside it can show it a bad sample:
//! a rule that cannot fail is no rule. Deliberately absent: anything rustfmt or clippy checks.

mod image;
mod manifests;
mod papers;
mod sources;
mod sql;
mod strings;
mod tree;

/// Fails with every fault on its own line.
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} fault(s):\n{}", faults.len(), faults.join("\n"));
}

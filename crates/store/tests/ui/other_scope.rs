//! The bounds of one transaction's list kept for longer than it.
// error: explicit lifetime required

use store::access::{ListThreads, Permit, Scope};

pub fn keep<'a>(permit: &Permit<'_, ListThreads>) -> Scope<'a> {
    permit.scope()
}

//! Facts with a tie that the record does not hold.
// error: with struct literal syntax due to private fields

use domain::access::Tie;
use store::access::{Loaded, ThreadObject};

pub fn forge(object: ThreadObject, tie: Tie) -> Loaded<ThreadObject> {
    Loaded { object, own: true, ties: vec![tie] }
}

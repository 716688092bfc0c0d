//! An action made elsewhere, that asks the policy about one thing and acts on another.
// error: Closed` is not satisfied

use domain::access::ActionKind;
use store::access::{Action, ThreadObject};

pub struct Mine;

impl Action for Mine {
    const KIND: ActionKind = ActionKind::FindPatient;
    type Object = ThreadObject;
}

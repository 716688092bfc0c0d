//! A permit to read used where one to reply is wanted.
// error: mismatched types

use domain::ids::QuestionId;
use domain::message::{QuestionState, Side};
use store::access::{Permit, ReadThread};
use store::db::Tx;
use store::message::decide_question;

pub fn decide<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, ReadThread>, id: QuestionId) {
    let _ = decide_question(tx, permit, id, Side::Team, (QuestionState::Answered, None));
}

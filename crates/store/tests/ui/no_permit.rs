//! A store call on patient data without a permit.
// error: mismatched types

pub fn words(tx: &mut store::db::Tx<'_>) {
    let _ = store::message::list(tx, &(), i64::MAX, 50);
}

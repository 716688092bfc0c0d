//! A shown row of a queue made to speak of another patient.
// error: field `patient` of struct `QueueRow` is private

use domain::ids::PatientId;
use store::work_item::QueueRow;

pub fn forge(row: &mut QueueRow, patient: PatientId) {
    row.patient = Some(patient);
}

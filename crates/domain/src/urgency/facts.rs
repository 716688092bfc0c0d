//! What the chart knows of a patient that changes how a message is read.

use super::number::Quantity;
use crate::plan_limit::{self, Limit, Unit};

/// What the chart says: the text is read beside it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PatientFacts {
    /// Age in years, with fractions for infants.
    pub age_years: Option<f64>,
    /// Administrative gender as in FHIR: `female`, `male`, `other`, `unknown`.
    pub sex: Option<String>,
    /// Known to be pregnant.
    pub pregnant: bool,
    /// Conditions in words.
    pub conditions: Vec<String>,
    /// Medicines in words.
    pub medications: Vec<String>,
    /// Limits that a clinician has set for this patient.
    pub limits: Vec<Limit>,
}

/// Whether a number of a text reaches a limit.
pub(super) fn reaches(limit: &Limit, quantity: Quantity, value: f64) -> bool {
    use plan_limit::Quantity as Limited;
    let within_days = limit.per_days().unwrap_or_default();
    let unit = match (quantity, limit.quantity()) {
        (Quantity::GainDay, Limited::WeightGain) => Unit::Pound,
        // What was gained in a week says nothing about a day.
        (Quantity::GainWeek, Limited::WeightGain) if within_days >= 5 => Unit::Pound,
        (Quantity::Systolic, Limited::Systolic) | (Quantity::Diastolic, Limited::Diastolic) => {
            Unit::Mercury
        }
        (Quantity::Pulse, Limited::HeartRate) => Unit::PerMinute,
        (Quantity::Glucose, Limited::Glucose) => Unit::MilligramPerDeciliter,
        (Quantity::Temperature, Limited::Temperature) => Unit::Fahrenheit,
        (Quantity::Oxygen, Limited::OxygenSaturation) => Unit::Percent,
        (Quantity::PeakFlow, Limited::PeakFlow) => Unit::LiterPerMinute,
        (Quantity::Inr, Limited::Inr) => Unit::Ratio,
        (Quantity::Potassium, Limited::Potassium) => Unit::MillimolePerLiter,
        _ => return false,
    };
    limit.is_reached(value, unit).unwrap_or(false)
}

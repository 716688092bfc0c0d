//! A limit of a patient's own plan: "tell us when your weight goes up by 3 pounds or more in a day".
//!
//! A clinician sets it for one patient; the patient reads it in plain words, and the urgency check counts a number
//! in a text that reaches it. Values are thousandths of their unit, so that what is stored is what was typed.
//! The ranges are wide on purpose: they catch a slip of the finger or the wrong unit, not a judgement.
//! Deliberately absent: which limit is right for whom.

use serde::{Deserialize, Serialize};

use crate::code::codes;

codes! {
    /// What is measured.
    Quantity {
        /// Weight gained within so many days.
        WeightGain = "weight_gain",
        /// Systolic blood pressure.
        Systolic = "systolic",
        /// Diastolic blood pressure.
        Diastolic = "diastolic",
        /// Heart rate.
        HeartRate = "heart_rate",
        /// Blood glucose.
        Glucose = "glucose",
        /// Body temperature.
        Temperature = "temperature",
        /// Oxygen saturation by pulse oximetry.
        OxygenSaturation = "spo2",
        /// Peak expiratory flow.
        PeakFlow = "peak_flow",
        /// International normalized ratio.
        Inr = "inr",
        /// Potassium in the blood.
        Potassium = "potassium",
    }
}

codes! {
    /// On which side of the value the patient is to tell; spelled like a FHIR quantity's comparators.
    Comparator {
        /// That value or higher.
        AtLeast = "ge",
        /// That value or lower.
        AtMost = "le",
    }
}

codes! {
    /// The unit, by its UCUM code.
    Unit {
        /// Kilograms.
        Kilogram = "kg",
        /// Pounds.
        Pound = "[lb_av]",
        /// Millimetres of mercury.
        Mercury = "mm[Hg]",
        /// Beats per minute.
        PerMinute = "/min",
        /// Milligrams per decilitre.
        MilligramPerDeciliter = "mg/dL",
        /// Millimoles per litre.
        MillimolePerLiter = "mmol/L",
        /// Milliequivalents per litre; the same number as millimoles for potassium.
        MilliequivalentPerLiter = "meq/L",
        /// Degrees Celsius.
        Celsius = "Cel",
        /// Degrees Fahrenheit.
        Fahrenheit = "[degF]",
        /// Percent.
        Percent = "%",
        /// Litres per minute.
        LiterPerMinute = "L/min",
        /// A ratio without a unit.
        Ratio = "{INR}",
    }
}

impl Unit {
    /// How people write it.
    pub const fn written(self) -> &'static str {
        match self {
            Self::Kilogram => "kg",
            Self::Pound => "lb",
            Self::Mercury => "mmHg",
            Self::PerMinute => "/min",
            Self::MilligramPerDeciliter => "mg/dL",
            Self::MillimolePerLiter => "mmol/L",
            Self::MilliequivalentPerLiter => "mEq/L",
            Self::Celsius => "°C",
            Self::Fahrenheit => "°F",
            Self::Percent => "%",
            Self::LiterPerMinute => "L/min",
            Self::Ratio => "",
        }
    }
}

impl Quantity {
    /// The units it is given in, each with the lowest and highest limit that is not a slip, in thousandths.
    pub const fn ranges(self) -> &'static [(Unit, i32, i32)] {
        match self {
            Self::WeightGain => &[(Unit::Pound, 1_000, 50_000), (Unit::Kilogram, 500, 20_000)],
            Self::Systolic => &[(Unit::Mercury, 70_000, 250_000)],
            Self::Diastolic => &[(Unit::Mercury, 30_000, 150_000)],
            Self::HeartRate => &[(Unit::PerMinute, 30_000, 220_000)],
            Self::Glucose => &[
                (Unit::MilligramPerDeciliter, 40_000, 600_000),
                (Unit::MillimolePerLiter, 2_200, 33_300),
            ],
            Self::Temperature => {
                &[(Unit::Fahrenheit, 93_000, 108_000), (Unit::Celsius, 34_000, 42_000)]
            }
            Self::OxygenSaturation => &[(Unit::Percent, 70_000, 100_000)],
            Self::PeakFlow => &[(Unit::LiterPerMinute, 50_000, 900_000)],
            Self::Inr => &[(Unit::Ratio, 800, 12_000)],
            Self::Potassium => &[
                (Unit::MilliequivalentPerLiter, 2_000, 8_000),
                (Unit::MillimolePerLiter, 2_000, 8_000),
            ],
        }
    }

    /// Whether a limit is on a change within days, not on a value.
    pub const fn is_change(self) -> bool {
        matches!(self, Self::WeightGain)
    }
}

/// Days within which a change may be counted.
pub const DAYS: std::ops::RangeInclusive<u8> = 1..=30;

/// A limit that was read and is plausible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limit {
    quantity: Quantity,
    comparator: Comparator,
    thousandths: i32,
    unit: Unit,
    per_days: Option<u8>,
}

/// Why a limit cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitProblem {
    /// Not one of the quantities.
    #[error("not a quantity that has limits")]
    Quantity,
    /// Not a side, or a gain that is to stay below something.
    #[error("not a side on which this quantity has limits")]
    Comparator,
    /// Not a unit of this quantity.
    #[error("not a unit of this quantity")]
    Unit,
    /// Not a number with at most three decimals.
    #[error("not a number")]
    Value,
    /// Outside what is plausible: the lowest and the highest, in thousandths of the unit.
    #[error("outside what is plausible")]
    Range {
        /// The unit.
        unit: Unit,
        /// The lowest.
        low: i32,
        /// The highest.
        high: i32,
    },
    /// A gain needs the days it is counted in (1 to 30); nothing else has any.
    #[error("not the days of a change")]
    PerDays,
}

/// A limit as it is kept: codes and thousandths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// [`Quantity`]'s code.
    #[serde(rename = "q")]
    pub quantity: String,
    /// [`Comparator`]'s code.
    #[serde(rename = "c")]
    pub comparator: String,
    /// Thousandths of the unit.
    #[serde(rename = "v")]
    pub thousandths: i32,
    /// [`Unit`]'s code.
    #[serde(rename = "u")]
    pub unit: String,
    /// The days of a change.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub per_days: Option<u8>,
}

impl Limit {
    /// Puts a limit together; the first problem when it is not plausible. `thousandths` are those of `unit`.
    pub fn new(
        quantity: Quantity,
        comparator: Comparator,
        thousandths: i32,
        unit: Unit,
        per_days: Option<u8>,
    ) -> Result<Self, LimitProblem> {
        if quantity.is_change() && comparator == Comparator::AtMost {
            return Err(LimitProblem::Comparator);
        }
        let range = quantity.ranges().iter().find(|(known, ..)| *known == unit);
        let (_, low, high) = *range.ok_or(LimitProblem::Unit)?;
        if !(low..=high).contains(&thousandths) {
            return Err(LimitProblem::Range { unit, low, high });
        }
        match per_days {
            Some(days) if quantity.is_change() && DAYS.contains(&days) => {}
            None if !quantity.is_change() => {}
            _ => return Err(LimitProblem::PerDays),
        }
        Ok(Self { quantity, comparator, thousandths, unit, per_days })
    }

    /// Reads a limit from a form: codes, a number with a decimal point or comma, days or nothing.
    pub fn parse(
        quantity: &str,
        comparator: &str,
        value: &str,
        unit: &str,
        per_days: &str,
    ) -> Result<Self, LimitProblem> {
        let quantity = Quantity::from_code(quantity).ok_or(LimitProblem::Quantity)?;
        let comparator = Comparator::from_code(comparator).ok_or(LimitProblem::Comparator)?;
        let unit = Unit::from_code(unit).ok_or(LimitProblem::Unit)?;
        let thousandths = thousandths(value).ok_or(LimitProblem::Value)?;
        let per_days = match per_days.trim() {
            "" => None,
            days => Some(days.parse().map_err(|_| LimitProblem::PerDays)?),
        };
        Self::new(quantity, comparator, thousandths, unit, per_days)
    }

    /// Reads a limit as it is kept.
    pub fn read(written: &Written) -> Result<Self, LimitProblem> {
        Self::new(
            Quantity::from_code(&written.quantity).ok_or(LimitProblem::Quantity)?,
            Comparator::from_code(&written.comparator).ok_or(LimitProblem::Comparator)?,
            written.thousandths,
            Unit::from_code(&written.unit).ok_or(LimitProblem::Unit)?,
            written.per_days,
        )
    }

    /// The limit as it is kept.
    pub fn written(&self) -> Written {
        Written {
            quantity: self.quantity.code().to_owned(),
            comparator: self.comparator.code().to_owned(),
            thousandths: self.thousandths,
            unit: self.unit.code().to_owned(),
            per_days: self.per_days,
        }
    }

    /// What is measured.
    pub const fn quantity(&self) -> Quantity {
        self.quantity
    }

    /// On which side.
    pub const fn comparator(&self) -> Comparator {
        self.comparator
    }

    /// The value, in [`Limit::unit`].
    pub fn value(&self) -> f64 {
        f64::from(self.thousandths) / 1_000.0
    }

    /// The unit.
    pub const fn unit(&self) -> Unit {
        self.unit
    }

    /// The days of a change; `None` for a limit on a value.
    pub const fn per_days(&self) -> Option<u8> {
        self.per_days
    }

    /// Whether this and another limit speak of the same thing, so that only one of them can stand.
    pub fn same_matter(&self, other: &Self) -> bool {
        (self.quantity, self.comparator, self.per_days)
            == (other.quantity, other.comparator, other.per_days)
    }

    /// Whether a value in `unit` reaches the limit; `None` when the units cannot be compared.
    pub fn is_reached(&self, value: f64, unit: Unit) -> Option<bool> {
        let value = convert(self.quantity, value, unit, self.unit)?;
        // A converted value that is the limit but for rounding reaches it.
        let slack = if unit == self.unit { 0.0 } else { 0.05 };
        Some(match self.comparator {
            Comparator::AtLeast => value + slack >= self.value(),
            Comparator::AtMost => value - slack <= self.value(),
        })
    }

    /// The value as people write it, without the unit.
    pub fn value_text(&self) -> String {
        text(self.thousandths)
    }
}

/// Thousandths as people write them: `7500` is 7.5.
pub fn text(thousandths: i32) -> String {
    let (whole, rest) = (thousandths / 1_000, (thousandths % 1_000).abs());
    if rest == 0 {
        return whole.to_string();
    }
    format!("{whole}.{rest:03}").trim_end_matches('0').to_owned()
}

/// A number with at most three decimals, in thousandths.
fn thousandths(text: &str) -> Option<i32> {
    let text = text.trim().replace(',', ".");
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 5
        || decimals.len() > 3
        || !digits(whole)
        || !digits(decimals)
    {
        return None;
    }
    format!("{whole}{decimals:0<3}").parse().ok()
}

/// A value in another unit of the same quantity: glucose by its molar mass of 180.16 g/mol, the pound as
/// defined (0.45359237 kg); a difference of temperatures is not meant.
fn convert(quantity: Quantity, value: f64, from: Unit, to: Unit) -> Option<f64> {
    let in_glucose = quantity == Quantity::Glucose;
    Some(match (from, to) {
        _ if from == to => value,
        (Unit::Kilogram, Unit::Pound) => value / 0.453_592_37,
        (Unit::Pound, Unit::Kilogram) => value * 0.453_592_37,
        (Unit::Celsius, Unit::Fahrenheit) => value * 1.8 + 32.0,
        (Unit::Fahrenheit, Unit::Celsius) => (value - 32.0) / 1.8,
        (Unit::MillimolePerLiter, Unit::MilligramPerDeciliter) if in_glucose => value * 18.016,
        (Unit::MilligramPerDeciliter, Unit::MillimolePerLiter) if in_glucose => value / 18.016,
        (Unit::MillimolePerLiter, Unit::MilliequivalentPerLiter)
        | (Unit::MilliequivalentPerLiter, Unit::MillimolePerLiter)
            if quantity == Quantity::Potassium =>
        {
            value
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(quantity: &str, comparator: &str, value: &str, unit: &str, days: &str) -> Limit {
        Limit::parse(quantity, comparator, value, unit, days).unwrap()
    }

    #[test]
    fn limits_are_read_written_and_read_again() {
        let all = [
            limit("weight_gain", "ge", "3", "[lb_av]", "1"),
            limit("systolic", "ge", "180", "mm[Hg]", ""),
            limit("glucose", "le", "3,9", "mmol/L", ""),
            limit("temperature", "ge", "100.4", "[degF]", ""),
            limit("inr", "ge", "4.5", "{INR}", " "),
        ];
        for limit in all {
            assert_eq!(Limit::read(&limit.written()), Ok(limit));
        }
        let texts = all.map(|limit| limit.value_text());
        assert_eq!(texts, ["3", "180", "3.9", "100.4", "4.5"]);
    }

    #[test]
    fn what_is_not_plausible_is_refused() {
        let parse = |q, c, v, u, d| Limit::parse(q, c, v, u, d).unwrap_err();
        assert_eq!(parse("height", "ge", "3", "kg", ""), LimitProblem::Quantity);
        assert_eq!(parse("systolic", "gt", "160", "mm[Hg]", ""), LimitProblem::Comparator);
        assert_eq!(parse("weight_gain", "le", "3", "kg", "1"), LimitProblem::Comparator);
        assert_eq!(parse("systolic", "ge", "160", "kg", ""), LimitProblem::Unit);
        assert_eq!(parse("inr", "ge", "4", "%", ""), LimitProblem::Unit);
        for value in ["", "high", "1.2345", "-3", "1e3", "NaN", "٣", "123456", "1.2.3", "."] {
            assert_eq!(
                parse("systolic", "ge", value, "mm[Hg]", ""),
                LimitProblem::Value,
                "{value}"
            );
        }
        let low = LimitProblem::Range { unit: Unit::MillimolePerLiter, low: 2_200, high: 33_300 };
        assert_eq!(parse("glucose", "ge", "250", "mmol/L", ""), low);
        assert_eq!(parse("weight_gain", "ge", "3", "[lb_av]", ""), LimitProblem::PerDays);
        assert_eq!(parse("weight_gain", "ge", "3", "[lb_av]", "0"), LimitProblem::PerDays);
        assert_eq!(parse("weight_gain", "ge", "3", "[lb_av]", "31"), LimitProblem::PerDays);
        assert_eq!(parse("systolic", "ge", "160", "mm[Hg]", "2"), LimitProblem::PerDays);
    }

    #[test]
    fn every_quantity_has_a_range_that_holds_something() {
        for quantity in Quantity::ALL {
            assert!(!quantity.ranges().is_empty());
            for (unit, low, high) in quantity.ranges() {
                assert!(low < high, "{quantity:?} in {unit:?}");
                let days = quantity.is_change().then_some(7);
                for value in [low, high] {
                    assert!(
                        Limit::new(*quantity, Comparator::AtLeast, *value, *unit, days).is_ok()
                    );
                }
            }
        }
    }

    #[test]
    fn a_value_in_another_unit_of_the_quantity_is_compared() {
        let gain = limit("weight_gain", "ge", "3", "[lb_av]", "1");
        assert_eq!(gain.is_reached(3.0, Unit::Pound), Some(true));
        assert_eq!(gain.is_reached(2.9, Unit::Pound), Some(false));
        assert_eq!(gain.is_reached(1.4, Unit::Kilogram), Some(true));
        assert_eq!(gain.is_reached(1.2, Unit::Kilogram), Some(false));
        assert_eq!(gain.is_reached(3.0, Unit::Percent), None);
        let low = limit("glucose", "le", "70", "mg/dL", "");
        assert_eq!(low.is_reached(3.5, Unit::MillimolePerLiter), Some(true));
        assert_eq!(low.is_reached(5.0, Unit::MillimolePerLiter), Some(false));
        let hot = limit("temperature", "ge", "100.4", "[degF]", "");
        assert_eq!(hot.is_reached(38.0, Unit::Celsius), Some(true));
        assert_eq!(hot.is_reached(37.5, Unit::Celsius), Some(false));
        let potassium = limit("potassium", "ge", "5.5", "meq/L", "");
        assert_eq!(potassium.is_reached(5.5, Unit::MillimolePerLiter), Some(true));
    }
}

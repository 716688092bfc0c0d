//! The limits of a plan in words, the same for the patient and for staff, so that both speak of one thing.

use domain::plan_limit::{Comparator, Limit, Quantity, Unit};

use crate::i18n::Locale;

/// What is measured.
pub(crate) fn quantity(locale: Locale, quantity: Quantity) -> String {
    locale.t(&format!("plan-{}", quantity.code().replace('_', "-")))
}

/// A value with its unit as people write it: `38 °C`, `94%`, `4.5`.
pub(crate) fn with_unit(value: &str, unit: Unit) -> String {
    match unit {
        Unit::Ratio | Unit::PerMinute => value.to_owned(),
        Unit::Percent => format!("{value}%"),
        _ => format!("{value} {}", unit.written()),
    }
}

/// A limit as one line: "Body weight: up by 3 lb or more in 1 day".
pub(crate) fn line(locale: Locale, limit: &Limit) -> String {
    let what = quantity(locale, limit.quantity());
    let value = with_unit(&limit.value_text(), limit.unit());
    match (limit.per_days(), limit.comparator()) {
        (Some(days), _) => locale.t_args(
            "plan-line-gain",
            &[("what", &what), ("value", &value), ("days", &u32::from(days))],
        ),
        (None, Comparator::AtLeast) => locale.t2("plan-line-ge", "what", what, "value", value),
        (None, Comparator::AtMost) => locale.t2("plan-line-le", "what", what, "value", value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_can_be_said() {
        for locale in Locale::offered() {
            for quantity in Quantity::ALL {
                for (unit, low, _) in quantity.ranges() {
                    let days = quantity.is_change().then_some(7);
                    let limit =
                        Limit::new(*quantity, Comparator::AtLeast, *low, *unit, days).unwrap();
                    let said = line(locale, &limit);
                    assert!(!said.contains('⟦') && said.contains(&limit.value_text()), "{said}");
                }
            }
        }
        let gain = Limit::parse("weight_gain", "ge", "3", "[lb_av]", "1").unwrap();
        assert_eq!(line(Locale::english(), &gain), "Body weight: up by 3 lb or more in 1 day");
        let spanish = Locale::by_tag("es").unwrap();
        assert_eq!(line(spanish, &gain), "Peso: sube 3 lb o más en 1 día");
        let low = Limit::parse("spo2", "le", "90", "%", "").unwrap();
        assert_eq!(line(Locale::english(), &low), "Oxygen level: 90% or lower");
    }
}

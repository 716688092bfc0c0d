//! What a site must say before texts are checked for urgency: where it is, and whom to call.
//!
//! A card that says "call now" is worth as much as the number on it, so the check cannot be switched on where
//! the numbers are not known. Those of the United States are: 911 and 988 (Federal Communications Commission,
//! 47 CFR 9.4 and 52.200), Poison Help and the National Maternal Mental Health Hotline (Health Resources and
//! Services Administration). Anywhere else an administrator fills them in. Deliberately absent: guessing the
//! numbers of a country, and whether a number that has the right shape is answered.

/// The longest number, in characters.
pub const NUMBER_MAX: usize = 40;
/// Minutes within which somebody who is not sure is called back, where a site sets nothing else.
pub const CALL_MINUTES: i64 = 15;
/// Shortest and longest such time that a site may set, in minutes; 0 offers no call.
pub const CALL_RANGE: std::ops::RangeInclusive<i64> = 5..=60;

/// The officially assigned codes of ISO 3166-1 alpha-2.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ \
    BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER \
    ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM \
    IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF \
    MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK \
    PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD \
    TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Where a site is, whom its patients call, and whether their texts are checked for urgency. Numbers that are
/// not known are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Safety {
    /// ISO 3166-1 alpha-2; empty while it is not known.
    pub country: String,
    /// Whether texts are checked for urgency.
    pub urgency_check: bool,
    /// The emergency number.
    pub emergency: String,
    /// The crisis line.
    pub crisis: String,
    /// Poison control.
    pub poison: String,
    /// The line for pregnancy and the time after birth.
    pub maternal: String,
    /// The practice's nurse line.
    pub nurse: String,
    /// When the nurse line is answered, in words.
    pub nurse_hours: String,
    /// Within how many minutes somebody who is not sure is called back; 0 offers no call.
    pub call_minutes: i64,
}

crate::code::codes! {
    /// What the urgency check needs and a site has not said.
    Needed {
        /// Its country.
        Country = "country",
        /// The emergency number.
        Emergency = "emergency",
        /// The crisis line.
        Crisis = "crisis",
    }
}

impl Safety {
    /// What a new site begins with: in the United States the numbers that were left empty are filled in and
    /// texts are checked; anywhere else nothing is filled in and the check is off. A call within minutes is
    /// offered as soon as texts are checked.
    #[must_use]
    pub fn begun(mut self) -> Self {
        self.urgency_check = self.country == "US";
        self.call_minutes = CALL_MINUTES;
        if self.urgency_check {
            let known = [
                (&mut self.emergency, "911"),
                (&mut self.crisis, "988"),
                (&mut self.poison, "1-800-222-1222"),
                (&mut self.maternal, "1-833-852-6262"),
            ];
            for (number, default) in known {
                if number.is_empty() {
                    default.clone_into(number);
                }
            }
        }
        self
    }

    /// What the check needs and is not there, in the order of the form; empty when texts can be checked.
    pub fn needed(&self) -> Vec<Needed> {
        let has = |what: Needed| match what {
            Needed::Country => !self.country.is_empty(),
            Needed::Emergency => !self.emergency.is_empty(),
            Needed::Crisis => !self.crisis.is_empty(),
        };
        Needed::ALL.iter().copied().filter(|what| !has(*what)).collect()
    }

    /// Whether texts are checked now: the switch is on and nothing that it needs is missing.
    pub fn checks(&self) -> bool {
        self.urgency_check && self.needed().is_empty()
    }

    /// Whether a writer who is not sure is offered a call: texts are checked, so that there is a number for when
    /// it gets worse, and the site has not switched calls off.
    pub fn calls(&self) -> bool {
        self.checks() && self.call_minutes > 0
    }
}

/// Reads a country's code, in either case; `None` when it is none of ISO 3166-1 alpha-2.
pub fn country(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    COUNTRIES.split(' ').any(|known| known == code).then_some(code)
}

/// Reads a number as people write it: three to fifteen digits (ITU-T E.164), a `+` only in front, spaces,
/// dots, hyphens and brackets between them, and an extension after `ext` or `x` of at most six digits. `None` for
/// anything else; else the text without space around it.
pub fn number(text: &str) -> Option<String> {
    let text = text.trim();
    if text.chars().count() > NUMBER_MAX {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let (main, extension) = match lower.split_once('x') {
        Some((main, digits)) => (main.strip_suffix('e').unwrap_or(main), Some(digits)),
        None => (lower.as_str(), None),
    };
    let main = main.trim_end();
    let rest = main.strip_prefix('+').unwrap_or(main);
    let shaped =
        rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '(' | ')'));
    let digits = rest.chars().filter(char::is_ascii_digit).count();
    let ends = rest.ends_with(|c: char| c.is_ascii_digit());
    let extended = extension.is_none_or(|text| {
        let digits = text.strip_prefix('t').unwrap_or(text).trim_start_matches('.').trim();
        (1..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    });
    (shaped && ends && (3..=15).contains(&digits) && extended).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_shape_of_numbers() {
        for text in [
            "911",
            "988",
            "112",
            "1-800-222-1222",
            "+44 20 7946 0000",
            "(555) 010-0100",
            "555.0101",
            "555-0100 ext. 12",
            "555-0100 x7",
            " 555-0101 ",
            "555-0100ext12",
        ] {
            assert_eq!(number(text).as_deref(), Some(text.trim()), "{text}");
        }
        for text in [
            "",
            "91",
            "1234567890123456",
            "call us",
            "911; 988",
            "9+11",
            "++1 555 0100",
            "555-0100 x",
            "555-0100 x1234567",
            "javascript:1",
            "555-0100\n911",
            "555 0100 -",
            "٩١١",
            "555-0100 xx1",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(number(&"1".repeat(50)), None);
        assert_eq!(number(&format!("{}911", " .".repeat(30))), None);
    }

    #[test]
    fn countries_are_those_of_the_standard() {
        assert_eq!(COUNTRIES.split(' ').count(), 249);
        assert!(COUNTRIES.split(' ').all(|code| code.len() == 2));
        assert_eq!(country(" us ").as_deref(), Some("US"));
        for text in ["", "XX", "USA", "U", "U S", "ÅL", "AD AE"] {
            assert_eq!(country(text), None, "{text}");
        }
    }

    #[test]
    fn the_check_is_on_only_where_its_numbers_are_known() {
        let of = |country: &str| Safety { country: country.to_owned(), ..Safety::default() };
        let us = of("US").begun();
        assert!(us.checks() && us.needed().is_empty());
        assert_eq!((us.emergency.as_str(), us.crisis.as_str()), ("911", "988"));
        assert_eq!(
            (us.poison.as_str(), us.maternal.as_str()),
            ("1-800-222-1222", "1-833-852-6262")
        );
        let kept = Safety { emergency: "555-0911".to_owned(), ..of("US") }.begun();
        assert_eq!(kept.emergency, "555-0911");
        let spain = of("ES").begun();
        assert!(!spain.urgency_check && spain.emergency.is_empty());
        assert_eq!(spain.needed(), [Needed::Emergency, Needed::Crisis]);
        let forced = Safety { urgency_check: true, ..spain.clone() };
        assert!(!forced.checks(), "a switch without numbers checks nothing");
        let filled = Safety { emergency: "112".to_owned(), crisis: "024".to_owned(), ..forced };
        assert!(filled.checks());
        assert_eq!(Safety::default().needed(), Needed::ALL);
    }
}

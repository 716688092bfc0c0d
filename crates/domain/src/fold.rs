//! Folding: how two spellings of a name or a word are found to be the same.
//!
//! Blind indexes, search and the order of lists all fold text the same way: compatibility
//! decomposition (NFKD, Unicode Standard Annex 15), accents off, lower case, punctuation gone,
//! words apart. "O’Brien-Núñez" folds to `obrien nunez`. Folding is lossy on purpose and is for
//! finding only: what people wrote is always shown as they wrote it.
//!
//! Marks are taken off where they are accents or optional vowel points (Latin, Greek, Cyrillic,
//! Hebrew, Arabic). In scripts where a mark is a vowel or changes the letter (Devanagari, Thai,
//! Japanese), taking it off would make other words of it, so it stays.
//!
//! Deliberately absent: stemming, transliteration, sound-alikes, and any locale: folding must give
//! the same answer on every machine and in every year, since blind indexes are stored. The tables
//! are those of the Unicode version of the `unicode-normalization` crate and of `std`; a character
//! added by a later version may fold differently after an upgrade, assigned ones do not change
//! (Unicode's stability policies).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The words of a text, folded, in their order. Text without a letter or digit has none.
///
/// The result is at most 18 times as long as the text in characters (the bound of NFKD); callers
/// bound what they pass.
pub fn fold(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let kept = text.chars().filter(|c| !is_glue(*c));
    // Lower case first, since a capital may lower to several characters (U+0130), then decompose.
    for c in kept.flat_map(char::to_lowercase).nfkd() {
        if is_accent(c) || is_glue(c) {
            continue;
        }
        // Compatibility forms decompose to capitals (U+2122 to TM), so lower again.
        for c in c.to_lowercase().filter(|c| !is_accent(*c)) {
            match plain(c) {
                Some(letters) => word.push_str(letters),
                None if c.is_alphanumeric() || is_combining_mark(c) => word.push(c),
                None => end_word(&mut word, &mut words),
            }
        }
    }
    end_word(&mut word, &mut words);
    words
}

/// The folded words with one space between them: a key to compare or sort by.
pub fn fold_joined(text: &str) -> String {
    fold(text).join(" ")
}

fn end_word(word: &mut String, words: &mut Vec<String>) {
    // Marks that follow no letter are no word.
    if word.chars().any(char::is_alphanumeric) {
        words.push(std::mem::take(word));
    } else {
        word.clear();
    }
}

/// Characters that vanish without ending a word: apostrophes (O'Brien is also written OBrien),
/// and what nobody sees: soft hyphens, joiners, direction marks, variation selectors, tatweel.
fn is_glue(c: char) -> bool {
    matches!(
        c,
        '\'' | '`'
            | '\u{b4}'
            | '\u{2b9}'..='\u{2bf}'
            | '\u{2018}'..='\u{201b}'
            | '\u{2032}'
            | '\u{ff07}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{640}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
    )
}

/// Marks that are accents or optional points, by block.
fn is_accent(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}'
            | '\u{483}'..='\u{489}'
            | '\u{591}'..='\u{5bd}'
            | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}'
            | '\u{610}'..='\u{61a}'
            | '\u{64b}'..='\u{65f}'
            | '\u{670}'
            | '\u{6d6}'..='\u{6dc}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Letters that people type without their stroke or ligature although Unicode does not decompose
/// them.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ł' => "l",
        'ı' => "i",
        'ħ' => "h",
        'ŧ' => "t",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_name_fold_alike() {
        for (texts, folded) in [
            (
                &["O’Brien-Núñez", "o'brien nunez", "OBRIEN  NUN\u{303}EZ", "O`Brien,Nuñez."][..],
                "obrien nunez",
            ),
            (&["José", "JOSE\u{301}", "jose", "ｊｏｓé"], "jose"),
            (&["Straße", "STRASSE", "strasse"], "strasse"),
            (&["Łukasz Ødegård", "lukasz odegard"], "lukasz odegard"),
            (&["İpek", "ipek", "IPEK", "ıpek"], "ipek"),
            (&["Nguyễn", "NGUYEN", "nguyen"], "nguyen"),
            (&["Ὀδυσσεύς", "οδυσσευσ"], "οδυσσευσ"),
            (&["Семён", "СЕМЕН"], "семен"),
            (&["מֹשֶׁה", "משה"], "משה"),
            (&["مُحَمَّد", "محمد", "محـــمد"], "محمد"),
            (&["أحمد", "احمد"], "احمد"),
            (&["soft\u{ad}hyphen", "soft\u{200b}hyphen", "SoftHyphen"], "softhyphen"),
            (&["ﬁancé", "FIANCE"], "fiance"),
            (&["Acme™", "acmeTM"], "acmetm"),
            (&["  a \t b\n", "a—b", "A/B", "a_b"], "a b"),
            (&["²", "2", "٢"][..2], "2"),
        ] {
            for text in texts {
                assert_eq!(fold_joined(text), folded, "{text:?}");
            }
        }
    }

    #[test]
    fn marks_that_make_the_letter_stay() {
        assert_ne!(fold("が"), fold("か"));
        assert_ne!(fold("कि"), fold("कु"));
        assert_eq!(fold("हिन्दी").len(), 1, "a vowel sign is no end of a word");
    }

    #[test]
    fn text_without_letters_has_no_words() {
        for text in ["", " ", "…—!", "'", "\u{301}\u{301}", "\u{200d}"] {
            assert!(fold(text).is_empty(), "{text:?}");
        }
    }

    #[test]
    fn a_birth_date_keeps_its_parts() {
        assert_eq!(fold("1961-04-09"), ["1961", "04", "09"]);
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,60}") {
            let once = fold(&text);
            prop_assert_eq!(&fold(&once.join(" ")), &once);
            for word in &once {
                prop_assert!(!word.is_empty() && !word.contains(' '));
            }
        }

        #[test]
        fn case_and_spaces_do_not_matter(words in proptest::collection::vec("[a-zà-öø-ÿ]{1,8}", 0..5)) {
            let text = words.join(" ");
            prop_assert_eq!(fold(&text.to_uppercase()), fold(&format!("  {} ", words.join(" \t"))));
        }
    }
}

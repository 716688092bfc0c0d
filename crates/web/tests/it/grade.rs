//! The words of the urgency cards and of "I'm not sure" are read by a child of twelve: English by the grade of Kincaid,
//! Fishburne, Rogers and Chissom (1975), Spanish by the ease of Fernández Huerta (1959), whose 80 and more is the sixth
//! school year.

const GRADE_MAX: f64 = 6.0;
const EASE_MIN: f64 = 80.0;
/// A single sentence may be one school year or two harder than its card.
const EASE_MIN_OF_ONE: f64 = 60.0;
/// Fewer words say nothing about how hard a text is.
const WORDS_MIN: usize = 8;

/// What patients read: catalog and the first letters of its keys.
const CARDS: [(&str, &str, &str); 4] = [
    ("en", include_str!("../../locales/en/urgency.ftl"), "urgent-"),
    ("en", include_str!("../../locales/en/call.ftl"), "call-"),
    ("es", include_str!("../../locales/es/urgency.ftl"), "urgent-"),
    ("es", include_str!("../../locales/es/call.ftl"), "call-"),
];

/// The texts of a catalog whose keys begin so, with a name wherever something is put in.
fn texts(catalog: &str, begin: &str) -> Vec<String> {
    let lines = catalog.lines().filter(|line| line.starts_with(begin));
    let texts = lines.filter_map(|line| line.split_once(" = "));
    texts
        .map(|(_, text)| {
            let mut parts = text.split('{');
            let first = parts.next().unwrap_or_default().to_owned();
            parts.fold(first, |said, part| {
                said + "Ana" + part.split_once('}').map_or("", |(_, rest)| rest)
            })
        })
        .collect()
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '’');
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

fn sentences(text: &str) -> usize {
    text.split(['.', '!', '?', ':', ';']).filter(|part| !words(part).is_empty()).count()
}

/// Groups of vowels; an "e" at the end is silent.
fn syllables_en(word: &str) -> usize {
    let vowel = |c: &char| "aeiouy".contains(*c);
    let letters: Vec<char> = word.chars().collect();
    let groups = letters.chunk_by(|a, b| vowel(a) == vowel(b)).filter(|g| vowel(&g[0])).count();
    let silent = word.ends_with('e') && !word.ends_with("le") && !word.ends_with("ee");
    groups.saturating_sub(usize::from(silent && groups > 1)).max(1)
}

/// Groups of vowels; two strong ones beside each other are two.
fn syllables_es(word: &str) -> usize {
    let strong = |c: char| "aeoáéíóú".contains(c);
    let (mut count, mut before) = (0, None);
    for c in word.chars() {
        if !"aeiouáéíóúü".contains(c) {
            before = None;
            continue;
        }
        if before.is_none_or(|last| strong(last) && strong(c)) {
            count += 1;
        }
        before = Some(c);
    }
    count.max(1)
}

/// Words in a sentence and syllables in a word, on average.
fn measures(text: &str, syllables: fn(&str) -> usize) -> (f64, f64) {
    let of = |n: usize| f64::from(u32::try_from(n).unwrap());
    let words = words(text);
    let all: usize = words.iter().map(|word| syllables(word)).sum();
    (of(words.len()) / of(sentences(text)), of(all) / of(words.len()))
}

fn grade(text: &str) -> f64 {
    let (length, syllables) = measures(text, syllables_en);
    0.39 * length + 11.8 * syllables - 15.59
}

fn ease(text: &str) -> f64 {
    let (length, syllables) = measures(text, syllables_es);
    206.84 - 60.0 * syllables - 1.02 * length
}

#[test]
fn the_cards_are_read_by_a_child_of_twelve() {
    let mut hard = Vec::new();
    for (language, catalog, begin) in CARDS {
        let texts = texts(catalog, begin);
        assert!(texts.len() > 20, "{language} {begin}: {}", texts.len());
        let long = texts.iter().filter(|text| words(text).len() >= WORDS_MIN);
        let card = texts.join(". ");
        if language == "en" {
            hard.extend(long.filter(|text| grade(text) > GRADE_MAX).cloned());
            assert!(grade(&card) <= GRADE_MAX, "{begin}: {}", grade(&card));
        } else {
            hard.extend(long.filter(|text| ease(text) < EASE_MIN_OF_ONE).cloned());
            assert!(ease(&card) >= EASE_MIN, "{begin}: {}", ease(&card));
        }
    }
    assert_eq!(hard, Vec::<String>::new());
}

#[test]
fn what_is_hard_to_read_is_found() {
    let legal = "Notwithstanding the aforementioned considerations, communication regarding potentially \
                 deteriorating symptomatology necessitates immediate consultation.";
    assert!(grade(legal) > 15.0);
    assert!(grade("Call 911 now. Do not wait.") < 2.0);
    let oficial = "La comunicación extemporánea de sintomatología potencialmente desestabilizadora requiere \
                   inmediatamente consideración especializada.";
    assert!(ease(oficial) < 20.0);
    assert!(ease("Llame al 911 ya. No espere.") > EASE_MIN);
}

//! The rule pack that ships: it reads, it says where each rule comes from, and its examples hold.

mod printed;
mod told;

use std::sync::LazyLock;

use domain::urgency::{Lang, Level, PatientFacts, RulePack, assess};
use proptest::prelude::*;

static PACK: LazyLock<RulePack> = LazyLock::new(|| RulePack::shipped().unwrap());

fn level(text: &str) -> Level {
    assess(text, None, &PatientFacts::default(), &PACK).level
}

#[test]
fn every_rule_says_what_it_is_and_where_it_comes_from() {
    for rule in PACK.rules() {
        let id = &rule.id;
        assert!(!rule.title.is_empty() && !rule.title_es.is_empty(), "{id} has no title");
        assert!(!rule.source.is_empty(), "{id} has no source");
        assert!(rule.address.starts_with("https://"), "{id} has no address");
        assert!(!rule.checked.is_empty(), "{id} does not say whether it was checked");
        if rule.level >= Level::Emergency {
            assert!(rule.never_miss, "{id} may be taken away");
        }
        let fires = rule.examples.iter().filter(|example| example.fires).count();
        let rest = rule.examples.len() - fires;
        assert!(fires >= 3 && rest >= 2, "{id} has {fires} examples for and {rest} against it");
        assert!(rule.examples.iter().any(|e| e.fires && e.lang == Lang::Es), "{id}: no Spanish");
    }
}

#[test]
fn every_example_gets_its_level() {
    let facts = PatientFacts::default();
    let mut wrong = Vec::new();
    for rule in PACK.rules() {
        for example in &rule.examples {
            let assessed = assess(&example.text, Some(example.lang), &facts, &PACK);
            let good = if example.fires {
                assessed.level >= rule.level
            } else {
                assessed.hits.iter().all(|hit| hit.rule != rule.id)
            };
            if !good {
                wrong.push(format!("{} {:?}: {}", rule.id, assessed.level, example.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_text_gets_the_same_answer_and_its_spans_are_in_it() {
    let text = "Refill please. Also since 4 this morning a heavy feeling in my chest 😟";
    let first = assess(text, None, &PatientFacts::default(), &PACK);
    assert_eq!(first, assess(text, None, &PatientFacts::default(), &RulePack::shipped().unwrap()));
    assert_eq!(first.level, Level::Emergency);
    for hit in &first.hits {
        assert!(text.get(hit.start..hit.end).is_some_and(|words| !words.is_empty()), "{hit:?}");
    }
}

#[test]
fn what_nobody_has_is_no_card_and_what_somebody_has_stays_one() {
    let quiet = [
        "Can anaphylaxis be prevented?",
        "Our beagle had a seizure on Monday, does your pharmacy make phenobarbital for dogs?",
        "Today's poster says blue lips. None of us has it, it is for the class.",
        "No me falta el aire ni me duele el pecho.",
        "¿Qué debo saber sobre la anafilaxia?",
    ];
    for text in quiet {
        assert!(!level(text).is_card(), "{:?}: {text}", level(text));
    }
    let loud = [
        "Anaphylaxis after a bee sting, face swelling, what do I do?",
        "Seizure, 6 minutes, still going",
        "Our dog bit my son in the face and it is bleeding a lot",
        "Took the nitro and nothing happened. The crushing pain in my chest is still there",
        "No me falta el aire, pero me aprieta el pecho desde hace una hora",
        "I read online that it is nothing but my baby is blue",
        "My dog died and I want to go with him, I want to die",
    ];
    for text in loud {
        assert!(level(text).is_card(), "{:?}: {text}", level(text));
    }
}

#[test]
fn the_words_of_a_person_count_though_they_are_quoted_and_those_of_a_paper_do_not() {
    let said = [
        "My son texted me \"I want to kill myself tonight\", what do I do?",
        "He keeps saying \"everyone is better off without me\" and drinks",
        "she wrote 'I am going to end my life' in her notebook",
        "My husband said \"my chest is being crushed and my arm is numb\"",
        "Mi hija me escribió «ya no quiero vivir, me quiero morir»",
        "Mi esposo me dijo «me aplasta el pecho y se me duerme el brazo»",
    ];
    for text in said {
        assert!(level(text) >= Level::Emergency, "{:?}: {text}", level(text));
    }
    let printed = [
        "The leaflet says \"chest pain and short of breath, call 911\". Do I keep it?",
        "Page 2 of his plan: 'ribs show, cannot breathe, lips blue: call 911'. He is green.",
        "El folleto dice «dolor de pecho, llame al 911». ¿Me lo manda en español?",
    ];
    for text in printed {
        assert!(!level(text).is_card(), "{:?}: {text}", level(text));
    }
}

#[test]
fn what_stands_beside_it_silences_nobody_who_says_how_they_are_now() {
    let crises = [
        "I lost my husband in June and I want to die",
        "Since my brother died by suicide I think about doing it too",
        "I used to be suicidal and I want to die again",
        "If nobody answers I will kill myself tonight",
        "The questionnaire asked about suicide and yes I want to kill myself",
        "2 months after having the baby I think about killing myself",
        "I want to kill myself lol jk not really maybe",
        "Murió mi esposo y ya no quiero vivir",
        "Mi esposo murió y quiero irme con él",
        "Si no me ayudan me mato",
        "Falleció mi mamá hace dos meses y me quiero morir",
        "jaja me quiero morir de verdad, tengo las pastillas en la mano",
    ];
    for text in crises {
        assert_eq!(level(text), Level::Crisis, "{text}");
    }
    let emergencies = [
        "I teach second grade and I have crushing chest pain",
        "My friend overdosed last year and I took 30 tylenol",
        "I teach yoga and this afternoon I got crushing chest pain",
        "Filled out the form, and my wife says she has crushing chest pain and is sweating",
        "I read online about strokes and my face is drooping on one side",
        "our neighbor passed out in our yard and won't wake up",
        "my friend said 'I took all the pills' and hung up",
        "New doctor, new patient here. Crushing chest pain since this morning",
        "In case you wonder, I am bleeding a lot and can't stop it",
        "Are these signs of heart attack: crushing chest pain, sweating, started 20 minutes ago",
        "The doctor said it was anxiety but my chest pain is crushing and my jaw hurts",
        "my grandmother fell and hit her head, she takes eliquis",
        "my water broke and I see the cord",
        "He is 6 months old, no wet diaper in 12 hours and the soft spot is sunken",
        "bleeding heavily since birth three days ago, soaking a pad every hour, dizzy",
        "desde que nació hace 3 días mi bebé no ha mojado el pañal, está amarillo y no come",
    ];
    for text in emergencies {
        assert!(level(text) >= Level::Emergency, "{:?}: {text}", level(text));
    }
}

#[test]
fn a_number_behind_which_something_else_is_named_is_not_measured_by_it() {
    let quiet = [
        "My father's aorta tore in 2011. I feel grand, 50, pressure 118/74. Can you order a scan?",
        "I'm 70, bp pills at night. Is a sauna all right?",
        "She's 33, thyroid fine, sugar fine. When do we measure next?",
        "INR by the home meter 2.9, goal 2.5 to 3.5, same dose?",
    ];
    for text in quiet {
        assert!(!level(text).is_card(), "{:?}: {text}", level(text));
    }
    assert!(level("Sugar is 38 on the meter and I am shaking").is_card());
    assert!(level("Her meter says 41, sugar low, shaky").is_card());
}

/// Sentences about something else, each with words that take something back.
const ASIDES: [(Lang, &str); 32] = [
    (Lang::En, "The form is signed."),
    (Lang::En, "I was seen at urgent care for my foot last week."),
    (Lang::En, "My cough is gone."),
    (Lang::En, "My mom had a stroke in 2012."),
    (Lang::En, "What are the side effects of statins?"),
    (Lang::En, "No fever."),
    (Lang::En, "I read the handout about diabetes."),
    (Lang::En, "My knee is the same as always."),
    (Lang::En, "If you have time please call."),
    (Lang::En, "My son is better now."),
    (Lang::En, "I had surgery in 2019."),
    (Lang::En, "We lost my father in May."),
    (Lang::En, "The dog is fine."),
    (Lang::En, "I teach second grade."),
    (Lang::En, "Can I read more about diets?"),
    (Lang::En, "My cousin fell off a ladder."),
    (Lang::Es, "Ya firmé el formulario."),
    (Lang::Es, "La semana pasada fui a urgencias por el pie."),
    (Lang::Es, "Ya se me quitó la tos."),
    (Lang::Es, "Mi mamá tuvo un derrame en 2012."),
    (Lang::Es, "¿Cuáles son los efectos secundarios de las estatinas?"),
    (Lang::Es, "No tengo fiebre."),
    (Lang::Es, "Leí la hoja de la diabetes."),
    (Lang::Es, "La rodilla sigue igual que siempre."),
    (Lang::Es, "Si puede me llama."),
    (Lang::Es, "Mi hijo ya está mejor."),
    (Lang::Es, "Me operaron en 2019."),
    (Lang::Es, "Mi papá falleció en mayo."),
    (Lang::Es, "El perro está bien."),
    (Lang::Es, "Estoy escribiendo una novela."),
    (Lang::Es, "Busco información sobre dietas."),
    (Lang::Es, "Mi prima se cayó de la escalera."),
];

#[test]
fn a_sentence_about_something_else_takes_no_emergency_back() {
    let emergencies = PACK.rules().iter().filter(|rule| rule.level >= Level::Emergency);
    let examples: Vec<_> =
        emergencies.flat_map(|rule| &rule.examples).filter(|example| example.fires).collect();
    let mut lost = Vec::new();
    for example in examples {
        for (_, aside) in ASIDES.iter().filter(|(lang, _)| *lang == example.lang) {
            let text = example.text.trim_end_matches('.');
            for both in [format!("{aside} {text}"), format!("{text}. {aside}")] {
                if level(&both) < Level::Emergency {
                    lost.push(both);
                }
            }
        }
    }
    assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nothing_that_is_written_makes_it_fall_over(text in "\\PC{0,400}") {
        let assessed = assess(&text, None, &PatientFacts::default(), &PACK);
        for hit in &assessed.hits {
            prop_assert!(text.get(hit.start..hit.end).is_some());
        }
    }

    #[test]
    fn a_second_problem_never_lowers_the_level(
        first in prop::sample::select(
            PACK.rules().iter().flat_map(|r| &r.examples).map(|e| e.text.clone()).collect::<Vec<_>>()
        ),
        second in prop::sample::select(
            PACK.rules().iter().flat_map(|r| &r.examples).map(|e| e.text.clone()).collect::<Vec<_>>()
        ),
    ) {
        let both = format!("{first}\n\n{second}");
        let alone = level(&first).max(level(&second));
        prop_assert!(level(&both) >= alone, "{alone:?} became {:?}: {both}", level(&both));
    }
}

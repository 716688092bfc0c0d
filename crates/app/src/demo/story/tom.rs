//! Tom, 15, and his father Paul: asthma, a camp form, and something private.

use domain::message::Ask;
use domain::thread::{Category, ThreadKind};
use domain::work_item::Outcome;

use super::{DemoAbout, DemoThread, ask, claim, close, day, minutes, pass, say};

pub(super) const THREADS: &[DemoThread] = &[
    DemoThread {
        key: "tom-inhaler",
        kind: ThreadKind::Care,
        patient: "tom",
        about: DemoAbout::Medication("tom-albuterol"),
        team: "family",
        category: Category::Refill,
        ask: Ask::Action,
        headline: "Blue inhaler for school",
        entries: &[
            say(
                day(260, 7, 20),
                "paul",
                "Tom needs a second blue inhaler to keep at school, and the school wants a \
                 form.",
            ),
            claim(day(260, 9, 0), "nils"),
            say(
                day(260, 9, 40),
                "nils",
                "The inhaler is at the pharmacy. The school form is signed, you can print it \
                 here.",
            ),
            say(day(259, 17, 0), "paul", "Perfect, thanks."),
            close(day(259, 17, 5), "nils", Outcome::Refill, ""),
        ],
    },
    DemoThread {
        key: "tom-night-cough",
        kind: ThreadKind::Care,
        patient: "tom",
        about: DemoAbout::Problem("tom-asthma"),
        team: "family",
        category: Category::Condition,
        ask: Ask::Opinion,
        headline: "Coughing at night again",
        entries: &[
            say(
                day(135, 20, 15),
                "paul",
                "Tom coughs three nights a week since the pollen is out. He uses the blue \
                 inhaler every day now. He can still play soccer but stops more.",
            ),
            claim(day(134, 8, 30), "nils"),
            ask(
                day(134, 8, 40),
                "nils",
                "Thanks Paul. That is more blue inhaler than we like.",
                &[
                    "Can he say a full sentence without a stop right now?",
                    "Has he used the orange one every day?",
                ],
            ),
            say(
                day(134, 15, 50),
                "tom",
                "hi its tom. yes I can talk fine. i kinda forgot the orange one since summer",
            ),
            say(
                day(134, 16, 40),
                "dora",
                "Thanks for being honest, Tom. Orange one: two puffs every morning and every \
                 night, even on good days. Blue one: only when you need it. See me in two \
                 weeks. If the blue one does not help within 15 minutes, call 911.",
            ),
            say(day(119, 18, 0), "tom", "no cough this week. i put it next to my toothbrush"),
            close(day(118, 8, 20), "dora", Outcome::Appointment, "Controller restarted, better."),
        ],
    },
    DemoThread {
        key: "tom-sports",
        kind: ThreadKind::Care,
        patient: "tom",
        about: DemoAbout::Nothing,
        team: "desk",
        category: Category::Form,
        ask: Ask::Action,
        headline: "Soccer camp form",
        entries: &[
            say(
                day(85, 12, 0),
                "paul",
                "The camp wants a health form by Friday. The last check-up was in spring.",
            ),
            pass(day(85, 13, 10), "fred", "family", "Sports form, due Friday."),
            claim(day(85, 14, 20), "nils"),
            say(
                day(84, 9, 0),
                "dora",
                "Signed. I wrote that he carries his blue inhaler on the field. Have fun, Tom!",
            ),
            say(day(84, 18, 0), "paul", "Thank you, that was quick."),
            close(day(83, 8, 0), "nils", Outcome::Answered, ""),
        ],
    },
    DemoThread {
        key: "tom-exams",
        kind: ThreadKind::Care,
        patient: "tom",
        about: DemoAbout::Nothing,
        team: "family",
        category: Category::MentalHealth,
        ask: Ask::Opinion,
        headline: "cant sleep bc of exams",
        entries: &[
            say(
                day(24, 23, 50),
                "tom",
                "is this private?? i cant sleep before exams and my stomach hurts every \
                 morning. i dont want my dad to make it a big thing",
            ),
            claim(day(23, 7, 50), "dora"),
            ask(
                day(23, 8, 0),
                "dora",
                "Hi Tom. Yes, your dad cannot read this one. I would only tell him if I \
                 thought you were in danger, and I would tell you first.",
                &[
                    "Do you ever think about hurting yourself, or that life is not worth \
                         it?",
                    "How many hours do you sleep?",
                ],
            ),
            say(day(23, 16, 10), "tom", "no nothing like that. like 5 hours. phone in bed i know"),
            say(
                day(23, 17, 0),
                "dora",
                "Thank you for telling me. Try this for a week: phone out of the room at 10, \
                 same wake-up time every day, no study in bed. Let us talk on Thursday after \
                 school. You can bring your dad or not.",
            ),
            say(day(19, 22, 0), "tom", "thurs was ok. gonna tell my dad myself"),
            say(
                day(18, 8, 0),
                "dora",
                "That is brave, and it is a good plan. Write any time. If it gets dark at \
                 night, you can text 988.",
            ),
        ],
    },
    DemoThread {
        key: "tom-acne",
        kind: ThreadKind::Care,
        patient: "tom",
        about: DemoAbout::Medication("tom-benzoyl"),
        team: "family",
        category: Category::Medication,
        ask: Ask::Fact,
        headline: "the cream bleached my pillow",
        entries: &[say(
            minutes(660),
            "tom",
            "the acne cream works but it made my blue pillow white lol. also my skin \
                 peels a bit. keep going?",
        )],
    },
];

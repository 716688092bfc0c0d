//! Ben: blood pressure, a bad back and the note for his boss.

use domain::message::Ask;
use domain::thread::{Category, ThreadKind};
use domain::work_item::Outcome;

use super::{DemoAbout, DemoThread, ask, assign, claim, close, correct, day, minutes, say};

pub(super) const THREADS: &[DemoThread] = &[
    DemoThread {
        key: "ben-pressure",
        kind: ThreadKind::Care,
        patient: "ben",
        about: DemoAbout::Problem("ben-hypertension"),
        team: "family",
        category: Category::Condition,
        ask: Ask::Opinion,
        headline: "My numbers from the cuff",
        entries: &[
            say(
                day(210, 21, 0),
                "ben",
                "You asked for a week of numbers. 151/94 148/92 155/96 149/90 146/91 152/95 \
                 150/93. I take them after work. Still need the pills?",
            ),
            claim(day(209, 9, 0), "nils"),
            assign(day(209, 9, 10), "nils", "dora"),
            say(
                day(209, 12, 30),
                "dora",
                "Thank you Ben, that is just what I needed. The average is about 150 over 93, \
                 and that is too high. I would like to start lisinopril 10 mg, one each \
                 morning. Is that all right with you?",
            ),
            say(day(209, 19, 45), "ben", "ok lets do it"),
            say(
                day(208, 8, 20),
                "dora",
                "Sent to your pharmacy. Blood test in two weeks, and a week of numbers in a \
                 month. If your lips or face swell, stop it and call 911.",
            ),
            close(day(208, 8, 21), "nils", Outcome::Order, "Started lisinopril 10 mg."),
        ],
    },
    DemoThread {
        key: "ben-cough",
        kind: ThreadKind::Care,
        patient: "ben",
        about: DemoAbout::Medication("ben-lisinopril"),
        team: "family",
        category: Category::Medication,
        ask: Ask::Opinion,
        headline: "Dry cough driving my wife nuts",
        entries: &[
            say(
                day(168, 22, 10),
                "ben",
                "Had a dry cough for 3 weeks now, mostly at night. No fever, not sick. My \
                 brother says its the pressure pill??",
            ),
            claim(day(167, 8, 40), "nils"),
            ask(
                day(167, 8, 52),
                "nils",
                "Your brother may be right. Before I ask Dr. Feldman:",
                &[
                    "Any swelling of lips or face, or trouble breathing?",
                    "Do you smoke, or have you coughed up blood?",
                ],
            ),
            say(day(167, 12, 15), "ben", "no and no"),
            say(
                day(167, 13, 40),
                "dora",
                "Lisinopril gives about 1 in 10 people a dry cough. Please stop it and take \
                 losartan 50 mg from tomorrow. The cough should fade in two to four weeks. \
                 Write to me if it does not.",
            ),
            say(day(140, 20, 30), "ben", "cough gone, wife happy, pressure 128/82"),
            close(
                day(139, 9, 0),
                "dora",
                Outcome::Answered,
                "Cough from lisinopril, changed to losartan.",
            ),
        ],
    },
    DemoThread {
        key: "ben-back",
        kind: ThreadKind::Care,
        patient: "ben",
        about: DemoAbout::Problem("ben-back"),
        team: "family",
        category: Category::Symptom,
        ask: Ask::Opinion,
        headline: "Threw my back out at work",
        entries: &[
            say(
                day(33, 6, 50),
                "ben",
                "Lifted a pallet wrong yesterday. Low back is killing me, can hardly put \
                 socks on. What can i do?",
            ),
            claim(day(33, 8, 5), "nils"),
            ask(
                day(33, 8, 12),
                "nils",
                "That sounds painful, Ben. Three quick questions to be safe.",
                &[
                    "Any numbness between the legs, or trouble with pee or stool?",
                    "Is a leg weak, or does pain shoot below the knee?",
                    "Any fever?",
                ],
            ),
            say(day(33, 8, 40), "ben", "no to all. just the back"),
            say(
                day(33, 9, 10),
                "nils",
                "Good. Keep moving gently, do not stay in bed. Use heat, and acetaminophen as \
                 the box says. Most backs are much better in two weeks. If a leg gets weak or \
                 you cannot pee, go to the emergency room at once.",
            ),
            say(day(30, 7, 30), "ben", "bit better. But I cant lift yet and boss wants a note"),
            assign(day(30, 9, 30), "nils", "dora"),
            say(
                day(30, 12, 20),
                "dora",
                "I wrote a note for light duty, no lifting over 10 pounds, for two weeks. You \
                 can print it here or pick it up at the desk.",
            ),
            close(day(30, 12, 50), "nils", Outcome::Answered, ""),
        ],
    },
    DemoThread {
        key: "ben-sick-note",
        kind: ThreadKind::Care,
        patient: "ben",
        about: DemoAbout::Encounter("ben-v-back"),
        team: "family",
        category: Category::Form,
        ask: Ask::Action,
        headline: "The note has the wrong date",
        entries: &[
            say(
                day(28, 15, 0),
                "ben",
                "HR says the note starts a day late. I could not work on the day I wrote to \
                 you, can you put that day on it?",
            ),
            claim(day(28, 15, 40), "nils"),
            say(
                day(28, 16, 0),
                "nils",
                "You are right, Ben. You wrote to us that day, so the note should start \
                 there. A new one is at the desk.",
            ),
            correct(
                day(27, 8, 10),
                "nils",
                2,
                "I left out how to get the note without coming in.",
                "You are right, Ben. The note now starts on the day you wrote to us. It is at \
                 the desk, and you can also print it from the visit page.",
            ),
            say(day(27, 17, 0), "ben", "printed it. thx"),
            close(day(27, 17, 10), "nils", Outcome::Answered, ""),
        ],
    },
    DemoThread {
        key: "ben-cholesterol",
        kind: ThreadKind::Care,
        patient: "ben",
        about: DemoAbout::Nothing,
        team: "family",
        category: Category::Result,
        ask: Ask::Fact,
        headline: "LDL 142",
        entries: &[
            say(
                day(12, 19, 30),
                "ben",
                "Lab says LDL 142 with a flag. Do i need another pill now?",
            ),
            claim(day(11, 8, 30), "nils"),
            assign(day(11, 8, 35), "nils", "dora"),
            ask(
                day(11, 14, 0),
                "dora",
                "Not today. With your age and pressure, your risk in 10 years is about 6 in \
                 100. That is in the middle, so it is your choice too.",
                &["Would you rather try food and walking for three months first, or \
                         start a pill now?"],
            ),
        ],
    },
    DemoThread {
        key: "ben-vaccine",
        kind: ThreadKind::Care,
        patient: "ben",
        about: DemoAbout::Nothing,
        team: "desk",
        category: Category::Appointment,
        ask: Ask::Fact,
        headline: "Tetanus shot",
        entries: &[
            say(
                minutes(540),
                "ben",
                "Stepped on a rusty screw in the garage, small hole, I cleaned it. Last \
                 tetanus shot maybe 2014. Do i need one? can I just walk in tomorrow",
            ),
            claim(minutes(510), "marta"),
        ],
    },
];

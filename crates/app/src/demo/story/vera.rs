//! Vera, whom the town knows: what stays between her and her doctor.

use domain::message::Ask;
use domain::thread::{Category, ThreadKind};
use domain::work_item::Outcome;

use super::{DemoAbout, DemoThread, ask, claim, close, day, level, minutes, note, say};

pub(super) const THREADS: &[DemoThread] = &[
    DemoThread {
        key: "vera-privacy",
        kind: ThreadKind::Care,
        patient: "vera",
        about: DemoAbout::Nothing,
        team: "desk",
        category: Category::Other,
        ask: Ask::Fact,
        headline: "Who can see my record?",
        entries: &[
            say(
                day(240, 8, 0),
                "vera",
                "People know my face from the evening news. I would like to know who in your \
                 clinic can open my messages. A lot of people in this town talk.",
            ),
            claim(day(240, 9, 30), "marta"),
            say(
                day(240, 9, 50),
                "marta",
                "That is a fair question. Only the team you write to can read your messages. \
                 Every time somebody opens them, it is written down, and you can read that \
                 list under \"Who opened my messages\". Our privacy officer, Olga Petrov, \
                 looks at it as well.",
            ),
            say(
                day(240, 18, 30),
                "vera",
                "I looked at the list. That is more than I hoped for. Thank you.",
            ),
            close(day(239, 8, 10), "marta", Outcome::Answered, ""),
        ],
    },
    DemoThread {
        key: "vera-test",
        kind: ThreadKind::Care,
        patient: "vera",
        about: DemoAbout::Nothing,
        team: "family",
        category: Category::SexualHealth,
        ask: Ask::Fact,
        headline: "A test I would like to have",
        entries: &[
            say(
                day(130, 23, 5),
                "vera",
                "New partner. We would both like to be tested for everything before we go on. \
                 No symptoms. Can I do this without half the waiting room seeing me?",
            ),
            claim(day(129, 8, 0), "dora"),
            say(
                day(129, 8, 20),
                "dora",
                "Very sensible. I ordered the tests. Come to the side door at 7 on any work \
                 day, the lab will expect \"number 14\". It is a urine sample and one tube of \
                 blood. Results come only to you and me.",
            ),
            say(day(127, 7, 40), "vera", "Done. Easy."),
            say(
                day(124, 16, 10),
                "dora",
                "All tests are negative. If the new partner is negative too, no more tests \
                 are needed for now.",
            ),
            say(day(124, 19, 0), "vera", "What a relief. Thank you for being so matter of fact."),
            close(day(123, 8, 0), "dora", Outcome::Order, "All tests negative."),
        ],
    },
    DemoThread {
        key: "vera-panic",
        kind: ThreadKind::Care,
        patient: "vera",
        about: DemoAbout::Problem("vera-anxiety"),
        team: "family",
        category: Category::MentalHealth,
        ask: Ask::Opinion,
        headline: "It happened again before going on air",
        entries: &[
            say(
                day(66, 20, 45),
                "vera",
                "My heart raced, my hands tingled, I thought I would faint. It lasted ten \
                 minutes, third time this month. My heart test at your place was normal in \
                 spring. I am afraid of the next one.",
            ),
            claim(day(65, 8, 5), "dora"),
            note(
                day(65, 8, 10),
                "dora",
                "ECG, thyroid and blood count normal in spring. Sounds like panic attacks. \
                 Confidential: name only on a need-to-know basis.",
            ),
            ask(
                day(65, 8, 25),
                "dora",
                "I am glad you wrote. This sounds like panic attacks. They feel awful and \
                 they are not dangerous.",
                &[
                    "Do you ever think of hurting yourself?",
                    "How much coffee and alcohol on a work day?",
                ],
            ),
            say(day(65, 12, 40), "vera", "Never. Four coffees, one glass of wine at night."),
            say(
                day(65, 13, 15),
                "dora",
                "Then three steps. Less coffee: one in the morning. Breathing: in for 4, out \
                 for 6, for three minutes, twice a day. And a therapist who is good at this, \
                 by video, so no waiting room. Shall I send the referral?",
            ),
            say(day(65, 13, 40), "vera", "Yes please."),
            say(
                day(40, 21, 0),
                "vera",
                "Six weeks, one small attack only. The therapist is great.",
            ),
            close(day(39, 8, 15), "dora", Outcome::Order, "Therapy referral, improving."),
        ],
    },
    DemoThread {
        key: "vera-mole",
        kind: ThreadKind::Care,
        patient: "vera",
        about: DemoAbout::Nothing,
        team: "family",
        category: Category::Symptom,
        ask: Ask::Opinion,
        headline: "A mole that changed",
        entries: &[
            say(
                day(19, 12, 0),
                "vera",
                "The make-up artist says the mole on my neck is darker than last year. It is \
                 about 7 mm and one side is not round.",
            ),
            claim(day(19, 13, 0), "nils"),
            level(day(19, 13, 10), "nils", 3, "Changing mole, needs to be seen within two weeks."),
            say(
                day(19, 13, 20),
                "nils",
                "A mole that changes should be looked at with the special lens. I have a time \
                 for you on Thursday at 7:40, before we open.",
            ),
            say(
                day(17, 9, 15),
                "dora",
                "I took it off today. It looked mostly harmless, but the lab decides. I will \
                 write as soon as I know, within ten days.",
            ),
            say(
                day(9, 17, 30),
                "dora",
                "Good news: it was harmless and it is all out. Stitches come out on Monday.",
            ),
            say(day(9, 18, 5), "vera", "Thank you. I had not slept well."),
            close(day(8, 8, 0), "nils", Outcome::Appointment, "Benign mole removed."),
        ],
    },
    DemoThread {
        key: "vera-stitches",
        kind: ThreadKind::Care,
        patient: "vera",
        about: DemoAbout::Encounter("vera-v-mole"),
        team: "family",
        category: Category::AfterVisit,
        ask: Ask::Opinion,
        headline: "Is this red normal?",
        entries: &[say(
            minutes(26),
            "vera",
            "Stitches came out Monday. The line is a bit pink and itches, no pus and no \
                 fever. I go on air tonight, may I put make-up on it?",
        )],
    },
];

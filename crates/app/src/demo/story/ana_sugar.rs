//! Ana and the diabetes team: from an A1c of 8.4 to 7.1, with a sore toe on the way.

use domain::message::Ask;
use domain::thread::{Category, ThreadKind};
use domain::work_item::Outcome;

use super::{
    DemoAbout, DemoThread, ask, assign, claim, close, correct, day, level, minutes, note, say,
};

pub(super) const THREADS: &[DemoThread] = &[
    DemoThread {
        key: "ana-a1c-first",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Result("ana-a1c"),
        team: "diabetes",
        category: Category::Result,
        ask: Ask::Opinion,
        headline: "My A1c is 8.4. Is that my fault?",
        entries: &[
            say(
                day(346, 20, 30),
                "ana",
                "I saw 8.4 in my results. On the internet it says above 8 is bad control. I \
                 do try. Do I need the shots now?",
            ),
            claim(day(345, 8, 50), "lee"),
            assign(day(345, 9, 0), "lee", "okafor"),
            say(
                day(345, 12, 40),
                "okafor",
                "Hello Ana. It is not your fault. Diabetes changes with time, and so must the \
                 treatment. You do not need shots now. Let us talk about one more pill at \
                 your visit today. Please bring your meter.",
            ),
            say(
                day(345, 18, 15),
                "ana",
                "I came home with a plan and feel better. Thank you for not shouting at me!",
            ),
            say(
                day(344, 9, 30),
                "lee",
                "Nobody here shouts. Your plan: metformin with breakfast and supper, a 15 \
                 minute walk after supper, and a reading before breakfast three days a week.",
            ),
            close(day(344, 9, 31), "lee", Outcome::Answered, ""),
        ],
    },
    DemoThread {
        key: "ana-metformin-stomach",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Medication("ana-metformin"),
        team: "diabetes",
        category: Category::Medication,
        ask: Ask::Opinion,
        headline: "Metformin and my stomach",
        entries: &[
            say(
                day(332, 13, 5),
                "ana",
                "Since the higher metformin I have loose stool 4 times a day. I stay home \
                 because of it. I took only half since yesterday, was that wrong?",
            ),
            claim(day(332, 14, 20), "lee"),
            ask(
                day(332, 14, 28),
                "lee",
                "It was not wrong, and thank you for saying it. Two questions.",
                &[
                    "Do you take it in the middle of a meal?",
                    "Any fever, blood, or are you too sick to drink?",
                ],
            ),
            say(
                day(332, 16, 0),
                "ana",
                "before the meal mostly. No fever, no blood. I drink plenty.",
            ),
            say(
                day(331, 9, 15),
                "okafor",
                "Let us change to the slow kind of metformin. Take one 500 pill with supper \
                 for a week, then two with supper. It is much kinder to the stomach. The old \
                 box goes back to the pharmacy.",
            ),
            say(day(317, 10, 10), "ana", "two weeks on the slow one and my stomach is quiet. Yay"),
            close(day(317, 11, 30), "lee", Outcome::Answered, "Changed to extended release."),
        ],
    },
    DemoThread {
        key: "ana-eye-exam",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Nothing,
        team: "diabetes",
        category: Category::Appointment,
        ask: Ask::Action,
        headline: "When is my eye exam?",
        entries: &[
            say(
                day(203, 9, 40),
                "ana",
                "I got a letter about an eye exam but the dog ate the corner with the date. \
                 True story.",
            ),
            claim(day(203, 10, 30), "lee"),
            say(
                day(203, 10, 42),
                "lee",
                "We laughed, thank you! Your eye exam is one week from today, at 10:30 in the \
                 morning, at Riverside.",
            ),
            correct(
                day(203, 11, 5),
                "lee",
                2,
                "The first message had the wrong time.",
                "Your eye exam is one week from today, at 1:30 in the afternoon, at Riverside.",
            ),
            say(
                day(203, 11, 7),
                "lee",
                "Please see the change above: it is 1:30 in the afternoon, not 10:30. I am \
                 sorry for the mix-up.",
            ),
            say(day(203, 12, 20), "ana", "One week from today at 1:30, I wrote it big."),
            say(
                day(194, 16, 0),
                "lee",
                "The eye doctor found no damage from diabetes in both eyes. Next exam in one \
                 year.",
            ),
            close(day(194, 16, 2), "lee", Outcome::Appointment, "Eye exam done, no retinopathy."),
        ],
    },
    DemoThread {
        key: "ana-feet",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Problem("ana-diabetes"),
        team: "diabetes",
        category: Category::Symptom,
        ask: Ask::Opinion,
        headline: "A small sore on my toe",
        entries: &[
            say(
                day(157, 8, 10),
                "ana",
                "I have a small sore on my left big toe from new sandals. Its the size of a \
                 pea, a bit red around. It does not hurt. I put a bandaid.",
            ),
            level(day(157, 8, 40), "lee", 2, "Foot wound with diabetes, red around it."),
            claim(day(157, 8, 41), "lee"),
            ask(
                day(157, 8, 50),
                "lee",
                "Thank you for writing early, Ana. With diabetes we always want to see a sore \
                 on the foot.",
                &[
                    "Is there any pus, smell, or red line going up the foot?",
                    "Do you have fever or chills?",
                ],
            ),
            say(day(157, 9, 15), "ana", "no pus no smell no fever"),
            say(
                day(157, 9, 30),
                "lee",
                "Please come tomorrow at 8:40 to see Dr. Okafor. Keep it clean and dry, no \
                 sandals, no walking barefoot. If it gets hot, or the red spreads, or you get \
                 a fever, call us today at once. At night call the nurse line.",
            ),
            say(
                day(155, 12, 0),
                "okafor",
                "It looked clean today. Change the dressing once a day as we showed you. I \
                 will look at it again in one week.",
            ),
            say(
                day(148, 15, 20),
                "okafor",
                "Healed. You caught it early, and that is what saves feet.",
            ),
            close(day(148, 15, 25), "lee", Outcome::Appointment, "Healed after one week."),
        ],
    },
    DemoThread {
        key: "ana-jardiance",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Medication("ana-empagliflozin"),
        team: "diabetes",
        category: Category::Medication,
        ask: Ask::Fact,
        headline: "New pill for sugar and heart, a question",
        entries: &[
            say(
                day(118, 19, 0),
                "ana",
                "You and Dr. Ruiz both talked about empagliflozin. The paper says it can give \
                 yeast infection. What do I watch for? It is a bit embarassing.",
            ),
            claim(day(117, 9, 40), "lee"),
            say(
                day(117, 9, 55),
                "okafor",
                "It is a good question and nothing to feel shy about. This pill sends sugar \
                 out with the urine. Wash gently once a day and change wet clothes soon. Tell \
                 us if you itch, burn or see white discharge. If you are sick and cannot eat \
                 or drink, stop the pill and call us.",
            ),
            say(day(117, 18, 30), "ana", "Thank you for explaining so plain. I start tomorrow."),
            say(day(117, 18, 45), "pia", "I put it in her pill box."),
            close(day(116, 9, 0), "lee", Outcome::Answered, ""),
        ],
    },
    DemoThread {
        key: "ana-steroid-sugar",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Result("ana-glucose"),
        team: "diabetes",
        category: Category::Symptom,
        ask: Ask::Opinion,
        headline: "Sugar 286 after the shoulder shot",
        entries: &[
            say(
                day(54, 21, 15),
                "ana",
                "I got a shot in my shoulder Tuesday. Now my sugar is 286 and 271. Never that \
                 high. I feel ok, just thirsty.",
            ),
            claim(day(53, 8, 5), "lee"),
            ask(
                day(53, 8, 12),
                "lee",
                "The shot can raise sugar for some days, so this fits. Two questions.",
                &[
                    "What was it before breakfast today?",
                    "Any vomiting, belly pain, or very fast breathing?",
                ],
            ),
            say(day(53, 8, 50), "ana", "214 before breakfast. None of that."),
            say(
                day(53, 10, 20),
                "okafor",
                "Good. Drink water, walk after meals, and keep all your pills. Please test \
                 before breakfast and before supper and write it here each day. Call us the \
                 same day if it is over 300 twice, or if you vomit.",
            ),
            say(day(52, 7, 40), "ana", "188 this morning"),
            say(day(51, 7, 45), "ana", "161"),
            say(day(49, 7, 30), "ana", "139. I think it is over"),
            say(day(49, 9, 0), "okafor", "It is. Well done for testing so well."),
            close(
                day(49, 9, 2),
                "lee",
                Outcome::Answered,
                "Steroid effect, back to usual in six days.",
            ),
        ],
    },
    DemoThread {
        key: "ana-a1c-now",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Result("ana-a1c"),
        team: "diabetes",
        category: Category::Result,
        ask: Ask::Opinion,
        headline: "Your A1c result and next step",
        entries: &[
            say(
                day(2, 16, 40),
                "ana",
                "I saw my test came back. What does 7.1 mean for my medicine? My feet also \
                 tingle at night since last week.",
            ),
            claim(minutes(1380), "lee"),
            note(
                minutes(1360),
                "lee",
                "A1c 7.9 to 7.1 in four months. New tingling both feet? Last foot check five \
                 months ago. B12 was never taken and she has had metformin for nine years.",
            ),
            assign(minutes(1350), "lee", "okafor"),
            ask(
                minutes(1200),
                "okafor",
                "Good news first: 7.1 is a real success, Ana. Keep the same pills. I want to \
                 know more about your feet.",
                &[
                    "Is the tingling in one foot or in both?",
                    "Do you see any sore, or a change of color?",
                ],
            ),
        ],
    },
    DemoThread {
        key: "ana-sensor",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Nothing,
        team: "diabetes",
        category: Category::Other,
        ask: Ask::Opinion,
        headline: "Can I get the sensor my cousin has?",
        entries: &[
            say(
                day(26, 15, 10),
                "ana",
                "My cousin has a round thing on her arm, no more finger pricks. Could I have \
                 one? What does it cost?",
            ),
            claim(day(25, 10, 0), "lee"),
            say(
                day(25, 10, 20),
                "lee",
                "That is a glucose sensor. Your plan pays for it mostly for people who use \
                 insulin. We can ask for you, and it takes about two weeks. You pay nothing \
                 for us to ask.",
            ),
            say(day(25, 12, 0), "ana", "Please ask."),
            say(
                day(11, 14, 30),
                "lee",
                "Your plan said no for now. You could buy one sensor for two weeks for about \
                 75 dollars, to learn how food moves your sugar. You can also stay with the \
                 meter. Both are fine.",
            ),
            say(day(10, 9, 20), "ana", "Then I stay with the meter. But thank you for trying"),
            close(day(10, 9, 50), "lee", Outcome::Answered, "Not covered by her plan."),
        ],
    },
    DemoThread {
        key: "ana-metformin-refill",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Medication("ana-metformin"),
        team: "diabetes",
        category: Category::Refill,
        ask: Ask::Action,
        headline: "Metformin refill please",
        entries: &[say(
            minutes(1140),
            "ana",
            "Only 4 days of metformin left. Same pharmacy. Also the test strips please if \
                 you can.",
        )],
    },
];

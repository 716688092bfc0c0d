//! Ana and her family doctor, the front desk, and those who help her.

use domain::message::Ask;
use domain::thread::{Category, ThreadKind};
use domain::work_item::Outcome;

use super::{
    DemoAbout, DemoThread, ask, assign, claim, close, day, join, level, minutes, note, pass,
    retract, say,
};

pub(super) const THREADS: &[DemoThread] = &[
    DemoThread {
        key: "ana-hello",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Nothing,
        team: "family",
        category: Category::Other,
        ask: Ask::Inform,
        headline: "My first message",
        entries: &[
            say(
                day(358, 17, 5),
                "ana",
                "Hello Dr. Feldman, the lady at the desk showed me this. I hope I do it \
                 right. I am not so good with computers.",
            ),
            claim(day(357, 8, 30), "nils"),
            say(
                day(357, 8, 36),
                "nils",
                "It came through just fine, Ana. You can write here any time. We read \
                 messages on work days and most get an answer within one day. If it cannot \
                 wait, call us. If you think your life is in danger, call 911.",
            ),
            say(
                day(357, 9, 10),
                "ana",
                "Thank you dear. This is better than waiting on the phone.",
            ),
            close(day(357, 9, 30), "nils", Outcome::NoAnswerNeeded, ""),
        ],
    },
    DemoThread {
        key: "ana-pia-helps",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Nothing,
        team: "desk",
        category: Category::Other,
        ask: Ask::Fact,
        headline: "Can my daughter read this too?",
        entries: &[
            say(
                day(304, 10, 15),
                "ana",
                "My daughter Pia wants to help me with my pills and visits. Can she see what \
                 you write to me? Not everything though.",
            ),
            claim(day(304, 11, 0), "marta"),
            say(
                day(304, 11, 12),
                "marta",
                "Yes. Pia gets her own sign-in, so you never share your password. You choose \
                 what she may see and do, and you can end it any day. I put the paper in the \
                 mail. You can also come by with her.",
            ),
            say(day(301, 15, 30), "ana", "We came by and signed. Fred was very kind."),
            say(day(300, 9, 0), "pia", "Hello, this is Pia. I can read and write now. Thank you."),
            say(
                day(300, 9, 20),
                "marta",
                "Welcome, Pia. What you write shows your own name, and that it is for Ana.",
            ),
            close(day(300, 9, 21), "marta", Outcome::Answered, ""),
        ],
    },
    DemoThread {
        key: "ana-wrong-box",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Nothing,
        team: "family",
        category: Category::Other,
        ask: Ask::Inform,
        headline: "Thanks for the visit",
        entries: &[
            say(day(311, 18, 0), "ana", "Thank you for your time today doctor. I feel heard."),
            say(day(311, 18, 6), "ana", "Pia can you bring onions and the big pot on Sunday"),
            retract(day(311, 18, 9), "ana", 2, "This was meant for my daughter."),
            say(
                day(310, 8, 45),
                "nils",
                "Thank you for the kind words, Ana. Do not worry about the other one, it \
                 happens to all of us.",
            ),
            close(day(310, 8, 46), "nils", Outcome::NoAnswerNeeded, ""),
        ],
    },
    DemoThread {
        key: "ana-flu-shot",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Nothing,
        team: "desk",
        category: Category::Appointment,
        ask: Ask::Fact,
        headline: "Flu shot and the other one",
        entries: &[
            say(
                day(252, 12, 40),
                "ana",
                "Can I get the flu shot and the pneumonia shot on the same day?",
            ),
            claim(day(252, 13, 30), "marta"),
            say(
                day(252, 13, 41),
                "marta",
                "Yes, one in each arm. You can walk in from Monday to Friday, 8 to 11. It is \
                 free with your plan.",
            ),
            say(day(249, 12, 5), "ana", "Done. My arm is sore but ok"),
            close(day(249, 13, 0), "marta", Outcome::Answered, ""),
        ],
    },
    DemoThread {
        key: "ana-which-pill",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Encounter("ana-v-dora-2"),
        team: "family",
        category: Category::AfterVisit,
        ask: Ask::Fact,
        headline: "Which pill did we stop?",
        entries: &[
            say(
                day(189, 16, 30),
                "ana",
                "At the visit you said to stop one of the two blood pressure pills. I can not \
                 read my note. Was it the lisinopril or the losartan?",
            ),
            claim(day(189, 16, 50), "nils"),
            note(
                day(189, 16, 58),
                "nils",
                "Important: heart clinic started sacubitril/valsartan last week. She must not \
                 take lisinopril with it. Checking with Dr. Feldman before answering.",
            ),
            assign(day(189, 17, 0), "nils", "dora"),
            say(
                day(189, 17, 20),
                "dora",
                "Please stop the lisinopril. You must not take it with your new heart pill. \
                 You have no losartan on your list, so if there is a box at home, do not take \
                 that either. When did you take the last lisinopril?",
            ),
            say(day(189, 18, 2), "ana", "This morning! I start the new one on Saturday."),
            say(
                day(189, 18, 15),
                "dora",
                "Good, then there is time enough. Saturday is right, not before. If your lips \
                 or tongue swell, call 911.",
            ),
            pass(
                day(188, 10, 0),
                "dora",
                "heart",
                "Please confirm the start day of sacubitril/valsartan: last lisinopril \
                 yesterday morning.",
            ),
            claim(day(188, 10, 40), "hana"),
            say(
                day(188, 11, 5),
                "ruiz",
                "Saturday is safe: that is more than 36 hours after the last lisinopril. \
                 Thank you both for checking.",
            ),
            say(day(187, 9, 10), "ana", "All clear. Pia took the old box to the pharmacy."),
            close(
                day(187, 9, 30),
                "hana",
                Outcome::Answered,
                "Lisinopril stopped, new start on Saturday.",
            ),
        ],
    },
    DemoThread {
        key: "ana-family-leave",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Nothing,
        team: "desk",
        category: Category::Form,
        ask: Ask::Action,
        headline: "Leave form for Pia's work",
        entries: &[
            say(
                day(124, 20, 5),
                "pia",
                "My work needs a form to let me drive mom to the heart classes. Can the \
                 doctor fill in page 2? I left it at the desk.",
            ),
            pass(day(123, 9, 0), "fred", "family", "The form is in Dr. Feldman's tray."),
            claim(day(123, 9, 40), "nils"),
            say(
                day(122, 12, 15),
                "dora",
                "Page 2 is done. It says up to two half days a week for six months. You can \
                 get it at the front desk.",
            ),
            say(day(122, 18, 40), "pia", "Wow, fast. Thank you!"),
            close(day(121, 8, 50), "nils", Outcome::Answered, "Form signed."),
        ],
    },
    DemoThread {
        key: "ana-bill",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Encounter("ana-v-ruiz-2"),
        team: "desk",
        category: Category::Billing,
        ask: Ask::Fact,
        headline: "A bill I do not understand",
        entries: &[
            say(
                day(90, 11, 45),
                "ana",
                "I got a bill for 40 dollars from the heart center. I thought my plan pays \
                 for it?",
            ),
            claim(day(90, 13, 0), "marta"),
            say(
                day(90, 13, 20),
                "marta",
                "I asked our billing office. The 40 dollars is your share for a visit with a \
                 specialist. Your message to Dr. Ruiz was free. If paying is hard, we have a \
                 plan for small amounts each month. You can call Bob at 555-0108.",
            ),
            say(day(89, 10, 0), "ana", "I see. I can pay it. thanks for looking"),
            close(
                day(89, 10, 30),
                "marta",
                Outcome::AnsweredElsewhere,
                "Billing office explained the specialist share.",
            ),
        ],
    },
    DemoThread {
        key: "ana-low-mood",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Nothing,
        team: "family",
        category: Category::MentalHealth,
        ask: Ask::Opinion,
        headline: "I cry a lot lately",
        entries: &[
            say(
                day(77, 22, 40),
                "ana",
                "Since Luis died in spring I cry most evenings. I dont tell Pia, she worries \
                 enough. I do not want to die or anything. I just miss him and nothing tastes \
                 good.",
            ),
            claim(day(76, 8, 10), "nils"),
            note(
                day(76, 8, 15),
                "nils",
                "No thoughts of harm by her own words. I will call before noon and ask \
                 directly.",
            ),
            say(
                day(76, 8, 20),
                "nils",
                "Thank you for trusting us with this, Ana. I am so sorry about Luis. I will \
                 call you at 10 today, just to listen. If it ever gets too dark, you can call \
                 or text 988 at any hour.",
            ),
            note(
                day(76, 11, 0),
                "nils",
                "Called. Grief, sleep poor, eats twice a day, no wish to die, sees her sister \
                 on Sundays. Wants to talk to someone. Does not want Pia to read this.",
            ),
            say(
                day(76, 15, 30),
                "dora",
                "Ana, grief is not an illness, but you need not carry it alone. There is a \
                 grief group here on Tuesdays at 2, and I can see you next week. This \
                 conversation is private. Pia and Rex cannot read it.",
            ),
            say(day(75, 9, 20), "ana", "I would like the group. And to see you."),
            say(
                day(75, 10, 10),
                "nils",
                "You are on the list for Tuesday, and with Dr. Feldman next Wednesday at 9:20.",
            ),
            say(day(48, 18, 0), "ana", "I went 3 times now. We also laugh there. I sleep better."),
            say(day(47, 8, 40), "dora", "I am so glad. The door stays open."),
            close(
                day(47, 8, 42),
                "dora",
                Outcome::Appointment,
                "Grief group, follow-up visit done.",
            ),
        ],
    },
    DemoThread {
        key: "ana-travel",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Encounter("ana-v-dora-3"),
        team: "family",
        category: Category::Other,
        ask: Ask::Fact,
        headline: "Visiting my sister for two weeks",
        entries: &[
            say(
                day(61, 14, 0),
                "ana",
                "I fly to my sister in Phoenix for 2 weeks. It is very hot there. Anything \
                 special with my pills?",
            ),
            claim(day(60, 9, 10), "nils"),
            say(
                day(60, 9, 35),
                "dora",
                "Have a good trip! Keep all pills in your hand bag, with the list I gave you. \
                 Heat can make you dry and dizzy: drink your usual amount, stay in the shade \
                 at noon. Weigh yourself each day there as well. If you lose 4 pounds or feel \
                 faint, write to us or call.",
            ),
            say(
                day(60, 12, 10),
                "ana",
                "Do I drink more because of the heat? Dr. Ruiz said only 2 quarts.",
            ),
            say(
                day(60, 13, 30),
                "dora",
                "Good that you ask. Stay with 2 quarts. One small extra glass on the hottest \
                 days is fine.",
            ),
            say(
                day(43, 17, 20),
                "ana",
                "Back home, all went well. I gained one pound, it was the tamales.",
            ),
            close(day(42, 8, 30), "nils", Outcome::Answered, ""),
        ],
    },
    DemoThread {
        key: "ana-cold",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Nothing,
        team: "family",
        category: Category::Symptom,
        ask: Ask::Opinion,
        headline: "A cold, what can I take?",
        entries: &[
            say(
                day(38, 7, 30),
                "ana",
                "I have a cold, runny nose and cough, no fever. Pia bought DayQuil and \
                 ibuprofen. Is that ok with my heart?",
            ),
            claim(day(38, 8, 20), "nils"),
            say(
                day(38, 8, 32),
                "nils",
                "Glad you asked first. Please take neither. Ibuprofen makes the body hold \
                 water, and many cold mixes raise the blood pressure. You may take plain \
                 acetaminophen, up to 3 grams a day, honey for the cough and salt water for \
                 the nose.",
            ),
            ask(
                day(38, 8, 33),
                "nils",
                "One more thing.",
                &["Are you more short of breath than usual, or has your weight gone up?"],
            ),
            say(day(38, 9, 0), "ana", "No, weight is 167.1 and I breath fine"),
            say(
                day(38, 9, 15),
                "nils",
                "Then rest and drink tea. Write again if you get a fever over 100.4, or if it \
                 is not better in a week.",
            ),
            say(day(31, 10, 0), "ana", "Its gone"),
            close(day(31, 10, 30), "nils", Outcome::Answered, ""),
        ],
    },
    DemoThread {
        key: "ana-handicap-placard",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Nothing,
        team: "family",
        category: Category::Form,
        ask: Ask::Action,
        headline: "Parking card",
        entries: &[
            say(
                day(21, 13, 0),
                "ana",
                "I can walk better now but not far with bags. Can I get the parking card?",
            ),
            claim(day(20, 9, 0), "nils"),
            assign(day(20, 9, 5), "nils", "dora"),
            say(
                day(20, 16, 40),
                "dora",
                "Yes, for six months. Then let us hope you no longer need it. The form is \
                 signed and in the mail to you.",
            ),
            say(day(16, 11, 30), "ana", "It came. Thank you!"),
            close(day(16, 12, 0), "nils", Outcome::Answered, ""),
        ],
    },
    DemoThread {
        key: "ana-rex-stop",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Nothing,
        team: "desk",
        category: Category::Other,
        ask: Ask::Action,
        headline: "I do not need Rex to see my things",
        entries: &[
            say(
                day(4, 19, 20),
                "ana",
                "Rex was a great help with the rides. But he asks me about my test results \
                 and I do not like it. Can he still drive me but not read?",
            ),
            claim(day(3, 9, 0), "marta"),
            ask(
                day(3, 9, 20),
                "marta",
                "Yes, you decide that. I can end his access today, and nobody tells him why.",
                &["Shall I end it now?", "May we still call him about rides?"],
            ),
        ],
    },
    DemoThread {
        key: "ana-shingles",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Nothing,
        team: "family",
        category: Category::Symptom,
        ask: Ask::Opinion,
        headline: "Itchy rash on one side",
        entries: &[
            say(
                minutes(220),
                "ana",
                "Since yesterday I have a stripe of little blisters on my left side under the \
                 arm. It burns. I had chicken pox as a kid. Is it the new soap?",
            ),
            level(
                minutes(200),
                "nils",
                2,
                "One-sided blisters. Treatment works best in the first three days.",
            ),
        ],
    },
    DemoThread {
        key: "ana-dora-okafor",
        kind: ThreadKind::Staff,
        patient: "ana",
        about: DemoAbout::Problem("ana-diabetes"),
        team: "family",
        category: Category::Condition,
        ask: Ask::Opinion,
        headline: "Ana Morales: B12 and the tingling",
        entries: &[
            say(
                minutes(1260),
                "dora",
                "Dr. Okafor, Ana writes of tingling in her feet. Nine years of metformin, and \
                 no B12 on file. Shall I add it to her blood test next week?",
            ),
            join(minutes(1250), "dora", "okafor", "He treats her diabetes."),
            say(
                minutes(1170),
                "okafor",
                "I would add a foot check with the monofilament. Let us not call it \
                 neuropathy before we have looked.",
            ),
        ],
    },
    DemoThread {
        key: "ana-dora-visit-question",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Appointment("ana-a-dora"),
        team: "family",
        category: Category::Appointment,
        ask: Ask::Inform,
        headline: "For my visit next week",
        entries: &[
            say(
                day(8, 20, 30),
                "ana",
                "Two things I want to talk about next week so I dont forget: my knee when I \
                 take the stairs, and if I still need the aspirin.",
            ),
            claim(day(7, 8, 50), "nils"),
            say(
                day(7, 9, 0),
                "nils",
                "Thank you, Ana. I put both on the list for your visit. Please keep taking \
                 everything as now until then.",
            ),
            close(day(7, 9, 1), "nils", Outcome::NoAnswerNeeded, "On the visit list."),
        ],
    },
];

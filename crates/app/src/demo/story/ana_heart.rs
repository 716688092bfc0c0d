//! Ana and the heart clinic: dizzy spells, a weight gain caught in time, potassium, refills.

use domain::message::Ask;
use domain::thread::{Category, ThreadKind};
use domain::work_item::Outcome;

use super::{
    DemoAbout, DemoThread, ask, assign, claim, close, day, level, minutes, note, pass, say,
};

pub(super) const THREADS: &[DemoThread] = &[
    DemoThread {
        key: "ana-carvedilol-dizzy",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Medication("ana-carvedilol"),
        team: "heart",
        category: Category::Medication,
        ask: Ask::Opinion,
        headline: "Dizzy since the new heart pill",
        entries: &[
            say(
                day(288, 19, 40),
                "ana",
                "Dr. Ruiz gave me carvedilol last week. Since then I get dizzy when I stand \
                 up quick. It goes away after a minute. Is that normal or should I stop it?",
            ),
            claim(day(287, 8, 20), "hana"),
            ask(
                day(287, 8, 31),
                "hana",
                "Thank you for telling us, Ana. Please do not stop the pill on your own. I \
                 have two questions so Dr. Ruiz can decide today.",
                &["Do you take it with food?", "What was your blood pressure this morning?"],
            ),
            say(
                day(287, 12, 5),
                "ana",
                "No, I take it when I wake up, before breakfast. It was 108 over 64.",
            ),
            note(
                day(287, 13, 10),
                "hana",
                "BP 108/64, light-headed on standing, no falls, takes on empty stomach. \
                 Weight stable.",
            ),
            assign(day(287, 13, 12), "hana", "ruiz"),
            say(
                day(287, 15, 30),
                "ruiz",
                "Hello Ana. Feeling light-headed is common in the first two weeks. Take each \
                 pill with food, and sit for a minute before you stand up. Keep the same \
                 dose. If you faint, or the top number is under 90, call us the same day. If \
                 you faint and hurt yourself, call 911.",
            ),
            say(day(285, 9, 0), "ana", "Taking it with breakfast helps a lot. Thank you doctor."),
            close(
                day(285, 9, 45),
                "hana",
                Outcome::Answered,
                "Dizziness eased when taken with food.",
            ),
        ],
    },
    DemoThread {
        key: "ana-weight-gain",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Problem("ana-heart-failure"),
        team: "family",
        category: Category::Symptom,
        ask: Ask::Opinion,
        headline: "Up 4 pounds in 3 days and my ankles are swollen",
        entries: &[
            say(
                day(101, 7, 50),
                "ana",
                "My scale says 172.4 today. It was 168 on Monday. My ankles are puffy and my \
                 shoes feel tight. I sleep on two pillows now. I am not short of breath when \
                 I sit. I am sorry to bother you, I did eat at my cousins party.",
            ),
            level(
                day(101, 8, 4),
                "marta",
                2,
                "Weight up more than 3 pounds in 3 days with heart failure.",
            ),
            claim(day(101, 8, 6), "nils"),
            note(
                day(101, 8, 10),
                "nils",
                "Called her at once. Speaks in full sentences, no chest pain, no \
                 breathlessness at rest. Plan on file says tell the heart clinic at +3 lb in \
                 3 days.",
            ),
            say(
                day(101, 8, 14),
                "nils",
                "You are not a bother, Ana. You did just the right thing. As we said on the \
                 phone: I am asking the heart clinic to look at this now. If you get short of \
                 breath at rest, or your chest hurts, call 911. Do not wait for us.",
            ),
            pass(
                day(101, 8, 16),
                "nils",
                "heart",
                "Weight gain by her own plan. She is safe at home, daughter is with her.",
            ),
            claim(day(101, 8, 25), "hana"),
            say(
                day(101, 8, 40),
                "ruiz",
                "Ana, please take a second furosemide pill today at 2 pm. Do the same \
                 tomorrow and the day after: one in the morning, one at 2 pm. Keep salt low. \
                 Weigh yourself each morning and write the number here.",
            ),
            ask(
                day(101, 8, 44),
                "ruiz",
                "I also want to be sure about two things.",
                &[
                    "Do you have at least 6 furosemide pills at home?",
                    "Can you come for a blood test on Thursday?",
                ],
            ),
            say(
                day(101, 9, 30),
                "pia",
                "This is Pia, I am with my mom. Yes, she has 20 pills. I will drive her on \
                 Thursday morning.",
            ),
            say(day(100, 7, 15), "ana", "171.0 today. I was up at night to pee a lot."),
            say(day(99, 7, 12), "ana", "169.2 and my ankles look like ankles again"),
            say(
                day(98, 16, 20),
                "hana",
                "Your blood test from today is fine, Ana. Your kidneys and your potassium \
                 look good. From tomorrow take one furosemide in the morning, as before.",
            ),
            say(day(97, 7, 30), "ana", "168.2 this morning. Thank you all so much."),
            say(
                day(97, 11, 0),
                "ruiz",
                "Very good. I was glad to see you today. Your new weight to watch is 168. \
                 Message us if you gain 3 pounds in 3 days or 5 pounds in a week.",
            ),
            close(
                day(97, 11, 10),
                "hana",
                Outcome::Answered,
                "Seen in clinic. Weight back to 168 after three days of extra furosemide.",
            ),
        ],
    },
    DemoThread {
        key: "ana-after-heart-visit",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Encounter("ana-v-ruiz-2"),
        team: "heart",
        category: Category::AfterVisit,
        ask: Ask::Fact,
        headline: "What number should make me write to you?",
        entries: &[
            say(
                day(94, 18, 22),
                "ana",
                "I forgot to ask when I was there. You said 3 pounds in 3 days. Do I count \
                 from the lowest day or from the day before?",
            ),
            claim(day(93, 9, 20), "hana"),
            say(
                day(93, 9, 26),
                "hana",
                "Good question. Count from the weight three days ago. If today is 3 pounds \
                 more than that day, write to us the same day. Weigh in the morning, after \
                 you pee and before you eat, in the same kind of clothes.",
            ),
            say(
                day(93, 19, 2),
                "ana",
                "So if Monday is 168 then Thursday 171 means write. Got it. I taped it on the \
                 fridge.",
            ),
            say(day(92, 8, 40), "hana", "That is exactly right."),
            close(day(92, 8, 41), "hana", Outcome::Answered, ""),
        ],
    },
    DemoThread {
        key: "ana-salt-substitute",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Medication("ana-spironolactone"),
        team: "heart",
        category: Category::Medication,
        ask: Ask::Opinion,
        headline: "Can I use the salt that is not salt?",
        entries: &[
            say(
                day(80, 12, 15),
                "ana",
                "My neighbor gave me a salt substitute from the store. It says it is made of \
                 potassium. It tastes ok. Can I use it in my soup?",
            ),
            claim(day(80, 13, 2), "hana"),
            note(
                day(80, 13, 5),
                "hana",
                "On spironolactone and sacubitril/valsartan. Last potassium 4.9. Needs an \
                 answer today.",
            ),
            say(
                day(80, 13, 20),
                "hana",
                "Please do not use it, Ana. With two of your heart pills, extra potassium can \
                 build up in your blood. That can harm your heart. Lemon, garlic, herbs and \
                 pepper are all fine.",
            ),
            ask(
                day(80, 13, 21),
                "hana",
                "One question so we know if a blood test is needed.",
                &["Have you used it already, and for how many days?"],
            ),
            say(day(80, 17, 40), "ana", "Only once, on Sunday. I will throw it away."),
            say(
                day(79, 8, 30),
                "ruiz",
                "Once is fine. No test is needed before the one we have planned. Thank you \
                 for asking first!",
            ),
            close(day(79, 8, 31), "hana", Outcome::Answered, ""),
        ],
    },
    DemoThread {
        key: "ana-potassium",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Result("ana-potassium"),
        team: "heart",
        category: Category::Result,
        ask: Ask::Fact,
        headline: "Is 5.1 potassium bad?",
        entries: &[
            say(
                day(72, 20, 10),
                "ana",
                "I see a red mark next to potassium 5.1 in my results. Is this from the salt? \
                 Im worried.",
            ),
            claim(day(71, 8, 15), "hana"),
            say(
                day(71, 8, 50),
                "ruiz",
                "I looked at it this morning. 5.1 is just over the line and not dangerous. It \
                 can come from your pills. Keep taking them. We will test again in one week. \
                 Until then please skip bananas, orange juice and tomato sauce.",
            ),
            say(day(71, 12, 30), "ana", "OK. I can do that for a week. Do I need to fast?"),
            say(
                day(71, 13, 5),
                "hana",
                "No need to fast. The lab is open from 7 to 3. No appointment needed.",
            ),
            say(
                day(63, 15, 45),
                "hana",
                "Good news: your potassium is 4.7 now. You may eat as you did before.",
            ),
            say(day(63, 18, 0), "ana", "Oh good. I missed my tomato sauce."),
            close(day(62, 9, 0), "hana", Outcome::Order, "Repeat potassium 4.7."),
        ],
    },
    DemoThread {
        key: "ana-rehab",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Encounter("ana-v-ruiz-1"),
        team: "heart",
        category: Category::Other,
        ask: Ask::Action,
        headline: "The exercise class",
        entries: &[
            say(
                day(182, 10, 30),
                "ana",
                "Dr. Ruiz talked about a class for heart patients. Where is it and do I need \
                 to pay?",
            ),
            claim(day(182, 14, 0), "hana"),
            say(
                day(182, 14, 25),
                "hana",
                "It is called cardiac rehab. It is in our building, Monday and Thursday at \
                 10. I sent the order today. Your plan covers 36 classes. They will call you \
                 this week to set a start day.",
            ),
            say(day(179, 11, 0), "ana", "They called! I start Monday. A bit nervous."),
            say(
                day(179, 13, 15),
                "hana",
                "That is normal. They check your heart the whole time and you go at your own \
                 speed. Bring water and soft shoes.",
            ),
            say(
                day(160, 17, 50),
                "ana",
                "5 classes done. I can walk to the church now without stopping :)",
            ),
            say(day(159, 9, 10), "ruiz", "That made my day, Ana. Keep going."),
            close(day(159, 9, 12), "hana", Outcome::Order, "Cardiac rehab started."),
        ],
    },
    DemoThread {
        key: "ana-refill-carvedilol",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Medication("ana-carvedilol"),
        team: "heart",
        category: Category::Refill,
        ask: Ask::Action,
        headline: "Refill carvedilol 12.5",
        entries: &[
            say(
                day(231, 9, 0),
                "ana",
                "I have 6 pills left. Please send to Riverside Pharmacy. thanks",
            ),
            claim(day(231, 10, 40), "hana"),
            say(
                day(231, 10, 45),
                "hana",
                "Sent to Riverside Pharmacy, 90 days with 3 refills. It should be ready after \
                 4 pm today.",
            ),
            close(day(231, 10, 46), "hana", Outcome::Refill, ""),
        ],
    },
    DemoThread {
        key: "ana-dizzy-today",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Medication("ana-sacubitril"),
        team: "heart",
        category: Category::Symptom,
        ask: Ask::Opinion,
        headline: "Mom was dizzy twice since the new dose",
        entries: &[
            say(
                minutes(450),
                "pia",
                "I write for my mom. The heart pill was raised on Friday. She was dizzy twice \
                 today when she got up from the sofa. No fall. Her pressure was 98 over 58. \
                 She is drinking tea now and feels better. Should she take the evening pill?",
            ),
            level(
                minutes(432),
                "hana",
                2,
                "Low pressure with symptoms after a dose change. Needs an answer before the \
                 evening dose.",
            ),
            claim(minutes(430), "hana"),
            say(
                minutes(415),
                "hana",
                "Thank you Pia, and hello Ana. Please sit or lie down for now and get up \
                 slowly. I am asking Dr. Ruiz before tonight's pill. If she faints, has chest \
                 pain or cannot be woken, call 911.",
            ),
            note(
                minutes(410),
                "hana",
                "Sacubitril/valsartan 49/51 to 97/103 four days ago. BP 98/58 seated, \
                 symptomatic. Furosemide 40 unchanged. Weight 165.8, down 1.4 this week. \
                 Could be dry.",
            ),
            assign(minutes(408), "hana", "ruiz"),
            ask(
                minutes(320),
                "ruiz",
                "Please do not give the evening pill tonight. I want to go back to the dose \
                 from before, starting tomorrow morning. Two things I need to know.",
                &[
                    "Is she eating and drinking as usual? Any vomiting or runny stool?",
                    "What is her pressure after she stands for one minute?",
                ],
            ),
            say(
                minutes(290),
                "ana",
                "I am eating a little less, no stomach trouble. Pia will measure me standing \
                 after supper.",
            ),
        ],
    },
    DemoThread {
        key: "ana-next-heart-visit",
        kind: ThreadKind::Care,
        patient: "ana",
        about: DemoAbout::Appointment("ana-a-ruiz"),
        team: "heart",
        category: Category::Appointment,
        ask: Ask::Action,
        headline: "Can the visit be later in the day?",
        entries: &[
            say(
                day(6, 11, 20),
                "rex",
                "I am Rex, I drive Ana. The visit next month is at 8 in the morning and that \
                 is too early for the bus. Is there a later time?",
            ),
            claim(day(6, 14, 10), "hana"),
            say(
                day(6, 14, 30),
                "hana",
                "Hello Rex, yes. I can offer the same day at 11:20. Ana, is that good for you?",
            ),
            say(day(5, 9, 5), "ana", "11:20 is good. Thank you."),
            close(day(5, 10, 0), "hana", Outcome::Appointment, "Moved to 11:20."),
        ],
    },
];

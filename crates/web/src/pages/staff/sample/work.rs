//! The queue, the conversations in it, and the patient they are about.

use super::super::{
    About, AskView, BulkBar, CallBlock, Can, ChartCard, ChartLine, Choice, Custody, Entry,
    EventLine, HelperLine, Judged, Letter, Level, LevelPanel, NoteForm, NoteView, OfferView,
    PatientLine, Piece, QuestionView, QuestionsView, Queue, QueueRow, Recognised, ReplyForm, Sign,
    Step, ThreadView, UnsentView, WasText,
};
use super::{
    DORA, FAMILY, LONG, LONG_NAME, NILS, PATIENT, THREAD, ago, choice, day, due, long_choices,
    short,
};
use crate::i18n::Locale;
use crate::pages::Phone;
use crate::pages::urgent::Urgency;

/// One row: level, patient, age and sex, headline, preview, category, minutes since, minutes to the
/// deadline and how that is said, and who has it.
type Line = (
    Level,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    i64,
    Option<(i64, &'static str)>,
    Option<&'static str>,
);

const LINES: [Line; 9] = [
    (
        Level::Now,
        "Moreno, Ben",
        "58 M",
        "Chest feels tight when I walk",
        "Since Sunday my chest feels tight when I climb the stairs, and it goes away when I rest",
        "symptom",
        42,
        Some((-12, "0:12")),
        None,
    ),
    (
        Level::Today,
        "Nguyen, Tran",
        "58 M",
        "Sugar 312 this morning",
        "My meter showed 312 and 298 after lunch",
        "result",
        65,
        Some((100, "1:40")),
        Some(NILS),
    ),
    (
        Level::Today,
        "Reyes, Ana",
        "62 F",
        "Your A1c result and next step",
        "I saw my test came back. What does 7.1 mean for my medicine?",
        "result",
        95,
        Some((185, "3:05")),
        Some(NILS),
    ),
    (
        Level::Soon,
        "Osei, Kwame",
        "71 M",
        "Which pill did we stop?",
        "At the visit you said to stop one of the two",
        "after_visit",
        180,
        Some((320, "5:20")),
        None,
    ),
    (
        Level::Soon,
        "Petrova, Irina",
        "49 F",
        "Refill lisinopril 20 mg",
        "Only 3 tablets left",
        "refill",
        200,
        Some((362, "6:02")),
        Some("Sara Kim"),
    ),
    (
        Level::Soon,
        "Diallo, Fatou",
        "55 F",
        "Dizzy with the new dose",
        "I write for my mother: she was dizzy twice this morning after she stood up",
        "medication",
        230,
        Some((464, "7:44")),
        None,
    ),
    (
        Level::Soon,
        "Hassan, Omar",
        "69 M",
        "Carvedilol change by cardiology",
        "Dr. Ruiz asks to review the heart rate before Friday",
        "medication",
        1_500,
        Some((1_860, "1 d 7 h")),
        Some(DORA),
    ),
    (
        Level::Whenever,
        "Brown, Leroy",
        "66 M",
        "FMLA form",
        "Can Dr. Lind sign page 2?",
        "form",
        1_600,
        Some((1_560, "1 d 2 h")),
        Some("Fred Okoye"),
    ),
    (
        Level::Whenever,
        "García, Luz",
        "60 F",
        "Gracias",
        "El plan nuevo funciona bien. No hace falta responder",
        "other",
        2_900,
        None,
        None,
    ),
];

/// The team's queue of that morning; with the conversation `open` marked.
pub(in super::super) fn queue(locale: Locale, open: Option<&str>) -> Queue {
    let row = |(at, line): (usize, &Line)| {
        let (level, patient, age, headline, preview, category, since, left, with) = *line;
        let thread =
            if at == 2 { THREAD.to_owned() } else { THREAD.replace("101", &format!("2{at:02}")) };
        QueueRow {
            seq: 3,
            href: format!("/work/threads/{thread}?list=team"),
            level,
            patient: Some(patient.to_owned()),
            patient_short: age.to_owned(),
            headline: headline.to_owned(),
            preview: preview.to_owned(),
            by_helper: (at == 5).then(|| "Awa Diallo".to_owned()),
            between_staff: at == 6,
            category: locale.t(&format!("staff-category-{category}")),
            since: short(locale, since),
            due: left.map(|(minutes, text)| due(locale, minutes, text)),
            with: with.map(str::to_owned),
            first: (at == 1).then(|| locale.t("routing-tag-nurse")),
            mine: with == Some(NILS),
            unread: at == 0 || at == 3,
            open: open == Some(thread.as_str()),
            marks: if at == 1 { vec![locale.t1("staff-tried", "n", 2)] } else { Vec::new() },
            pick: Some(format!("{thread}.1")),
            picked: false,
            thread,
        }
    };
    Queue {
        title: locale.t("staff-rail-queue"),
        href: "/work?list=team".to_owned(),
        total: Some(9),
        late: 1,
        rows: LINES.iter().enumerate().map(row).collect(),
        next: Some("/work?list=team&after=3.1795361400000000".to_owned()),
        bulk: open.is_none().then(|| bulk(locale)),
    }
}

pub(super) fn bulk(locale: Locale) -> BulkBar {
    let outcome = |code: &str| choice(code, &locale.t(&format!("staff-outcome-{code}")), false);
    BulkBar {
        key: THREAD.to_owned(),
        list: format!("team.{THREAD}"),
        handles: true,
        members: vec![
            choice("1", NILS, false),
            choice("2", DORA, false),
            choice("3", LONG_NAME, false),
        ],
        passes: vec![choice("1", "Heart clinic", false), choice("2", LONG_NAME, false)],
        reasons: vec![choice("medicine", &locale.t("pass-reason-medicine"), false)],
        outcomes: vec![outcome("answered"), outcome("no_answer_needed")],
    }
}

pub(in super::super) fn patient(locale: Locale) -> PatientLine {
    PatientLine {
        id: PATIENT.to_owned(),
        name: "Ana Reyes".to_owned(),
        age: "62".to_owned(),
        sex: "F".to_owned(),
        birth_date: day(locale, 22_903),
        record_number: "RV-004417".to_owned(),
        language: None,
    }
}

pub(in super::super) fn patient_long(locale: Locale) -> PatientLine {
    PatientLine {
        name: LONG_NAME.to_owned(),
        record_number: "0123456789".repeat(6),
        language: Some("español de México".to_owned()),
        ..patient(locale)
    }
}

pub(super) fn helpers(locale: Locale) -> Vec<HelperLine> {
    vec![HelperLine {
        name: "Pia Reyes".to_owned(),
        relation: "daughter".to_owned(),
        rights: locale.t("staff-rights-write"),
    }]
}

fn line(
    name: &str,
    value: &str,
    before: Option<String>,
    when: Option<crate::i18n::When>,
) -> ChartLine {
    ChartLine {
        name: name.to_owned(),
        value: (!value.is_empty()).then(|| value.to_owned()),
        when,
        before,
    }
}

pub(super) fn chart(locale: Locale) -> Vec<ChartCard> {
    let was = |value: &str| Some(locale.t1("staff-chart-was", "value", value));
    let card = |key: &str, total, lines| ChartCard { title: locale.t(key), total, lines };
    vec![
        card(
            "staff-chart-results",
            38,
            vec![
                line("Hemoglobin A1c", "7.1 %", was("7.9"), Some(short(locale, 4_400))),
                line("Blood pressure", "135/83", was("142/88"), Some(short(locale, 35_000))),
                line("Weight", "84.2 kg", was("85.0"), Some(short(locale, 35_000))),
                line("Creatinine", "1.1 mg/dL", was("1.0"), Some(short(locale, 4_400))),
            ],
        ),
        card(
            "staff-chart-medicines",
            6,
            vec![
                line("Metformin 1,000 mg", "", None, None),
                line("Lisinopril 20 mg", "", None, None),
                line("Carvedilol 12.5 mg", "", None, None),
                line("Furosemide 40 mg", "", None, None),
            ],
        ),
        card(
            "staff-chart-conditions",
            3,
            vec![
                line("Heart failure", "", None, Some(day(locale, 1_400))),
                line("Type 2 diabetes", "", None, Some(day(locale, 4_200))),
                line("Hypertension", "", None, Some(day(locale, 4_900))),
            ],
        ),
        card(
            "staff-chart-visits",
            14,
            vec![
                line("Office visit", "", None, Some(day(locale, 25))),
                line("Laboratory", "", None, Some(day(locale, 28))),
            ],
        ),
    ]
}

pub(super) fn letter(locale: Locale, seq: u64, minutes: i64) -> Letter {
    Letter {
        id: THREAD.replace("0101", &format!("9{seq:03}")),
        seq,
        author: "Ana Reyes".to_owned(),
        role: locale.t("staff-role-patient"),
        on_behalf_of: None,
        channel: None,
        sent: ago(locale, minutes),
        body: Vec::new(),
        from_patient: true,
        mine: false,
        newer: false,
        taken_back: None,
        was: Vec::new(),
        seen: None,
        held: None,
        recognised: None,
    }
}

/// What came in while somebody typed.
pub(in super::super) fn newer(locale: Locale) -> Vec<Letter> {
    vec![Letter {
        body: vec!["It is better today, I could walk to the shop.".to_owned()],
        newer: true,
        ..letter(locale, 7, 2)
    }]
}

fn recognised(locale: Locale) -> Recognised {
    let piece = |text: &str, marked| Piece { text: text.to_owned(), marked };
    let at = short(locale, 61);
    Recognised {
        level: Urgency::Emergency,
        signs: vec![Sign {
            title: "Swelling of the <face>".to_owned(),
            words: vec!["swelling".to_owned()],
            source: "A public service".to_owned(),
            address: "https://example.org/swelling".to_owned(),
        }],
        said: vec![locale.t("recognised-card-emergency"), locale.t("recognised-answer-not_now")],
        at: Some(at),
        pack: "2026-11-22.12345678".to_owned(),
        text: vec![vec![
            piece("She called: the ", false),
            piece("swelling", true),
            piece(" is gone.", false),
        ]],
        judged: judged(locale),
    }
}

pub(super) fn judged(locale: Locale) -> Judged {
    let time = short(locale, 58).text;
    let reason = locale.t("flag-why-known");
    let choice = |code: &str| Choice {
        value: code.to_owned(),
        text: locale.t(&format!("flag-rating-{code}")),
        chosen: code == "right",
    };
    Judged {
        acts: vec![
            locale.t_args(
                "flag-back",
                &[("name", &"Dora <Park>"), ("time", &time), ("reason", &reason)],
            ),
            locale.t2("flag-again", "name", "Dora <Park>", "time", &time),
        ],
        back: false,
        flag: true,
        address: Some(format!("/work/threads/{THREAD}/messages/m4/flag")),
        ratings: vec![choice("right"), choice("not_right"), choice("too_late")],
    }
}

fn boxed(letter: Letter) -> Entry {
    Entry::Letter(Box::new(letter))
}

pub(super) fn nurse(locale: Locale) -> String {
    format!("{}, {FAMILY}", locale.t("staff-role-nurse"))
}

fn entries(locale: Locale) -> Vec<Entry> {
    vec![
        boxed(Letter {
            body: vec![
                "I saw my test came back. What does 7.1 mean for my medicine?".to_owned(),
                "My feet also tingle at night since last week. Is that from the sugar?".to_owned(),
            ],
            ..letter(locale, 1, 1_095)
        }),
        boxed(Letter {
            author: "Pia Reyes".to_owned(),
            role: locale.t("staff-role-helper"),
            on_behalf_of: Some(locale.t1("staff-for", "name", "Ana Reyes")),
            body: vec![
                "She wrote the readings on paper, I can type them in if it helps.".to_owned(),
            ],
            ..letter(locale, 2, 1_040)
        }),
        Entry::Event(EventLine {
            text: locale.t2("staff-event-passed", "name", "Fred Okoye", "to", NILS),
            at: short(locale, 120),
            staff_only: true,
        }),
        boxed(Letter {
            author: NILS.to_owned(),
            role: nurse(locale),
            body: vec![
                "Good morning Ana. Please send the readings of the last week, and tell me \
                        if the tingling wakes you up."
                    .to_owned(),
            ],
            from_patient: false,
            mine: true,
            seen: Some(locale.t1("staff-seen", "time", short(locale, 80).text)),
            ..letter(locale, 3, 95)
        }),
    ]
}

fn custody(locale: Locale) -> Custody {
    Custody {
        step: Step::Handled,
        team: FAMILY.to_owned(),
        holder: Some(NILS.to_owned()),
        mine: true,
        snoozed: None,
        lease_until: Some(short(locale, -70)),
        since: short(locale, 95),
        due: Some(due(locale, 185, "3:05")),
        outcome: None,
        routed: None,
        bounces: None,
    }
}

fn outcomes(locale: Locale) -> Vec<super::super::Choice> {
    [
        "answered",
        "callback",
        "appointment",
        "refill",
        "order",
        "handed_over",
        "answered_elsewhere",
        "no_answer_needed",
    ]
    .into_iter()
    .map(|code| choice(code, &locale.t(&format!("staff-outcome-{code}")), code == "answered"))
    .collect()
}

/// Two of the patient's questions, one settled, and one of the team's.
fn questions(locale: Locale) -> QuestionsView {
    QuestionsView {
        ask: Some(AskView::Opinion),
        open: Some(locale.t2("staff-questions-open", "n", 1, "all", 2)),
        theirs: vec![
            QuestionView {
                id: "0199f3c1-5d7e-7cc2-b3aa-6f1d2c7e9a40".to_owned(),
                number: 1,
                text: "Should I stop the new pill?".to_owned(),
                settled: None,
                ticked: true,
            },
            QuestionView {
                id: "0199f3c1-5d7e-7cc2-b3aa-6f1d2c7e9a41".to_owned(),
                number: 2,
                text: "Can I fly on Friday?".to_owned(),
                settled: Some(locale.t1(
                    "staff-question-aside-because",
                    "reason",
                    "It is for the <b>visit</b>.",
                )),
                ticked: false,
            },
        ],
        ours: vec![QuestionView {
            id: "0199f3c1-5d7e-7cc2-b3aa-6f1d2c7e9a42".to_owned(),
            number: 1,
            text: "Since when?".to_owned(),
            settled: None,
            ticked: false,
        }],
        fields: vec!["How much do you weigh?".to_owned(), String::new(), String::new()],
        asks: vec![choice("fact", &locale.t("staff-ask-fact"), true)],
    }
}

/// Claimed by the reader, in the middle of an exchange.
pub(in super::super) fn thread(locale: Locale) -> ThreadView {
    ThreadView {
        id: THREAD.to_owned(),
        version: 4,
        list: "team".to_owned(),
        between_staff: false,
        headline: "Your A1c result and next step".to_owned(),
        patient: Some(patient(locale)),
        about: Some(About {
            text: locale.t2("staff-about-visit", "date", day(locale, 25).text, "with", DORA),
        }),
        category: locale.t("staff-category-result"),
        helpers: helpers(locale),
        custody: custody(locale),
        level: LevelPanel {
            now: Level::Today,
            patient: Some(Level::Soon),
            rules: None,
            clinician: Some((Level::Today, NILS.to_owned())),
        },
        questions: questions(locale),
        earlier: None,
        entries: entries(locale),
        notes: vec![NoteView {
            id: THREAD.replace("0101", "8001"),
            author: "Fred Okoye".to_owned(),
            at: short(locale, 125),
            body: vec![
                "She sounded worried on the phone. Daughter can drive her in on Tuesday."
                    .to_owned(),
            ],
            may_promote: true,
        }],
        chart: chart(locale),
        chart_as_of: Some(locale.t1("staff-chart-as-of", "date", day(locale, 1).text)),
        call: None,
        record: None,
        presence: None,
        can: Can {
            release: true,
            assign: true,
            pass: true,
            wait: true,
            close: true,
            reply: true,
            note: true,
            unread: true,
            level: true,
            refile: true,
            merge: true,
            snooze: true,
            ..Can::default()
        },
        members: vec![choice("1", DORA, false), choice("2", "Sara Kim", true)],
        passes: vec![choice("1", DORA, true), choice("2", "Diabetes care", false)],
        reasons: crate::staff::pass::reasons(locale),
        outcomes: outcomes(locale),
        crossed: None,
        unsent: None,
        shared: vec![super::super::UnsentRow {
            text: locale.t1("share-line-asked", "name", DORA),
            href: format!("/work/threads/{THREAD}/shared/{THREAD}"),
        }],
        reply: ReplyForm {
            body: "Good news: your A1c came down to 7.1.".to_owned(),
            shown_as: format!("{NILS}, {}", nurse(locale)),
            base_seq: 3,
            client_msg_id: THREAD.replace("0101", "6001"),
            version: 3,
            newer: 0,
            joined: None,
            saved: Some(short(locale, 1)),
            replies: saved_replies(),
            offer: Some(offer(locale)),
        },
        note: NoteForm { client_msg_id: THREAD.replace("0101", "6002"), ..NoteForm::default() },
    }
}

/// The saved replies of a conversation.
fn saved_replies() -> Vec<Choice> {
    vec![choice("1", "Bring your meter", false), choice("2", "Refill sent", false)]
}

/// What a saved reply suggests.
fn offer(locale: Locale) -> OfferView {
    OfferView {
        steps: vec![
            locale.t("replies-step-send"),
            locale.t1("replies-step-level", "level", locale.t("staff-level-4")),
            locale.t1("replies-step-close", "outcome", locale.t("staff-outcome-refill")),
        ],
        but: vec![locale.t("replies-but-questions")],
        then: "level-4 close-refill".to_owned(),
        label: locale.t("replies-press-go"),
        level_shown: 2,
        why: Some(String::new()),
    }
}

/// Nobody has it yet, and it is late.
pub(in super::super) fn thread_unclaimed(locale: Locale) -> ThreadView {
    let all = thread(locale);
    ThreadView {
        custody: Custody {
            step: Step::WithTeam,
            holder: None,
            mine: false,
            snoozed: Some(short(locale, 15)),
            lease_until: None,
            due: Some(due(locale, -12, "0:12")),
            routed: Some(locale.t2("routing-why-rule", "n", 2, "version", 7)),
            bounces: Some(locale.t1("staff-bounces", "n", 2)),
            ..custody(locale)
        },
        level: LevelPanel {
            now: Level::Now,
            patient: None,
            rules: Some(Level::Now),
            clinician: None,
        },
        entries: all.entries.into_iter().take(1).collect(),
        notes: Vec::new(),
        can: Can { claim: true, release: false, wait: false, ..all.can },
        reply: ReplyForm { body: String::new(), saved: None, offer: None, ..all.reply },
        presence: Some(locale.t1("staff-writing", "name", DORA)),
        call: Some(CallBlock {
            title: locale.t1("staff-call-late", "time", "2:35 pm"),
            by: short(locale, 3),
            who: locale.t1("staff-call-who", "name", "Ana <b>Reyes</b>"),
            calling: None,
            phone: Some(Phone::new("555-0199")),
            on_record: vec![Phone::new("(555) 010-0142 ext. 7")],
        }),
        ..thread(locale)
    }
}

/// The work was passed on while the reader's reply was held.
pub(in super::super) fn thread_unsent(locale: Locale) -> ThreadView {
    ThreadView {
        can: Can::default(),
        unsent: Some(UnsentView {
            text: locale.t1("staff-unsent-passed", "team", "Heart clinic"),
            body: Some("Please <b>stop</b> the pill until we have spoken.".to_owned()),
            delete: format!("/work/drafts/{THREAD}/delete"),
        }),
        ..thread(locale)
    }
}

/// The patient wrote while the reader's answer was leaving.
pub(in super::super) fn thread_crossed(locale: Locale) -> ThreadView {
    ThreadView { crossed: Some(locale.t("staff-crossed")), ..thread(locale) }
}

/// Messages came in while the reader wrote: the newer-message stop.
pub(in super::super) fn thread_newer(locale: Locale) -> ThreadView {
    let mut view = thread(locale);
    view.entries.push(boxed(Letter {
        newer: true,
        body: vec!["The tingling is worse today, and my left foot is swollen.".to_owned()],
        ..letter(locale, 4, 2)
    }));
    view.reply.newer = 1;
    view.reply.base_seq = 4;
    view.reply.joined = Some(locale.t1("staff-joined", "name", "Pia Reyes"));
    view
}

/// Closed with an outcome; a message corrected, one taken back, one on the phone.
pub(in super::super) fn thread_closed(locale: Locale) -> ThreadView {
    let mut view = thread(locale);
    view.custody = Custody {
        step: Step::Closed,
        holder: None,
        mine: false,
        snoozed: None,
        lease_until: None,
        due: None,
        outcome: Some(locale.t("staff-outcome-callback")),
        ..custody(locale)
    };
    view.can = Can { reopen: true, note: true, reply: true, ..Can::default() };
    view.reply.body.clear();
    view.reply.saved = None;
    view.entries.push(boxed(Letter {
        channel: Some(locale.t1("staff-channel-phone", "name", "Fred Okoye")),
        body: vec!["She called: the swelling is gone.".to_owned()],
        recognised: Some(recognised(locale)),
        ..letter(locale, 4, 60)
    }));
    let mine = |seq, minutes| Letter {
        author: NILS.to_owned(),
        role: nurse(locale),
        from_patient: false,
        mine: true,
        ..letter(locale, seq, minutes)
    };
    let when = short(locale, 50).text;
    view.entries.push(boxed(Letter {
        body: vec!["Take half a tablet (250 mg) in the evening until Thursday.".to_owned()],
        was: vec![WasText {
            text: locale.t2("staff-corrected", "time", &when, "name", NILS),
            before: vec!["Take half a tablet (500 mg) in the evening until Thursday.".to_owned()],
        }],
        ..mine(5, 55)
    }));
    view.entries.push(boxed(Letter {
        taken_back: Some(locale.t2("staff-taken-back", "name", NILS, "time", &when)),
        ..mine(6, 52)
    }));
    view.entries.push(boxed(Letter {
        body: vec!["Thank you, and a good week.".to_owned()],
        held: Some((format!("/work/drafts/{THREAD}/undo"), 10)),
        ..mine(7, 0)
    }));
    view
}

/// Nothing was asked.
fn no_questions() -> QuestionsView {
    QuestionsView {
        ask: None,
        open: None,
        theirs: Vec::new(),
        ours: Vec::new(),
        fields: vec![String::new(); 3],
        asks: Vec::new(),
    }
}

/// Between colleagues about a patient.
pub(in super::super) fn thread_between_staff(locale: Locale) -> ThreadView {
    let mut view = thread(locale);
    view.between_staff = true;
    view.headline = "Carvedilol: heart rate before Friday?".into();
    view.questions = no_questions();
    view.helpers.clear();
    view.entries = vec![boxed(Letter {
        author: "Dr. Marco Ruiz".to_owned(),
        role: "cardiologist, Lakeside Heart Clinic".to_owned(),
        from_patient: false,
        body: vec!["Could you check her resting rate before I raise the dose?".to_owned()],
        ..letter(locale, 1, 200)
    })];
    view.notes.clear();
    view.reply.body.clear();
    view.reply.saved = None;
    view
}

/// A first message, nothing imported, nothing the reader may do but read.
pub(in super::super) fn thread_bare(locale: Locale) -> ThreadView {
    let mut view = thread(locale);
    view.about = None;
    view.helpers.clear();
    view.questions = no_questions();
    view.entries.truncate(1);
    view.notes.clear();
    view.chart.clear();
    view.chart_as_of = None;
    view.can = Can::default();
    view
}

/// Everything too long, and hostile.
pub(in super::super) fn thread_long(locale: Locale) -> ThreadView {
    let mut view = thread_newer(locale);
    view.headline = LONG.into();
    view.patient = Some(patient_long(locale));
    view.about = Some(About { text: LONG.to_owned() });
    view.helpers = vec![
        HelperLine {
            name: LONG_NAME.to_owned(),
            relation: LONG_NAME.to_owned(),
            rights: locale.t("staff-rights-draft"),
        };
        3
    ];
    view.custody.team = LONG_NAME.into();
    view.custody.mine = false;
    view.custody.holder = Some(LONG_NAME.to_owned());
    view.earlier = Some(format!("/work/threads/{THREAD}?before=40"));
    for question in &mut view.questions.theirs {
        question.text = LONG.into();
    }
    for entry in &mut view.entries {
        if let Entry::Letter(letter) = entry {
            letter.author = LONG_NAME.into();
            letter.role = LONG_NAME.into();
            letter.body = vec![LONG.repeat(8), "x".repeat(400), LONG.to_owned()];
        }
    }
    for note in &mut view.notes {
        note.author = LONG_NAME.into();
        note.body = vec![LONG.repeat(3)];
    }
    for line in view.chart.iter_mut().flat_map(|card| &mut card.lines) {
        line.name = LONG_NAME.into();
        line.value = Some("1".repeat(40));
    }
    view.members = long_choices();
    view.passes = long_choices();
    view.reply.body = LONG.repeat(20);
    view.reply.shown_as = LONG_NAME.into();
    view.note.body = LONG.repeat(5);
    view
}

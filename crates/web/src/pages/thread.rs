//! One conversation, read like letters on a rail, and what a patient or helper can do in it.

use askama::Template;

use super::common::{Hear, Ladder, Text};
use super::prepared::PreparedNote;
pub use super::reply::ReplyForm;
use super::reply::{sample_long_reply, sample_reply};
use super::{Chrome, Page, Place, Sample, render};
use crate::i18n::{Locale, SiteTime, When};

/// A better wording of a message; the first stays.
#[derive(Clone, Debug)]
pub struct Correction {
    /// Who corrected it; none when the reader did.
    pub by: Option<String>,
    /// When.
    pub when: When,
    /// The new wording.
    pub text: Text,
    /// Why, if they said so.
    pub reason: Option<String>,
}

/// A message taken back after it was sent: the text stays and reads as taken back.
#[derive(Clone, Debug)]
pub struct Retraction {
    /// Who took it back; none when the reader did.
    pub by: Option<String>,
    /// When.
    pub when: When,
    /// Why, if they said so.
    pub reason: Option<String>,
}

/// A numbered question of a message.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The question.
    pub text: String,
    /// The code of `domain::message::QuestionState`.
    pub state: String,
    /// Why it was set aside.
    pub reason: Option<String>,
}

/// A message.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Its number in the conversation; its anchor is `m{seq}`.
    pub seq: i64,
    /// Whether the reader's side (patient and helpers) wrote it.
    pub ours: bool,
    /// Who wrote it; none when the reader did ("You").
    pub author: Option<String>,
    /// Their role as it was then: "Nurse, Diabetes team".
    pub role: Option<String>,
    /// For whom a helper wrote: "Written by Pia for Ana".
    pub on_behalf_of: Option<String>,
    /// The code of `domain::message::Channel`, and who typed it in when it was not the author.
    pub channel: String,
    /// Who typed in a phone call or a letter.
    pub entered_by: Option<String>,
    /// When it was sent.
    pub when: When,
    /// With whom it was said by phone, and when: "By phone with Ana Reyes, Today, 9:12 am".
    pub call: Option<String>,
    /// What it says.
    pub text: Text,
    /// Its numbered questions.
    pub questions: Vec<Asked>,
    /// Better wordings, oldest first.
    pub corrections: Vec<Correction>,
    /// Whether it was taken back.
    pub retraction: Option<Retraction>,
    /// Where the writer can correct it; none when they cannot.
    pub correct: Option<String>,
    /// Where the writer can take it back; none when they cannot.
    pub retract: Option<String>,
}

/// What happened in a conversation besides messages.
#[derive(Clone, Debug)]
pub enum Happening {
    /// Somebody joined; `by` added them.
    Joined {
        /// Who.
        who: String,
        /// Who added them.
        by: Option<String>,
    },
    /// Somebody left.
    Left {
        /// Who.
        who: String,
    },
    /// It went to another team.
    Moved {
        /// The team it went to.
        team: String,
        /// Why.
        reason: Option<String>,
    },
    /// Somebody of the team took it.
    Taken {
        /// Who, when the team shows names, else the team.
        who: String,
    },
    /// It was closed with an outcome (a code).
    Closed {
        /// The outcome's code.
        outcome: String,
        /// What was asked for, to whom it went, or where it was answered.
        what: Option<String>,
        /// The day that is for, or was, in words.
        on: Option<String>,
        /// What the team said with it.
        remark: Option<String>,
    },
    /// The team called and reached nobody.
    Tried {
        /// The code of `domain::contact::Tried`.
        how: String,
        /// Who called.
        by: String,
        /// When it was, when that is not when it was written down.
        time: Option<String>,
        /// What was said on the voice message.
        said: Option<String>,
    },
    /// What was written was read out, handed over or sent by post.
    Brought {
        /// The code of `domain::contact::Brought`.
        how: String,
        /// Who did it.
        by: String,
        /// To whom.
        to: String,
        /// When it was, when that is not when it was written down.
        time: Option<String>,
    },
    /// Something about a call that was asked for: the sentence, made where the call is known.
    Call(String),
    /// It was opened again.
    Reopened,
    /// It came here out of the record of another patient.
    Refiled,
    /// It goes on in another conversation with which it was joined.
    Merged,
    /// Another conversation was joined with this one.
    Absorbed,
    /// It goes on in another conversation.
    Continued,
}

impl Happening {
    /// The line people read.
    pub fn words(&self, locale: &Locale) -> String {
        match self {
            Self::Joined { who, by: None } => locale.t1("line-joined", "who", who),
            Self::Joined { who, by: Some(by) } => locale.t2("line-joined-by", "who", who, "by", by),
            Self::Left { who } => locale.t1("line-left", "who", who),
            Self::Moved { team, reason: None } => locale.t1("line-moved", "team", team),
            Self::Moved { team, reason: Some(reason) } => {
                locale.t2("line-moved-because", "team", team, "reason", reason)
            }
            Self::Taken { who } => locale.t1("line-taken", "who", who),
            Self::Closed { outcome, what, on, remark } => {
                let said = closing_words(*locale, outcome, what.as_deref());
                let on = on.as_ref().map(|on| locale.t1("line-closed-on", "date", on));
                let remark =
                    remark.as_ref().map(|said| locale.t1("line-closed-remark", "remark", said));
                joined([Some(said), on, remark])
            }
            Self::Tried { how, by, time, said } => {
                let words = locale.t1(&format!("line-tried-{how}"), "who", by);
                let said = said.as_ref().map(|said| locale.t1("line-tried-said", "text", said));
                joined([
                    Some(words),
                    said,
                    time.as_ref().map(|at| locale.t1("line-at", "time", at)),
                ])
            }
            Self::Brought { how, by, to, time } => {
                let words = locale.t2(&format!("line-brought-{how}"), "who", by, "to", to);
                joined([
                    Some(words),
                    time.as_ref().map(|at| locale.t1("line-at", "time", at)),
                    None,
                ])
            }
            Self::Call(words) => words.clone(),
            Self::Reopened => locale.t("line-reopened"),
            Self::Refiled => locale.t("line-refiled"),
            Self::Merged => locale.t("line-merged"),
            Self::Absorbed => locale.t("line-absorbed"),
            Self::Continued => locale.t("line-continued"),
        }
    }
}

/// What happened and what comes next, from the outcome's code and what was said with it.
pub fn closing_words(locale: Locale, outcome: &str, what: Option<&str>) -> String {
    let with = format!("line-closed-{outcome}-what");
    match what {
        Some(what) if locale.has(&with) => locale.t1(&with, "what", what),
        _ => locale.t(&format!("line-closed-{outcome}")),
    }
}

fn joined<const N: usize>(parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// A quiet line between letters.
#[derive(Clone, Debug)]
pub struct Line {
    /// What happened.
    pub what: Happening,
    /// When.
    pub when: When,
}

/// A step of custody: who has it now, and why it moved.
#[derive(Clone, Debug)]
pub struct Step {
    /// The sentence.
    pub text: String,
    /// When.
    pub when: When,
}

/// Steps with no letter between them.
#[derive(Clone, Debug)]
pub struct Steps {
    /// The latest, which stands open.
    pub latest: Step,
    /// Those before it, oldest first, behind a fold.
    pub earlier: Vec<Step>,
}

/// One entry on the rail.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A message.
    Letter(Box<Letter>),
    /// A line.
    Line(Line),
    /// Who had it in between.
    Steps(Steps),
    /// Where the unread part begins.
    NewFromHere,
}

/// A message of the reader that is held for some seconds.
#[derive(Clone, Debug)]
pub struct Held {
    /// What it says.
    pub text: Text,
    /// Where the undo form posts.
    pub undo: String,
    /// Seconds left.
    pub seconds: u32,
}

/// Somebody who can read the conversation.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Their name, or the team's.
    pub name: String,
    /// "Your care team", "Helps you", in the reader's language; may be empty.
    pub role: String,
}

/// `GET /threads/{id}`. Buttons post to `unread`, `close` (a page that asks first) and `follow_up`.
#[derive(Template)]
#[template(path = "patient/thread.html")]
pub struct Thread {
    /// Layout; `live` is the stream of this conversation.
    pub chrome: Chrome,
    /// The conversation's id, for live words.
    pub id: String,
    /// The newest sequence number shown.
    pub last_seq: i64,
    /// The inbox.
    pub back: String,
    /// The headline.
    pub headline: String,
    /// Whose conversation it is, for the print.
    pub patient: String,
    /// When the page was made, for the print: its "today" means nothing on paper.
    pub printed: When,
    /// "About your visit on October 28", in the reader's language.
    pub about: Option<String>,
    /// Where it stands.
    pub ladder: Ladder,
    /// Since when whoever has it has had it, while an answer is owed.
    pub since: Option<When>,
    /// When they will hear, while an answer is owed.
    pub hear: Option<Hear>,
    /// "1 of 3 of your questions is still open", once the team has answered something.
    pub still_open: Option<String>,
    /// Older messages of a long conversation.
    pub older: Option<String>,
    /// The letters and lines, oldest first.
    pub entries: Vec<Entry>,
    /// A message of the reader that is still held.
    pub held: Option<Held>,
    /// What a helper prepared for this conversation, or what became of the reader's own preparing.
    pub prepared: Vec<PreparedNote>,
    /// Who can read it.
    pub readers: Vec<Reader>,
    /// Whom to call about the reader's newest text.
    pub urgency: Option<super::urgent::Card>,
    /// The call that is waited for.
    pub call: Option<super::call::CallCard>,
    /// The reply form; none for a helper who may only read.
    pub reply: Option<ReplyForm>,
    /// The conversation this one goes on from.
    pub continues: Option<String>,
    /// Where a linked follow-up starts (POST), for an old conversation.
    pub follow_up: Option<String>,
    /// Where "mark as unread" posts.
    pub unread: Option<String>,
    /// Where the patient closes it (a page that asks first).
    pub close: Option<String>,
}

/// The stop before a reply is sent when others wrote meanwhile. Posts the fields of [`ReplyForm`] with
/// `base_seq` raised, which is the confirmation.
#[derive(Template)]
#[template(path = "patient/thread_newer.html")]
pub struct ThreadNewer {
    /// Layout.
    pub chrome: Chrome,
    /// The conversation.
    pub back: String,
    /// The headline.
    pub headline: String,
    /// What others wrote meanwhile.
    pub entries: Vec<Entry>,
    /// The reply, with `base_seq` raised to the newest.
    pub reply: ReplyForm,
}

/// `GET /threads/{id}/messages/{message}/correct`. Posts `body`, `reason`.
#[derive(Template)]
#[template(path = "patient/correct.html")]
pub struct Correct {
    /// Layout.
    pub chrome: Chrome,
    /// Where it posts.
    pub action: String,
    /// The conversation.
    pub back: String,
    /// The text, to be changed.
    pub body: String,
    /// Why.
    pub reason: String,
}

// Samples --------------------------------------------------------------------------------------------

const NOW: i64 = 1_795_361_400_000_000;
const HOUR: i64 = 3_600_000_000;

fn at(locale: Locale, hours_ago: i64) -> When {
    SiteTime::new("America/New_York", NOW).full(locale, NOW - hours_ago * HOUR)
}

fn sample_letter(locale: Locale, seq: i64, hours_ago: i64, text: &str) -> Letter {
    Letter {
        seq,
        ours: false,
        author: Some("Nils Berg".to_owned()),
        role: Some("Nurse, Diabetes team".to_owned()),
        on_behalf_of: None,
        channel: "portal".to_owned(),
        entered_by: None,
        call: None,
        when: at(locale, hours_ago),
        text: Text::new(text),
        questions: Vec::new(),
        corrections: Vec::new(),
        retraction: None,
        correct: None,
        retract: None,
    }
}

fn sample_mine(locale: Locale, seq: i64, hours_ago: i64, text: &str) -> Letter {
    Letter {
        ours: true,
        author: None,
        role: None,
        correct: Some("/threads/t1/messages/m1/correct".to_owned()),
        retract: Some("/threads/t1/messages/m1/retract".to_owned()),
        ..sample_letter(locale, seq, hours_ago, text)
    }
}

fn letter(letter: Letter) -> Entry {
    Entry::Letter(Box::new(letter))
}

fn line(locale: Locale, hours_ago: i64, what: Happening) -> Entry {
    Entry::Line(Line { what, when: at(locale, hours_ago) })
}

fn sample_typical(locale: Locale) -> Vec<Entry> {
    let mut question = sample_mine(
        locale,
        1,
        42,
        "I saw my test came back. What does 7.1 mean for my medicine? My feet also tingle at night since last week.",
    );
    question.questions = vec![
        Asked {
            text: "Do I keep the same dose?".to_owned(),
            state: "answered".to_owned(),
            reason: None,
        },
        Asked {
            text: "Is the tingling from my sugar?".to_owned(),
            state: "open".to_owned(),
            reason: None,
        },
        Asked {
            text: "Can I fly?".to_owned(),
            state: "set_aside".to_owned(),
            reason: Some("We talk about it at your <b>visit</b>.".to_owned()),
        },
    ];
    let mut answer = sample_letter(
        locale,
        4,
        1,
        "Good news: your A1c came down to 7.1. Please keep the same dose of metformin for now.\n\nAbout your feet: is the tingling in one foot or both? Do you see any sore or change of color?",
    );
    answer.on_behalf_of = None;
    vec![
        letter(question),
        line(locale, 41, Happening::Taken { who: "Nils Berg".to_owned() }),
        Entry::Steps(Steps {
            latest: Step {
                text: locale.t1("custody-returned", "who", "Nils Berg"),
                when: at(locale, 3),
            },
            earlier: vec![Step {
                text: locale.t1("custody-taken", "who", "Dora Feldman"),
                when: at(locale, 30),
            }],
        }),
        Entry::NewFromHere,
        letter(answer),
    ]
}

/// Everything that can stand on the rail, once.
fn sample_longest(locale: Locale) -> Vec<Entry> {
    let mut helped = sample_letter(
        locale,
        1,
        9000,
        "She was dizzy with the new dose. <script>alert(1)</script>",
    );
    helped.ours = true;
    helped.author = Some("Pia \"P\" <b>Reyes</b>".to_owned());
    helped.role = None;
    helped.on_behalf_of = Some("Ana Reyes".to_owned());
    let mut spoken = sample_letter(locale, 4, 650, "Take one pill less. Come in if it goes on.");
    "phone".clone_into(&mut spoken.channel);
    spoken.call = Some(locale.t2("letter-call", "name", "Ana Reyes", "time", at(locale, 651).text));
    let mut called =
        sample_letter(locale, 3, 700, "Ana called: the meter shows 180 before breakfast.");
    "phone".clone_into(&mut called.channel);
    called.entered_by = Some("Fred Ames".to_owned());
    let mut corrected = sample_mine(locale, 5, 60, "I take 2 pills at noon.");
    corrected.corrections.push(Correction {
        by: None,
        when: at(locale, 59),
        text: Text::new("I take 1 pill at noon."),
        reason: Some("I looked at the box.".to_owned()),
    });
    let mut taken = sample_letter(locale, 6, 50, "This was for another person.");
    taken.retraction =
        Some(Retraction { by: Some("Nils Berg".to_owned()), when: at(locale, 49), reason: None });
    let mut spanish = sample_letter(
        locale,
        7,
        30,
        "Tome la pastilla con comida.\n- una en la mañana\n- una en la noche\n\nhttps://example.org/dieta",
    );
    spanish.text = Text::in_language(
        "Tome la pastilla con comida.\n- una en la mañana\n- una en la noche\n\nhttps://example.org/dieta",
        "es",
    );
    let mut entries = vec![
        letter(helped),
        line(
            locale,
            800,
            Happening::Joined { who: "Dr. Ruiz".to_owned(), by: Some("Dr. Okafor".to_owned()) },
        ),
        line(locale, 790, Happening::Joined { who: "Pia Reyes".to_owned(), by: None }),
        letter(called),
        letter(spoken),
        line(locale, 100, Happening::Moved { team: "Heart clinic".to_owned(), reason: None }),
        line(
            locale,
            90,
            Happening::Moved {
                team: "Diabetes team".to_owned(),
                reason: Some("it is about sugar".to_owned()),
            },
        ),
        letter(corrected),
        letter(taken),
        letter(spanish),
        line(locale, 20, Happening::Left { who: "Dr. Ruiz".to_owned() }),
        line(locale, 18, Happening::Reopened),
        line(locale, 18, Happening::Refiled),
        line(locale, 18, Happening::Absorbed),
        line(locale, 18, Happening::Merged),
        line(locale, 17, Happening::Continued),
    ];
    entries.extend(sample_records(locale));
    entries
}

/// What was done outside the portal, as lines.
fn sample_records(locale: Locale) -> Vec<Entry> {
    vec![
        line(
            locale,
            19,
            Happening::Closed {
                outcome: "callback".to_owned(),
                what: None,
                on: None,
                remark: Some("Call again if it comes back.".to_owned()),
            },
        ),
        line(
            locale,
            19,
            Happening::Closed {
                outcome: "refill".to_owned(),
                what: Some("metformin <b>500</b> mg".to_owned()),
                on: Some("November 25, 2026".to_owned()),
                remark: None,
            },
        ),
        line(
            locale,
            18,
            Happening::Tried {
                how: "voicemail".to_owned(),
                by: "Nils Berg".to_owned(),
                time: Some(at(locale, 20).text),
                said: Some("Please call us back.".to_owned()),
            },
        ),
        line(
            locale,
            18,
            Happening::Brought {
                how: "read_out".to_owned(),
                by: "Nils Berg".to_owned(),
                to: "Pia Reyes".to_owned(),
                time: None,
            },
        ),
    ]
}

/// The conversation waiting with the team, with each kind of what can be said about the answer.
fn sample_hearing(locale: Locale, page: impl Fn(Ladder) -> Thread) -> Vec<(&'static str, Thread)> {
    const NAMES: [&str; 7] = [
        "hear-usual",
        "hear-most",
        "hear-slow",
        "hear-busy",
        "hear-few",
        "hear-promise",
        "hear-late",
    ];
    let since = Some(SiteTime::new("America/New_York", NOW).since(locale, NOW - HOUR));
    let waiting = |hear| {
        let ladder = Ladder::WithTeam { team: "Diabetes team".to_owned(), since: since.clone() };
        let mut page = page(ladder);
        page.hear = Some(hear);
        page
    };
    NAMES.into_iter().zip(Hear::samples(locale).into_iter().map(waiting)).collect()
}

/// An answer that can still be taken back.
fn sample_held(mut page: Thread) -> Thread {
    page.held = Some(Held {
        text: Text::new("Both feet, no sore."),
        undo: "/drafts/d1/undo".to_owned(),
        seconds: 8,
    });
    page.reply = None;
    page
}

/// A conversation that goes on in a new one.
fn sample_old(mut page: Thread) -> Thread {
    (page.reply, page.close) = (None, None);
    page.follow_up = Some("/threads/t1/follow-up".to_owned());
    page.continues = Some("/threads/t0".to_owned());
    page
}

impl Page for Thread {
    const NAME: &'static str = "thread";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome, entries, ladder| Self {
            chrome,
            id: "0198c0de-0000-7000-8000-000000000001".to_owned(),
            last_seq: 4,
            back: "/".to_owned(),
            headline: "Your A1c result and next step".to_owned(),
            patient: "Ana Reyes".to_owned(),
            printed: SiteTime::new("America/New_York", NOW).dated(locale, NOW),
            about: Some("About your visit on October 28".to_owned()),
            ladder,
            since: None,
            hear: None,
            still_open: Some(locale.t2("thread-questions-open", "n", 1, "all", 2)),
            older: None,
            entries,
            held: None,
            prepared: Vec::new(),
            readers: vec![
                Reader { name: "Diabetes team".to_owned(), role: locale.t("reader-team") },
                Reader { name: "Pia Reyes".to_owned(), role: locale.t("reader-helper") },
            ],
            urgency: None,
            call: None,
            reply: Some(sample_reply()),
            continues: None,
            follow_up: None,
            unread: Some("/threads/t1/unread".to_owned()),
            close: Some("/threads/t1/close".to_owned()),
        };
        let here = || Chrome::sample(locale, Place::Inbox);
        let live = Chrome { live: Some("/threads/t1/live".to_owned()), ..here() };
        let mut longest = page(
            Chrome::sample_helper(locale, Place::Inbox),
            sample_longest(locale),
            Ladder::BeingHandled {
                team: "Diabetes team".to_owned(),
                who: Some("Nils Berg".to_owned()),
                role: None,
            },
        );
        longest.older = Some("/threads/t1?before=1".to_owned());
        longest.hear = Hear::sample(locale);
        longest.reply = Some(sample_long_reply(locale));
        longest.call = super::call::CallCard::samples(locale).pop();
        let since = Some(SiteTime::new("America/New_York", NOW).since(locale, NOW - HOUR));
        let unnamed = page(
            here(),
            sample_typical(locale),
            Ladder::BeingHandled {
                team: "Diabetes team".to_owned(),
                who: None,
                role: Some("nurse"),
            },
        );
        let held = sample_held(page(
            here(),
            sample_typical(locale),
            Ladder::WithTeam { team: "Diabetes team".to_owned(), since },
        ));
        let closed = Ladder::Closed { outcome: "answered".to_owned() };
        let old = sample_old(page(here(), sample_typical(locale), closed));
        let mut prepared = page(here(), sample_typical(locale), Ladder::AskedYou);
        prepared.prepared = vec![PreparedNote {
            text: locale.t1("prepared-note", "name", "Pia <b>Reyes</b>"),
            href: "/prepared/d1".to_owned(),
            link: locale.t("prepared-look"),
        }];
        if let Some(reply) = &mut prepared.reply {
            reply.prepared_by = Some("Pia Reyes".to_owned());
        }
        let helping = Chrome::sample_helper(locale, Place::Inbox);
        let mut handing = page(helping, sample_typical(locale), Ladder::AskedYou);
        handing.prepared = vec![PreparedNote {
            text: locale.t1("offer-state-offered", "patient", "Ana Reyes"),
            href: "/for/p1/drafts/d1/offered".to_owned(),
            link: locale.t("prepared-look"),
        }];
        if let Some(reply) = &mut handing.reply {
            reply.hand_to = Some("Ana Reyes".to_owned());
        }
        let mut all = sample_hearing(locale, |ladder| page(here(), sample_typical(locale), ladder));
        all.extend(vec![
            ("prepared", prepared),
            ("hand-over", handing),
            ("typical", page(live, sample_typical(locale), Ladder::AskedYou)),
            ("longest", longest),
            ("role-only", unnamed),
            ("held", held),
            ("old", old),
            (
                "error",
                page(
                    here().with_problems(&[("body", "problem-body-empty")]),
                    sample_typical(locale),
                    Ladder::Answered,
                ),
            ),
        ]);
        all
    }
}

impl Page for ThreadNewer {
    const NAME: &'static str = "thread-newer";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let mut reply = sample_reply();
        "Should I come in \"today\"?".clone_into(&mut reply.body);
        vec![(
            "typical",
            Self {
                chrome: Chrome::sample(locale, Place::Inbox),
                back: "/threads/t1".to_owned(),
                headline: "Your A1c result and next step".to_owned(),
                entries: vec![letter(sample_letter(locale, 5, 0, "Please come in at 2 pm today."))],
                reply,
            },
        )]
    }
}

impl Page for Correct {
    const NAME: &'static str = "correct";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome| Self {
            chrome,
            action: "/threads/t1/messages/m1/correct".to_owned(),
            back: "/threads/t1".to_owned(),
            body: "I take 2 pills at noon.".to_owned(),
            reason: String::new(),
        };
        let here = || Chrome::sample(locale, Place::Inbox);
        vec![
            ("typical", page(here())),
            ("error", page(here().with_problems(&[("body", "problem-body-empty")]))),
        ]
    }
}

/// Renders the samples of this file.
pub fn gallery(locale: Locale, out: &mut Vec<Sample>) {
    render::<Thread>(locale, out);
    render::<ThreadNewer>(locale, out);
    render::<Correct>(locale, out);
}

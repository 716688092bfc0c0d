//! Writing a new message: who, about what, write, check, sent. Each step is a page and a POST form, so
//! everything works without a script; what is typed is kept in a draft from the first step on.

use askama::Template;

use super::common::{Choice, Hear, Safety, Text};
use super::urgent::{Card, Urgency};
use super::{Chrome, Flash, FlashKind, Page, Place, Sample, render};
use crate::i18n::{Locale, SiteTime, When};

/// The steps, for the line "Step 2 of 4".
pub const STEPS: u32 = 4;

/// A team to write to.
#[derive(Clone, Debug)]
pub struct TeamTile {
    /// The tile: its name, then its care and its people.
    pub choice: Choice,
    /// What it is for, its place and hours, the last or next visit.
    pub lines: Vec<String>,
    /// When they will hear from it.
    pub hear: Option<Hear>,
}

/// Step 1, `GET /new` and `GET /drafts/{id}/who`. Posts `team` (a team's id or `unsure`).
#[derive(Template)]
#[template(path = "patient/compose_who.html")]
pub struct ComposeWho {
    /// Layout.
    pub chrome: Chrome,
    /// Where the form posts: `/new` or `/drafts/{id}/who`.
    pub action: String,
    /// The step before: the inbox.
    pub back: String,
    /// The teams as tiles, recent ones first.
    pub teams: Vec<TeamTile>,
    /// More teams, behind a fold: those the patient has not met lately.
    pub more: Vec<TeamTile>,
    /// "I'm not sure", with the triage desk that reads it; none when there is no desk to reach.
    pub desk: Option<TeamTile>,
}

/// A heading with the choices under it, for instance the visits.
#[derive(Clone, Debug)]
pub struct AboutGroup {
    /// "Your visits", in the reader's language.
    pub title: String,
    /// The choices; `value` is a kind and an id, for instance `encounter:0198…`.
    pub choices: Vec<Choice>,
    /// What opens those behind the fold, "Show more visits", and they; none when all are shown.
    pub more: Option<(String, Vec<Choice>)>,
}

impl AboutGroup {
    /// Whether something behind the fold is chosen: then it stands open.
    pub fn is_open(&self) -> bool {
        self.more.as_ref().is_some_and(|(_, more)| more.iter().any(|choice| choice.chosen))
    }
}

/// Step 2, `GET /drafts/{id}/about`. Posts `about`: `KIND:ID` (a code of `AboutKind`), `category:CODE`
/// (a code of `Category`) or `nothing`.
#[derive(Template)]
#[template(path = "patient/compose_about.html")]
pub struct ComposeAbout {
    /// Layout.
    pub chrome: Chrome,
    /// Where the form posts.
    pub action: String,
    /// The step before.
    pub back: String,
    /// Visits, medicines, results, problems, other topics; only what there is.
    pub groups: Vec<AboutGroup>,
    /// Whether "None of these" is chosen.
    pub nothing: bool,
}

/// Step 3, `GET /drafts/{id}/write`. Posts `ask`, `headline`, `body`, `question` once for each
/// question (empty ones ignored), `version`, and `intent`: `continue` or `save`.
#[derive(Template)]
#[template(path = "patient/compose_write.html")]
pub struct ComposeWrite {
    /// Layout.
    pub chrome: Chrome,
    /// Where the form posts.
    pub action: String,
    /// The step before.
    pub back: String,
    /// Where the script saves: answers 200 with the sentence to show as plain text, and the header
    /// `Draft-Version`.
    pub autosave: String,
    /// Where the script asks for the card of what is typed.
    pub beside: String,
    /// Where the draft can be deleted (a page that asks first).
    pub delete: String,
    /// The version of the draft, as a hidden field.
    pub version: i64,
    /// The chosen ask: `fact`, `opinion`, `action`, `inform`, or empty.
    pub ask: String,
    /// The headline; filled from the topic.
    pub headline: String,
    /// The text.
    pub body: String,
    /// The numbered questions; the page shows at least three fields.
    pub questions: Vec<String>,
    /// Who may read it first; the first is the team. Empty where the team does not offer it.
    pub direct: Vec<Choice>,
    /// Who will read it, in words.
    pub readers: Vec<String>,
    /// When they will hear.
    pub hear: Option<Hear>,
    /// When it was last saved, "9:12 am".
    pub saved: Option<When>,
    /// Whom to call instead.
    pub safety: Safety,
    /// The button of who is not sure; none where no call is offered.
    pub unsure: Option<String>,
}

impl ComposeWrite {
    /// The ask types in the order of the page.
    pub const ASKS: [&'static str; 4] = ["fact", "opinion", "action", "inform"];

    /// The fields of the questions: those there are and empty ones up to three, at most ten.
    pub fn question_fields(&self) -> Vec<(usize, &str)> {
        let empty = std::iter::repeat_n("", 3_usize.saturating_sub(self.questions.len()));
        (1..).zip(self.questions.iter().map(String::as_str).chain(empty)).take(10).collect()
    }
}

/// Step 4, `GET /drafts/{id}/check`. Posts `version` and `client_msg_id` to `/drafts/{id}/send`.
#[derive(Template)]
#[template(path = "patient/compose_check.html")]
pub struct ComposeCheck {
    /// Layout.
    pub chrome: Chrome,
    /// Where the form posts.
    pub action: String,
    /// The step before.
    pub back: String,
    /// The version of the draft.
    pub version: i64,
    /// The idempotency key of this send.
    pub client_msg_id: String,
    /// The team it goes to.
    pub team: String,
    /// The sentence that says so when that is another team than the chosen one.
    pub routed: Option<String>,
    /// What it is about; none when about nothing.
    pub about: Option<String>,
    /// The code of the ask.
    pub ask: String,
    /// The headline.
    pub headline: String,
    /// The text.
    pub text: Text,
    /// The numbered questions.
    pub questions: Vec<String>,
    /// Who will read it, in words.
    pub readers: Vec<String>,
    /// "Who reads it first: the nurses and doctors of Diabetes team."
    pub reads_first: Option<String>,
    /// The link of who is not sure, in words, and where it leads; none where no call is offered.
    pub unsure: Option<(String, String)>,
    /// When they will hear.
    pub hear: Option<Hear>,
    /// Where to change the team, the topic and the text.
    pub change_who: String,
    /// Where to change the topic.
    pub change_about: String,
    /// Where to change the text.
    pub change_text: String,
    /// The patient whom it is handed to instead of sent; none when the writer may send.
    pub hand_to: Option<String>,
    /// The helper whose text the writer has taken on.
    pub prepared_by: Option<String>,
    /// Nearly the same was said a moment ago in another conversation.
    pub again: Option<Again>,
    /// Whom to call, when the text may need care sooner.
    pub urgency: Option<Card>,
}

/// What was said already, in another conversation.
#[derive(Clone, Debug)]
pub struct Again {
    /// The conversation's id.
    pub thread: String,
    /// Its headline.
    pub headline: String,
    /// Who wrote it.
    pub by: String,
    /// When it was sent.
    pub when: When,
    /// The text.
    pub text: Text,
    /// Where the form posts that adds the message there.
    pub join: String,
}

/// After sending: `GET /drafts/{id}/sent` while it is held, `GET /threads/{id}/sent` afterwards.
#[derive(Template)]
#[template(path = "patient/compose_sent.html")]
pub struct ComposeSent {
    /// Layout.
    pub chrome: Chrome,
    /// While it is held: where the undo form posts (`/drafts/{id}/undo`), and the seconds left.
    pub undo: Option<(String, u32)>,
    /// The team it goes to.
    pub team: String,
    /// When it was sent.
    pub at: When,
    /// A short number for the phone: the last letters of the message's id.
    pub receipt: String,
    /// When they will hear.
    pub hear: Option<Hear>,
    /// The conversation, or the inbox while it is held.
    pub next: String,
    /// The site's nurse line and the like, for "if it gets worse".
    pub safety: Safety,
    /// Whom to call, when the text may need care sooner.
    pub urgency: Option<Card>,
}

// Samples --------------------------------------------------------------------------------------------

fn sample_time() -> SiteTime {
    SiteTime::new("America/New_York", 1_795_361_400_000_000)
}

impl Page for ComposeWho {
    const NAME: &'static str = "compose-who";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let mut kinds = Hear::samples(locale).into_iter();
        let lines = vec![
            "Sugar, feet, eyes and diabetes medicines.".to_owned(),
            format!("Riverside Clinic. {}", locale.t1("tile-open-today", "time", "5:00 pm")),
            locale.t1("tile-visit-last", "day", "October 28"),
        ];
        let mut tiles = |choices: Vec<Choice>| {
            let tile = |choice| TeamTile { choice, lines: lines.clone(), hear: kinds.next() };
            choices.into_iter().map(tile).collect::<Vec<_>>()
        };
        let teams = tiles(vec![
            Choice::new("t1", "Diabetes team", "Diabetes care, Dr. Okafor"),
            Choice::new("t2", "Heart clinic", "Heart care, Dr. Ruiz"),
            Choice::new("t3", "Dr. O'Neil <b>& partners</b>", "Family care, Riverside Clinic"),
        ]);
        let more = tiles(vec![Choice::new("t4", "Front desk", "Visits, forms and bills")]);
        let goes = locale.t1("compose-unsure-goes", "team", "Nurse line");
        let desk = tiles(vec![Choice::new("unsure", &locale.t("compose-unsure"), &goes)]).pop();
        let page = |chrome| Self {
            chrome,
            action: "/new".to_owned(),
            back: "/".to_owned(),
            teams: teams.clone(),
            more: more.clone(),
            desk: desk.clone(),
        };
        let mut chosen = page(Chrome::sample_helper(locale, Place::Inbox));
        chosen.desk.iter_mut().for_each(|desk| desk.choice = desk.choice.clone().chosen());
        let mut nobody = page(Chrome::sample(locale, Place::Inbox));
        (nobody.teams, nobody.more, nobody.desk) = (Vec::new(), Vec::new(), None);
        vec![
            ("typical", page(Chrome::sample(locale, Place::Inbox))),
            ("helper", chosen),
            ("empty", nobody),
            (
                "error",
                page(
                    Chrome::sample(locale, Place::Inbox).with_problems(&[("team", "problem-team")]),
                ),
            ),
        ]
    }
}

impl Page for ComposeAbout {
    const NAME: &'static str = "compose-about";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome, groups| Self {
            chrome,
            action: "/drafts/d1/about".to_owned(),
            back: "/drafts/d1/who".to_owned(),
            groups,
            nothing: false,
        };
        let groups = vec![
            AboutGroup {
                title: locale.t("about-visits"),
                choices: vec![
                    Choice::new("encounter:1", "October 28, Dr. Okafor", "Diabetes check").chosen(),
                    Choice::new("encounter:2", "September 3, Nils Berg", "Blood test"),
                ],
                more: Some((
                    locale.t("about-visits-more"),
                    vec![
                        Choice::new("encounter:3", "August 12, Dr. O'Neil", "Office visit"),
                        Choice::new("encounter:4", "May 4, Dr. Okafor", "Diabetes check"),
                    ],
                )),
            },
            AboutGroup {
                title: locale.t("about-medicines"),
                choices: vec![Choice::new("medication:1", "Metformin 500 mg", "")],
                more: None,
            },
            AboutGroup {
                title: locale.t("about-results"),
                choices: vec![Choice::new("result:1", "Hemoglobin A1c", "November 19")],
                more: None,
            },
            AboutGroup {
                title: locale.t("about-other"),
                choices: vec![
                    Choice::new("category:refill", &locale.t("category-refill"), ""),
                    Choice::new("category:form", &locale.t("category-form"), ""),
                ],
                more: None,
            },
        ];
        vec![
            ("typical", page(Chrome::sample(locale, Place::Inbox), groups)),
            ("empty", page(Chrome::sample(locale, Place::Inbox), Vec::new())),
            (
                "error",
                page(
                    Chrome::sample(locale, Place::Inbox)
                        .with_problems(&[("about", "problem-about")]),
                    Vec::new(),
                ),
            ),
        ]
    }
}

impl Page for ComposeWrite {
    const NAME: &'static str = "compose-write";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome| Self {
            chrome,
            action: "/drafts/d1/write".to_owned(),
            back: "/drafts/d1/about".to_owned(),
            autosave: "/drafts/d1/autosave".to_owned(),
            beside: "/drafts/d1/urgent/beside".to_owned(),
            delete: "/drafts/d1/delete".to_owned(),
            version: 3,
            ask: String::new(),
            headline: "My visit on October 28".to_owned(),
            body: String::new(),
            questions: Vec::new(),
            direct: vec![
                Choice::new("", &locale.t("direct-team"), "").chosen(),
                Choice::new("p1", &locale.t1("direct-person", "name", "Dr. <b>Okafor</b>"), ""),
            ],
            readers: vec!["Diabetes team".to_owned(), "Pia Reyes".to_owned()],
            hear: Hear::sample(locale),
            saved: None,
            safety: Safety::sample(),
            unsure: Some(locale.t("call-button")),
        };
        let mut full = page(Chrome::sample_helper(locale, Place::Inbox));
        "opinion".clone_into(&mut full.ask);
        "My feet tingle at night.\n</textarea><script>alert(1)</script>".clone_into(&mut full.body);
        full.questions = (1..=4).map(|n| format!("Question \"{n}\"?")).collect();
        full.saved = Some(sample_time().clock(locale, 1_795_361_400_000_000));
        vec![
            ("typical", page(Chrome::sample(locale, Place::Inbox))),
            ("helper", full),
            (
                "error",
                page(
                    Chrome::sample(locale, Place::Inbox)
                        .with_problems(&[("ask", "problem-ask"), ("body", "problem-body-empty")]),
                ),
            ),
        ]
    }
}

impl Page for ComposeCheck {
    const NAME: &'static str = "compose-check";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome| Self {
            chrome,
            action: "/drafts/d1/send".to_owned(),
            back: "/drafts/d1/write".to_owned(),
            version: 4,
            client_msg_id: "c1".to_owned(),
            team: "Diabetes team".to_owned(),
            routed: None,
            about: Some("October 28, Dr. Okafor".to_owned()),
            ask: "opinion".to_owned(),
            headline: "My visit on October 28".to_owned(),
            text: Text::new(
                "I saw my test came back. What does 7.1 mean?\n\n- feet tingle\n- since <b>last week</b>",
            ),
            questions: vec![
                "Should I take more metformin?".to_owned(),
                "Is the tingling new?".to_owned(),
            ],
            readers: vec!["Diabetes team".to_owned(), "Pia Reyes".to_owned()],
            reads_first: Some(locale.t1("reads-first-care", "team", "Diabetes team")),
            hear: Hear::sample(locale),
            change_who: "/drafts/d1/who".to_owned(),
            change_about: "/drafts/d1/about".to_owned(),
            change_text: "/drafts/d1/write".to_owned(),
            hand_to: None,
            prepared_by: None,
            again: None,
            urgency: None,
            unsure: Some((locale.t("call-button"), "/drafts/d1/call".to_owned())),
        };
        let card = |level| {
            let mut shown = page(Chrome::sample(locale, Place::Inbox));
            let address = "/drafts/d1/urgent";
            let card = Card::sample(locale, level, None);
            shown.urgency = Some(if card.is_now() {
                Card { owed: Some(address.to_owned()), ..card }
            } else {
                Card { yes: Some(format!("{address}/said")), ..card }
            });
            shown
        };
        let mut handing = page(Chrome::sample_helper(locale, Place::Inbox));
        "/for/p1/drafts/d1/offer".clone_into(&mut handing.action);
        handing.hand_to = Some("Ana <b>Reyes</b>".to_owned());
        handing.unsure = None;
        let mut again = page(Chrome::sample(locale, Place::Inbox));
        again.again = Some(Again {
            thread: "t1".to_owned(),
            headline: "Tingling <b>feet</b>".to_owned(),
            by: "Ana Reyes".to_owned(),
            when: SiteTime::new("America/New_York", 1_795_361_400_000_000)
                .full(locale, 1_795_361_000_000_000),
            text: Text::new("My feet tingle. <script>alert(1)</script>"),
            join: "/drafts/d1/join".to_owned(),
        });
        let mut taken = page(Chrome::sample(locale, Place::Inbox));
        taken.prepared_by = Some("Pia Reyes".to_owned());
        let mut plain = page(Chrome::sample_helper(locale, Place::Inbox));
        plain.about = None;
        plain.questions.clear();
        plain.hear = None;
        plain.reads_first = None;
        let mut few = page(Chrome::sample(locale, Place::Inbox));
        few.hear = Hear::samples(locale).into_iter().nth(4);
        few.reads_first = Some(locale.t1("reads-first-other", "team", "Front desk"));
        let moved =
            locale.t2("check-routed", "chosen", "Heart <b>team</b>", "team", "Diabetes team");
        few.routed = Some(moved);
        let mut busy = page(Chrome::sample(locale, Place::Inbox));
        busy.hear = Hear::samples(locale).into_iter().nth(3);
        vec![
            ("typical", page(Chrome::sample(locale, Place::Inbox))),
            ("few-answers", few),
            ("busy", busy),
            ("helper", plain),
            ("hand-over", handing),
            ("prepared", taken),
            ("today", card(Urgency::Today)),
            ("ask", card(Urgency::Ask)),
        ]
    }
}

impl ComposeSent {
    /// Whether the card above names whom to call now: then no other number stands beside it.
    fn calls_now(&self) -> bool {
        self.urgency.as_ref().is_some_and(Card::is_now)
    }
}

impl Page for ComposeSent {
    const NAME: &'static str = "compose-sent";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome, undo| Self {
            chrome,
            undo,
            team: "Diabetes team".to_owned(),
            at: sample_time().full(locale, 1_795_361_400_000_000),
            receipt: "7K3-90C".to_owned(),
            hear: Hear::sample(locale),
            next: "/".to_owned(),
            safety: Safety::sample(),
            urgency: None,
        };
        let mut emergency = page(Chrome::sample(locale, Place::Inbox), None);
        let card = Card::sample(locale, Urgency::Emergency, None);
        emergency.urgency = Some(Card { sent: true, ..card });
        let mut crisis = page(Chrome::sample_helper(locale, Place::Inbox), None);
        let card = Card::sample(locale, Urgency::Crisis, Some("Ana <b>Reyes</b>"));
        crisis.urgency = Some(Card { sent: true, ..card });
        let mut told = Chrome::sample(locale, Place::Inbox);
        told.flash = Some(Flash {
            kind: FlashKind::Good,
            text: locale.t("flash-saved"),
            undo: Some(("/undo".to_owned(), 10)),
        });
        vec![
            (
                "held",
                page(
                    Chrome::sample(locale, Place::Inbox),
                    Some(("/drafts/d1/undo".to_owned(), 10)),
                ),
            ),
            ("sent", page(told, None)),
            ("emergency", emergency),
            ("crisis", crisis),
        ]
    }
}

/// Renders the samples of this file.
pub fn gallery(locale: Locale, out: &mut Vec<Sample>) {
    render::<ComposeWho>(locale, out);
    render::<ComposeAbout>(locale, out);
    render::<ComposeWrite>(locale, out);
    render::<ComposeCheck>(locale, out);
    render::<ComposeSent>(locale, out);
}

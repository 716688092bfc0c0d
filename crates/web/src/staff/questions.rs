//! Numbered questions on staff pages: those of the patient, those the team asked, and what is said of them.

use app::question;
use app::staff::Conversation;
use app::thread::{Shown, ShownQuestion, open_questions};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::{Id as _, QuestionId};
use domain::message::{Ask, Line, QuestionState, Side};
use serde::Deserialize;

use super::acts::{refused, stale};
use super::conversation::ThreadPath;
use super::{Staff, is_stale, see, thread_address};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::staff::{AskView, Choice, QuestionView, QuestionsView};
use crate::run::WebState;

/// Fields for questions that a reply always has.
const FIELDS: usize = 3;

/// The questions of a conversation. `ticked` are the ids that the reply in the making answers.
pub(super) fn view(
    locale: Locale,
    conversation: &Conversation,
    ticked: &[String],
    typed: &[String],
    ask: Ask,
) -> QuestionsView {
    let said = conversation.view.said();
    let (open, all) = open_questions(said.iter().copied(), Side::Patient);
    let first = conversation.view.messages.iter().find(|message| message.side == Side::Patient);
    let empty = std::iter::repeat_n(String::new(), FIELDS.saturating_sub(typed.len()));
    QuestionsView {
        ask: first.map(|message| ask_view(message.ask)),
        open: (open > 0).then(|| locale.t2("staff-questions-open", "n", open, "all", all)),
        theirs: listed(locale, &said, Side::Patient, ticked),
        ours: listed(locale, &said, Side::Team, &[]),
        fields: typed.iter().cloned().chain(empty).collect(),
        asks: [Ask::Fact, Ask::Opinion, Ask::Action]
            .into_iter()
            .map(|each| Choice {
                value: each.code().to_owned(),
                text: locale.t(&format!("staff-ask-{}", each.code())),
                chosen: each == ask,
            })
            .collect(),
    }
}

fn listed(locale: Locale, said: &[&Shown], side: Side, ticked: &[String]) -> Vec<QuestionView> {
    let asked = said.iter().filter(|message| message.side == side);
    let questions = asked.flat_map(|message| &message.questions);
    (1..)
        .zip(questions)
        .map(|(number, question)| QuestionView {
            id: question.id.to_string(),
            number,
            text: question.text.clone(),
            settled: settled(locale, question),
            ticked: ticked.contains(&question.id.to_string()),
        })
        .collect()
}

fn settled(locale: Locale, question: &ShownQuestion) -> Option<String> {
    match (question.state, question.reason.as_str()) {
        (QuestionState::Open, _) => None,
        (QuestionState::Answered, _) => Some(locale.t("staff-question-answered")),
        (QuestionState::SetAside, "") => Some(locale.t("staff-question-aside")),
        (QuestionState::SetAside, reason) => {
            Some(locale.t1("staff-question-aside-because", "reason", reason))
        }
    }
}

const fn ask_view(ask: Ask) -> AskView {
    match ask {
        Ask::Fact => AskView::Fact,
        Ask::Opinion => AskView::Opinion,
        Ask::Action => AskView::Action,
        Ask::Inform => AskView::Inform,
    }
}

/// What became of a question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionForm {
    state: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    list: String,
}

/// `POST …/questions/{question}`
pub async fn decide(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<QuestionForm>,
) -> Result<Response> {
    let thread = path.id()?;
    let asked: QuestionId = QuestionId::parse(&path.question).map_err(|_| Fault::NotFound)?;
    let to = QuestionState::from_code(&form.state).filter(|to| *to != QuestionState::Open);
    let Some(to) = to else { return Err(Fault::Invalid(Vec::new())) };
    let reason = match form.reason.trim() {
        "" => Ok(None),
        text => Line::parse(text).map(Some).map_err(|error| app::Error::text("reason", error)),
    };
    let decided = match reason {
        Ok(reason) => {
            let act = move |cx: &mut app::Cx<'_, '_>| {
                question::decide(cx, thread, asked, to, reason.as_ref())
            };
            state.write(staff.actor(), act).await
        }
        Err(error) => Err(error),
    };
    match decided {
        Ok(()) => Ok(see(&thread_address(thread, &form.list, "question"))),
        Err(error) if is_stale(&error) => stale(&state, &staff, thread, &form.list, None).await,
        Err(app::Error::Invalid(faults)) => {
            // The conversation has another field of this name: where it is passed on.
            let faults = faults
                .into_iter()
                .map(|fault| app::FieldError { field: "question-reason", ..fault })
                .collect();
            refused(&state, &staff, thread, &form.list, app::Error::Invalid(faults)).await
        }
        Err(error) => Err(error.into()),
    }
}

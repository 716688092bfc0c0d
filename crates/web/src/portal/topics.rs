//! What a new message can be about: the patient's visits, medicines, results, problems, or a matter.

use app::chart;
use app::thread::About;
use domain::ids::Id;
use domain::thread::{AboutKind, Category};
use domain::time::Timestamp;
use uuid::Uuid;

use super::subject::Subject;
use super::words::site_time;
use crate::error::{Fault, Result};
use crate::i18n::Locale;
use crate::pages::common::Choice;
use crate::pages::compose::AboutGroup;
use crate::run::WebState;

/// One thing a message can be about.
#[derive(Debug, Clone)]
pub struct Topic {
    /// The heading it stands under: a key.
    group: &'static str,
    /// What a draft keeps of it.
    pub about: About,
    /// The matter it makes of the message.
    pub category: Category,
    /// What people choose.
    pub label: String,
    /// A second line.
    detail: String,
    /// The headline it fills in.
    pub headline: String,
}

/// Things of each kind offered; older ones are found by writing about nothing in particular.
const ITEMS_MAX: usize = 12;
/// Things of each kind shown at once; the others stand behind "Show more".
const SHOWN: usize = 2;

/// The heading of the matters: a key.
const MATTERS_GROUP: &str = "about-other";
/// Matters that are no thing in the record.
const MATTERS: [Category; 5] =
    [Category::Symptom, Category::Refill, Category::Form, Category::Appointment, Category::Billing];

/// Everything the patient's next message can be about. Somebody without a right to the chart chooses
/// among the matters alone.
pub async fn load(state: &WebState, subject: &Subject, locale: Locale) -> Result<Vec<Topic>> {
    let patient = subject.patient;
    let read = state
        .read(&subject.session.actor, move |cx| {
            let visits = chart::encounters(cx, patient)?;
            let medicines = chart::medications(cx, patient)?;
            let results = chart::observations(cx, patient)?;
            let problems = chart::conditions(cx, patient)?;
            Ok((visits, medicines, results, problems))
        })
        .await;
    let mut topics = Vec::new();
    match read {
        Ok((visits, medicines, results, problems)) => {
            let time = site_time(state);
            let now = state.app().now();
            let (mut ahead, mut past): (Vec<_>, Vec<_>) =
                visits.into_iter().partition(|visit| visit.started_at > now);
            // What people write about is mostly a visit that was, the last one, or else the next one.
            past.truncate(ITEMS_MAX);
            ahead.reverse();
            ahead.truncate(ITEMS_MAX);
            topics.extend(past.into_iter().chain(ahead).map(|visit| {
                let (said, at) = (&visit.detail.began, visit.started_at.micros());
                let day = time.recorded_day(locale, said, at).text;
                let ahead = visit.started_at > now;
                let with = visit.detail.practitioners.first().cloned().unwrap_or_default();
                let label = if with.is_empty() { day.clone() } else { format!("{day}, {with}") };
                Topic {
                    group: if ahead { "about-appointments" } else { "about-visits" },
                    about: About { kind: AboutKind::Encounter, id: Some(visit.id.as_uuid()) },
                    category: if ahead { Category::Appointment } else { Category::AfterVisit },
                    label,
                    detail: visit.detail.type_text,
                    headline: locale.t1("headline-visit", "day", &day),
                }
            }));
            let taken = medicines.into_iter().filter(|item| item.status == "active");
            topics.extend(distinct(taken.map(|item| {
                let name = item.detail.code.text;
                item_topic(
                    "about-medicines",
                    AboutKind::Medication,
                    item.id.as_uuid(),
                    Category::Medication,
                    name,
                )
            })));
            topics.extend(distinct(results.into_iter().map(|item| {
                let name = item.detail.code.text;
                let mut topic = item_topic(
                    "about-results",
                    AboutKind::Result,
                    item.id.as_uuid(),
                    Category::Result,
                    name,
                );
                if item.at > Timestamp::EPOCH {
                    let day = time.recorded_day(locale, &item.detail.at, item.at.micros());
                    topic.detail = day.text;
                }
                topic
            })));
            topics.extend(distinct(problems.into_iter().map(|item| {
                let name = item.detail.code.text;
                item_topic(
                    "about-problems",
                    AboutKind::Problem,
                    item.id.as_uuid(),
                    Category::Condition,
                    name,
                )
            })));
        }
        Err(app::Error::Forbidden | app::Error::NotFound) => {}
        Err(error) => return Err(Fault::from(error)),
    }
    topics.extend(MATTERS.into_iter().map(|category| {
        let label = locale.t(&format!("category-{}", category.code()));
        Topic {
            group: MATTERS_GROUP,
            about: About::NOTHING,
            category,
            headline: label.clone(),
            label,
            detail: String::new(),
        }
    }));
    Ok(topics)
}

fn item_topic(
    group: &'static str,
    kind: AboutKind,
    id: Uuid,
    category: Category,
    name: String,
) -> Topic {
    Topic {
        group,
        about: About { kind, id: Some(id) },
        category,
        label: name.clone(),
        detail: String::new(),
        headline: name,
    }
}

/// The newest of each name, at most [`ITEMS_MAX`].
fn distinct(topics: impl Iterator<Item = Topic>) -> Vec<Topic> {
    let mut kept: Vec<Topic> = Vec::new();
    for topic in topics {
        if kept.len() >= ITEMS_MAX {
            break;
        }
        if !topic.label.is_empty() && !kept.iter().any(|known| known.label == topic.label) {
            kept.push(topic);
        }
    }
    kept
}

/// What "None of these" posts.
const NOTHING: &str = "nothing";

/// What a choice posts.
pub fn value(about: About, category: Category) -> String {
    match (about.kind, about.id) {
        (AboutKind::Nothing, _) | (_, None) => format!("category:{}", category.code()),
        (kind, Some(id)) => format!("{}:{id}", kind.code()),
    }
}

/// The topics under their headings.
pub fn groups(topics: Vec<Topic>, locale: Locale, chosen: &str) -> Vec<AboutGroup> {
    let mut groups: Vec<(&'static str, AboutGroup)> = Vec::new();
    for topic in topics {
        let posts = value(topic.about, topic.category);
        let choice = Choice::new(&posts, &topic.label, &topic.detail);
        let choice = if posts == chosen { choice.chosen() } else { choice };
        match groups.iter_mut().find(|(key, _)| *key == topic.group) {
            Some((_, group)) => group.choices.push(choice),
            None => groups.push((
                topic.group,
                AboutGroup { title: locale.t(topic.group), choices: vec![choice], more: None },
            )),
        }
    }
    for (key, group) in &mut groups {
        // The matters are a short list of their own, and one thing alone is not worth a fold.
        if *key != MATTERS_GROUP && group.choices.len() > SHOWN + 1 {
            let more = group.choices.split_off(SHOWN);
            group.more = Some((locale.t(&format!("{key}-more")), more));
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The topic a form chose; `nothing` is a matter without a name.
pub fn choose(topics: &[Topic], posted: &str) -> Option<Topic> {
    if posted == NOTHING {
        return Some(Topic {
            group: MATTERS_GROUP,
            about: About::NOTHING,
            category: Category::Other,
            label: String::new(),
            detail: String::new(),
            headline: String::new(),
        });
    }
    topics.iter().find(|topic| value(topic.about, topic.category) == posted).cloned()
}

/// The topic a draft has.
pub fn find(topics: &[Topic], about: About, category: Category) -> Option<&Topic> {
    let wanted = value(about, category);
    topics.iter().find(|topic| value(topic.about, topic.category) == wanted)
}

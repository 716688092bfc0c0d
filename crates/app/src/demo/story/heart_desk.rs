//! What waits at the heart center's nurse line.

use domain::message::Ask;
use domain::thread::{Category, ThreadKind};

use super::{DemoAbout, DemoThread, minutes, say};

pub(super) const THREADS: &[DemoThread] = &[
    DemoThread {
        key: "p06-parking",
        kind: ThreadKind::Care,
        patient: "p06",
        about: DemoAbout::Nothing,
        team: "heart-desk",
        category: Category::Appointment,
        ask: Ask::Fact,
        headline: "Where to go for my test",
        entries: &[say(
            minutes(190),
            "p06",
            "I have the treadmill test next week. Which door is it, and do I fast before it?",
        )],
    },
    DemoThread {
        key: "p09-ride",
        kind: ThreadKind::Care,
        patient: "p09",
        about: DemoAbout::Nothing,
        team: "heart-desk",
        category: Category::Appointment,
        ask: Ask::Action,
        headline: "A later time for my visit",
        entries: &[say(
            minutes(260),
            "p09",
            "My ride can only come after 11. Could my visit be later that day?",
        )],
    },
    DemoThread {
        key: "p15-who",
        kind: ThreadKind::Care,
        patient: "p15",
        about: DemoAbout::Nothing,
        team: "heart-desk",
        category: Category::Other,
        ask: Ask::Fact,
        headline: "Not sure who this is for",
        entries: &[say(
            minutes(75),
            "p15",
            "My new insurance wants a list of my heart medicines. Who can send it to them?",
        )],
    },
];

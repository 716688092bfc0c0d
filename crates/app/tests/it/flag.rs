//! What is kept of the cards that were shown, and what clinicians do with a flag: take it back, raise it again, say
//! whether it was right.

use app::draft::{self, AfterRelease, Sent};
use app::message::Delivered;
use app::urgency::flag::{self, TakingBack};
use app::urgency::{self, Answer, Kept, precision};
use app::work::{self, QueueAfter, QueueEntry, QueueList, WorkItemRow};
use app::{Conflict, Cx, Error, merge, thread};
use domain::access::{Actor, Role};
use domain::flag::{FlagReason, Rating};
use domain::ids::ThreadId;
use domain::message::Line;
use domain::precision::Within;
use domain::urgency::Level;
use domain::work_item::{Level as WorkLevel, Outcome};
use store::access::MeasureCheck;

use crate::world::World;

const CHEST: &str = "Refill please. Also since 4 this morning a heavy feeling in my chest.";
const URINE: &str = "It burns when I pee and I have had a fever since yesterday.";
const HEADACHE: &str = "I have had a headache since Monday.";
const HARM: &str = "I want to kill myself tonight with my insulin.";
const FORM: &str = "Please sign the form for my school.";

/// Ana writes what meets the page before sending, and answers it.
fn urgent(world: &World, into: Option<ThreadId>, body: &str, answer: Answer) -> Delivered {
    let ana = world.actor(world.ana);
    let typed = match into {
        Some(thread) => World::typed_reply(thread, body, 99, AfterRelease::Nothing),
        None => world.typed_new("Refill", body),
    };
    let (draft, version) =
        world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
    let sent = world.app.write(&ana, move |cx| draft::send(cx, draft, version, Some(99))).unwrap();
    assert_eq!(sent, Sent::Asked);
    world.app.write(&ana, move |cx| urgency::answer(cx, draft, version, answer, None)).unwrap()
}

fn kept(world: &World, who: &Actor, thread: ThreadId) -> Vec<Kept> {
    world.app.read(who, |cx| urgency::of_thread(cx, thread)).unwrap()
}

fn item(world: &World, thread: ThreadId) -> WorkItemRow {
    let nils = world.actor(world.nils);
    let view = world.app.read(&nils, |cx| thread::view(cx, thread, i64::MAX, 9)).unwrap();
    view.items[0].clone()
}

fn listed(world: &World, thread: ThreadId) -> QueueEntry {
    let (nils, team) = (world.actor(world.nils), world.team);
    let read = |cx: &mut Cx<'_, '_>| work::queue(cx, team, QueueList::Team, QueueAfter::START, 50);
    let page = world.app.read(&nils, read).unwrap();
    page.entries.into_iter().find(|entry| entry.item.thread == thread).unwrap()
}

fn known() -> TakingBack {
    TakingBack { reason: FlagReason::Known, words: None, rating: Some(Rating::NotRight) }
}

fn take_back(world: &World, who: &Actor, sent: &Delivered, how: TakingBack) -> app::Result<()> {
    let (thread, message) = (sent.thread, sent.id);
    world.app.write(who, move |cx| flag::take_back(cx, thread, message, &how))
}

#[test]
fn a_card_of_today_and_a_question_are_kept_with_what_was_answered() {
    for world in World::all_checked() {
        let nils = world.actor(world.nils);
        let today = world.ana_writes("A question", URINE);
        let asked = world.ana_writes("A question", HEADACHE);
        let plain = world.ana_writes("A form", FORM);
        let detail = kept(&world, &nils, today.thread).remove(0).detail;
        let said = (detail.level(), detail.card.as_str(), detail.answer.as_str());
        assert_eq!(said, (Level::Sameday, "sameday", ""));
        let detail = kept(&world, &nils, asked.thread).remove(0).detail;
        let said = (detail.level(), detail.card.as_str(), detail.answer.as_str());
        assert_eq!(said, (Level::Ask, "ask", urgency::SAID_NO));
        assert!(detail.answered_at > 0 && detail.said.is_none() && !detail.is_flag());
        assert!(kept(&world, &nils, plain.thread).is_empty());
    }
}

#[test]
fn the_card_of_a_wording_that_was_changed_is_counted_and_shown_to_nobody() {
    for world in World::all_checked() {
        let (ana, nils) = (world.actor(world.ana), world.actor(world.nils));
        let typed = world.typed_new("A form", CHEST);
        let (draft, version) =
            world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        let sent = world.app.write(&ana, move |cx| draft::send(cx, draft, version, None));
        assert_eq!(sent.unwrap(), Sent::Asked);
        let typed = world.typed_new("A form", HEADACHE);
        let (_, version) =
            world.app.write(&ana, move |cx| draft::save(cx, Some(draft), version, &typed)).unwrap();
        let sent = world.app.write(&ana, move |cx| draft::send(cx, draft, version, None));
        assert!(matches!(sent.unwrap(), Sent::Held(_)));
        assert!(!world.app.read(&ana, |cx| urgency::waits(cx, draft)).unwrap());
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        let thread = world.app.read(&ana, |cx| draft::became(cx, draft)).unwrap();
        let detail = kept(&world, &nils, thread).remove(0).detail;
        assert_eq!((detail.card.as_str(), detail.earlier.as_str()), ("ask", "emergency"));
        assert!(!detail.earlier_rules.is_empty());
        // Nothing is left of it but names of rules, sealed: what she took out stays hers.
        assert!(detail.hits.iter().all(|hit| !hit.words.contains("chest")));
        assert_eq!(item(&world, thread).level, 3);
        assert!(listed(&world, thread).flag.is_none());
        let report = app::verify::run(&world.app, |_| {}).unwrap();
        assert_eq!(report.findings, Vec::new());
    }
}

#[test]
fn a_clinician_takes_a_flag_back_and_nobody_else_does() {
    for world in World::all_checked() {
        let (ana, dora, nils) =
            (world.actor(world.ana), world.actor(world.dora), world.actor(world.nils));
        let sent = urgent(&world, None, CHEST, Answer::Send);
        let (thread, before) = (sent.thread, item(&world, sent.thread));
        assert_eq!(before.level, 1);
        for stranger in [world.nils, world.ana] {
            let refused = take_back(&world, &world.actor(stranger), &sent, known());
            assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
        }
        let eve = take_back(&world, &world.actor(world.eve), &sent, known());
        assert!(matches!(eve, Err(Error::NotFound)));
        let wordless = TakingBack { reason: FlagReason::Other, ..known() };
        assert!(matches!(take_back(&world, &dora, &sent, wordless), Err(Error::Invalid(_))));
        let other = world.ana_writes("A form", FORM);
        let (form, message) = (other.thread, sent.id);
        let wrong = world.app.write(&dora, move |cx| flag::take_back(cx, form, message, &known()));
        assert!(matches!(wrong, Err(Error::NotFound)), "a message of another conversation");

        world.pass_seconds(600);
        let words = Line::parse("An old strain of hers").unwrap();
        take_back(&world, &dora, &sent, TakingBack { words: Some(words), ..known() }).unwrap();
        let after = item(&world, thread);
        assert_eq!(after.level, 3, "what it would have been");
        // The clock of that level from the beginning, as if the flag had never been.
        let usual = item(&world, form);
        let asked = |item: &WorkItemRow| item.owed.unwrap().since;
        assert_eq!(after.owed.unwrap().from, asked(&after));
        assert!(after.due_at > before.due_at && after.due_at <= usual.due_at);
        let again = take_back(&world, &dora, &sent, known());
        assert!(matches!(again, Err(Error::Conflict(Conflict::Changed))));

        let seen = kept(&world, &nils, thread).remove(0);
        assert_eq!(seen.may, flag::MayJudge::default(), "a nurse reads it");
        let act = seen.detail.taken_back().unwrap();
        assert_eq!((act.reason.as_str(), act.words.as_str()), ("known", "An old strain of hers"));
        assert_eq!(seen.names, [(world.dora, "Dora Park".to_owned())]);
        assert_eq!(seen.detail.rating(), Some(Rating::NotRight), "unless told otherwise");
        assert_eq!(seen.detail.card, "emergency", "what was shown and answered stays");
        // Her side reads nothing of it.
        let hers = kept(&world, &ana, thread).remove(0);
        assert!(hers.detail.acts.is_empty() && hers.detail.ratings.is_empty());
        let view = world.app.read(&ana, |cx| thread::view(cx, thread, i64::MAX, 9)).unwrap();
        assert!(view.custody.iter().all(|step| step.reason.is_none()), "{:?}", view.custody);

        let message = sent.id;
        world.app.write(&dora, move |cx| flag::raise_again(cx, thread, message)).unwrap();
        assert_eq!(item(&world, thread).level, 1);
        let twice = world.app.write(&dora, move |cx| flag::raise_again(cx, thread, message));
        assert!(matches!(twice, Err(Error::Conflict(Conflict::Changed))));
        take_back(&world, &dora, &sent, known()).unwrap();
        assert_eq!(item(&world, thread).level, 3);
        assert_eq!(kept(&world, &dora, thread).remove(0).detail.acts.len(), 3, "its history");
        let report = app::verify::run(&world.app, |_| {}).unwrap();
        assert_eq!(report.findings, Vec::new());
    }
}

#[test]
fn the_level_goes_back_with_the_last_flag_and_never_below_a_clinicians_word() {
    for world in World::all_checked() {
        let (dora, nils) = (world.actor(world.dora), world.actor(world.nils));
        let form = world.ana_writes("A form", FORM).thread;
        let today = world.ana_writes("A question", URINE).thread;
        assert_eq!(item(&world, today).level, 2);
        let first = urgent(&world, Some(today), CHEST, Answer::Call);
        let second = urgent(&world, Some(today), CHEST, Answer::NotNow);
        take_back(&world, &dora, &first, known()).unwrap();
        assert_eq!(item(&world, today).level, 1, "the other stands");
        take_back(&world, &dora, &second, known()).unwrap();
        assert_eq!(item(&world, today).level, 2, "the signs of the first message stand");
        let message = kept(&world, &dora, today).remove(0).message;
        world.app.write(&dora, move |cx| flag::take_back(cx, today, message, &known())).unwrap();
        assert_eq!(item(&world, today).level, 3);

        let third = urgent(&world, Some(form), CHEST, Answer::Send);
        let now = WorkLevel::NOW;
        world.app.write(&nils, move |cx| work::set_level(cx, form, now, None, None)).unwrap();
        take_back(&world, &dora, &third, known()).unwrap();
        assert_eq!(item(&world, form).level, 1, "somebody has said so since");
    }
}

#[test]
fn the_level_is_told_as_the_word_of_whoever_set_it_last() {
    for world in World::all_checked() {
        let (dora, nils) = (world.actor(world.dora), world.actor(world.nils));
        let form = world.ana_writes("A form", FORM).thread;
        let said = || {
            let view = world.app.read(&dora, |cx| thread::view(cx, form, i64::MAX, 50)).unwrap();
            let said = thread::level_said(&view.items[0], &view.custody);
            let clinician = said.clinician.map(|(level, who)| (level.number(), who));
            (said.rules.map(WorkLevel::number), clinician)
        };
        assert_eq!(said(), (None, None));
        let today = WorkLevel::TODAY;
        world.app.write(&nils, move |cx| work::set_level(cx, form, today, None, None)).unwrap();
        assert_eq!(said(), (None, Some((2, "Nils Lee".to_owned()))));
        // The check raises it with new words: nobody has said so.
        let raised = urgent(&world, Some(form), CHEST, Answer::Send);
        assert_eq!(item(&world, form).level, 1);
        assert_eq!(said(), (Some(1), None));
        take_back(&world, &dora, &raised, known()).unwrap();
        assert_eq!(item(&world, form).level, 2);
        assert_eq!(said(), (Some(1), Some((2, "Dora Park".to_owned()))));
    }
}

#[test]
fn whether_it_was_right_is_one_answer_of_each_clinician_and_the_newest_counts() {
    for world in World::all_checked() {
        let (dora, nils) = (world.actor(world.dora), world.actor(world.nils));
        let sent = world.ana_writes("A question", HEADACHE);
        let (thread, message) = (sent.thread, kept(&world, &dora, sent.thread)[0].message);
        let rate = |who: &Actor, rating| {
            world.app.write(who, move |cx| flag::rate(cx, thread, message, rating))
        };
        rate(&dora, Rating::TooLate).unwrap();
        rate(&dora, Rating::Right).unwrap();
        assert!(matches!(rate(&nils, Rating::NotRight), Err(Error::Forbidden)));
        assert!(matches!(rate(&world.actor(world.ana), Rating::Right), Err(Error::Forbidden)));
        let ruiz = world.add_person(Role::Clinician, "Rosa Ruiz");
        world.join(world.team, ruiz, "clinician");
        let detail = kept(&world, &dora, thread).remove(0).detail;
        assert_eq!((detail.ratings.len(), detail.rating()), (1, Some(Rating::Right)));
        rate(&world.actor(ruiz), Rating::NotRight).unwrap();
        let detail = kept(&world, &dora, thread).remove(0).detail;
        assert_eq!(detail.rating_of(world.dora), Some(Rating::Right));
        assert_eq!(detail.rating(), Some(Rating::NotRight), "the newest");
        // A question without a sign has no flag to take back.
        let none = world.app.write(&dora, move |cx| flag::take_back(cx, thread, message, &known()));
        assert!(matches!(none, Err(Error::NotFound)));
    }
}

#[test]
fn a_row_of_the_list_says_that_it_is_flagged_and_how_it_was_answered() {
    for world in World::all_checked() {
        let dora = world.actor(world.dora);
        let sent = urgent(&world, None, CHEST, Answer::Send);
        let mark = listed(&world, sent.thread).flag.unwrap();
        assert_eq!((mark.level, mark.answer), (Level::Emergency, Some(Answer::Send)));
        take_back(&world, &dora, &sent, known()).unwrap();
        assert!(listed(&world, sent.thread).flag.is_none());
        let harm = urgent(&world, Some(sent.thread), HARM, Answer::Call);
        assert_eq!(listed(&world, harm.thread).flag.unwrap().level, Level::Crisis);
        // The desk reads that it is urgent by its level, and nothing of why.
        let envelopes = world.desk_reads();
        assert_eq!((envelopes.len(), envelopes[0].item.level), (1, 1));
        assert!(envelopes[0].flag.is_none());
        world.replies(world.dora, harm.thread, "I call you at once.");
        let (nils, team) = (world.actor(world.nils), world.team);
        let read =
            |cx: &mut Cx<'_, '_>| work::queue(cx, team, QueueList::Done, QueueAfter::START, 9);
        let done = world.app.read(&nils, read).unwrap();
        assert!(done.entries[0].flag.is_none(), "it is answered");
    }
}

#[test]
fn words_of_harm_in_somebodys_text_reach_no_helper_no_notice_and_no_preview() {
    for world in World::all_checked() {
        let pia = world.add_person(Role::Helper, "Pia Alvarez");
        app::testing::clinic::grant(&world.app, world.ana_patient, pia, "helper").unwrap();
        let helper = world.actor(pia);
        let sent = urgent(&world, None, HARM, Answer::Send);
        let (thread, message) = (sent.thread, sent.id);
        let hits = kept(&world, &world.actor(world.dora), thread).remove(0).detail.hits;
        assert!(!hits.is_empty());
        // She may read the conversation, and learns nothing of what was recognised in it.
        let view = world.app.read(&helper, |cx| thread::view(cx, thread, i64::MAX, 9)).unwrap();
        assert_eq!(view.messages.len(), 1);
        assert!(kept(&world, &helper, thread).is_empty());
        let card = |who: &Actor| {
            world.app.read(who, |cx| urgency::card_of_thread(cx, thread, Some(message))).unwrap()
        };
        assert!(card(&helper).is_none());
        assert_eq!(card(&world.actor(world.ana)).unwrap().level, Level::Crisis);
        // Whatever is told to anybody is the same few words of every message.
        world.pass_seconds(3_600);
        app::deadline::escalate_due(&world.app).unwrap();
        app::notice::enqueue(&world.app).unwrap();
        let told = format!("{:?}", app::notice::lease(&world.app, 100).unwrap());
        let kinds = store::sql!("SELECT kind, dedupe_key FROM notice");
        let rows: Vec<String> = world
            .app
            .db()
            .read(|tx| {
                let rows = tx.query(kinds, &[])?;
                rows.iter()
                    .map(|row| Ok(format!("{} {}", row.get::<String>(0)?, row.get::<String>(1)?)))
                    .collect::<Result<_, store::db::DbError>>()
            })
            .unwrap();
        assert!(!rows.is_empty(), "somebody was told");
        let patient = world.ana_patient;
        let (all, start) = (store::inbox_row::Filter::All, store::inbox_row::After::start());
        let inbox =
            world.app.read(&helper, |cx| app::inbox::list(cx, patient, all, start, 9)).unwrap();
        let previews: Vec<String> = inbox
            .items
            .into_iter()
            .flat_map(|item| [item.headline, item.from, item.preview, item.team])
            .collect();
        let previews = previews.join(" ");
        let names: Vec<String> = hits
            .iter()
            .flat_map(|hit| {
                let title = urgency::rule(&hit.rule).map(|rule| rule.title.clone());
                [Some(hit.rule.clone()), title].into_iter().flatten()
            })
            .chain(["crisis".to_owned(), "suicid".to_owned(), "harm".to_owned()])
            .collect();
        for name in names {
            let name = name.to_lowercase();
            for text in [&told, &rows.join(" "), &previews] {
                assert!(!text.to_lowercase().contains(&name), "{name} in {text}");
            }
        }
        // Of the words themselves, what is told holds none; the preview is what Ana lets her read.
        for text in [&told, &rows.join(" ")] {
            assert!(!text.contains("kill") && !text.contains("insulin"), "{text}");
        }
    }
}

#[test]
fn the_rules_are_counted_at_night_by_what_was_shown_answered_and_judged() {
    for world in World::all_checked() {
        let (dora, team) = (world.actor(world.dora), world.team);
        crate::leads::make_lead(&world, world.nils);
        let show = |who: &Actor| world.app.read(who, move |cx| precision::show(cx, team));
        assert!(show(&world.actor(world.nils)).unwrap().summary.is_none());
        let first = urgent(&world, None, CHEST, Answer::Send);
        world.pass_seconds(240);
        let (thread, message) = (first.thread, first.id);
        assert_eq!(kept(&world, &dora, thread).len(), 1);
        world.app.write(&dora, move |cx| flag::rate(cx, thread, message, Rating::Right)).unwrap();
        let second = urgent(&world, None, CHEST, Answer::Call);
        take_back(&world, &dora, &second, known()).unwrap();
        world.ana_writes("A question", HEADACHE);
        // A card of a wording that was changed to something harmless is counted, though nobody sees it.
        let ana = world.actor(world.ana);
        let typed = world.typed_new("A form", CHEST);
        let (draft, version) =
            world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        world.app.write(&ana, move |cx| draft::send(cx, draft, version, None)).unwrap();
        let typed = world.typed_new("A form", FORM);
        let saved = world.app.write(&ana, move |cx| draft::save(cx, Some(draft), version, &typed));
        let (_, version) = saved.unwrap();
        world.app.write(&ana, move |cx| draft::send(cx, draft, version, None)).unwrap();
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        let changed = world.app.read(&ana, |cx| draft::became(cx, draft)).unwrap();
        assert!(kept(&world, &dora, changed).is_empty());

        world.pass_seconds(1);
        assert_eq!(precision::measure_due(&world.app).unwrap(), 3, "one summary per team");
        assert_eq!(precision::measure_due(&world.app).unwrap(), 0, "nothing before next night");
        let summary = show(&world.actor(world.nils)).unwrap().summary.unwrap().0;
        assert_eq!(summary.messages, 4);
        let hit = kept(&world, &dora, thread).remove(0).detail.hits.remove(0);
        let line = summary.lines.iter().find(|line| line.rule == hit.rule).unwrap();
        let counts = &line.counts;
        assert_eq!((counts.fired, counts.shown, counts.changed), (2, 3, 1));
        assert_eq!((counts.answers["send"], counts.answers["call"]), (1, 1));
        assert_eq!((counts.right, counts.not_right, counts.taken_back), (1, 1, 1));
        assert_eq!(counts.precision(), None, "two answers say nothing");
        assert_eq!(counts.read_within(50), Some(Within::Minutes(5)));
        assert_eq!(counts.unread, 1);
        let asked = summary.lines.iter().find(|line| line.counts.answers.contains_key("no"));
        assert_eq!(asked.unwrap().counts.shown, 1);

        // For leads and administrators; nobody counts but the system.
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        assert!(show(&ada).is_ok());
        assert!(matches!(show(&dora), Err(Error::Forbidden)));
        assert!(matches!(show(&world.actor(world.eve)), Err(Error::NotFound)));
        let count = |cx: &mut Cx<'_, '_>| cx.authorize::<MeasureCheck>(()).map(|_| ());
        assert!(matches!(world.app.read(&ada, count), Err(Error::Forbidden)));
        let report = app::verify::run(&world.app, |_| {}).unwrap();
        assert_eq!(report.findings, Vec::new());
    }
}

#[test]
fn a_flag_in_a_joined_conversation_moves_the_work_where_it_goes_on() {
    for world in World::all_checked() {
        let (dora, nils) = (world.actor(world.dora), world.actor(world.nils));
        let joins = |from: ThreadId, into: ThreadId| {
            let seen = world.app.read(&nils, |cx| merge::plan(cx, from, into)).unwrap().seen;
            world.app.write(&nils, move |cx| merge::merge(cx, from, into, &seen)).unwrap();
        };
        let into = world.ana_writes("A form", FORM).thread;
        let usual = item(&world, into).due_at;
        let first = urgent(&world, None, CHEST, Answer::Send);
        world.pass_seconds(300);
        joins(first.thread, into);
        let before = item(&world, into);
        assert_eq!((before.level, before.level_base), (1, Some(WorkLevel::SOON)));
        assert!(matches!(take_back(&world, &nils, &first, known()), Err(Error::Forbidden)));
        take_back(&world, &dora, &first, known()).unwrap();
        let after = item(&world, into);
        assert_eq!(after.level, 3, "what it would have been");
        assert_eq!(after.owed.unwrap().from, after.owed.unwrap().since);
        assert_eq!(after.due_at, usual, "and its clock");
        let (thread, message) = (first.thread, first.id);
        world.app.write(&dora, move |cx| flag::raise_again(cx, thread, message)).unwrap();
        assert_eq!(item(&world, into).level, 1);

        // Of one flag in each, either that stands keeps the level.
        let second = urgent(&world, Some(into), CHEST, Answer::Send);
        take_back(&world, &dora, &second, known()).unwrap();
        assert_eq!(item(&world, into).level, 1, "that of the joined conversation stands");
        let again = second.id;
        world.app.write(&dora, move |cx| flag::raise_again(cx, into, again)).unwrap();
        take_back(&world, &dora, &first, known()).unwrap();
        assert_eq!(item(&world, into).level, 1, "that of the other stands");
        take_back(&world, &dora, &second, known()).unwrap();
        assert_eq!(item(&world, into).level, 3);

        // What a clinician had said of either before they were joined is what is left.
        let third = urgent(&world, None, CHEST, Answer::Send);
        let said = world.ana_writes("A letter", "Please write the letter for my school.").thread;
        let today = WorkLevel::TODAY;
        world.app.write(&nils, move |cx| work::set_level(cx, said, today, None, None)).unwrap();
        joins(said, third.thread);
        assert_eq!(item(&world, third.thread).level_base, Some(WorkLevel::TODAY));
        take_back(&world, &dora, &third, known()).unwrap();
        assert_eq!(item(&world, third.thread).level, 2);

        // A round of work that ended takes its flags along.
        let fourth = urgent(&world, None, CHEST, Answer::Send);
        let last = world.ana_writes("A visit", "May I come on Monday for the visit?").thread;
        joins(fourth.thread, last);
        world.pass_seconds(60);
        let done = Outcome::NoAnswerNeeded;
        world.app.write(&nils, move |cx| work::close(cx, last, done, None, None)).unwrap();
        world.pass_seconds(60);
        let fifth = urgent(&world, Some(last), CHEST, Answer::Send);
        assert_eq!(item(&world, last).level, 1);
        take_back(&world, &dora, &fifth, known()).unwrap();
        assert_eq!(item(&world, last).level, 3, "the flag before it was dealt with");
        let report = app::verify::run(&world.app, |_| {}).unwrap();
        assert_eq!(report.findings, Vec::new());
    }
}

#[test]
fn a_row_shows_the_flag_of_a_conversation_that_was_joined_with_its_own() {
    for world in World::all_checked() {
        let (dora, nils) = (world.actor(world.dora), world.actor(world.nils));
        let joins = |from: ThreadId, into: ThreadId| {
            let seen = world.app.read(&nils, |cx| merge::plan(cx, from, into)).unwrap().seen;
            world.app.write(&nils, move |cx| merge::merge(cx, from, into, &seen)).unwrap();
        };
        let marked = |thread: ThreadId| listed(&world, thread).flag.map(|mark| mark.level);
        let into = world.ana_writes("A form", FORM).thread;
        let first = urgent(&world, None, CHEST, Answer::Send);
        assert_eq!(marked(into), None);
        // An answer in the conversation that goes on, before it was joined, is no answer to the flag.
        world.pass_seconds(60);
        world.replies(world.dora, into, "The form is signed.");
        world.pass_seconds(60);
        joins(first.thread, into);
        assert_eq!(marked(into), Some(Level::Emergency));
        take_back(&world, &dora, &first, known()).unwrap();
        assert_eq!(marked(into), None, "taken back");
        let (thread, message) = (first.thread, first.id);
        world.app.write(&dora, move |cx| flag::raise_again(cx, thread, message)).unwrap();
        assert_eq!(marked(into), Some(Level::Emergency));
        // An answer since is.
        world.pass_seconds(60);
        world.replies(world.dora, into, "Please go to the emergency room now.");
        world.pass_seconds(60);
        world.replies(world.ana, into, "Thank you, I am going.");
        assert_eq!(marked(into), None, "answered");

        // What was closed before it was joined, and what is closed since, is dealt with.
        let second = urgent(&world, None, CHEST, Answer::Send).thread;
        let done = Outcome::NoAnswerNeeded;
        world.pass_seconds(60);
        world.app.write(&nils, move |cx| work::close(cx, second, done, None, None)).unwrap();
        world.pass_seconds(60);
        let letter = world.ana_writes("A letter", "Please write the letter for my school.").thread;
        joins(second, letter);
        assert_eq!(marked(letter), None);
        let report = app::verify::run(&world.app, |_| {}).unwrap();
        assert_eq!(report.findings, Vec::new());
    }
}

#[test]
fn who_owes_the_work_where_it_goes_on_takes_a_flag_back_and_both_say_whether_it_was_right() {
    for world in World::all_checked() {
        let nils = world.actor(world.nils);
        let into = world.ana_writes("A form", FORM).thread;
        let first = urgent(&world, None, CHEST, Answer::Send);
        let (from, message) = (first.thread, first.id);
        world.pass_seconds(60);
        let seen = world.app.read(&nils, |cx| merge::plan(cx, from, into)).unwrap().seen;
        world.app.write(&nils, move |cx| merge::merge(cx, from, into, &seen)).unwrap();
        let may = |who: &Actor| kept(&world, who, from).remove(0).may;
        let dora = world.actor(world.dora);
        assert_eq!(may(&dora), flag::MayJudge { take: true, rate: true });
        assert_eq!(may(&nils), flag::MayJudge::default(), "a nurse reads it");

        // The conversation that goes on is another team's now: whoever owed the ended one says whether it was right.
        let (to, why) = (world.other_team, Line::parse("For the heart clinic").unwrap());
        world.app.write(&nils, move |cx| work::pass(cx, into, to, &why, None)).unwrap();
        assert_eq!(may(&dora), flag::MayJudge { take: false, rate: true });
        assert!(take_back(&world, &dora, &first, known()).is_err());
        let rate = move |cx: &mut Cx<'_, '_>| flag::rate(cx, from, message, Rating::Right);
        world.app.write(&dora, rate).unwrap();
        assert_eq!(kept(&world, &dora, from)[0].detail.rating_of(world.dora), Some(Rating::Right));
        let eve = world.actor(world.eve);
        assert!(matches!(take_back(&world, &eve, &first, known()), Err(Error::NotFound)));
        assert!(matches!(world.app.write(&eve, rate), Err(Error::NotFound)));

        // Whoever owes it there and reads the ended one takes it back, and the work follows.
        world.join(world.team, world.eve, "nurse");
        assert_eq!(may(&eve), flag::MayJudge { take: true, rate: true });
        take_back(&world, &eve, &first, known()).unwrap();
        assert_eq!(kept(&world, &eve, from)[0].detail.rating(), Some(Rating::NotRight));
        let view = world.app.read(&eve, |cx| thread::view(cx, into, i64::MAX, 9)).unwrap();
        assert_eq!(view.items[0].level, 3);
    }
}

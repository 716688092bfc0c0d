//! The policy as a table that a privacy officer can read: role and tie down, actions across.
//!
//! `docs/policy-table.md` is compared with what `decide` answers, so a changed rule shows as a changed
//! table in the review. To write it anew: `TIDINGS_WRITE=1 cargo test -p tidings-domain policy_table`.

use std::fmt::Write as _;

use domain::access::{
    ActionKind, Decision, Facets, Facts, ObjectKind, Rights, Role, Scopes, Tie, TieKind, decide,
};
use uuid::Uuid;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/policy-table.md");

const ALL: Facets = Facets { demographics: true, chart: true, threads: true, care_time: true };
const DESK: Facets = Facets { chart: false, threads: false, care_time: false, ..ALL };
const NONE: Facets = Facets { demographics: false, ..DESK };

/// A tie as it can stand in the record, in words.
struct Sample {
    words: &'static str,
    tie: Tie,
}

fn sample(words: &'static str, kind: TieKind, rights: Rights, facets: Facets) -> Sample {
    let tie = Tie { kind, id: Uuid::nil(), rights, facets, from_seq: 1, to_seq: i64::MAX };
    Sample { words, tie }
}

fn ended(words: &'static str, kind: TieKind) -> Sample {
    let mut sample = sample(words, kind, Rights::Write, NONE);
    sample.tie.to_seq = 7;
    sample
}

fn thread_ties() -> Vec<Sample> {
    use Rights::{Draft, Read, Write};
    use TieKind::{
        Helper, Participant, Representative, SelfGrant, TeamClinician, TeamDesk, TeamNurse,
    };
    vec![
        sample("the patient", SelfGrant, Write, NONE),
        sample("representative, may read", Representative, Read, NONE),
        sample("representative, may send", Representative, Write, NONE),
        sample("helper, may read", Helper, Read, NONE),
        sample("helper, may prepare", Helper, Draft, NONE),
        sample("helper, may send", Helper, Write, NONE),
        sample("clinician of a team in it", TeamClinician, Write, NONE),
        sample("nurse of a team in it", TeamNurse, Write, NONE),
        sample("desk of a team in it", TeamDesk, Write, NONE),
        sample("takes part in person", Participant, Write, NONE),
        ended("clinician of a team that left", TeamClinician),
        ended("desk of a team that left", TeamDesk),
        ended("took part in person", Participant),
    ]
}

fn patient_ties() -> Vec<Sample> {
    use Rights::{Draft, Read, Write};
    use TieKind::{
        Helper, Representative, SelfGrant, TreatingClinician, TreatingDesk, TreatingNurse,
    };
    let talks = Facets { threads: true, ..NONE };
    let chart = Facets { chart: true, ..NONE };
    vec![
        sample("the patient", SelfGrant, Write, ALL),
        sample("representative for all, may read", Representative, Read, ALL),
        sample("representative for all, may send", Representative, Write, ALL),
        sample("helper for all, may read", Helper, Read, ALL),
        sample("helper for all, may prepare", Helper, Draft, ALL),
        sample("helper for all, may send", Helper, Write, ALL),
        sample("helper for conversations only, may send", Helper, Write, talks),
        sample("helper for the chart only, may read", Helper, Read, chart),
        sample("helper for nothing yet", Helper, Write, NONE),
        sample("clinician of a treating team", TreatingClinician, Write, ALL),
        sample("nurse of a treating team", TreatingNurse, Write, ALL),
        sample("desk of a treating team", TreatingDesk, Write, DESK),
    ]
}

fn team_ties() -> Vec<Sample> {
    [
        ("clinician of the team", TieKind::TeamClinician),
        ("nurse of the team", TieKind::TeamNurse),
        ("desk of the team", TieKind::TeamDesk),
        ("leads the team", TieKind::TeamLead),
    ]
    .into_iter()
    .map(|(words, kind)| sample(words, kind, Rights::Write, NONE))
    .collect()
}

/// What `decide` answers, as a cell.
fn cell(facts: &Facts) -> &'static str {
    match decide(facts) {
        Decision::Allow(_) => "yes",
        Decision::Forbidden => "403",
        Decision::NotFound => "404",
    }
}

fn facts(role: Role, action: ActionKind, tie: Option<&Tie>) -> Facts {
    Facts {
        role,
        system: false,
        scopes: Scopes::Session,
        action,
        staff_thread: false,
        own: false,
        ties: tie.cloned().into_iter().collect(),
    }
}

fn actions(kind: ObjectKind) -> Vec<ActionKind> {
    ActionKind::ALL.iter().copied().filter(|action| action.object() == kind).collect()
}

fn words(code: &str) -> String {
    code.replace('_', " ")
}

fn head(out: &mut String, rows: &[&str], actions: &[ActionKind]) {
    let cells = actions.iter().map(|action| words(action.code()));
    let names: Vec<String> = rows.iter().map(|row| (*row).to_owned()).chain(cells).collect();
    writeln!(out, "| {} |", names.join(" | ")).unwrap();
    let rule: Vec<&str> =
        (0..names.len()).map(|n| if n < rows.len() { "---" } else { ":-:" }).collect();
    writeln!(out, "| {} |", rule.join(" | ")).unwrap();
}

/// A table of role and tie by action. Ties under which every action answers the same as without a tie
/// share the row of "no tie", so that nothing is left out and little is repeated.
fn by_tie(out: &mut String, kind: ObjectKind, ties: &[Sample], staff_thread: bool) {
    let actions = actions(kind);
    head(out, &["log-in", "tie"], &actions);
    for role in Role::ALL.iter().copied() {
        let row = |tie: Option<&Tie>| -> Vec<&str> {
            actions
                .iter()
                .map(|action| cell(&Facts { staff_thread, ..facts(role, *action, tie) }))
                .collect()
        };
        let without = row(None);
        let mut same = Vec::new();
        for sample in ties {
            let with = row(Some(&sample.tie));
            if with == without {
                same.push(sample.words);
                continue;
            }
            writeln!(out, "| {} | {} | {} |", words(role.code()), sample.words, with.join(" | "))
                .unwrap();
        }
        let rest = match same.len() {
            0 => "none".to_owned(),
            n if n == ties.len() => "none, and the same with any tie".to_owned(),
            _ => format!("none, and the same as: {}", same.join("; ")),
        };
        writeln!(out, "| {} | {rest} | {} |", words(role.code()), without.join(" | ")).unwrap();
    }
}

fn own(out: &mut String) {
    let actions = actions(ObjectKind::Own);
    head(out, &["log-in", "whose"], &actions);
    for (whose, own) in [("one's own", true), ("somebody else's", false)] {
        let rows: Vec<(Role, Vec<&str>)> = Role::ALL
            .iter()
            .map(|role| {
                let cells = actions.iter().map(|a| cell(&Facts { own, ..facts(*role, *a, None) }));
                (*role, cells.collect())
            })
            .collect();
        let (_, first) = rows.first().unwrap();
        assert!(rows.iter().all(|(_, row)| row == first), "write a row per role: they differ now");
        writeln!(out, "| any | {whose} | {} |", first.join(" | ")).unwrap();
    }
}

fn deployment(out: &mut String) {
    let actions = actions(ObjectKind::Deployment);
    head(out, &["log-in"], &actions);
    for role in Role::ALL {
        let cells: Vec<&str> = actions.iter().map(|a| cell(&facts(*role, *a, None))).collect();
        writeln!(out, "| {} | {} |", words(role.code()), cells.join(" | ")).unwrap();
    }
    let system =
        |a: &ActionKind| cell(&Facts { system: true, ..facts(Role::Administrator, *a, None) });
    let cells: Vec<&str> = actions.iter().map(system).collect();
    writeln!(out, "| the system itself | {} |", cells.join(" | ")).unwrap();
}

/// A tie and a role under which a browser session may do the action, so that only the token decides.
fn willing(action: ActionKind) -> Option<Facts> {
    let ties = match action.object() {
        ObjectKind::Thread => thread_ties(),
        ObjectKind::Patient => patient_ties(),
        ObjectKind::Team => team_ties(),
        ObjectKind::Own | ObjectKind::Deployment => Vec::new(),
    };
    for role in Role::ALL {
        for tie in ties.iter().map(|sample| Some(&sample.tie)).chain([None]) {
            let found = Facts { own: true, ..facts(*role, action, tie) };
            if cell(&found) == "yes" {
                return Some(found);
            }
        }
    }
    let system = Facts { system: true, ..facts(Role::Administrator, action, None) };
    (cell(&system) == "yes").then_some(system)
}

fn tokens(out: &mut String) {
    writeln!(out, "| action | scope of the token |\n| --- | --- |").unwrap();
    let mut never = Vec::new();
    for action in ActionKind::ALL {
        let with = |scopes: &[&str]| {
            let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
            cell(&Facts { scopes: Scopes::Token(scopes), ..willing(*action).unwrap() })
        };
        let all = with(&["user/*.cruds"]);
        let none = with(&[]);
        if all != "yes" {
            assert_ne!(none, "yes", "{}", action.code());
            never.push(words(action.code()));
            continue;
        }
        let mut wanted = Vec::new();
        for resource in ["Communication", "Patient", "Task", "Observation"] {
            for letter in ["c", "r", "u", "d", "s"] {
                if with(&[&format!("user/{resource}.{letter}")]) == "yes" {
                    wanted.push(format!("`{resource}.{letter}`"));
                }
            }
        }
        let wanted = if none == "yes" { "any".to_owned() } else { wanted.join(" or ") };
        writeln!(out, "| {} | {wanted} |", words(action.code())).unwrap();
    }
    writeln!(out, "| everything else: {} | no token will do |", never.join(", ")).unwrap();
}

fn table() -> String {
    let mut out = String::from(INTRODUCTION);
    for (title, kind, ties, staff_thread) in [
        ("A conversation with a patient", ObjectKind::Thread, thread_ties(), false),
        ("A conversation between staff", ObjectKind::Thread, thread_ties(), true),
        ("A patient", ObjectKind::Patient, patient_ties(), false),
        ("A team", ObjectKind::Team, team_ties(), false),
    ] {
        writeln!(out, "\n## {title}\n").unwrap();
        by_tie(&mut out, kind, &ties, staff_thread);
    }
    out.push_str("\n## What belongs to one log-in\n\n");
    own(&mut out);
    out.push_str("\n## The deployment as a whole\n\n");
    deployment(&mut out);
    out.push_str("\n## Access tokens\n\n");
    out.push_str(TOKENS);
    tokens(&mut out);
    out
}

const INTRODUCTION: &str = "\
# Who may do what

This page is printed from the policy (`crates/domain/src/access/rules.rs`) by a test that fails when
the two differ. Nothing here is written by hand.

- **yes**: allowed, and recorded with the tie it rests on.
- **403**: the person may know that the thing exists, but may not do this. Recorded.
- **404**: the person gets the answer of an id that does not exist. Recorded.

A **tie** is why somebody may come near a patient or a conversation. It counts only while it is valid:
a grant that has ended, was revoked or is paused, a membership that is over and a disabled log-in are
the row \"none\". Rows show one tie at a time; with several, the widest that allows the action counts. A
tie to a conversation shows the messages of its interval only; who has left it reads what they have
seen and writes nothing.

Of what a role needs (45 CFR 164.502(b), the minimum necessary): the desk sees envelopes (who, when,
which team, which state) and no words; billing sees time and no words; an administrator sees no health
data, and how teams do in figures; a privacy officer sees the record of accesses, and whether groups of
patients wait alike, without a patient.
";

const TOKENS: &str = "\
A token can do no more than its person: the tables above apply first. Scopes are those of SMART App
Launch 2.0.

";

#[test]
fn the_printed_policy_is_the_policy() {
    let now = table();
    if std::env::var_os("TIDINGS_WRITE").is_some() {
        std::fs::write(PATH, &now).unwrap();
    }
    let printed = std::fs::read_to_string(PATH).unwrap_or_default();
    let differing = now.lines().zip(printed.lines()).find(|(now, printed)| now != printed);
    assert!(
        printed == now,
        "docs/policy-table.md is not what the policy says (first difference: {differing:#?}). If the \
         policy was meant to change, write it anew with TIDINGS_WRITE=1 and let a person read the diff."
    );
}

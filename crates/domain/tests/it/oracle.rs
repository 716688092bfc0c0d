//! A second telling of the policy, written from the papers and not from the code, compared with
//! `decide` on three hundred thousand random facts.
//!
//! It is told the other way round: `decide` asks per action which ties will do, this says per kind of
//! person what they may do and with which tie. Deliberately absent: anything of `rules.rs`.

use std::collections::BTreeSet;

use domain::access::{
    ActionKind, Actor, Decision, Facets, Facts, Rights, Role, Scopes, Tie, TieKind, decide,
};
use uuid::Uuid;

const FACTS: usize = 420_000;
const OPEN: i64 = i64::MAX;

/// A deterministic stream of numbers (xorshift64*), so that a failure can be run again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.roll()).unwrap() % n
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        *from.get(self.below(from.len())).unwrap()
    }

    fn tie(&mut self) -> Tie {
        let bytes = (u128::from(self.roll()) << 64) | u128::from(self.roll());
        Tie {
            kind: self.pick(TieKind::ALL),
            id: Uuid::from_u128(bytes),
            rights: self.pick(Rights::ALL),
            facets: Facets {
                demographics: !self.one_in(3),
                chart: !self.one_in(3),
                threads: !self.one_in(3),
                care_time: !self.one_in(3),
            },
            from_seq: self.pick(&[1, 4, 9]),
            to_seq: if self.one_in(4) { self.pick(&[3, 8, 12]) } else { OPEN },
        }
    }

    fn facts(&mut self) -> Facts {
        let ties = self.pick(&[0, 1, 1, 1, 2, 2, 3, 5]);
        let scopes = if self.one_in(4) { Scopes::Token(self.scopes()) } else { Scopes::Session };
        Facts {
            role: self.pick(Role::ALL),
            system: self.one_in(20),
            scopes,
            action: self.pick(ActionKind::ALL),
            staff_thread: self.one_in(3),
            own: self.one_in(2),
            ties: (0..ties).map(|_| self.tie()).collect(),
        }
    }

    fn scopes(&mut self) -> Vec<String> {
        let names = ["Communication", "Patient", "*", "Observation"];
        let letters = ["c", "r", "s", "cr", "rs", "cruds", "write", ""];
        let contexts = ["patient", "user", "system", "launch"];
        (0..self.below(3))
            .map(|_| {
                let (context, name) = (self.pick(&contexts), self.pick(&names));
                format!("{context}/{name}.{}", self.pick(&letters))
            })
            .collect()
    }
}

/// What a tie of the patient's side gives.
fn for_the_patient(tie: &Tie) -> BTreeSet<ActionKind> {
    use ActionKind as A;
    let mut may = BTreeSet::new();
    let open = tie.to_seq == OPEN;
    may.extend([A::ReadThread, A::MarkRead, A::ReadEnvelope]);
    if open && tie.rights != Rights::Read {
        may.insert(A::DraftReply);
    }
    if open && tie.rights == Rights::Write {
        may.insert(A::Reply);
    }
    if tie.facets.demographics {
        may.insert(A::ReadDemographics);
    }
    if tie.facets.chart {
        may.insert(A::ReadChart);
    }
    if tie.facets.threads {
        may.extend([A::ListThreads, A::SearchThreads]);
        if tie.rights != Rights::Read {
            may.insert(A::DraftThread);
        }
        if tie.rights == Rights::Write {
            may.insert(A::StartThread);
            // A helper's preparing is not decided by another helper.
            if tie.kind != TieKind::Helper {
                may.insert(A::DecideDraft);
            }
        }
    }
    // Whom one has chosen and who has looked: the patient's, and a legal representative's.
    if tie.kind != TieKind::Helper {
        may.extend([A::ReadCircle, A::ReadAccessLog]);
    }
    may
}

/// What somebody may do with a set of ties: for each tie, the actions it gives.
fn given(facts: &Facts, tie: &Tie) -> BTreeSet<ActionKind> {
    use ActionKind as A;
    let mut may = BTreeSet::new();
    let open = tie.to_seq == OPEN;
    match (facts.role, tie.kind) {
        // The patient's side: somebody who is no staff, and never in a talk between staff.
        (
            Role::Patient | Role::Helper,
            TieKind::SelfGrant | TieKind::Helper | TieKind::Representative,
        ) if !facts.staff_thread => may.extend(for_the_patient(tie)),
        // Those who answer and treat.
        (Role::Clinician | Role::Nurse, TieKind::TeamClinician | TieKind::TeamNurse) => {
            may.extend([A::ReadThread, A::MarkRead, A::ReadEnvelope]);
            may.extend([A::ListQueue, A::ListEnvelopes, A::KeepReplies, A::UndoWork]);
            if open {
                may.extend([A::ReadNotes, A::WriteNote, A::HandleWork, A::CloseThread]);
                may.extend([A::AssignWork, A::MoveThread, A::MergeThread, A::ShareDraft]);
                may.extend(writing(tie.rights));
                // What the check of urgency flagged is judged by physicians, not by nurses.
                if (facts.role, tie.kind) == (Role::Clinician, TieKind::TeamClinician) {
                    may.extend([A::TakeFlagBack, A::RateFlag]);
                }
            }
        }
        (Role::Clinician | Role::Nurse, TieKind::Participant) => {
            // Asked for words, not given the work.
            may.extend([A::ReadThread, A::MarkRead, A::ReadEnvelope]);
            if open {
                may.extend([A::ReadNotes, A::WriteNote]);
                may.extend(writing(tie.rights));
            }
        }
        (Role::Clinician | Role::Nurse, TieKind::TreatingClinician | TieKind::TreatingNurse) => {
            may.extend([A::ReadCircle, A::StartThread, A::StartStaffThread]);
            // From which number on a patient's word is urgent is said by who treats them as a physician.
            if (facts.role, tie.kind) == (Role::Clinician, TieKind::TreatingClinician) {
                may.insert(A::SetPlan);
            }
        }
        // Who leads a team sees how it does and may write to all its patients.
        (Role::Clinician | Role::Nurse, TieKind::TeamLead) => {
            may.extend([A::ReadTeamFigures, A::ReadEquity, A::Announce]);
        }
        // The desk, and a clinician who sits at one: envelopes. A desk log-in whose membership calls
        // it something better gets no more than envelopes.
        (Role::Desk, TieKind::TeamClinician | TieKind::TeamNurse | TieKind::TeamDesk)
        | (Role::Clinician | Role::Nurse, TieKind::TeamDesk) => {
            may.extend([A::ReadEnvelope, A::ListEnvelopes, A::UndoWork]);
            if open {
                may.extend([A::AssignWork, A::MoveThread]);
            }
        }
        (Role::Desk, TieKind::Participant) => {
            may.insert(A::ReadEnvelope);
        }
        // Nobody else gets anything from a tie: not billing, not the administrator, not the privacy
        // officer, not staff from a grant, not a patient from a membership.
        _ => {}
    }
    // A treating team's facets of the patient: the grants' own are above.
    let treating = matches!(
        tie.kind,
        TieKind::TreatingClinician | TieKind::TreatingNurse | TieKind::TreatingDesk
    );
    // The facts of a test may give any tie any facets; the views give facets to no thread tie.
    let of_staff = treating
        || matches!(
            tie.kind,
            TieKind::TeamClinician
                | TieKind::TeamNurse
                | TieKind::TeamDesk
                | TieKind::TeamLead
                | TieKind::Participant
        );
    if treating && matches!(facts.role, Role::Clinician | Role::Nurse | Role::Desk) {
        // What was filed with somebody else by mistake is put where it belongs by who works there.
        may.insert(A::ReceiveThread);
    }
    if of_staff && matches!(facts.role, Role::Clinician | Role::Nurse | Role::Desk) {
        if tie.facets.demographics {
            may.insert(A::ReadDemographics);
        }
        let sees_more = facts.role != Role::Desk
            && !matches!(tie.kind, TieKind::TreatingDesk | TieKind::TeamDesk);
        if sees_more && tie.facets.chart {
            may.insert(A::ReadChart);
        }
        if sees_more && tie.facets.threads {
            may.extend([A::ListThreads, A::SearchThreads]);
            if tie.rights != Rights::Read {
                may.insert(A::DraftThread);
            }
        }
    }
    may
}

fn writing(rights: Rights) -> Vec<ActionKind> {
    match rights {
        Rights::Read => vec![],
        Rights::Draft => vec![ActionKind::DraftReply],
        Rights::Write => vec![ActionKind::DraftReply, ActionKind::Reply],
    }
}

/// What comes with the log-in itself, whatever its ties.
fn by_itself(facts: &Facts) -> BTreeSet<ActionKind> {
    use ActionKind as A;
    let mut may = BTreeSet::new();
    if facts.own {
        may.extend([A::UseOwn, A::SignIn, A::SignOut, A::ChangeCredentials]);
    }
    if facts.system {
        may.extend([A::Administer, A::ImportRecords, A::MeasureEquity, A::MeasureCheck]);
    } else {
        match facts.role {
            Role::Clinician | Role::Nurse | Role::Desk => may.extend([A::FindPatient]),
            Role::Billing => may.extend([A::ReadTime]),
            // How the teams do, without a patient.
            Role::Administrator => {
                may.extend([A::Administer, A::ImportRecords, A::ReadTeamFigures]);
            }
            // Whose log, and then the log; and whether groups of patients wait alike.
            Role::PrivacyOfficer => may.extend([A::FindAccessLog, A::ReadEquity]),
            Role::Patient | Role::Helper => {}
        }
    }
    if facts.role == Role::PrivacyOfficer {
        may.insert(A::ReadAccessLog);
    }
    may
}

/// Whether the token reaches: a program reads, lists, writes and starts conversations and reads the
/// patient, each by its scope; everything else, one's own account and drafts among it, needs a person.
fn token_reaches(scopes: &Scopes, action: ActionKind) -> bool {
    let Scopes::Token(scopes) = scopes else { return true };
    let (resource, letter) = match action {
        ActionKind::ReadThread => ("Communication", 'r'),
        ActionKind::ListThreads => ("Communication", 's'),
        ActionKind::Reply | ActionKind::StartThread => ("Communication", 'c'),
        ActionKind::ReadDemographics => ("Patient", 'r'),
        _ => return false,
    };
    let letters: Vec<&str> = match letter {
        'r' => vec!["r", "cr", "rs", "cruds"],
        's' => vec!["s", "rs", "cruds"],
        _ => vec!["c", "cr", "cruds"],
    };
    ["patient", "user", "system"].iter().any(|context| {
        [resource, "*"].iter().any(|name| {
            letters.iter().any(|letters| scopes.contains(&format!("{context}/{name}.{letters}")))
        })
    })
}

/// Whether a refusal may admit that the thing exists.
fn known(facts: &Facts) -> bool {
    use ActionKind as A;
    let staff = matches!(facts.role, Role::Clinician | Role::Nurse | Role::Desk);
    let person = matches!(facts.role, Role::Patient | Role::Helper);
    let near = facts.ties.iter().any(|tie| match tie.kind {
        TieKind::SelfGrant | TieKind::Helper | TieKind::Representative => {
            person && !facts.staff_thread
        }
        _ => staff,
    });
    match facts.action {
        A::UseOwn | A::SignIn | A::SignOut | A::ChangeCredentials => facts.own,
        A::FindPatient
        | A::ReadTime
        | A::FindAccessLog
        | A::Administer
        | A::ImportRecords
        | A::MeasureEquity
        | A::MeasureCheck => true,
        _ => near,
    }
}

/// Compares one answer with the second telling; what is wrong with it, in words.
fn compare(facts: &Facts) -> Result<&'static str, String> {
    let decision = decide(facts);
    let reached = token_reaches(&facts.scopes, facts.action);
    let ties: Vec<&Tie> =
        facts.ties.iter().filter(|tie| given(facts, tie).contains(&facts.action)).collect();
    let by_itself = by_itself(facts).contains(&facts.action);
    let allowed = reached && (by_itself || !ties.is_empty());
    match decision {
        Decision::Allow(_) if !allowed => Err("allowed".to_owned()),
        Decision::Forbidden | Decision::NotFound if allowed => Err("refused".to_owned()),
        Decision::Forbidden if known(facts) => Ok("403"),
        Decision::NotFound if !known(facts) => Ok("404"),
        Decision::Forbidden | Decision::NotFound => Err("the other refusal".to_owned()),
        Decision::Allow(found) => {
            let Some(id) = found.basis_id else {
                let whole = found.shown.is_whole() && !found.patient_side;
                let word = match facts.action {
                    ActionKind::Administer
                    | ActionKind::ImportRecords
                    | ActionKind::MeasureEquity
                    | ActionKind::MeasureCheck
                        if facts.system =>
                    {
                        "system"
                    }
                    ActionKind::UseOwn
                    | ActionKind::SignIn
                    | ActionKind::SignOut
                    | ActionKind::ChangeCredentials => "own",
                    _ => "role",
                };
                let word = found.basis == word;
                return if by_itself && whole && word {
                    Ok("plain")
                } else {
                    Err("no basis".into())
                };
            };
            let Some(tie) = ties.iter().find(|tie| tie.id == id) else {
                return Err("a tie that does not give it".to_owned());
            };
            let side =
                matches!(tie.kind, TieKind::SelfGrant | TieKind::Helper | TieKind::Representative);
            if found.basis != tie.kind.code() || found.patient_side != side {
                return Err("bounds that are not the tie's".to_owned());
            }
            // What is shown: a number is, exactly when a tie that shows it stands behind it. Who may
            // write reads all that reading would give.
            let reading = match facts.action {
                ActionKind::Reply | ActionKind::DraftReply => ActionKind::ReadThread,
                other => other,
            };
            for seq in (0..15).chain([OPEN - 1, OPEN]) {
                let shows = |tie: &Tie| {
                    given(facts, tie).contains(&reading)
                        && (tie.from_seq..=tie.to_seq).contains(&seq)
                };
                if found.shown.holds(seq) != facts.ties.iter().any(shows) {
                    return Err(format!("number {seq} is shown or not against the ties"));
                }
            }
            // Of several, the widest: the most rights, then what goes on, then what began first.
            let width = |tie: &Tie| (tie.rights, tie.to_seq, -tie.from_seq);
            if ties.iter().any(|other| width(other) > width(tie)) {
                return Err("a narrower tie than there is".to_owned());
            }
            Ok("tie")
        }
    }
}

#[test]
fn a_second_telling_agrees() {
    let mut dice = Dice(0x7469_6469_6e67_7331);
    let mut seen = std::collections::BTreeMap::new();
    for n in 0..FACTS {
        let facts = dice.facts();
        match compare(&facts) {
            Ok(kind) => *seen.entry((facts.action, kind)).or_insert(0) += 1,
            Err(wrong) => panic!("case {n}: {wrong}: {facts:#?} answered {:?}", decide(&facts)),
        }
    }
    // The dice reached every answer: each action was allowed and refused, many times.
    for action in ActionKind::ALL {
        let times = |kinds: &[&str]| -> i32 {
            kinds.iter().filter_map(|kind| seen.get(&(*action, *kind))).sum()
        };
        assert!(times(&["plain", "tie"]) > 50, "{} is hardly ever allowed", action.code());
        assert!(times(&["403", "404"]) > 50, "{} is hardly ever refused", action.code());
    }
}

#[test]
fn no_tie_and_no_role_of_its_own_is_not_found() {
    for role in Role::ALL {
        for action in ActionKind::ALL {
            for staff_thread in [false, true] {
                let facts = Facts {
                    role: *role,
                    system: false,
                    scopes: Scopes::Session,
                    action: *action,
                    staff_thread,
                    own: false,
                    ties: Vec::new(),
                };
                if !by_itself(&facts).contains(action) && !known(&facts) {
                    assert_eq!(decide(&facts), Decision::NotFound, "{role:?} {action:?}");
                }
            }
        }
    }
}

#[test]
fn the_system_has_no_ties_and_reads_nobody() {
    let actor = Actor::system();
    for action in ActionKind::ALL {
        let facts = Facts {
            role: actor.role,
            system: actor.is_system(),
            scopes: actor.scopes.clone(),
            action: *action,
            staff_thread: false,
            own: false,
            ties: Vec::new(),
        };
        let expected = matches!(
            action,
            ActionKind::Administer
                | ActionKind::ImportRecords
                | ActionKind::MeasureEquity
                | ActionKind::MeasureCheck
        );
        assert_eq!(matches!(decide(&facts), Decision::Allow(_)), expected, "{action:?}");
    }
}

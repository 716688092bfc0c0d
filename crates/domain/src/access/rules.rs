//! `decide` and the small rules it hands each action to.

use super::{ActionKind, Allowed, Decision, Facts, ObjectKind, Rights, Role, Shown, Tie, TieKind};

/// Decides one request.
///
/// Takes facts loaded in the transaction that will act on the answer; the ties are those valid now.
/// Returns `NotFound` when nothing ties the actor to the thing, so that it looks like an id that does
/// not exist, and `Forbidden` when the actor may know of it but not do this.
pub fn decide(facts: &Facts) -> Decision {
    if !scope_allows(facts) {
        return deny(facts);
    }
    match facts.action {
        ActionKind::ReadThread | ActionKind::MarkRead => read_thread(facts),
        ActionKind::ReadEnvelope => read_envelope(facts),
        ActionKind::DraftReply => send(facts, Rights::Draft),
        ActionKind::Reply => send(facts, Rights::Write),
        ActionKind::ReadNotes | ActionKind::WriteNote => notes(facts),
        ActionKind::HandleWork
        | ActionKind::CloseThread
        | ActionKind::MergeThread
        | ActionKind::ShareDraft => clinical_work(facts),
        ActionKind::TakeFlagBack | ActionKind::RateFlag => judge_flag(facts),
        ActionKind::AssignWork | ActionKind::MoveThread => assign(facts),
        ActionKind::UndoWork => undo(facts),
        ActionKind::ReadDemographics => on_tie(facts, |tie| tie.facets.demographics),
        ActionKind::ReadChart => on_tie(facts, |tie| tie.facets.chart && past_desk(facts, tie)),
        ActionKind::SetPlan => set_plan(facts),
        ActionKind::ListThreads | ActionKind::SearchThreads => patient_threads(facts, Rights::Read),
        ActionKind::DraftThread => patient_threads(facts, Rights::Draft),
        ActionKind::StartThread => start(facts),
        ActionKind::StartStaffThread => treating(facts),
        ActionKind::ReceiveThread => receive(facts),
        ActionKind::DecideDraft => decide_draft(facts),
        ActionKind::ReadCircle => circle(facts),
        ActionKind::ReadAccessLog => access_log(facts),
        ActionKind::ListQueue | ActionKind::KeepReplies => queue(facts),
        ActionKind::ListEnvelopes => envelopes(facts),
        ActionKind::ReadTeamFigures => leads(facts, Some(Role::Administrator)),
        ActionKind::ReadEquity => leads(facts, Some(Role::PrivacyOfficer)),
        ActionKind::Announce => leads(facts, None),
        ActionKind::UseOwn
        | ActionKind::SignIn
        | ActionKind::SignOut
        | ActionKind::ChangeCredentials => own(facts),
        ActionKind::FindPatient => by_role(facts, &[Role::Clinician, Role::Nurse, Role::Desk]),
        ActionKind::ReadTime => by_role(facts, &[Role::Billing]),
        ActionKind::FindAccessLog => by_role(facts, &[Role::PrivacyOfficer]),
        ActionKind::Administer | ActionKind::ImportRecords => administration(facts),
        ActionKind::MeasureEquity | ActionKind::MeasureCheck if facts.system => {
            allow_plain("system")
        }
        ActionKind::MeasureEquity | ActionKind::MeasureCheck => deny(facts),
    }
}

fn scope_allows(facts: &Facts) -> bool {
    match (&facts.scopes, facts.action.scope()) {
        (super::Scopes::Session, _) => true,
        // What no scope names is for people: a program has no account, no drafts and no teams.
        (super::Scopes::Token(_), None) => false,
        (scopes, Some((resource, letter))) => scopes.allow(resource, letter),
    }
}

/// Denies: with a tie that counts the actor knows the thing exists, without one it must look absent.
fn deny(facts: &Facts) -> Decision {
    let known = match facts.action.object() {
        ObjectKind::Thread | ObjectKind::Patient | ObjectKind::Team => {
            facts.ties.iter().any(|tie| counts(facts, tie))
        }
        ObjectKind::Own => facts.own,
        ObjectKind::Deployment => true,
    };
    if known { Decision::Forbidden } else { Decision::NotFound }
}

/// A patient-side tie never counts on a thread between staff, nor a team tie for a log-in that is not
/// clinical or desk staff (a membership outlives a change of role only by mistake).
fn counts(facts: &Facts, tie: &Tie) -> bool {
    if tie.kind.is_patient_side() {
        !facts.staff_thread && !facts.role.is_staff()
    } else {
        facts.role.is_clinical() || facts.role == Role::Desk
    }
}

/// Allows on the widest tie that passes `test`, and shows what all that pass show together. The widest
/// has the most rights, then goes on over having ended, then began first.
fn on_tie(facts: &Facts, test: impl Fn(&Tie) -> bool) -> Decision {
    on_tie_showing(facts, &test, &test)
}

/// [`on_tie`], showing what the ties that pass `shows` show together: who may act on one tie may have
/// been given the past by another.
fn on_tie_showing(
    facts: &Facts,
    test: impl Fn(&Tie) -> bool,
    shows: impl Fn(&Tie) -> bool,
) -> Decision {
    let mut best: Option<&Tie> = None;
    for tie in facts.ties.iter().filter(|tie| counts(facts, tie) && test(tie)) {
        if best.is_none_or(|best| width(tie) > width(best)) {
            best = Some(tie);
        }
    }
    match best {
        Some(tie) => Decision::Allow(Allowed {
            basis: tie.kind.code(),
            basis_id: Some(tie.id),
            patient_side: tie.kind.is_patient_side(),
            shown: Shown::joined(
                facts
                    .ties
                    .iter()
                    .filter(|tie| counts(facts, tie) && shows(tie))
                    .map(|tie| (tie.from_seq, tie.to_seq)),
            ),
        }),
        None => deny(facts),
    }
}

const fn width(tie: &Tie) -> (Rights, i64, i64) {
    (tie.rights, tie.to_seq, -tie.from_seq)
}

fn allow_plain(basis: &'static str) -> Decision {
    Decision::Allow(Allowed { basis, basis_id: None, patient_side: false, shown: Shown::whole() })
}

/// Ties that show a thread's words: the patient's side, clinical members of its teams, participants.
const fn shows_words(kind: TieKind) -> bool {
    matches!(
        kind,
        TieKind::SelfGrant
            | TieKind::Helper
            | TieKind::Representative
            | TieKind::TeamClinician
            | TieKind::TeamNurse
            | TieKind::Participant
    )
}

/// The desk's ties never show words or the chart, and a desk log-in sees none whatever its tie: a
/// membership that calls it a nurse is a mistake.
fn past_desk(facts: &Facts, tie: &Tie) -> bool {
    facts.role != Role::Desk && !matches!(tie.kind, TieKind::TeamDesk | TieKind::TreatingDesk)
}

fn reads_words(facts: &Facts, tie: &Tie) -> bool {
    shows_words(tie.kind) && past_desk(facts, tie)
}

fn read_thread(facts: &Facts) -> Decision {
    on_tie(facts, |tie| reads_words(facts, tie))
}

fn read_envelope(facts: &Facts) -> Decision {
    on_tie(facts, |tie| shows_words(tie.kind) || tie.kind == TieKind::TeamDesk)
}

fn send(facts: &Facts, rights: Rights) -> Decision {
    // What ends in the past (a closed interval) can be read, not written to.
    on_tie_showing(
        facts,
        |tie| reads_words(facts, tie) && tie.rights >= rights && tie.to_seq == i64::MAX,
        |tie| reads_words(facts, tie),
    )
}

/// Notes are for everybody clinical who takes part now, whoever owes the work.
fn notes(facts: &Facts) -> Decision {
    if !facts.role.is_clinical() {
        return deny(facts);
    }
    on_tie(facts, |tie| {
        matches!(tie.kind, TieKind::TeamClinician | TieKind::TeamNurse | TieKind::Participant)
            && tie.to_seq == i64::MAX
    })
}

/// The work belongs to the team that owes it: a team it was passed on from has left (its interval has
/// ended), and a colleague added in person was asked for words, not given the work.
fn clinical_work(facts: &Facts) -> Decision {
    if !facts.role.is_clinical() {
        return deny(facts);
    }
    on_tie(facts, |tie| {
        matches!(tie.kind, TieKind::TeamClinician | TieKind::TeamNurse) && tie.to_seq == i64::MAX
    })
}

/// What the urgency check recognised is a clinician's to judge, of the team that owes the work.
fn judge_flag(facts: &Facts) -> Decision {
    if facts.role != Role::Clinician {
        return deny(facts);
    }
    on_tie(facts, |tie| tie.kind == TieKind::TeamClinician && tie.to_seq == i64::MAX)
}

fn assign(facts: &Facts) -> Decision {
    on_tie(facts, |tie| {
        matches!(tie.kind, TieKind::TeamClinician | TieKind::TeamNurse | TieKind::TeamDesk)
            && tie.to_seq == i64::MAX
    })
}

/// Whoever worked here may take back what they did, a team that passed the work on among them: it has left,
/// and the step that made it leave is the one in question. That the step is their own, and their last, the
/// operation finds in the record.
fn undo(facts: &Facts) -> Decision {
    on_tie(facts, |tie| {
        matches!(tie.kind, TieKind::TeamClinician | TieKind::TeamNurse | TieKind::TeamDesk)
    })
}

/// Lists of a patient's threads belong to the patient's side and to those who treat the patient; the
/// rows they get are bounded again by `thread_access`.
fn patient_threads(facts: &Facts, rights: Rights) -> Decision {
    on_tie(facts, |tie| tie.facets.threads && tie.rights >= rights && past_desk(facts, tie))
}

fn start(facts: &Facts) -> Decision {
    if facts.role.is_staff() { treating(facts) } else { patient_threads(facts, Rights::Write) }
}

fn treating(facts: &Facts) -> Decision {
    if !facts.role.is_clinical() {
        return deny(facts);
    }
    on_tie(facts, |tie| matches!(tie.kind, TieKind::TreatingClinician | TieKind::TreatingNurse))
}

/// The limits of a plan are a clinician's who treats the patient: what is counted as urgent for this patient
/// follows from them.
fn set_plan(facts: &Facts) -> Decision {
    if facts.role != Role::Clinician {
        return deny(facts);
    }
    on_tie(facts, |tie| tie.kind == TieKind::TreatingClinician)
}

/// Whoever may take a conversation out of one record may put it into another that they work in, the desk
/// among them: they are the same people, asked once about each of the two patients.
fn receive(facts: &Facts) -> Decision {
    on_tie(facts, |tie| {
        matches!(
            tie.kind,
            TieKind::TreatingClinician | TieKind::TreatingNurse | TieKind::TreatingDesk
        )
    })
}

/// What a helper prepared is the patient's to decide, or a legal representative's who may send.
fn decide_draft(facts: &Facts) -> Decision {
    on_tie(facts, |tie| {
        matches!(tie.kind, TieKind::SelfGrant | TieKind::Representative)
            && tie.facets.threads
            && tie.rights >= Rights::Write
    })
}

fn circle(facts: &Facts) -> Decision {
    on_tie(facts, |tie| {
        matches!(
            tie.kind,
            TieKind::SelfGrant
                | TieKind::Representative
                | TieKind::TreatingClinician
                | TieKind::TreatingNurse
        ) && past_desk(facts, tie)
    })
}

fn access_log(facts: &Facts) -> Decision {
    if facts.role == Role::PrivacyOfficer {
        return allow_plain("role");
    }
    on_tie(facts, |tie| matches!(tie.kind, TieKind::SelfGrant | TieKind::Representative))
}

fn queue(facts: &Facts) -> Decision {
    if !facts.role.is_clinical() {
        return deny(facts);
    }
    on_tie(facts, |tie| matches!(tie.kind, TieKind::TeamClinician | TieKind::TeamNurse))
}

fn envelopes(facts: &Facts) -> Decision {
    on_tie(facts, |tie| {
        matches!(tie.kind, TieKind::TeamClinician | TieKind::TeamNurse | TieKind::TeamDesk)
    })
}

/// What is a lead's, and an office's that needs it for its work: figures show no patient, and writing to
/// many at once is decided by who answers for the team.
fn leads(facts: &Facts, office: Option<Role>) -> Decision {
    if office == Some(facts.role) && !facts.system {
        return allow_plain("role");
    }
    if !facts.role.is_clinical() {
        return deny(facts);
    }
    on_tie(facts, |tie| tie.kind == TieKind::TeamLead)
}

fn own(facts: &Facts) -> Decision {
    if facts.own { allow_plain("own") } else { deny(facts) }
}

fn by_role(facts: &Facts, roles: &[Role]) -> Decision {
    if !facts.system && roles.contains(&facts.role) { allow_plain("role") } else { deny(facts) }
}

fn administration(facts: &Facts) -> Decision {
    if facts.system { allow_plain("system") } else { by_role(facts, &[Role::Administrator]) }
}

//! The policy: who may do what to which thing, as one pure function of facts.
//!
//! `decide` takes the facts that the store has loaded in the same transaction and answers allow or
//! deny with the tie it rests on. Each family of actions has its own small function; there is no arm
//! that allows by default. Deliberately absent: loading facts (store), audit rows (store), and any
//! right that follows from knowing an id.
//!
//! Words follow HIPAA's minimum-necessary rule (45 CFR 164.502(b)): a role sees what its work needs.

use crate::code::codes;
use crate::ids::{DeviceId, PersonId, SessionId};
use crate::time::Timestamp;
use uuid::Uuid;

mod action;
mod rules;

pub use action::{ActionKind, ObjectKind};
pub use rules::decide;

codes! {
    /// What a log-in is for.
    Role {
        /// Somebody who writes about their own care.
        Patient = "patient",
        /// Somebody who helps a patient.
        Helper = "helper",
        /// A physician or another professional who answers in their own name.
        Clinician = "clinician",
        /// A nurse of a team.
        Nurse = "nurse",
        /// The front desk: envelopes, never words.
        Desk = "desk",
        /// Billing: time, never words.
        Billing = "billing",
        /// Runs the system and sees no health data.
        Administrator = "administrator",
        /// Reads the record of accesses.
        PrivacyOfficer = "privacy_officer",
    }
}

impl Role {
    /// Whether the role belongs to the clinic's own people.
    pub const fn is_staff(self) -> bool {
        !matches!(self, Self::Patient | Self::Helper)
    }

    /// Whether the role does clinical work on threads.
    pub const fn is_clinical(self) -> bool {
        matches!(self, Self::Clinician | Self::Nurse)
    }
}

codes! {
    /// Why somebody may come near a patient or a thread.
    TieKind {
        /// The patient's own account.
        SelfGrant = "self",
        /// A helper the patient chose.
        Helper = "helper",
        /// A legal representative.
        Representative = "representative",
        /// A clinician of a team that takes part in the thread.
        TeamClinician = "team_clinician",
        /// A nurse of a team that takes part in the thread.
        TeamNurse = "team_nurse",
        /// The desk of a team that takes part in the thread.
        TeamDesk = "team_desk",
        /// Leads a team; a tie to the team itself, never to its threads.
        TeamLead = "team_lead",
        /// Takes part in the thread as a person.
        Participant = "participant",
        /// A clinician of a team that treats the patient.
        TreatingClinician = "treating_clinician",
        /// A nurse of a team that treats the patient.
        TreatingNurse = "treating_nurse",
        /// The desk of a team that treats the patient.
        TreatingDesk = "treating_desk",
    }
}

impl TieKind {
    /// Self, helper and representative: the patient's side of a thread.
    pub const fn is_patient_side(self) -> bool {
        matches!(self, Self::SelfGrant | Self::Helper | Self::Representative)
    }
}

codes! {
    /// How far a grant goes, each level including the one before.
    Rights {
        /// May read.
        Read = "read",
        /// May read and prepare a text that the patient sends.
        Draft = "draft",
        /// May read and send.
        Write = "write",
    }
}

/// What of a patient a tie opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Name, birth date, language, contact.
    pub demographics: bool,
    /// Visits, conditions, medicines, observations.
    pub chart: bool,
    /// Conversations.
    pub threads: bool,
    /// Time spent on care.
    pub care_time: bool,
}

/// A tie that is valid now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// Why.
    pub kind: TieKind,
    /// The grant, participation or care relation it comes from.
    pub id: Uuid,
    /// How far it goes.
    pub rights: Rights,
    /// What it opens; on a thread tie `threads` is implied.
    pub facets: Facets,
    /// First sequence number it shows, inclusive.
    pub from_seq: i64,
    /// Last sequence number it shows, inclusive.
    pub to_seq: i64,
}

codes! {
    /// Why the actor says they act (HL7 v3 PurposeOfUse, the few codes used here).
    Purpose {
        /// Treatment.
        Treatment = "TREAT",
        /// The patient or somebody for the patient.
        PatientRequest = "PATRQT",
        /// Running the service.
        Operations = "HOPERAT",
        /// A system process.
        System = "HSYSADMIN",
    }
}

/// What a token may be used for. A browser session may do all that its person may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scopes {
    /// A browser session or a worker of the system.
    Session,
    /// An access token's SMART v2 scopes, for example `patient/Communication.crs`.
    Token(Vec<String>),
}

impl Scopes {
    /// Whether the scopes include `letter` (c, r, u, d or s) on the FHIR resource type.
    /// Syntax: SMART App Launch 2.0, section "Scopes for requesting FHIR resources": a context, a type
    /// or `*`, and letters in the order of `cruds`. Anything else allows nothing: the words of SMART 1
    /// (`.read` holds a d, `.write` an r), and scopes narrowed by a search, which is not applied here.
    pub fn allow(&self, resource: &str, letter: char) -> bool {
        match self {
            Self::Session => true,
            Self::Token(scopes) => scopes.iter().any(|scope| {
                let Some((context, rest)) = scope.split_once('/') else { return false };
                let Some((name, letters)) = rest.split_once('.') else { return false };
                matches!(context, "patient" | "user" | "system")
                    && (name == resource || name == "*")
                    && in_order(letters)
                    && letters.contains(letter)
            }),
        }
    }
}

/// Whether the text is made of letters of `cruds`, each at most once and in that order.
fn in_order(letters: &str) -> bool {
    let mut left = "cruds".chars();
    letters.chars().all(|letter| left.any(|next| next == letter))
}

/// Who acts. Loaded from the session or token on every request; never trusted from the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The log-in; `None` for a worker of the system and the local administrator's command line.
    pub person: Option<PersonId>,
    /// The log-in's role.
    pub role: Role,
    /// The browser session, when there is one.
    pub session: Option<SessionId>,
    /// The browser, when it is known.
    pub device: Option<DeviceId>,
    /// What the token allows.
    pub scopes: Scopes,
    /// When the person last proved who they are.
    pub auth_time: Timestamp,
    /// The person's revocation epoch when the request began.
    pub epoch: i64,
    /// Why they act.
    pub purpose: Purpose,
}

impl Actor {
    /// The system itself: workers, and commands run by the local administrator on the machine.
    pub const fn system() -> Self {
        Self {
            person: None,
            role: Role::Administrator,
            session: None,
            device: None,
            scopes: Scopes::Session,
            auth_time: Timestamp::EPOCH,
            epoch: 0,
            purpose: Purpose::System,
        }
    }

    /// Whether this is the system and not a person.
    pub const fn is_system(&self) -> bool {
        self.person.is_none()
    }
}

/// All that the policy looks at.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The actor's role.
    pub role: Role,
    /// Whether the actor is the system itself.
    pub system: bool,
    /// What the actor's token allows.
    pub scopes: Scopes,
    /// What is asked.
    pub action: ActionKind,
    /// Whether the thread is between staff (then no patient-side tie counts).
    pub staff_thread: bool,
    /// Whether the thing belongs to the actor alone (a draft, an account, an inbox).
    pub own: bool,
    /// The actor's ties that are valid now.
    pub ties: Vec<Tie>,
}

/// What the policy says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Allowed because of `basis`.
    Allow(Allowed),
    /// Outside the relation: answered like an id that does not exist.
    NotFound,
    /// Known to the actor but not allowed.
    Forbidden,
}

/// Why it is allowed and within which bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Code of the basis: a tie's code, `own`, `role` or `system`.
    pub basis: &'static str,
    /// The tie's id when a tie is the basis.
    pub basis_id: Option<Uuid>,
    /// Whether the actor stands on the patient's side.
    pub patient_side: bool,
    /// The sequence numbers shown: the ties that count, joined.
    pub shown: Shown,
}

/// Which sequence numbers of a conversation somebody is shown: intervals, inclusive, in order, apart.
/// Several ties of one person are joined here, so that what lies between a leave and a return stays
/// out of sight and what lies before the leave does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown(Vec<(i64, i64)>);

impl Shown {
    /// All of it, from the first number on.
    pub fn whole() -> Self {
        Self(vec![(1, i64::MAX)])
    }

    /// The union of intervals given in any order, each as its first and last number.
    pub fn joined(intervals: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let mut sorted: Vec<(i64, i64)> =
            intervals.into_iter().filter(|(from, to)| from <= to).collect();
        sorted.sort_unstable();
        let mut apart: Vec<(i64, i64)> = Vec::with_capacity(sorted.len());
        for (from, to) in sorted {
            match apart.last_mut() {
                Some((_, end)) if from <= end.saturating_add(1) => *end = to.max(*end),
                _ => apart.push((from, to)),
            }
        }
        Self(apart)
    }

    /// Whether this number is shown.
    pub fn holds(&self, seq: i64) -> bool {
        self.0.iter().any(|(from, to)| (*from..=*to).contains(&seq))
    }

    /// Whether every number is shown, those to come included.
    pub fn is_whole(&self) -> bool {
        matches!(self.0.as_slice(), [(from, i64::MAX)] if *from <= 1)
    }

    /// The intervals, oldest first.
    pub fn intervals(&self) -> impl DoubleEndedIterator<Item = (i64, i64)> + '_ {
        self.0.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::Shown;

    #[test]
    fn intervals_are_joined() {
        let shown = Shown::joined([(9, i64::MAX), (1, 3), (4, 5), (7, 6)]);
        assert_eq!(shown.intervals().collect::<Vec<_>>(), [(1, 5), (9, i64::MAX)]);
        assert!(shown.holds(5) && !shown.holds(6) && !shown.holds(8) && shown.holds(9));
        assert!(!shown.is_whole());
        assert!(Shown::joined([(3, i64::MAX), (1, 2)]).is_whole());
        assert!(Shown::joined([(1, i64::MAX), (2, 3)]).is_whole());
        assert!(!Shown::joined([]).holds(1));
    }
}

//! One newtype per noun, so that a thread's id can never stand where a patient's belongs.
//!
//! Ids are UUIDv7 made by the caller (this crate has no randomness). They read and write as the
//! hyphenated lower-case form of RFC 9562. Deliberately absent: ids that count, ids with meaning.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is not an id of this system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct NotAnId;

/// What every id type offers, so that one function can make, bind or read any of them.
pub trait Id: Copy + Ord + fmt::Display + fmt::Debug + Send + Sync + 'static {
    /// Wraps a UUID made by the caller.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The UUID inside.
    fn as_uuid(&self) -> Uuid;
    /// Reads the hyphenated form; any other spelling is refused so that one thing has one address.
    fn parse(text: &str) -> Result<Self, NotAnId> {
        if text.len() != 36 || text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(NotAnId);
        }
        Uuid::try_parse(text).map(Self::from_uuid).map_err(|_| NotAnId)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            #[serde(transparent)]
            pub struct $name(Uuid);

            impl Id for $name {
                fn from_uuid(uuid: Uuid) -> Self {
                    Self(uuid)
                }
                fn as_uuid(&self) -> Uuid {
                    self.0
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    self.0.hyphenated().fmt(f)
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, "{}({})", stringify!($name), self.0.hyphenated())
                }
            }

            impl FromStr for $name {
                type Err = NotAnId;
                fn from_str(text: &str) -> Result<Self, NotAnId> {
                    Self::parse(text)
                }
            }
        )*

        /// Calls `$then!` with every id type, for code that must treat them all alike.
        #[macro_export]
        macro_rules! for_each_id {
            ($then:ident) => {
                $then! { $($name)* }
            };
        }
    };
}

ids! {
    /// A log-in: somebody who can act.
    PersonId;
    /// Somebody who is cared for.
    PatientId;
    /// An organization that runs sites and teams.
    OrganizationId;
    /// A place with a phone and hours.
    SiteId;
    /// A professional named in imported records.
    PractitionerId;
    /// A group that answers.
    CareTeamId;
    /// A person's interval in a team.
    MembershipId;
    /// A saved set of a practice's routing rules.
    RoutingVersionId;
    /// A kept version of what a site adds to the rules of the urgency check.
    SiteRulesId;
    /// A step with work, or the same step with several, that may be taken back.
    WorkActId;
    /// An interval in which somebody is away.
    AbsenceId;
    /// A right to act for a patient.
    GrantId;
    /// What an administrator ended, with the reason.
    AdministrativeEndId;
    /// A conversation.
    ThreadId;
    /// A party's interval in a thread.
    ParticipationId;
    /// One text in a thread.
    MessageId;
    /// A correction or retraction of a message.
    CorrectionId;
    /// A numbered question of a message.
    QuestionId;
    /// A line in a thread that everybody in it sees.
    ThreadEventId;
    /// A line only staff see.
    StaffEventId;
    /// A note only staff see.
    StaffNoteId;
    /// A text not yet sent.
    DraftId;
    /// A sealed file.
    BlobId;
    /// A file's place in a message or draft.
    AttachmentId;
    /// What a team owes on a thread.
    WorkItemId;
    /// One step in a work item's custody.
    WorkEventId;
    /// How long one answer took.
    AnswerTimeId;
    /// A text kept for replies.
    SavedReplyId;
    /// A text for many patients.
    AnnouncementId;
    /// A limit of a patient's plan.
    PlanLimitId;
    /// A verdict on a text's urgency.
    UrgencyCheckId;
    /// A request for a call within minutes.
    CallbackId;
    /// A visit.
    EncounterId;
    /// An imported resource.
    ResourceId;
    /// A signed-in browser.
    SessionId;
    /// An access token for scripts.
    TokenId;
    /// A browser seen before.
    DeviceId;
    /// An address notices go to.
    ContactPointId;
    /// A document somebody agreed to.
    AgreementId;
    /// A notice on its way out.
    NoticeId;
    /// A piece of later work.
    JobId;
    /// A record of an access.
    AuditEventId;
    /// A row of the outbox for live pages.
    ChangeId;
    /// A data key.
    KeyId;
    /// A sealed search result.
    SearchId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let text = "018f2c5e-7b00-7000-8000-0000000000ab";
        let id: ThreadId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        for other in [
            "018F2C5E-7B00-7000-8000-0000000000AB",
            "018f2c5e7b00700080000000000000ab",
            "{018f2c5e-7b00-7000-8000-0000000000ab}",
            "",
            "x",
            "018f2c5e-7b00-7000-8000-0000000000ag",
        ] {
            assert!(other.parse::<ThreadId>().is_err(), "{other:?} must not name a thread");
        }
    }
}

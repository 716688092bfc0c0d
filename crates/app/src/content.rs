//! What is inside sealed columns: small JSON texts with short keys, and whose key seals them.

use domain::ids::{OrganizationId, PatientId, PersonId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::person::PersonRow;
use store::seal::{KeyOwner, Place, Sealed};

use crate::cx::Cx;
use crate::error::{Error, Result};

/// `person.profile_sealed`: how somebody is shown to others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Full name.
    #[serde(rename = "n")]
    pub name: String,
    /// Role in plain words, for example "Nurse, family medicine"; empty for patients.
    #[serde(rename = "t", default)]
    pub title: String,
    /// Phone; empty when none is shown.
    #[serde(rename = "p", default)]
    pub phone: String,
    /// The user name as it was typed; empty before enrolment.
    #[serde(rename = "u", default)]
    pub username: String,
}

/// `message.content_sealed` and `staff_note.content_sealed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The author's name as it was then.
    #[serde(rename = "n")]
    pub author: String,
    /// The author's role as it was then.
    #[serde(rename = "t", default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The author's phone as it was then.
    #[serde(rename = "p", default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// Who wrote it down, by name as it was then, when it was told by phone or came on paper.
    #[serde(rename = "w", default, skip_serializing_if = "String::is_empty")]
    pub written_by: String,
    /// Who prepared the text when it was not the author, by the name they had then; else empty.
    #[serde(rename = "h", default, skip_serializing_if = "String::is_empty")]
    pub prepared_by: String,
    /// With whom it was said by phone, by the name they had then, when the team called; else empty.
    #[serde(rename = "s", default, skip_serializing_if = "String::is_empty")]
    pub spoke_with: String,
    /// When that call was, in microseconds since 1970 UTC; 0 for what was no call.
    #[serde(rename = "a", default, skip_serializing_if = "is_zero")]
    pub spoke_at: i64,
    /// The text.
    #[serde(rename = "b")]
    pub body: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// `inbox_row.preview_sealed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Who wrote the newest message.
    #[serde(rename = "n")]
    pub from: String,
    /// Its first words.
    #[serde(rename = "b")]
    pub text: String,
}

/// `correction.content_sealed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionContent {
    /// The better text; empty on a retraction.
    #[serde(rename = "b", default)]
    pub body: String,
    /// Why, if said.
    #[serde(rename = "r", default)]
    pub reason: String,
}

/// `draft.content_sealed`. Nothing here has been checked: a draft may be half a thought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftContent {
    /// The headline of a new thread.
    #[serde(rename = "h", default)]
    pub headline: String,
    /// The text.
    #[serde(rename = "b", default)]
    pub body: String,
    /// Numbered questions.
    #[serde(rename = "q", default)]
    pub questions: Vec<String>,
    /// Ids of the other side's questions that this answers.
    #[serde(rename = "a", default)]
    pub answers: Vec<String>,
    /// What more is known of a call or letter in the making.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub told: Option<ToldSoFar>,
    /// The clinician who shall read a new message first, as a person's id; empty for the team.
    #[serde(rename = "d", default, skip_serializing_if = "String::is_empty")]
    pub direct: String,
    /// The writer is not sure and asks for a call with it, at this number; an empty one is not known.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The level that the same press sets, before the text is sent (team side, replies only).
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub press: Option<LevelPress>,
}

/// A level that is set by the press that sends a reply.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelPress {
    /// The level to be set, 1 to 4.
    #[serde(rename = "l")]
    pub level: i64,
    /// The level that the writer was shown.
    #[serde(rename = "s")]
    pub shown: i64,
    /// Why, when it makes it less urgent.
    #[serde(rename = "w", default)]
    pub why: String,
}

/// What of a call or letter in the making has no column of the draft's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldSoFar {
    /// By which road, as a code.
    #[serde(rename = "c")]
    pub channel: String,
    /// Whose words, as a person's id; empty for the patient's.
    #[serde(rename = "s")]
    pub speaker: String,
    /// Into which conversation, as its id; empty for a new one.
    #[serde(rename = "t")]
    pub thread: String,
}

/// Longest text an unsent draft may hold, in bytes: a body of the longest kind, in the widest letters.
pub const DRAFT_MAX_BYTES: usize = 450_000;

/// Whose key seals what belongs to a thread: the patient's, or the organization's for staff threads
/// without a patient.
pub fn thread_owner(patient: Option<PatientId>, organization: Option<OrganizationId>) -> KeyOwner {
    match (patient, organization) {
        (Some(patient), _) => KeyOwner::Patient(patient),
        (None, Some(organization)) => KeyOwner::Organization(organization),
        (None, None) => KeyOwner::Deployment,
    }
}

/// Whose key seals a draft: the patient's when it is about one, else its owner's.
pub fn draft_owner(patient: Option<PatientId>, owner: PersonId) -> KeyOwner {
    patient.map_or(KeyOwner::Person(owner), KeyOwner::Patient)
}

impl Cx<'_, '_> {
    /// Seals a content for its owner and place.
    pub fn seal_json<T: Serialize>(
        &mut self,
        owner: KeyOwner,
        place: &Place<'_>,
        content: &T,
    ) -> Result<Sealed> {
        let bytes = serde_json::to_vec(content).map_err(|e| Error::Internal(e.to_string()))?;
        self.seal(owner, place, &bytes)
    }

    /// Opens a content.
    pub fn open_json<T: DeserializeOwned>(
        &self,
        owner: KeyOwner,
        place: &Place<'_>,
        sealed: &Sealed,
    ) -> Result<T> {
        let bytes = self.app().keys().open(owner, place, sealed)?;
        serde_json::from_slice(&bytes)
            .map_err(|_| Error::Internal("a sealed content is not of its shape".to_owned()))
    }

    /// How a person is shown to others.
    pub fn profile(&self, person: &PersonRow) -> Result<Profile> {
        let place = Place::new("person", &person.id, "profile_sealed", person.version);
        self.open_json(KeyOwner::Person(person.id), &place, &person.profile)
    }

    /// How the person of this id is shown to others; an empty profile when there is none.
    pub fn profile_of(&mut self, id: PersonId) -> Result<Profile> {
        match store::person::get(self.tx(), id)? {
            Some(row) => self.profile(&row),
            None => Ok(Profile::default()),
        }
    }
}

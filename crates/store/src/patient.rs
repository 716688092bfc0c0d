//! Patients: sealed demographics and the blind index that finds them.
//!
//! `demographics_sealed` is sealed under the patient's key, row `patient.id`, at the row's `version`.

use std::collections::{BTreeSet, HashMap};

use domain::ids::{Id as _, OrganizationId, PatientId};
use uuid::Uuid;

use crate::access::{
    Action, Administer, FindPatient, ImportRecords, Permit, ReadDemographics, ReadEnvelope,
    ReadThread, ThreadObject,
};
use crate::db::{DbError, Row, ToParam, Tx};
use crate::inbox_row::StaffThreadRow;
use crate::read_back::CallRow;
use crate::seal::Sealed;
use crate::sql;
use crate::work_item::QueueRow;

/// A patient as stored.
#[derive(Debug, Clone)]
pub struct PatientRow {
    /// Its id.
    pub id: PatientId,
    /// Who keeps the record.
    pub organization: Option<OrganizationId>,
    /// `active`, `moved`, `deceased` or `test`.
    pub status: String,
    /// Preferred language, a BCP 47 tag.
    pub language: String,
    /// Whether an interpreter is needed.
    pub interpreter: bool,
    /// IANA time zone.
    pub time_zone: String,
    /// Name, birth date, identifiers; sealed.
    pub demographics: Sealed,
    /// The row's version, which the demographics are sealed at.
    pub version: i64,
}

/// Keyed hashes that find a patient by equality.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    /// Folded words of the names.
    pub names: Vec<[u8; 16]>,
    /// The birth date.
    pub birth_date: Option<[u8; 16]>,
    /// Identifiers, each as `system|value` and as the bare value.
    pub identifiers: Vec<[u8; 16]>,
}

/// Adds or replaces a patient with its tokens. `row.version` is 1 for a new patient, else one more than
/// the stored version; another stored version is `RowCount`.
pub fn put<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ImportRecords>,
    row: &PatientRow,
    tokens: &Tokens,
) -> Result<(), DbError> {
    if row.version == 1 {
        tx.execute_one(
            sql!(
                "INSERT INTO patient (id, organization_id, status, language, interpreter, time_zone, \
                 demographics_sealed, version, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8)"
            ),
            &[
                &row.id,
                &row.organization,
                &row.status,
                &row.language,
                &row.interpreter,
                &row.time_zone,
                &row.demographics,
                &permit.now(),
            ],
        )?;
    } else {
        tx.execute_one(
            sql!(
                "UPDATE patient SET organization_id = coalesce($2, organization_id), status = $3, \
                 language = $4, interpreter = $5, demographics_sealed = $6, version = $7, \
                 updated_at = $8 WHERE id = $1 AND version = $7 - 1"
            ),
            &[
                &row.id,
                &row.organization,
                &row.status,
                &row.language,
                &row.interpreter,
                &row.demographics,
                &row.version,
                &permit.now(),
            ],
        )?;
        tx.execute(sql!("DELETE FROM patient_token WHERE patient_id = $1"), &[&row.id])?;
    }
    let of = |kind: &'static str, list: &[[u8; 16]]| {
        list.iter().map(|token| (kind, *token)).collect::<Vec<_>>()
    };
    let mut all = of("name", &tokens.names);
    all.extend(of("birth_date", tokens.birth_date.as_slice()));
    all.extend(of("identifier", &tokens.identifiers));
    for (kind, token) in all {
        tx.execute(
            sql!(
                "INSERT INTO patient_token (kind, token, patient_id) VALUES ($1, $2, $3) \
                 ON CONFLICT (kind, token, patient_id) DO NOTHING"
            ),
            &[&kind, &token.as_slice(), &row.id],
        )?;
    }
    Ok(())
}

/// The permit's patient.
pub fn get<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadDemographics>,
) -> Result<PatientRow, DbError> {
    read(tx, permit.patient())?.ok_or(DbError::NotFound)
}

mod shown {
    /// Closes [`super::ShowsPatient`]: a row of another crate's making shows nobody.
    pub trait Closed {}
}

/// A row of a list that only the store makes: whoever was shown it may see whom it is about.
pub trait ShowsPatient: shown::Closed {
    /// Whom it is about.
    fn patient(&self) -> Option<PatientId>;
}

impl shown::Closed for QueueRow {}
impl ShowsPatient for QueueRow {
    fn patient(&self) -> Option<PatientId> {
        Self::patient(self)
    }
}

impl shown::Closed for StaffThreadRow {}
impl ShowsPatient for StaffThreadRow {
    fn patient(&self) -> Option<PatientId> {
        Self::patient(self)
    }
}

impl shown::Closed for CallRow {}
impl ShowsPatient for CallRow {
    fn patient(&self) -> Option<PatientId> {
        Self::patient(self)
    }
}

/// The patient of a list's row.
pub fn get_shown(tx: &mut Tx<'_>, row: &impl ShowsPatient) -> Result<Option<PatientRow>, DbError> {
    match row.patient() {
        Some(patient) => read(tx, patient),
        None => Ok(None),
    }
}

/// Patients read with one statement.
const AT_ONCE: usize = 16;

/// The patients of a list's rows.
pub fn list_shown(
    tx: &mut Tx<'_>,
    rows: &[impl ShowsPatient],
) -> Result<HashMap<PatientId, PatientRow>, DbError> {
    let wanted: BTreeSet<PatientId> = rows.iter().filter_map(ShowsPatient::patient).collect();
    let wanted: Vec<PatientId> = wanted.into_iter().collect();
    let mut found = HashMap::new();
    for part in wanted.chunks(AT_ONCE) {
        let ids: Vec<PatientId> = part
            .iter()
            .copied()
            .chain(std::iter::repeat(PatientId::from_uuid(Uuid::nil())))
            .take(AT_ONCE)
            .collect();
        let params: Vec<&dyn ToParam> = ids.iter().map(|id| -> &dyn ToParam { id }).collect();
        let rows = tx.query(
            sql!(
                "SELECT organization_id, status, language, interpreter, time_zone, \
                 demographics_sealed, version, id FROM patient WHERE id IN ($1, $2, $3, $4, $5, $6, \
                 $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
            ),
            &params,
        )?;
        for row in &rows {
            let id = row.get(7)?;
            found.insert(id, read_row(row, id)?);
        }
    }
    Ok(found)
}

/// Actions that show whom a conversation is about: its words, or its envelope.
pub trait ShowsSubject {}
impl ShowsSubject for ReadThread {}
impl ShowsSubject for ReadEnvelope {}

/// The patient of the permit's thread.
pub fn get_of_thread<'t, A>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
) -> Result<Option<PatientRow>, DbError>
where
    A: Action<Object = ThreadObject> + ShowsSubject,
{
    match permit.object().patient {
        Some(patient) => read(tx, patient),
        None => Ok(None),
    }
}

/// A patient for the import, which may replace it.
pub fn get_for_import<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, ImportRecords>,
    id: PatientId,
) -> Result<Option<PatientRow>, DbError> {
    read(tx, id)
}

fn read(tx: &mut Tx<'_>, id: PatientId) -> Result<Option<PatientRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT organization_id, status, language, interpreter, time_zone, demographics_sealed, \
             version FROM patient WHERE id = $1"
        ),
        &[&id],
    )?
    .map(|row| read_row(&row, id))
    .transpose()
}

fn read_row(row: &Row, id: PatientId) -> Result<PatientRow, DbError> {
    Ok(PatientRow {
        id,
        organization: row.get(0)?,
        status: row.get(1)?,
        language: row.get(2)?,
        interpreter: row.get(3)?,
        time_zone: row.get(4)?,
        demographics: row.get(5)?,
        version: row.get(6)?,
    })
}

/// The patients with this identifier, at most 20. The caller asks `ReadDemographics` for each before
/// anything of them is shown.
pub fn find_by_identifier<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, FindPatient>,
    identifier: &[u8; 16],
) -> Result<Vec<PatientId>, DbError> {
    with_identifier(tx, identifier)
}

/// The ids of the patients with this identifier, at most 20, for linking an account.
pub fn list_by_identifier<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    identifier: &[u8; 16],
) -> Result<Vec<PatientId>, DbError> {
    with_identifier(tx, identifier)
}

fn with_identifier(tx: &mut Tx<'_>, identifier: &[u8; 16]) -> Result<Vec<PatientId>, DbError> {
    tx.query(
        sql!(
            "SELECT patient_id FROM patient_token WHERE kind = 'identifier' AND token = $1 \
             ORDER BY patient_id LIMIT 20"
        ),
        &[&identifier.as_slice()],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// The patients with this identifier, at most 20, for administration: ids and nothing of them.
pub fn find_for_administration<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    identifier: &[u8; 16],
) -> Result<Vec<PatientId>, DbError> {
    with_identifier(tx, identifier)
}

/// The ids with this identifier, at most 20: nothing of a patient, only what the next permit is asked
/// for. Who may look into an access log need not be one who finds patients.
pub fn resolve_identifier(
    tx: &mut Tx<'_>,
    identifier: &[u8; 16],
) -> Result<Vec<PatientId>, DbError> {
    with_identifier(tx, identifier)
}

/// The patients with this birth date and all of these name words, at most 20. The caller asks
/// `ReadDemographics` for each before anything of them is shown. No words find nobody.
pub fn find_by_name<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, FindPatient>,
    names: &[[u8; 16]],
    birth_date: &[u8; 16],
) -> Result<Vec<PatientId>, DbError> {
    let mut found: Option<Vec<PatientId>> = None;
    for name in names {
        let with: Vec<PatientId> = tx
            .query(
                sql!(
                    "SELECT n.patient_id FROM patient_token b JOIN patient_token n \
                     ON n.patient_id = b.patient_id AND n.kind = 'name' AND n.token = $2 \
                     WHERE b.kind = 'birth_date' AND b.token = $1 ORDER BY n.patient_id LIMIT 1000"
                ),
                &[&birth_date.as_slice(), &name.as_slice()],
            )?
            .iter()
            .map(|row| row.get(0))
            .collect::<Result<_, _>>()?;
        found = Some(match found {
            None => with,
            Some(before) => before.into_iter().filter(|id| with.contains(id)).collect(),
        });
    }
    let mut found = found.unwrap_or_default();
    found.truncate(20);
    Ok(found)
}

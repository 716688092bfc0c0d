//! What the database of keys must do. Each method is one transaction of its own that is committed
//! and on the disk when the method returns; none may be called inside a transaction of the record.

use domain::ids::KeyId;
use domain::time::Timestamp;

use super::OwnerRef;
use crate::db::DbError;

/// A wrapped deployment key.
#[derive(Clone, Debug)]
pub struct DeploymentKeyRow {
    /// Its id, which data keys name as what wraps them.
    pub id: KeyId,
    /// The public id of the root key that wraps it.
    pub root_id: String,
    /// The key itself, wrapped.
    pub wrapped: Vec<u8>,
    /// Whether new data keys are wrapped by it; at most one row says so. The others are on their
    /// way out.
    pub current: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A wrapped data key, or what is left of an erased one.
#[derive(Clone, Debug)]
pub struct DataKeyRow {
    /// Its id, which every value sealed with it names.
    pub id: KeyId,
    /// Whose key it is.
    pub owner: OwnerRef,
    /// The deployment key that wraps it, and the wrapped key; `None` once erased.
    pub wrapped: Option<(KeyId, Vec<u8>)>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it only opens and no longer seals.
    pub retired_at: Option<Timestamp>,
    /// Since when it is gone.
    pub erased_at: Option<Timestamp>,
}

/// A database of wrapped keys, apart from the record and backed up apart from it.
pub trait KeyStore: Send + Sync {
    /// Every deployment key, the current one first.
    fn deployment_keys(&self) -> Result<Vec<DeploymentKeyRow>, DbError>;

    /// Adds the first deployment key; does nothing when there is one already.
    fn add_first_deployment_key(&self, row: &DeploymentKeyRow) -> Result<(), DbError>;

    /// Makes `row` the current deployment key and marks the one before as on its way out; does
    /// nothing when another is on its way out already (a rotation that was interrupted). Fails when
    /// the current key is under another root key than `row`.
    fn begin_rotation(&self, row: &DeploymentKeyRow) -> Result<(), DbError>;

    /// Deletes the deployment keys that are on their way out and wrap nothing any more. Returns
    /// whether none is left.
    fn end_rotation(&self) -> Result<bool, DbError>;

    /// Replaces the wrapping of all deployment keys there are, or of none: a row that is not under
    /// the root key `from_root_id`, or one that is not among `rows`, makes the whole call fail.
    fn rewrap_deployment_keys(
        &self,
        from_root_id: &str,
        rows: &[DeploymentKeyRow],
    ) -> Result<(), DbError>;

    /// The data key with this id.
    fn data_key(&self, id: KeyId) -> Result<Option<DataKeyRow>, DbError>;

    /// The owner's data key that is not retired. It may be erased.
    fn current_data_key(&self, owner: OwnerRef) -> Result<Option<DataKeyRow>, DbError>;

    /// Adds keys, one per owner; an owner who has an unretired key, erased or not, keeps it.
    fn add_data_keys(&self, rows: &[DataKeyRow]) -> Result<(), DbError>;

    /// Retires the owner's current key at `row.created_at` and puts `row` in its place. Does
    /// nothing when the current key is not `replaced` any more, or was erased.
    fn replace_data_key(&self, replaced: KeyId, row: &DataKeyRow) -> Result<(), DbError>;

    /// Up to `limit` data keys that are wrapped by another deployment key than this one.
    fn data_keys_not_under(&self, current: KeyId, limit: i64) -> Result<Vec<DataKeyRow>, DbError>;

    /// Stores new wrappings of these data keys. One erased meanwhile stays erased.
    fn rewrap_data_keys(&self, rows: &[DataKeyRow]) -> Result<(), DbError>;

    /// Overwrites every key of the owner and notes when. Returns how many were erased now.
    fn erase(&self, owner: OwnerRef, at: Timestamp) -> Result<u64, DbError>;
}

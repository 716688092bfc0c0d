//! `tidings key`: making and exchanging the keys that wrap the others. No server runs meanwhile.

use std::os::unix::fs::PermissionsExt as _;

use store::seal::{KeyDb, Keys, RootKey, SealError};

use super::Failure;
use crate::cli::{KeyCommand, Place};
use crate::config::secret::read_key;
use crate::data_lock::DataLock;
use crate::place::{DEMO_ROOT_KEY, Located, now};

/// Carries out a key command.
///
/// # Errors
/// [`Failure`] that says what to do; each exchange happens whole or can be called again.
pub fn run(command: &KeyCommand) -> Result<(), Failure> {
    match command {
        KeyCommand::New { file } => {
            RootKey::create(file).map_err(|error| {
                Failure::failed(format!("{}: {error}; give a new file", file.display()))
            })?;
            super::print(&format!("{}: a new root key; keep a copy in a safe.\n", file.display()))
        }
        KeyCommand::RotateRoot { place, new } => rotate_root(place, new),
        KeyCommand::RotateDeployment { place } => rotate_deployment(place),
    }
}

fn rotate_root(place: &Place, new: &std::path::Path) -> Result<(), Failure> {
    let located = Located::find(place)?;
    let _lock = DataLock::take(&located.data_dir).map_err(Failure::failed)?;
    let new_key = read_key("root key", new).map_err(Failure::failed)?;
    let (old, fresh) =
        (RootKey::from_bytes(*located.root_key.bytes()), RootKey::from_bytes(*new_key.bytes()));
    let says = |error: SealError| Failure::failed(format!("the key store: {error}"));
    let store = || {
        KeyDb::open(located.open_key_store()?, now())
            .map_err(|error| Failure::failed(format!("the key store: {error}")))
    };
    match Keys::load(old.clone(), Box::new(store()?), now()) {
        Ok(keys) => keys.rotate_root(&old, &fresh).map_err(says)?,
        // An exchange that was interrupted after its transaction is an exchange that is done.
        Err(SealError::WrongRoot { .. }) => {
            Keys::load(fresh.clone(), Box::new(store()?), now()).map_err(says)?;
        }
        Err(error) => return Err(says(error)),
    }
    let id = fresh.id().map_err(says)?;
    if located.config.is_none() {
        return adopt(&located, new, &id);
    }
    super::print(&format!(
        "The key store is under root key {id} now. Set keys.root_key_file to {} and start the \
         server; keep the old key as long as backups made under it.\n",
        new.display()
    ))
}

/// A demo keeps its key in its folder.
fn adopt(located: &Located, new: &std::path::Path, id: &str) -> Result<(), Failure> {
    let (draft, file) =
        (located.data_dir.join("root.key.new"), located.data_dir.join(DEMO_ROOT_KEY));
    let bytes = std::fs::read(new).map_err(Failure::failed)?;
    let put = || {
        std::fs::write(&draft, &bytes)?;
        std::fs::set_permissions(&draft, std::fs::Permissions::from_mode(0o600))?;
        std::fs::File::open(&draft)?.sync_all()?;
        std::fs::rename(&draft, &file)
    };
    put().map_err(|error: std::io::Error| {
        Failure::failed(format!(
            "{}: {error}; copy the new key there by hand, the old one opens nothing any more",
            file.display()
        ))
    })?;
    super::print(&format!("The demo is under root key {id} now.\n"))
}

fn rotate_deployment(place: &Place) -> Result<(), Failure> {
    let located = Located::find(place)?;
    let _lock = DataLock::take(&located.data_dir).map_err(Failure::failed)?;
    let keys = located.open_keys(now())?;
    let bar = super::progress_bar(false);
    bar.set_message("data keys rewrapped");
    let rotation = keys.rotate_deployment(now(), |done| {
        bar.set_position(done);
        true
    });
    bar.finish_and_clear();
    let rotation = rotation.map_err(|error| Failure::failed(format!("the key store: {error}")))?;
    super::print(&format!("A new deployment key wraps {} data keys.\n", rotation.rewrapped))
}

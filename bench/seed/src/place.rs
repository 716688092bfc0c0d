//! A deployment in a folder, with the configuration of production behind a proxy on this machine.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;

use app::App;
use app::clock::Clock;
use store::seal::RootKey;
use tidings_server::config::Config;
use tidings_server::open::{Opened, settings};
use tidings_server::place::Located;

use crate::Failure;

/// Writes the configuration and opens the deployment under a clock.
pub fn open(data: &Path, listen: &str, clock: Arc<dyn Clock>) -> Result<App, Failure> {
    fs::create_dir_all(data)?;
    let data = data.canonicalize()?;
    let folder = data.join("store");
    fs::DirBuilder::new().mode(0o700).recursive(true).create(&folder)?;
    let key = data.join("root-key");
    RootKey::create(&key)?;
    let (folder, key) = (folder.display(), key.display());
    let text = format!(
        "public_url = \"https://bench.example.org\"\n\
         listen = \"{listen}\"\n\
         metrics_listen = \"127.0.0.1:0\"\n\
         trusted_proxies = [\"127.0.0.0/8\"]\n\
         data_dir = \"{folder}\"\n\n\
         [keys]\nroot_key_file = \"{key}\"\n\n\
         [site]\nname = \"Riverside Family Clinic\"\nphone = \"+1 555 0100\"\n\
         time_zone = \"America/New_York\"\ncountry = \"US\"\n\n\
         # Ten thousand event streams and the connections beside them.\n\
         [limits]\nconnections_max = 12000\n"
    );
    let config = data.join("tidings.toml");
    fs::write(&config, text)?;
    let place = Located::configured(Config::load(&config)?)?;
    let opened = Opened::open(&place)?;
    Ok(opened.app_at(settings(&place), clock))
}

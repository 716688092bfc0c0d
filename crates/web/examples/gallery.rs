//! Writes every page sample in every language, and the assets, to a folder, to be looked at in a
//! browser and checked by axe and html-validate: `cargo run --example gallery -- /tmp/gallery`.
//! Development only: nothing of it is in the binary.

use std::error::Error;
use std::path::Path;

use web::i18n::Locale;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: gallery FOLDER")?;
    let folder = Path::new(&folder);
    for address in web::assets::addresses() {
        let name = address.trim_start_matches("/assets/");
        let Some(asset) = web::assets::find(name) else { continue };
        let path = folder.join("assets").join(name);
        std::fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        std::fs::write(path, &asset.bytes)?;
    }
    for locale in Locale::every() {
        let place = folder.join(locale.lang());
        std::fs::create_dir_all(&place)?;
        for sample in web::pages::gallery(locale) {
            std::fs::write(place.join(format!("{}.html", sample.name)), sample.html?)?;
        }
    }
    Ok(())
}

//! Styles, script, fonts and icons, served from the binary under addresses that name their content.
//!
//! `/assets/app.1a2b3c4d5e6f.css` never changes, so browsers keep it for a year. A style sheet names
//! other assets as `url("fonts/x.woff2")`; those names are replaced by hashed addresses on load.
//! Deliberately absent: compression (the tower layer does it) and anything about a person.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{StatusCode, header};
use rust_embed::RustEmbed;

/// The files under `assets/`, licences of the fonts included.
#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// A file ready to be served.
pub struct Asset {
    /// The content, with the names of other assets already replaced.
    pub bytes: Bytes,
    /// The value of `Content-Type`.
    pub content_type: &'static str,
}

#[derive(Default)]
struct Shelf {
    /// Address by file name: `app.css` to `/assets/app.1a2b3c4d5e6f.css`.
    addresses: BTreeMap<String, String>,
    /// Asset by the part of its address after `/assets/`.
    assets: BTreeMap<String, Asset>,
}

static SHELF: LazyLock<Shelf> = LazyLock::new(|| {
    let mut shelf = Shelf::default();
    let (sheets, others): (Vec<_>, Vec<_>) = Files::iter().partition(|n| n.ends_with(".css"));
    for name in others {
        if let Some(file) = Files::get(&name) {
            shelf.add(&name, file.data.into_owned());
        }
    }
    for name in sheets {
        if let Some(file) = Files::get(&name) {
            let mut text = String::from_utf8_lossy(&file.data).into_owned();
            for (other, address) in &shelf.addresses {
                text = text.replace(&format!("url(\"{other}\")"), &format!("url(\"{address}\")"));
            }
            shelf.add(&name, text.into_bytes());
        }
    }
    shelf
});

impl Shelf {
    fn add(&mut self, name: &str, bytes: Vec<u8>) {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes);
        let hash = digest.as_ref().iter().take(6).fold(String::new(), |mut hash, byte| {
            let _ = write!(hash, "{byte:02x}");
            hash
        });
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let hashed = format!("{stem}.{hash}.{extension}");
        self.addresses.insert(name.to_owned(), format!("/assets/{hashed}"));
        let content_type = content_type(extension);
        self.assets.insert(hashed, Asset { bytes: Bytes::from(bytes), content_type });
    }
}

fn content_type(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}

/// The address of a file of `assets/`, for instance `app.css` or `fonts/literata-latin.woff2`.
/// A name that does not exist gives `/assets/missing`, which answers 404 and fails the page test.
pub fn address(name: &str) -> &'static str {
    SHELF.addresses.get(name).map_or("/assets/missing", String::as_str)
}

/// The asset at an address, given the part after `/assets/`.
pub fn find(path: &str) -> Option<&'static Asset> {
    SHELF.assets.get(path)
}

/// Every address there is, in order: for the gallery, which writes them to disk.
pub fn addresses() -> impl Iterator<Item = &'static str> {
    SHELF.addresses.values().map(String::as_str)
}

/// The handler of `GET /assets/{*path}`: the file with a year of caching, or 404.
#[allow(clippy::unused_async, reason = "axum handlers are async")]
pub async fn serve(Path(path): Path<String>) -> Response {
    match find(&path) {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, asset.content_type),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ],
            asset.bytes.clone(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_their_content_and_the_style_sheet_names_real_fonts() {
        let css = address("app.css");
        assert!(
            css.strip_prefix("/assets/app.").unwrap().strip_suffix(".css").unwrap().len() == 12
        );
        let sheet = find(css.strip_prefix("/assets/").unwrap()).unwrap();
        let text = std::str::from_utf8(&sheet.bytes).unwrap();
        let mut urls = 0;
        for part in text.split("url(\"").skip(1) {
            let url = part.split('"').next().unwrap();
            assert!(find(url.strip_prefix("/assets/").unwrap_or(url)).is_some(), "{url}");
            urls += 1;
        }
        assert!(urls >= 3, "the fonts are named");
        assert_eq!(address("no-such-file.css"), "/assets/missing");
        assert!(find("missing").is_none());
    }

    #[test]
    fn the_common_script_stays_small() {
        let script = address("app.js").strip_prefix("/assets/").and_then(find).unwrap();
        assert!(script.bytes.len() < 10_000, "{} bytes", script.bytes.len());
        let text = std::str::from_utf8(&script.bytes).unwrap();
        for sink in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "localStorage",
            "sessionStorage",
            "indexedDB",
        ] {
            assert!(!text.contains(sink), "{sink}");
        }
    }
}

//! Everything that is HTTP: the portal, the FHIR API, pages and their assets.

pub mod assets;
pub mod i18n;
pub mod pages;

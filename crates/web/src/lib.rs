//! Everything that is HTTP: the portal, the FHIR API, pages and their assets.

//! What a token's scope allows, by the letter of SMART App Launch 2.0.

use domain::access::Scopes;

fn allow(scope: &str, resource: &str, letter: char) -> bool {
    Scopes::Token(vec![scope.to_owned()]).allow(resource, letter)
}

#[test]
fn a_scope_allows_its_letters_on_its_resource() {
    assert!(allow("patient/Communication.cr", "Communication", 'c'));
    assert!(allow("user/*.rs", "Patient", 's'));
    assert!(!allow("patient/Communication.r", "Communication", 'c'));
    assert!(!allow("patient/Communication.cruds", "Patient", 'r'));
    assert!(Scopes::Session.allow("Communication", 'c'));
    assert!(!Scopes::Token(Vec::new()).allow("Communication", 'r'));
}

#[test]
fn what_is_no_scope_allows_nothing() {
    for scope in [
        // SMART 1 words are not letters: "write" holds an r, "read" a d.
        "patient/Communication.write",
        "patient/Communication.read",
        "patient/Communication.*",
        // A filter we do not apply must not be taken for a wider grant, nor its text for letters.
        "patient/Communication.s?category=reading",
        "patient/Communication.rc",
        "patient/Communication.rr",
        "patient/Communication.",
        "patient/Communication",
        "Communication.cruds",
        "/Communication.cruds",
        "other/Communication.cruds",
        "launch/patient",
        "openid",
        "",
    ] {
        for letter in ['c', 'r', 'u', 'd', 's'] {
            assert!(!allow(scope, "Communication", letter), "{scope} gave {letter}");
        }
    }
}

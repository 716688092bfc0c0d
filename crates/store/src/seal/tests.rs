use std::collections::HashSet;
use std::path::Path;

use domain::ids::{Id, MessageId, OrganizationId, PatientId, PersonId};
use domain::time::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use memory::Memory;

mod memory;

const AT: Timestamp = Timestamp::from_seconds(1_795_342_500);
const BODY: &str = "I have had chest pain since Tuesday. ¿Puedo venir mañana?";

fn root(byte: u8) -> RootKey {
    RootKey::from_bytes([byte; 32])
}

fn patient(n: u128) -> KeyOwner {
    KeyOwner::Patient(PatientId::from_uuid(Uuid::from_u128(n)))
}

fn message(n: u128) -> MessageId {
    MessageId::from_uuid(Uuid::from_u128(n))
}

fn node(store: &Memory) -> Keys {
    Keys::load(root(1), Box::new(store.clone()), AT).unwrap()
}

/// Keys with patient 1 ready, and her message 7 sealed.
fn sealed() -> (Memory, Keys, Sealed) {
    let store = Memory::default();
    let keys = node(&store);
    keys.ensure(patient(1), AT).unwrap();
    let sealed = keys.seal(patient(1), &body_of(&message(7)), BODY.as_bytes()).unwrap();
    (store, keys, sealed)
}

fn body_of(id: &MessageId) -> Place<'static> {
    Place::new("message", id, "body", 1)
}

#[test]
fn what_was_sealed_opens_at_its_place_only() {
    let (_, keys, sealed) = sealed();
    let id = message(7);
    assert_eq!(keys.open_text(patient(1), &body_of(&id), &sealed).unwrap(), BODY);

    let text = id.to_string();
    let elsewhere = [
        Place::new("draft", &id, "body", 1),
        Place::new("message", &message(8), "body", 1),
        Place::new("message", text.as_str(), "body", 1),
        Place::new("message", &id, "author_name", 1),
        Place::new("message", &id, "body", 2),
        Place::new("message", &id, "body", 0),
    ];
    for place in elsewhere {
        let refused = keys.open(patient(1), &place, &sealed);
        assert!(matches!(refused, Err(SealError::Tampered)), "{place:?}: {refused:?}");
    }
}

#[test]
fn a_value_cannot_be_passed_off_as_another_owners() {
    let (_, keys, sealed) = sealed();
    keys.ensure(patient(2), AT).unwrap();
    let same_id = [
        patient(2),
        KeyOwner::Person(PersonId::from_uuid(Uuid::from_u128(1))),
        KeyOwner::Organization(OrganizationId::from_uuid(Uuid::from_u128(1))),
        KeyOwner::Deployment,
    ];
    for owner in same_id {
        let refused = keys.open(owner, &body_of(&message(7)), &sealed);
        assert!(matches!(refused, Err(SealError::Tampered)), "{owner:?}: {refused:?}");
    }
}

#[test]
fn every_kind_of_owner_seals_and_opens() {
    let keys = node(&Memory::default());
    let id = Uuid::from_u128(5);
    for owner in [
        KeyOwner::Patient(PatientId::from_uuid(id)),
        KeyOwner::Person(PersonId::from_uuid(id)),
        KeyOwner::Organization(OrganizationId::from_uuid(id)),
        KeyOwner::Deployment,
    ] {
        keys.ensure(owner, AT).unwrap();
        for content in [Vec::new(), b"x".to_vec(), vec![0; 100_000]] {
            let place = Place::new("draft", "a key of text", "body", 3);
            let sealed = keys.seal(owner, &place, &content).unwrap();
            assert_eq!(sealed.as_bytes().len(), content.len() + 45);
            assert_eq!(keys.open(owner, &place, &sealed).unwrap(), content);
        }
    }
}

#[test]
fn two_places_never_share_an_encoding() {
    let texts = ["", "a", "ab", "b", "abc", "bc", "c"];
    let mut seen = HashSet::new();
    let mut count = 0;
    for table in ["a", "ab", "abc"] {
        for row in texts {
            for field in ["", "bc", "c", "abc"] {
                for version in [0, 1, i64::from(b'a')] {
                    let mut out = Vec::new();
                    Place::new(table, row, field, version).encode(&mut out);
                    seen.insert(out);
                    count += 1;
                }
            }
        }
    }
    assert_eq!(seen.len(), count);
}

#[test]
fn the_same_text_never_seals_to_the_same_bytes() {
    let (_, keys, _) = sealed();
    let all: HashSet<Vec<u8>> = (0..1000)
        .map(|_| keys.seal(patient(1), &body_of(&message(7)), b"yes").unwrap().into())
        .collect();
    assert_eq!(all.len(), 1000);
}

#[test]
fn no_single_changed_byte_opens() {
    let (_, keys, sealed) = sealed();
    for index in 0..sealed.as_bytes().len() {
        for bit in 0..8 {
            let mut bytes = sealed.as_bytes().to_vec();
            bytes[index] ^= 1 << bit;
            let result = keys.open(patient(1), &body_of(&message(7)), &Sealed::from(bytes));
            match index {
                0 => assert!(matches!(result, Err(SealError::Format))),
                1..17 => assert!(matches!(result, Err(SealError::Missing))),
                _ => assert!(matches!(result, Err(SealError::Tampered))),
            }
        }
    }
}

#[test]
fn what_is_too_short_or_of_another_format_is_named_so() {
    let (_, keys, sealed) = sealed();
    for length in 0..45 {
        let cut = Sealed::from(sealed.as_bytes()[..length].to_vec());
        let refused = keys.open(patient(1), &body_of(&message(7)), &cut);
        assert!(matches!(refused, Err(SealError::Format)), "{length}: {refused:?}");
    }
    let bytes = keys.seal(patient(1), &body_of(&message(7)), &[0xff, 0xfe]).unwrap();
    let refused = keys.open_text(patient(1), &body_of(&message(7)), &bytes);
    assert!(matches!(refused, Err(SealError::Format)));
}

proptest! {
    #[test]
    fn hostile_bytes_never_open(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let (_, keys, _) = sealed();
        prop_assert!(keys.open(patient(1), &body_of(&message(7)), &Sealed::from(bytes)).is_err());
    }

    #[test]
    fn any_text_comes_back(text in ".{0,300}", row in ".{0,40}", version in any::<i64>()) {
        let (_, keys, _) = sealed();
        let place = Place::new("message", row.as_str(), "body", version);
        let sealed = keys.seal(patient(1), &place, text.as_bytes()).unwrap();
        prop_assert_eq!(keys.open_text(patient(1), &place, &sealed).unwrap(), text);
    }

    #[test]
    fn a_stretch_of_another_ciphertext_does_not_open(
        at in 0_usize..102, with in proptest::collection::vec(any::<u8>(), 1..40)
    ) {
        let (_, keys, sealed) = sealed();
        let mut bytes = sealed.as_bytes().to_vec();
        let end = (at + with.len()).min(bytes.len());
        bytes.splice(at.min(end)..end, with);
        prop_assume!(bytes != sealed.as_bytes());
        prop_assert!(keys.open(patient(1), &body_of(&message(7)), &Sealed::from(bytes)).is_err());
    }
}

#[test]
fn sealing_before_ensuring_is_refused() {
    let keys = node(&Memory::default());
    let refused = keys.seal(patient(1), &body_of(&message(7)), b"x");
    assert!(matches!(refused, Err(SealError::Missing)));
}

#[test]
fn a_key_is_in_the_store_before_it_seals() {
    let store = Memory::default();
    let keys = node(&store);
    store.0.lock().unwrap().down = true;
    assert!(matches!(keys.ensure(patient(1), AT), Err(SealError::Store(_))));
    let refused = keys.seal(patient(1), &body_of(&message(7)), b"x");
    assert!(refused.is_err(), "a key that was not stored must not seal");

    // Killed between ensure and first use: the next process finds the key and uses it.
    store.0.lock().unwrap().down = false;
    keys.ensure(patient(1), AT).unwrap();
    drop(keys);
    let keys = node(&store);
    keys.ensure(patient(1), AT).unwrap();
    let sealed = keys.seal(patient(1), &body_of(&message(7)), b"x").unwrap();
    let other = node(&store);
    assert_eq!(other.open(patient(1), &body_of(&message(7)), &sealed).unwrap(), b"x");
    let of_patient = |row: &&DataKeyRow| row.owner == OwnerRef::from(patient(1));
    assert_eq!(store.0.lock().unwrap().data.iter().filter(of_patient).count(), 1);
}

#[test]
fn nodes_that_ensure_at_once_end_with_one_key() {
    let store = Memory::default();
    let nodes: Vec<Keys> = (0..4).map(|_| node(&store)).collect();
    let owners: Vec<KeyOwner> = (0..20).map(patient).collect();
    let sealed: Vec<Vec<Sealed>> = std::thread::scope(|scope| {
        let threads: Vec<_> = nodes
            .iter()
            .map(|keys| {
                let owners = &owners;
                scope.spawn(move || {
                    let each = owners.iter().map(|owner| {
                        keys.ensure(*owner, AT).unwrap();
                        keys.seal(*owner, &body_of(&message(7)), b"x").unwrap()
                    });
                    each.collect()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let fresh = node(&store);
    for of_node in &sealed {
        for (owner, value) in owners.iter().zip(of_node) {
            assert_eq!(fresh.open(*owner, &body_of(&message(7)), value).unwrap(), b"x");
        }
    }
    // Twenty patients, the deployment and the purposes.
    assert_eq!(store.0.lock().unwrap().data.len(), 22);
}

#[test]
fn an_erased_owner_is_gone_and_stays_gone() {
    let (store, keys, sealed) = sealed();
    let other = node(&store);
    let place = body_of(&message(7));
    other.open(patient(1), &place, &sealed).unwrap();
    keys.renew(patient(1), AT).unwrap();
    let newer = keys.seal(patient(1), &place, b"x").unwrap();

    assert_eq!(keys.erase(patient(1), AT.plus_seconds(1)).unwrap(), 2);
    assert_eq!(keys.erase(patient(1), AT.plus_seconds(2)).unwrap(), 0, "once is enough");
    for value in [&sealed, &newer] {
        assert!(matches!(keys.open(patient(1), &place, value), Err(SealError::Missing)));
    }
    assert!(matches!(keys.seal(patient(1), &place, b"x"), Err(SealError::Missing)));
    assert!(matches!(keys.ensure(patient(1), AT), Err(SealError::Missing)));
    assert!(matches!(keys.renew(patient(1), AT), Err(SealError::Missing)));

    // Another node forgets when told (or after a minute).
    other.forget(patient(1));
    assert!(matches!(other.open(patient(1), &place, &sealed), Err(SealError::Missing)));
    assert!(matches!(keys.erase(KeyOwner::Deployment, AT), Err(SealError::Missing)));
}

#[test]
fn a_renewed_key_seals_and_the_retired_one_still_opens() {
    let (_, keys, old) = sealed();
    let place = body_of(&message(7));
    keys.renew(patient(1), AT.plus_seconds(1)).unwrap();
    let new = keys.seal(patient(1), &place, b"later").unwrap();
    assert_ne!(old.as_bytes()[1..17], new.as_bytes()[1..17], "another key id");
    assert_eq!(keys.open_text(patient(1), &place, &old).unwrap(), BODY);
    keys.clear_cache();
    assert_eq!(keys.open_text(patient(1), &place, &old).unwrap(), BODY);
    // Having opened an old value must not make its key the sealing one.
    let newest = keys.seal(patient(1), &place, b"x").unwrap();
    assert_eq!(newest.as_bytes()[1..17], new.as_bytes()[1..17]);
}

#[test]
fn the_root_key_rotates_without_touching_values() {
    let (store, keys, sealed) = sealed();
    let place = body_of(&message(7));
    let index = keys.blind(Purpose::PatientName, "garcia");
    let data_before: Vec<_> =
        store.0.lock().unwrap().data.iter().map(|row| row.wrapped.clone()).collect();

    let wrong = keys.rotate_root(&root(9), &root(2));
    assert!(matches!(wrong, Err(SealError::WrongRoot { .. })));
    keys.rotate_root(&root(1), &root(2)).unwrap();
    keys.rotate_root(&root(1), &root(2)).unwrap();
    assert_eq!(keys.root_id().unwrap(), root(2).id().unwrap());
    assert_eq!(store.0.lock().unwrap().deployment[0].root_id, root(2).id().unwrap());
    let data_after: Vec<_> =
        store.0.lock().unwrap().data.iter().map(|row| row.wrapped.clone()).collect();
    assert_eq!(data_before, data_after);

    let refused = Keys::load(root(1), Box::new(store.clone()), AT);
    let Err(SealError::WrongRoot { in_force, offered }) = refused else {
        panic!("the old root key must not open the store")
    };
    assert_eq!((in_force, offered), (root(2).id().unwrap(), root(1).id().unwrap()));

    let again = Keys::load(root(2), Box::new(store.clone()), AT).unwrap();
    assert_eq!(again.open_text(patient(1), &place, &sealed).unwrap(), BODY);
    assert_eq!(again.blind(Purpose::PatientName, "garcia"), index);
    // The running node can still read the store, under the new root key.
    keys.rotate_deployment(AT, |_| true).unwrap();
}

#[test]
fn the_deployment_key_rotates_in_steps_and_goes_on_after_a_stop() {
    let (store, keys, sealed) = sealed();
    let place = body_of(&message(7));
    let index = keys.blind(Purpose::BirthDate, "1961-04-09");
    let other = node(&store);
    let owners: Vec<KeyOwner> = (100..1300).map(patient).collect();
    keys.ensure_all(&owners, AT).unwrap();
    keys.erase(patient(100), AT).unwrap();
    let old = store.0.lock().unwrap().deployment[0].id;

    let stopped = keys.rotate_deployment(AT.plus_seconds(60), |_| false).unwrap();
    assert_eq!(stopped, Rotation { rewrapped: 500, finished: false });
    // In between everything works, on this node and on one that started in the middle.
    let late = node(&store);
    for keys in [&keys, &late, &other] {
        keys.clear_cache();
        assert_eq!(keys.open_text(patient(1), &place, &sealed).unwrap(), BODY);
    }
    let mut seen = Vec::new();
    let done = late.rotate_deployment(AT.plus_seconds(90), |n| {
        seen.push(n);
        true
    });
    // 1,199 living keys, patient 1, the deployment, the purposes, less 500.
    assert_eq!(done.unwrap(), Rotation { rewrapped: 702, finished: true });
    assert_eq!(seen, [500, 702]);
    {
        let tables = store.0.lock().unwrap();
        assert_eq!(tables.deployment.len(), 1);
        assert!(tables.deployment[0].current && tables.deployment[0].id != old);
        assert!(!tables.data.iter().any(|row| matches!(&row.wrapped, Some((by, _)) if *by == old)));
    }
    // A node that knows only the old key finds the new one when it needs it, for both directions.
    other.clear_cache();
    assert_eq!(other.open_text(patient(1), &place, &sealed).unwrap(), BODY);
    let still_old = node(&store);
    keys.rotate_deployment(AT.plus_seconds(120), |_| true).unwrap();
    still_old.ensure(patient(5000), AT).unwrap();
    assert_eq!(still_old.blind(Purpose::BirthDate, "1961-04-09"), index);
}

#[test]
fn a_wrapped_key_put_under_another_owner_is_refused() {
    let (store, keys, sealed) = sealed();
    keys.ensure(patient(2), AT).unwrap();
    {
        let mut tables = store.0.lock().unwrap();
        let thief = OwnerRef::from(patient(2));
        let victim = tables.data.iter().position(|row| row.owner == patient(1).into()).unwrap();
        tables.data.retain(|row| row.owner != thief);
        tables.data[victim].owner = thief;
    }
    let fresh = node(&store);
    let refused = fresh.open(patient(2), &body_of(&message(7)), &sealed);
    assert!(matches!(refused, Err(SealError::Tampered)));
}

#[test]
fn the_cache_is_bounded_and_still_right() {
    let store = Memory::default();
    let keys = Keys::load_with_cache(root(1), Box::new(store.clone()), AT, 8).unwrap();
    let owners: Vec<KeyOwner> = (0..50).map(patient).collect();
    keys.ensure_all(&owners, AT).unwrap();
    let values: Vec<Sealed> = owners
        .iter()
        .map(|owner| keys.seal(*owner, &body_of(&message(7)), b"x").unwrap())
        .collect();
    for _ in 0..3 {
        for (owner, value) in owners.iter().zip(&values) {
            assert_eq!(keys.open(*owner, &body_of(&message(7)), value).unwrap(), b"x");
            assert!(keys.cached() <= 8);
        }
    }
    let before = store.0.lock().unwrap().reads;
    for _ in 0..100 {
        keys.open(owners[49], &body_of(&message(7)), &values[49]).unwrap();
    }
    assert!(store.0.lock().unwrap().reads - before <= 1, "a key in use stays in memory");
}

#[test]
fn digests_differ_by_purpose_and_by_installation() {
    let keys = node(&Memory::default());
    let other = node(&Memory::default());
    let mut seen = HashSet::new();
    for purpose in Purpose::ALL {
        assert_eq!(keys.mac(*purpose, b"garcia"), keys.mac(*purpose, b"garcia"));
        assert_eq!(keys.mac(*purpose, b"garcia")[..16], keys.blind(*purpose, "garcia"));
        assert!(seen.insert(keys.mac(*purpose, b"garcia")));
        assert!(seen.insert(other.mac(*purpose, b"garcia")));
        assert!(seen.insert(keys.mac(*purpose, b"garcib")));
    }
}

#[test]
fn a_result_id_works_in_its_context_only() {
    let keys = node(&Memory::default());
    let id = keys.seal_result(b"session 1", b"words, until 12:00").unwrap();
    assert_eq!(keys.open_result(b"session 1", &id).unwrap(), b"words, until 12:00");
    assert!(keys.open_result(b"session 2", &id).is_err());
    for index in 0..id.len() {
        let mut bytes = id.clone();
        bytes[index] ^= 1;
        assert!(keys.open_result(b"session 1", &bytes).is_err());
    }
    assert!(keys.open_result(b"session 1", b"").is_err());
}

#[test]
fn nothing_secret_shows_when_printed() {
    let (_, keys, sealed) = sealed();
    assert_eq!(
        format!("{keys:?} {sealed:?}"),
        format!("Keys(…) Sealed({} bytes)", 45 + BODY.len())
    );
    assert_eq!(format!("{:?}", root(1)), "RootKey(…)");
}

#[test]
fn derivation_is_hkdf_sha_256() {
    // RFC 5869 in full for this scheme's salt, computed independently with Python's hmac module:
    // prk = HMAC(salt, secret); okm = HMAC(prk, info || 0x01).
    let derived = cipher::derive(&[0x0b; 32], b"wrap data keys").unwrap();
    assert_eq!(
        derived.as_slice(),
        hex_literal("e8b38e22c84225def9ad6a584540b7a031b6bb1d6f6d48fa1aa9159b651c2431")
    );
}

fn hex_literal(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

#[cfg(unix)]
#[test]
fn a_root_key_file_is_32_bytes_that_others_cannot_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root.key");
    let made = RootKey::create(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(RootKey::from_file(&path).unwrap().id().unwrap(), made.id().unwrap());
    assert!(matches!(RootKey::create(&path), Err(RootKeyError::Io(_))), "never overwrites");

    let mode = |bits: u32| {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(bits)).unwrap();
    };
    for bits in [0o640, 0o604, 0o660, 0o644, 0o620] {
        mode(bits);
        let refused = RootKey::from_file(&path);
        assert!(matches!(refused, Err(RootKeyError::Permissions { mode }) if mode == bits));
    }
    mode(0o440);
    RootKey::from_credential(&path).unwrap();
    mode(0o444);
    assert!(RootKey::from_credential(&path).is_err());
    mode(0o600);
    for length in [0, 31, 33, 64] {
        std::fs::write(&path, vec![7; length]).unwrap();
        assert!(matches!(RootKey::from_file(&path), Err(RootKeyError::Length)), "{length}");
    }
    assert!(RootKey::from_file(Path::new("/nonexistent/root.key")).is_err());
}

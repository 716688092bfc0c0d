//! A patient's search is complete and hers alone.

use app::{Error, search};

use crate::world::World;

#[test]
fn a_search_finds_folded_words_and_is_its_owners_alone() {
    for world in World::all() {
        let first =
            world.ana_writes("Water pill", "My ankles swell although I take Hidroclorotiázida.");
        world.ana_writes("Something else", "Nothing to find here.");
        let ana = world.actor(world.ana);
        let patient = world.ana_patient;
        let id = search::run(&world.app, &ana, patient, "hidroclorotiazida ANKLE").unwrap();
        let found = world.app.read(&ana, |cx| search::get(cx, patient, id)).unwrap();
        assert_eq!(found.hits.len(), 1);
        assert_eq!(found.hits[0].thread, first.thread);
        assert!(found.hits[0].snippet.contains("ankles"));
        let id_in_headline = search::run(&world.app, &ana, patient, "pill").unwrap();
        let in_headline =
            world.app.read(&ana, |cx| search::get(cx, patient, id_in_headline)).unwrap();
        assert_eq!(in_headline.hits.len(), 1);
        for stranger in [world.ben, world.eve] {
            let actor = world.actor(stranger);
            assert!(matches!(
                search::run(&world.app, &actor, patient, "pill"),
                Err(Error::NotFound)
            ));
            let taken = world.app.read(&actor, |cx| search::get(cx, patient, id));
            assert!(matches!(taken, Err(Error::NotFound)));
        }
        world.pass_seconds(3_600);
        let late = world.app.read(&ana, |cx| search::get(cx, patient, id));
        assert!(matches!(late, Err(Error::NotFound)), "a result expires");
        assert!(matches!(search::run(&world.app, &ana, patient, " … "), Err(Error::Invalid(_))));
    }
}

//! A conversation in the wrong record: found, confirmed with a reason, gone from the old side at once.

use app::admin;
use app::import;
use domain::access::{Actor, Role};
use domain::ids::PatientId;

use crate::staff::{Clinic, grant};
use crate::support::{Persona, TestSite};

const BEN: &str = r#"{"resourceType":"Bundle","type":"collection","entry":[
 {"fullUrl":"urn:uuid:0198c0de-0000-4000-8000-000000000011","resource":{"resourceType":"Patient",
  "id":"ben","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203",
  "code":"MR"}]},"system":"urn:mrn","value":"B-2"}],
  "name":[{"family":"Brown","given":["Ben"]}],"birthDate":"1958-01-02","gender":"male"}}]}"#;

/// Ben, a patient of the same team, with his log-in.
fn ben<'s>(clinic: &Clinic<'s>) -> (Persona<'s>, PatientId) {
    let site = clinic.site;
    let ben = site.enrol(Role::Patient, "Ben Brown", "ben");
    let app = &site.installation.app;
    import::import(app, &Actor::system(), "test", BEN.as_bytes(), |_, _| {}).unwrap();
    let found = app.write(&Actor::system(), |cx| admin::find_patients(cx, "B-2")).unwrap();
    let (patient, person, team) = (found[0], ben.id, clinic.team);
    app.write(&Actor::system(), move |cx| {
        admin::relate(cx, patient, team)?;
        admin::add_grant(cx, &grant(patient, person)).map(|_| ())
    })
    .unwrap();
    (ben, patient)
}

#[test]
fn the_old_side_loses_it_at_once_with_its_open_pages() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (ben, his) = ben(&clinic);
        let ana_side = clinic.writes("Fever", "My husband has a fever.");
        let work = format!("/work{ana_side}");
        let helper = site.enrol(Role::Helper, "Pia Alvarez", "pia");
        let (hers, pia) = (clinic.patient, helper.id);
        let right = admin::NewGrant { basis: "helper".to_owned(), ..grant(hers, pia) };
        site.installation
            .app
            .write(&Actor::system(), move |cx| admin::add_grant(cx, &right).map(|_| ()))
            .unwrap();
        site.tells();
        let (ana, nils) = (&clinic.ana.browser, &clinic.nils.browser);
        let open = ana.get(&ana_side);
        open.expect(200).shows("fever");
        let pia_side = format!("/for/{hers}{ana_side}");
        helper.browser.get(&pia_side).expect(200).shows("fever");
        let mut streams = [
            ana.listen(&format!("{ana_side}/live")),
            helper.browser.listen(&format!("{pia_side}/live")),
        ];
        let mut list = ana.listen("/live");

        // Nobody else sees the road.
        ana.get(&format!("{work}/move")).expect(404);
        clinic.eve.browser.get(&format!("{work}/move")).expect(404);
        nils.get(&work).expect(200).shows(&format!("href=\"{work}/move\""));
        let page = nils.get(&format!("{work}/move"));
        page.expect(200).shows("Ana Alvarez");
        let found = nils.submit(&page, &format!("{work}/move/find"), &[("identifier", "B-2")]);
        let chosen = format!("{work}/move?to={his}");
        found.expect(200).shows(&format!("href=\"{chosen}\""));
        // Who loses it and who gets it stands there before it happens.
        let confirm = nils.get(&chosen);
        confirm.expect(200).shows("Ana Alvarez (the patient)").shows("Pia Alvarez");
        confirm.shows("Ben Brown (the patient)");
        let send = |page, reason: &str| {
            nils.submit(page, &format!("{work}/move"), &[("reason", reason), ("confirm", "yes")])
        };
        send(&confirm, " ").expect(422).shows("id=\"reason-problem\"");
        ana.get(&ana_side).expect(200);
        let done = send(&confirm, "It is about Ben");
        done.expect(303);
        site.tells();
        nils.get(done.location())
            .expect(200)
            .shows("Moved to the right patient")
            .shows("Ben Brown");

        // The open pages of the old side end without a word, and the addresses say nothing.
        for stream in &mut streams {
            stream.ends();
        }
        list.is_silent();
        let gone = ana.get(&ana_side);
        gone.expect(303);
        let inbox = ana.get("/");
        inbox.expect(200).shows("filed here by mistake").hides("Fever").hides("Ben");
        helper.browser.get(&pia_side).expect(303);
        for road in ["live", "sent"] {
            ana.get(&format!("{ana_side}/{road}")).expect(404).hides("Ben");
        }
        let form = ana.get("/search");
        let found = ana.submit(&form, "/search", &[("q", "fever")]);
        ana.get(found.location()).expect(200).hides("husband");
        // Nor does a form of a page that stayed open land anywhere.
        let fields = [("body", "Again"), ("intent", "send")];
        ana.submit(&open, &format!("{ana_side}/reply"), &fields).expect(404);
        // Ben reads it, with a line that says so.
        let page = ben.browser.get(&ana_side);
        page.expect(200).shows("My husband has a fever.").shows("It was moved here");
        // The desk may do it too, and reads no word.
        let envelope = clinic.fred.browser.get(&ana_side.replace("/threads/", "/work/envelopes/"));
        envelope.expect(200).shows(&format!("href=\"{work}/move\""));
        let page = clinic.fred.browser.get(&format!("{work}/move?to={hers}"));
        page.expect(200).hides("Fever").shows("Ana Alvarez");
        // A page from before: somebody wrote meanwhile.
        let reply = ben.browser.get(&ana_side);
        let more = [("body", "It is 39 now."), ("intent", "send")];
        ben.browser.submit(&reply, &format!("{ana_side}/reply"), &more).expect(303);
        clinic.lets_go();
        let fields = [("reason", "Back"), ("confirm", "yes")];
        let late = clinic.fred.browser.submit(&page, &format!("{work}/move"), &fields);
        late.expect(409);
        ben.browser.get(&ana_side).expect(200);
    });
}

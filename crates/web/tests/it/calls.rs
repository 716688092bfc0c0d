//! The call list, and the answer on paper: whom to call, recording it, and large type in the patient's
//! language.

use app::import;
use domain::access::{Actor, Role};

use crate::staff::{Clinic, act};
use crate::support::TestSite;

/// Ana, who reads Spanish.
const SPANISH: &str = r#"{"resourceType":"Bundle","type":"collection","entry":[
 {"fullUrl":"urn:uuid:0198c0de-0000-4000-8000-000000000001","resource":{"resourceType":"Patient",
  "id":"ana","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203",
  "code":"MR"}]},"system":"urn:mrn","value":"A-1"}],
  "name":[{"family":"Alvarez","given":["Ana"]}],"birthDate":"1964-03-05","gender":"female",
  "communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"es-MX"}]},
  "preferred":true}]}}]}"#;

#[test]
fn an_unopened_answer_comes_to_the_call_list_and_is_settled_there() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let nils = &clinic.nils.browser;
        nils.get("/work/calls").expect(200).shows("Nobody has to be called.");
        let hers = clinic.writes("Dizzy", "I feel dizzy.");
        let work = format!("/work{hers}");
        let body = [("body", "Drink <more> water."), ("then", "send")];
        act(nils, &nils.get(&work), &work, "reply", &body).expect(303);
        clinic.lets_go();
        site.installation.pass_seconds(73 * 3_600);
        assert_eq!(app::read_back::look(&site.installation.app).unwrap(), 1);
        nils.sign_in(&clinic.nils);
        nils.get("/work").shows("To call").shows("<span class=\"desk-count\">1</span>");
        let list = nils.get("/work/calls");
        list.expect(200).shows("Ana Alvarez").shows("Dizzy").shows("No phone is on record.");
        let contact = format!("{work}/contact");
        let form = nils.get(&format!("{contact}?calls=true"));
        form.expect(200).shows("Back to the call list");
        let at = form.value_of("at", "20");
        let voicemail = [("how", "voicemail"), ("with", ""), ("at", &at), ("said", "")];
        let tried = nils.submit(&form, &contact, &voicemail);
        assert_eq!(tried.expect(303).location(), "/work/calls?done=tried");
        nils.get("/work/calls").shows("1 call tried");
        let form = nils.get(&format!("{contact}?calls=true"));
        let read = [("how", "read_out"), ("with", ""), ("at", at.as_str())];
        nils.submit(&form, &contact, &read).expect(303);
        nils.get("/work/calls").shows("Nobody has to be called.");
        let account = nils.get("/account");
        nils.submit(&account, "/account/language", &[("language", "es")]).expect(303);
        nils.get("/work/calls").shows("No hay que llamar a nadie.").shows("Por llamar");
        nils.get(&work).shows("Nils Lee leyó esto en voz alta a Ana Alvarez.");
        clinic.ana.browser.sign_in(&clinic.ana);
        clinic.ana.browser.get(&hers).shows("Nils Lee read this out to Ana Alvarez.");
        clinic.ana.browser.get("/work/calls").expect(404);
    });
}

#[test]
fn an_answer_is_printed_in_large_type_and_in_the_patients_language() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let nils = &clinic.nils.browser;
        let hers = clinic.writes("Mareos", "Me siento mareada.");
        let work = format!("/work{hers}");
        let large = format!("{work}/large");
        nils.get(&large).expect(200).shows("There is no answer yet.");
        let body = [("body", "Beba <más> agua."), ("then", "send")];
        act(nils, &nils.get(&work), &work, "reply", &body).expect(303);
        clinic.lets_go();
        let app = &site.installation.app;
        import::import(app, &Actor::system(), "test", SPANISH.as_bytes(), |_, _| {}).unwrap();
        let sheet = nils.get(&large);
        sheet
            .expect(200)
            .shows("<html lang=\"es\"")
            .shows("Beba &#60;más&#62; agua.")
            .shows("Para Ana Alvarez")
            .shows("555-0100")
            .shows("Diabetes team")
            .shows("Back to the conversation")
            .hides("Me siento mareada.");
        nils.get(&format!("{large}?all=true")).shows("Me siento mareada.").shows("Beba");
        clinic.eve.browser.get(&large).expect(404);
        clinic.fred.browser.get(&large).expect(403);
    });
}

#[test]
fn an_administrator_sets_within_which_time_answers_are_opened() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Ost", "ada");
        let (ada, address) = (&ada.browser, format!("/admin/teams/{}/read-back", clinic.team));
        let page = ada.get(&address);
        page.expect(200).shows("Diabetes team").shows("value=\"24\"").shows("value=\"72\"");
        let wrong = [("urgent", "30"), ("prompt", "soon"), ("ordinary", "48")];
        ada.submit(&page, &address, &wrong).expect(422).shows("Write hours from 0.25 to 720");
        let right = [("urgent", "1.5"), ("prompt", "12"), ("ordinary", "48")];
        ada.submit(&page, &address, &right).expect(303);
        ada.get(&address).shows("value=\"1.5\"").shows("value=\"48\"");
        clinic.nils.browser.get(&address).expect(403);
    });
}

//! What the urgency check rests on, over HTTP: a site's numbers and switch, and the limits of a plan.

use domain::access::Role;

use crate::staff::Clinic;
use crate::support::TestSite;

#[test]
fn an_administrator_fills_in_numbers_before_the_check_is_on() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Ost", "ada").browser;
        let sites = ada.get("/admin/sites");
        sites.expect(200).shows("Emergency numbers and urgency check").shows("Urgency check on");
        let at = sites.body.find("/safety").expect("a link");
        let start = sites.body[..at].rfind('"').unwrap() + 1;
        let address = format!("{}/safety", &sites.body[start..at]);
        let page = ada.get(&address);
        page.expect(200)
            .shows("value=\"1-800-222-1222\"")
            .shows("value=\"988\"")
            .shows(" checked>");
        let version = page.value_of("version", "");
        let abroad = |emergency: &'static str, crisis: &'static str, check: &'static str| {
            [
                ("version", version.clone()),
                ("country", "mx".to_owned()),
                ("emergency", emergency.to_owned()),
                ("crisis", crisis.to_owned()),
                ("check", check.to_owned()),
            ]
        };
        let send = |fields: &[(&str, String)]| {
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            ada.submit(&page, &address, &fields)
        };
        send(&abroad("", "", "on")).expect(422).shows("The check needs the emergency number");
        send(&abroad("call", "", "")).expect(422).shows("Write a phone number, such as 911");
        send(&abroad("911", "800 911 2000", "on")).expect(303);
        ada.get(&address).shows("value=\"MX\"").shows("value=\"800 911 2000\"");
        let late = send(&abroad("112", "024", "on"));
        late.expect(422).shows("Somebody changed this site meanwhile").shows("value=\"911\"");
        clinic.nils.browser.get(&address).expect(403);
        clinic.ana.browser.get(&address).expect(404);
    });
}

#[test]
fn a_clinician_sets_a_limit_that_the_patient_reads_in_plain_words() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let dora = &clinic.dora.browser;
        let address = format!("/patients/{}/plan", clinic.patient);
        let nurse = clinic.nils.browser.get(&address);
        nurse.expect(200).shows("Clinicians who treat the patient set and end limits.");
        clinic.ana.browser.get("/plan").expect(200).shows("There are no numbers in your plan now.");
        clinic.ana.browser.get("/").hides("Your plan: when to tell us");
        let page = dora.get(&address);
        page.expect(200).shows("No limits are set.").shows("Add a limit");
        let form =
            |what: &'static str, value: &'static str, side: &'static str, days: &'static str| {
                [("what", what), ("value", value), ("side", side), ("days", days)]
            };
        let add = |fields: &[(&str, &str)]| dora.submit(&page, &address, fields);
        add(&form("weight_gain [lb_av]", "3", "ge", "")).expect(422).shows("Write 1 to 30 days");
        add(&form("glucose mmol/L", "250", "ge", ""))
            .expect(422)
            .shows("Blood sugar: write a value from 2.2 to 33.3 mmol/L.")
            .shows("value=\"250\"");
        add(&form("height cm", "250", "ge", "")).expect(422).shows("Choose what is measured.");
        add(&form("weight_gain [lb_av]", "3", "ge", "1")).expect(303);
        add(&form("weight_gain kg", "2", "ge", "1")).expect(422).shows("There is a limit on this");
        dora.get(&format!("/patients/{}", clinic.patient))
            .shows("Body weight: up by 3 lb or more in 1 day");
        clinic.ana.browser.get("/").shows("Your plan: when to tell us");
        let hers = clinic.ana.browser.get("/plan");
        hers.expect(200)
            .shows("Body weight: up by 3 lb or more in 1 day")
            .shows("Set by Dora Park");
        let account = clinic.ana.browser.get("/account");
        clinic.ana.browser.submit(&account, "/account/language", &[("language", "es")]).expect(303);
        clinic.ana.browser.get("/plan").shows("Peso: sube 3 lb o más en 1 día");
        let page = dora.get(&address);
        let at = page.body.find("/end\"").expect("a form that ends it");
        let start = page.body[..at].rfind('"').unwrap() + 1;
        let end = format!("{}/end", &page.body[start..at]);
        dora.submit(&page, &end, &[]).expect(303);
        dora.submit(&page, &end, &[]).expect(404);
        clinic.ana.browser.get("/plan").shows("Ahora no hay números en su plan.");
    });
}

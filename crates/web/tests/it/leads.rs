//! What leads see on their pages, and who sees nothing.

use domain::access::Role;

use crate::staff::Clinic;
use crate::support::{Browser, TestSite};

/// Makes Nils lead the team, as the administrator does on its settings page.
pub(crate) fn nils_leads(clinic: &Clinic<'_>, ada: &Browser<'_>) {
    let at = format!("/admin/teams/{}/settings", clinic.team);
    let form = ada.get(&at);
    let nils = clinic.nils.id.to_string();
    let mut fields = vec![
        ("name", "Diabetes team"),
        ("care_type", "Care"),
        ("purpose", "Questions between visits"),
        ("answer_minutes", "8"),
        ("escalate_percent", "80"),
        ("leads", nils.as_str()),
        ("last_resort", nils.as_str()),
    ];
    let days =
        ["hours_mon", "hours_tue", "hours_wed", "hours_thu", "hours_fri", "hours_sat", "hours_sun"];
    fields.extend(days.map(|day| (day, "00:00-24:00")));
    ada.submit(&form, &at, &fields).expect(303);
}

#[test]
fn a_lead_opens_the_figures_of_the_team() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let paula = site.enrol(Role::PrivacyOfficer, "Paula Pratt", "paula").browser;
        let nils = &clinic.nils.browser;
        assert!(!nils.get("/work").body.contains("/work/overview"), "no lead yet");
        nils.get("/work/overview").expect(200).shows("There is no team whose figures you may see.");
        nils_leads(&clinic, &ada);
        nils.get("/work").expect(200).shows("/work/overview").shows("/work/equity");
        let quiet = nils.get("/work/overview");
        quiet.expect(200).shows("Nothing is open.").shows("Nils Lee").shows("Dora Park");
        let work = format!("/work{}", clinic.writes("Heart races", "It races at night."));
        let page = nils.get("/work/overview");
        page.expect(200).shows("Nothing is late").shows("Diabetes team").shows("Soon");
        assert!(!page.body.contains("Heart races"), "figures, no words");
        let thread = nils.get(&work);
        let body = "Drink water.";
        nils.submit(&thread, &format!("{work}/reply"), &[("body", body)]).expect(303);
        clinic.lets_go();
        nils.get("/work/overview").expect(200).shows("To first reading").shows("Half took up to");
        // Groups: counted by the worker, withheld while they are small.
        nils.get("/work/equity").expect(200).shows("Not counted yet.");
        app::equity::measure_due(&site.installation.app).unwrap();
        nils.get("/work/equity").expect(200).shows("By language").shows("Not shown");
        let team = clinic.team;
        paula.get(&format!("/work/equity?team={team}")).expect(200).shows("Diabetes team");
        paula.get("/access-log").expect(200).shows("/work/equity");
        ada.get("/work/overview").expect(200).shows("Diabetes team").shows("Heart clinic");
        let named = |page: &str| format!("/work/{page}?team={team}");
        // Who belongs to the team and does not lead it may know that it exists.
        clinic.dora.browser.get(&named("overview")).expect(403);
        for browser in [&clinic.eve.browser, &clinic.fred.browser, &clinic.ana.browser] {
            for page in ["overview", "equity"] {
                let shown = browser.get(&named(page));
                assert!(matches!(shown.status.as_u16(), 403 | 404), "{page}: {shown:?}");
            }
        }
        paula.get(&named("overview")).expect(404);
        ada.get(&named("equity")).expect(404);
    });
}

//! Open pages hear that something changed, and nothing once their reader may see it no longer.

use app::admin;
use domain::access::{Actor, Role};
use domain::ids::Id as _;

use crate::staff::{Clinic, act};
use crate::support::{Request, TestSite};

/// Ana has written; the address of the team's list and of the conversation on the staff's side.
fn begun(clinic: &Clinic<'_>, site: &TestSite) -> (String, String, String) {
    let ana_side = clinic.writes("Dizzy", "I feel dizzy in the morning.");
    site.tells();
    let list = format!("/work/live?team={}", clinic.team);
    let work = format!("/work{ana_side}");
    (ana_side, list, work)
}

#[test]
fn a_list_hears_of_new_work_and_names_nobody() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let list = format!("/work/live?team={}", clinic.team);
        let mut nils = clinic.nils.browser.listen(&list);
        let mut fred = clinic.fred.browser.listen(&list);
        let other = format!("/work/live?team={}", clinic.other);
        let mut eve = clinic.eve.browser.listen(&other);
        let written = clinic.writes("Dizzy", "I feel dizzy in the morning.");
        site.tells();
        for stream in [&mut nils, &mut fred] {
            let event = stream.next().unwrap();
            assert_eq!(event, "event: list\ndata: {}");
            stream.is_silent();
        }
        eve.is_silent();
        // The page says where to listen, and the list has what an open page compares.
        let page = clinic.nils.browser.get("/work");
        page.expect(200).shows(&format!("data-live=\"{list}\""));
        page.shows(&format!("data-row=\"{}\"", written.trim_start_matches("/threads/")));
        clinic.fred.browser.get("/work").expect(200).shows("data-live").shows("data-part=\"rows\"");
        // Passing tells the other team.
        let work = format!("/work{written}");
        let page = clinic.nils.browser.get(&work);
        let to = [("to", clinic.other.to_string()), ("reason", "Heart".to_owned())];
        let to: Vec<(&str, &str)> =
            to.iter().map(|(name, value)| (*name, value.as_str())).collect();
        act(&clinic.nils.browser, &page, &work, "pass", &to).expect(303);
        site.tells();
        assert_eq!(eve.next().unwrap(), "event: list\ndata: {}");
    });
}

#[test]
fn an_open_conversation_hears_who_took_it_and_what_came() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (ana_side, _, work) = begun(&clinic, site);
        let (nils, dora, ana) = (&clinic.nils.browser, &clinic.dora.browser, &clinic.ana.browser);
        let page = dora.get(&work);
        page.expect(200).shows("/live?team=").shows("A colleague has taken this");
        let live = format!("{work}/live");
        let (mut hers, mut his) = (dora.listen(&live), nils.listen(&live));
        act(nils, &nils.get(&work), &work, "claim", &[]).expect(303);
        site.tells();
        let event = hers.next().unwrap();
        assert!(event.starts_with("event: state\n") && event.contains(r#""what":"claimed""#));
        for word in ["Nils", "Dizzy", "dizzy", "Ana"] {
            assert!(!event.contains(word), "{event}");
        }
        // What one did oneself stands on the page already.
        his.is_silent();
        act(nils, &nils.get(&work), &work, "notes", &[("note", "Falls?")]).expect(303);
        site.tells();
        assert!(hers.next().unwrap().contains(r#""what":"note""#));
        let more = [("body", "Now my foot is swollen."), ("intent", "send")];
        ana.submit(&ana.get(&ana_side), &format!("{ana_side}/reply"), &more).expect(303);
        clinic.lets_go();
        site.tells();
        for stream in [&mut hers, &mut his] {
            let event = stream.next().unwrap();
            assert!(event.contains(r#""what":"message""#) && !event.contains("swollen"), "{event}");
        }
    });
}

#[test]
fn a_patient_hears_nothing_of_what_is_among_staff() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (ana_side, _, work) = begun(&clinic, site);
        let nils = &clinic.nils.browser;
        let mut inbox = clinic.ana.browser.listen("/live");
        let patient = format!("/patients/{}", clinic.patient);
        let form = nils.get(&format!("{patient}/threads/new?kind=staff"));
        let to = clinic.other.to_string();
        let fields = [("team", to.as_str()), ("headline", "Pill"), ("body", "May she stop it?")];
        nils.submit(&form, &format!("{patient}/threads"), &fields).expect(303);
        clinic.lets_go();
        act(nils, &nils.get(&work), &work, "notes", &[("note", "Falls?")]).expect(303);
        site.tells();
        inbox.is_silent();
        // And nobody is said to have been refused.
        let olga = site.enrol(Role::PrivacyOfficer, "Olga Ruiz", "olga").browser;
        let form = olga.get("/access-log");
        let log =
            olga.submit(&form, "/access-log", &[("record_number", "A-1"), ("outcome", "refused")]);
        assert!(!log.expect(200).body.contains("Ana Alvarez"), "{log:?}");
        act(nils, &nils.get(&work), &work, "claim", &[]).expect(303);
        site.tells();
        let event = inbox.next().unwrap();
        assert!(event.contains(ana_side.trim_start_matches("/threads/")), "{event}");
    });
}

#[test]
fn a_membership_that_ends_ends_the_stream() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (_, list, work) = begun(&clinic, site);
        let mut streams = [
            clinic.nils.browser.listen(&list),
            clinic.nils.browser.listen(&format!("{work}/live")),
        ];
        let mut dora = clinic.dora.browser.listen(&list);
        let (team, nils) = (clinic.team, clinic.nils.id);
        let app = &site.installation.app;
        app.write(&Actor::system(), move |cx| admin::end_member(cx, team, nils)).unwrap();
        site.tells();
        for stream in &mut streams {
            stream.ends();
        }
        dora.is_silent();
        clinic.writes("Again", "Dizzy again.");
        site.tells();
        assert_eq!(dora.next().unwrap(), "event: list\ndata: {}");
    });
}

#[test]
fn a_right_taken_back_ends_a_helpers_stream_and_signing_out_ones_own() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (ana_side, ..) = begun(&clinic, site);
        let pia = site.enrol(Role::Helper, "Pia Alvarez", "pia");
        let (patient, helper) = (clinic.patient, pia.id);
        let app = &site.installation.app;
        let grant = app
            .write(&Actor::system(), move |cx| {
                let grant = admin::NewGrant {
                    basis: "helper".to_owned(),
                    ..crate::staff::grant(patient, helper)
                };
                admin::add_grant(cx, &grant)
            })
            .unwrap();
        let below = format!("/for/{patient}");
        let mut streams = [
            pia.browser.listen(&format!("{below}/live")),
            pia.browser.listen(&format!("{below}{ana_side}/live")),
        ];
        let mut ana = clinic.ana.browser.listen("/live");
        app.write(&Actor::system(), move |cx| admin::revoke_grant(cx, grant)).unwrap();
        site.tells();
        for stream in &mut streams {
            stream.ends();
        }
        ana.is_silent();
        let account = clinic.ana.browser.get("/account");
        clinic.ana.browser.submit(&account, "/sign-out", &[]).expect(303);
        site.tells();
        ana.ends();
    });
}

#[test]
fn a_session_that_runs_out_ends_its_stream_and_a_stream_keeps_none_alive() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (_, list, _) = begun(&clinic, site);
        let nils = &clinic.nils.browser;
        let mut stream = nils.listen(&list);
        // A list that is brought up to date by the page is nobody's doing.
        site.pass_seconds(14 * 60);
        nils.send(Request::get("/work").header("tidings-background", "1")).expect(200);
        site.pass_seconds(2 * 60);
        clinic.writes("Again", "Dizzy again.");
        site.tells();
        stream.ends();
    });
}

#[test]
fn strangers_listen_to_nothing() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (ana_side, list, work) = begun(&clinic, site);
        let ben = site.enrol(Role::Patient, "Ben Brown", "ben");
        let below = format!("/for/{}", clinic.patient);
        for path in [
            list.clone(),
            format!("{work}/live"),
            format!("{ana_side}/live"),
            format!("{below}/live"),
            format!("{below}{ana_side}/live"),
        ] {
            for browser in [&ben.browser, &clinic.eve.browser] {
                let page = browser.get(&path);
                let led_away = page.status.as_u16() == 303 && page.location() == "/helping";
                assert!(led_away || page.status.as_u16() == 404, "{path}: {page:?}");
            }
        }
        clinic.nils.browser.get("/work/live?team=nobody").expect(404);
        clinic.nils.browser.get("/work/live").expect(404);
        let unknown = domain::ids::CareTeamId::from_uuid(uuid::Uuid::from_u128(7));
        clinic.nils.browser.get(&format!("/work/live?team={unknown}")).expect(404);
        let apart = format!("{work}/live?team={}", clinic.other);
        clinic.nils.browser.get(&apart).expect(404);
    });
}

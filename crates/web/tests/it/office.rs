//! The administrator's day: a site and a team are added, what is taken away says why; and what a
//! nurse says at the end of a conversation.

use domain::access::Role;

use crate::staff::{Clinic, act};
use crate::support::TestSite;

#[test]
fn a_site_and_a_team_are_added_and_written_to() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        ada.get("/admin/sites").expect(200).shows("/admin/sites/new");
        let form = ada.get("/admin/sites/new");
        form.expect(200).shows("Riverside Clinic");
        assert!(form.body.contains(r#"name="name" maxlength="200" value="">"#), "an empty field");
        let organization = form.option("Riverside Clinic");
        let fields = [
            ("organization", organization.as_str()),
            ("name", ""),
            ("phone", "555-0177"),
            ("hours", "9 to 4"),
            ("time_zone", "America/Chicago"),
            ("country", "US"),
            ("emergency", "911"),
            ("crisis", "988"),
            ("nurse", "555-0178"),
        ];
        let with = |name: &str, value: &'static str| {
            let mut fields = fields;
            for field in &mut fields {
                if field.0 == name {
                    field.1 = value;
                }
            }
            fields
        };
        let send = |fields: &[(&str, &str)]| ada.submit(&form, "/admin/sites/new", fields);
        send(&fields).expect(422).shows("Write a name.").shows("555-0177");
        let mut named = with("name", "Lakeside");
        send(&named).expect(303);
        ada.get("/admin/sites").expect(200).shows("Lakeside").shows("555-0177");
        for field in &mut named {
            match field.0 {
                "name" => field.1 = "Moonside",
                "time_zone" => field.1 = "Moon/Crater",
                _ => {}
            }
        }
        send(&named).expect(422).shows("Write a time zone");
        let stranger = clinic.team.to_string();
        let mut foreign = with("name", "Nowhere");
        foreign[0].1 = stranger.as_str();
        send(&foreign).expect(422).shows("Choose an organization.");
        assert!(!ada.get("/admin/sites").body.contains("Moonside"), "nothing was half made");

        let form = ada.get("/admin/teams/new");
        form.expect(200).shows("Lakeside");
        assert!(form.body.contains(r#"name="name" maxlength="200" value="">"#), "an empty field");
        let place = form.option("Lakeside");
        let fields = |hours: &'static str| {
            [
                ("site", place.clone()),
                ("kind", "care".to_owned()),
                ("name", "Foot care".to_owned()),
                ("care_type", "Podiatry".to_owned()),
                ("purpose", "Sores and shoes".to_owned()),
                ("hours", hours.to_owned()),
            ]
        };
        for wrong in ["soon", "0", "9999999999999999"] {
            let all = fields(wrong);
            let all: Vec<(&str, &str)> = all.iter().map(|(n, v)| (*n, v.as_str())).collect();
            ada.submit(&form, "/admin/teams/new", &all).expect(422).shows("Write hours from 1");
        }
        let all = fields("48");
        let all: Vec<(&str, &str)> = all.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let added = ada.submit(&form, "/admin/teams/new", &all);
        added.expect(303);
        ada.get(added.location()).expect(200).shows("Foot care").shows("48 h").shows("Saved.");
        for browser in [&clinic.nils.browser, &clinic.ana.browser] {
            for path in ["/admin/teams/new", "/admin/sites/new"] {
                let page = browser.get(path);
                assert!(matches!(page.status.as_u16(), 403 | 404), "{path}: {page:?}");
            }
        }
    });
}

#[test]
fn what_is_taken_away_says_why() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let nils = format!("/admin/people/{}", clinic.nils.id);
        let end = format!("{nils}/memberships/{}/end", clinic.team);
        let asked = ada.get(&end);
        asked.expect(200).shows("Take Nils Lee out of").shows("name=\"reason\"");
        let silent = ada.submit(&asked, &end, &[("confirm", "yes"), ("reason", " ")]);
        silent.expect(422).shows("Say why, in a few words.");
        clinic.nils.browser.get("/work").expect(200);
        let why = [("confirm", "yes"), ("reason", "Moved to another clinic")];
        ada.submit(&asked, &end, &why).expect(303);
        clinic.nils.browser.get("/work").expect(401);
        ada.get(&nils)
            .expect(200)
            .shows("Left Diabetes team")
            .shows("Moved to another clinic")
            .shows("Ada Novak");
        ada.get(&end).expect(404);
        let disable = format!("{nils}/disable");
        let asked = ada.get(&disable);
        ada.submit(&asked, &disable, &[("confirm", "yes"), ("reason", "Retired")]).expect(303);
        ada.get(&nils).shows("Log-in disabled").shows("Retired");
        let ana = ada.get(&format!("/admin/people/{}", clinic.ana.id));
        let grant = ana.link_with("/end");
        // A right is ended from its own person's page only.
        let elsewhere = grant.replace(&clinic.ana.id.to_string(), &clinic.dora.id.to_string());
        let asked = ada.get(&grant);
        let why = [("confirm", "yes"), ("reason", "Asked for it")];
        let token = asked.hidden(&grant);
        let form: Vec<(&str, &str)> = token.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let forged = crate::support::Request::post(&elsewhere, &[&form[..], &why[..]].concat());
        ada.send(forged).expect(404);
        ada.submit(&asked, &grant, &why).expect(303);
        ada.get(&format!("/admin/people/{}", clinic.ana.id)).shows("Asked for it");
    });
}

#[test]
fn a_closing_remark_reaches_whom_it_is_for() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (nils, ana) = (&clinic.nils.browser, &clinic.ana.browser);
        let told = clinic.writes("Dizzy", "I feel dizzy.");
        let work = format!("/work{told}");
        let close =
            [("outcome", "callback"), ("remark", "Call again if it comes back."), ("tell", "on")];
        act(nils, &nils.get(&work), &work, "close", &close).expect(303);
        nils.get(&work).shows("Call again if it comes back.");
        ana.get(&told).expect(200).shows("Call again if it comes back.");
        let quiet = clinic.writes("Tired", "I feel tired.");
        let work = format!("/work{quiet}");
        let long = "x".repeat(1_001);
        let too_long = [("outcome", "callback"), ("remark", long.as_str())];
        act(nils, &nils.get(&work), &work, "close", &too_long).expect(422).shows("too long");
        let close = [("outcome", "callback"), ("remark", "Third call this week.")];
        act(nils, &nils.get(&work), &work, "close", &close).expect(303);
        nils.get(&work).shows("Third call this week.").shows("The patient never sees these");
        let hers = ana.get(&quiet);
        hers.expect(200).shows("Closed");
        assert!(!hers.body.contains("Third call"), "it is among staff");
    });
}

//! An administrator ends a team: what would happen is said first, and what was open goes on elsewhere.

use app::admin::team::{self, SettingsInput};
use domain::access::{Actor, Role};

use crate::staff::Clinic;
use crate::support::{Request, TestSite};

#[test]
fn who_takes_over_is_said_before_and_the_patient_reads_it_after() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let app = &site.installation.app;
        let (ended, heart) = (clinic.team, clinic.other);
        let open = clinic.writes("Dizzy", "I feel dizzy.");
        let old = clinic.writes("Shoes", "Which shoes are good?");
        let nils = &clinic.nils.browser;
        let page = nils.get(&format!("/work{old}"));
        let close = [("outcome", "no_answer_needed"), ("version", "1")];
        nils.submit(&page, &format!("/work{old}/close"), &close).expect(303);
        let settings = format!("/admin/teams/{ended}");
        let end = format!("{settings}/end");
        // Others know nothing of it.
        nils.get(&end).expect(403).hides("Diabetes team");
        // Without a team that follows the triage desk takes over.
        ada.get(&settings).expect(200).shows(&format!("href=\"{end}\""));
        let before = ada.get(&end);
        before.expect(200).shows("End Diabetes team?").shows("Nurse line");
        before.shows("One open conversation goes there");
        app.write(&Actor::system(), move |cx| {
            let known = team::settings(cx, ended)?.input();
            team::set(cx, ended, &SettingsInput { successor: Some(heart), ..known })
        })
        .unwrap();
        // The page said something else: nothing is done, and it is said anew.
        let late = ada.submit(&before, &end, &[("confirm", "yes")]);
        late.expect(409).shows("Nothing was done").shows("Heart clinic");
        ada.submit(&late, &end, &[]).expect(200).shows("Heart clinic");
        let done = ada.submit(&late, &end, &[("confirm", "yes")]);
        done.expect(303);
        // Who took over and what went, from what is so and not from the address.
        for address in [done.location(), settings.as_str()] {
            let over = ada.get(address);
            over.expect(200).shows("Ended").hides(&format!("href=\"{end}\""));
            over.shows("Heart clinic took over").shows("One conversation has moved there");
            over.hides("on its way");
        }
        ada.get(&end).expect(404);
        ada.submit(&late, &end, &[("confirm", "yes")]).expect(303);

        // Ana reads where it went and why, and who reads what she adds to the old one before she does.
        let ana = &clinic.ana.browser;
        let shown = ana.get(&open);
        shown.expect(200).shows("Heart clinic").shows("the team it was with has ended");
        let before = ana.get(&old);
        before.expect(200).shows("id=\"ended\"").shows("Heart clinic");
        let fields = [("body", "And which socks?"), ("intent", "send")];
        ana.submit(&before, &format!("{old}/reply"), &fields).expect(303);
        clinic.lets_go();
        ana.get(&old).expect(200).shows("the team it was with has ended").hides("id=\"ended\"");
        let eve = &clinic.eve.browser;
        eve.get(&format!("/work{old}")).expect(200).shows("And which socks?");
        eve.get(&format!("/work{open}")).expect(200).shows("I feel dizzy.");
        nils.get(&format!("/work{old}")).expect(200).hides("And which socks?");
    });
}

#[test]
fn holidays_come_from_a_file_too() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let dates = format!("/admin/teams/{}/dates", clinic.team);
        let page = ada.get(&dates);
        page.expect(200).shows("type=\"file\"");
        let (_, rest) = page.body.split_once("name=\"form_token\" value=\"").unwrap();
        let token = rest.split('"').next().unwrap();
        let upload = |token: &str, file: &str| {
            let part = |name: &str, more: &str, text: &str| {
                format!(
                    "--b\r\ncontent-disposition: form-data; name=\"{name}\"{more}\r\n\r\n{text}\r\n"
                )
            };
            let body = [
                part("form_token", "", token),
                part("file", "; filename=\"days.ics\"", file),
                part("calendar", "", ""),
            ];
            let body = format!("{}--b--\r\n", body.concat());
            let request = Request::post(&format!("{dates}/import"), &[]).body(body.into_bytes());
            ada.send(request.header("content-type", "multipart/form-data; boundary=b"))
        };
        let days = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\n\
                    SUMMARY:Christmas Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        upload(token, days).expect(200).shows("Christmas Day");
        ada.get(&dates).expect(200).shows("Christmas Day");
        upload("wrong", days).expect(403);
        upload(token, &"x".repeat(1_000_001)).expect(413);
        upload(token, "BEGIN\0").expect(422);
    });
}

#[test]
fn what_stops_an_ending_is_said_and_a_circle_is_refused() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let app = &site.installation.app;
        let teams = app.read(&Actor::system(), app::admin::list_teams).unwrap();
        let desk = teams.iter().find(|(team, _)| team.kind == "triage").unwrap().0.id;
        let end = format!("/admin/teams/{desk}/end");
        let page = ada.get(&end);
        page.expect(200).shows("the last triage desk").hides("name=\"confirm\"");
        let (ended, heart) = (clinic.team, clinic.other);
        let name = move |cx: &mut app::Cx<'_, '_>| {
            let known = team::settings(cx, heart)?.input();
            team::set(cx, heart, &SettingsInput { successor: Some(ended), ..known })
        };
        app.write(&Actor::system(), name).unwrap();
        let address = format!("/admin/teams/{ended}/settings");
        let form = ada.get(&address);
        let (heart, dora) = (heart.to_string(), clinic.dora.id.to_string());
        let fields = [
            ("name", "Diabetes team"),
            ("purpose", "Sugar"),
            ("hours_mon", "08:00-17:00"),
            ("answer_minutes", "8"),
            ("escalate_percent", "80"),
            ("last_resort", dora.as_str()),
            ("successor", heart.as_str()),
        ];
        let wrong = ada.submit(&form, &address, &fields);
        wrong.expect(422).shows("follow each other in a circle");
    });
}

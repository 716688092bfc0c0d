//! The staff's day: a race for a claim, a pass with a reason, notes that stay inside, the desk that
//! reads no word, and who finds nothing at all.

use app::admin::{self, NewGrant, TeamInput};
use app::testing::clinic;
use app::{draft, import};
use domain::access::{Actor, Role};
use domain::ids::{CareTeamId, PatientId, PersonId};

use crate::support::{Browser, Page, Persona, Request, TestSite};

const BUNDLE: &str = r#"{"resourceType":"Bundle","type":"collection","entry":[
 {"fullUrl":"urn:uuid:0198c0de-0000-4000-8000-000000000001","resource":{"resourceType":"Patient",
  "id":"ana","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203",
  "code":"MR"}]},"system":"urn:mrn","value":"A-1"}],
  "name":[{"family":"Alvarez","given":["Ana"]}],"birthDate":"1964-03-05","gender":"female"}},
 {"fullUrl":"urn:uuid:0198c0de-0000-4000-8000-000000000002","resource":{"resourceType":"Encounter",
  "id":"visit","status":"finished","class":{"code":"AMB"},"type":[{"text":"Diabetes check"}],
  "subject":{"reference":"urn:uuid:0198c0de-0000-4000-8000-000000000001"},
  "period":{"start":"2026-10-28T14:00:00Z","end":"2026-10-28T14:30:00Z"}}}]}"#;

/// A small clinic: Ana writes to the diabetes team (Nils, Dora, Fred at the desk); Eve works in the
/// heart clinic of the same organization.
pub(crate) struct Clinic<'s> {
    pub(crate) site: &'s TestSite,
    pub(crate) ana: Persona<'s>,
    pub(crate) nils: Persona<'s>,
    pub(crate) dora: Persona<'s>,
    pub(crate) eve: Persona<'s>,
    pub(crate) fred: Persona<'s>,
    pub(crate) patient: PatientId,
    pub(crate) team: CareTeamId,
    pub(crate) other: CareTeamId,
}

impl<'s> Clinic<'s> {
    pub(crate) fn begin(site: &'s TestSite) -> Self {
        let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        let nils = site.enrol(Role::Nurse, "Nils Lee", "nils");
        let dora = site.enrol(Role::Clinician, "Dora Park", "dora");
        let eve = site.enrol(Role::Clinician, "Eve Stone", "eve");
        let fred = site.enrol(Role::Desk, "Fred Okoye", "fred");
        let app = &site.installation.app;
        let summary =
            import::import(app, &Actor::system(), "test", BUNDLE.as_bytes(), |_, _| {}).unwrap();
        assert!(summary.rejected.is_empty(), "{:?}", summary.rejected);
        let found = app.write(&Actor::system(), |cx| admin::find_patients(cx, "A-1")).unwrap();
        let patient = found[0];
        let (person, members) = (ana.id, [nils.id, dora.id, fred.id]);
        let heart = eve.id;
        let (team, other, place) = app
            .write(&Actor::system(), move |cx| {
                let organization = admin::add_organization(cx, "Riverside Clinic", "555-0100")?;
                let row = admin::SiteRow {
                    id: cx.new_id()?,
                    organization,
                    name: "Main street".to_owned(),
                    phone: "555-0100".to_owned(),
                    hours: "8 to 5".to_owned(),
                    time_zone: "America/New_York".to_owned(),
                    country: "US".to_owned(),
                    emergency_phone: "911".to_owned(),
                    crisis_phone: "988".to_owned(),
                    nurse_phone: "555-0101".to_owned(),
                };
                let site = admin::add_site(cx, &row)?;
                let mut add = |name: &str| {
                    let input = TeamInput {
                        site,
                        name: name.to_owned(),
                        care_type: "Care".to_owned(),
                        purpose: "Questions between visits".to_owned(),
                        kind: "care".to_owned(),
                        week: app::testing::clinic::ALWAYS_OPEN.to_owned(),
                        answer_minutes: 480,
                    };
                    admin::add_team(cx, &input)
                };
                let (team, other) = (add("Diabetes team")?, add("Heart clinic")?);
                for member in members {
                    admin::add_member(cx, team, member)?;
                }
                admin::add_member(cx, other, heart)?;
                admin::relate(cx, patient, team)?;
                admin::add_grant(cx, &grant(patient, person))?;
                Ok((team, other, site))
            })
            .unwrap();
        clinic::check_urgency(app, false).unwrap();
        clinic::add_triage_desk(app, place).unwrap();
        clinic::open_team(app, team, dora.id).unwrap();
        clinic::open_team(app, other, heart).unwrap();
        Self { site, ana, nils, dora, eve, fred, patient, team, other }
    }

    /// The same clinic where texts are checked for urgency.
    pub(crate) fn checked(site: &'s TestSite) -> Self {
        let clinic = Self::begin(site);
        clinic::check_urgency(&site.installation.app, true).unwrap();
        clinic
    }

    /// Ana writes and the hold passes; the address of her conversation on her side.
    pub(crate) fn writes(&self, headline: &str, body: &str) -> String {
        let browser = &self.ana.browser;
        let page = browser.get("/new");
        let page = browser.submit(&page, "/new", &[("team", &self.team.to_string())]);
        let draft = page.location().trim_start_matches("/drafts/").trim_end_matches("/about");
        let about = format!("/drafts/{draft}/about");
        browser.submit(&browser.get(&about), &about, &[("about", "nothing")]).expect(303);
        let write = format!("/drafts/{draft}/write");
        let fields = [
            ("ask", "opinion"),
            ("headline", headline),
            ("body", body),
            ("question", "Should I stop the pill?"),
            ("intent", "continue"),
        ];
        browser.submit(&browser.get(&write), &write, &fields).expect(303);
        let check = browser.get(&format!("/drafts/{draft}/check"));
        browser.submit(&check, &format!("/drafts/{draft}/send"), &[]).expect(303);
        self.lets_go();
        let gone = browser.get(&format!("/drafts/{draft}/sent"));
        gone.location().trim_end_matches("/sent").to_owned()
    }

    /// The hold passes and the worker releases what is due.
    pub(crate) fn lets_go(&self) {
        self.site.pass_seconds(11);
        draft::release_due(&self.site.installation.app).unwrap();
    }
}

pub(crate) fn grant(patient: PatientId, person: PersonId) -> NewGrant {
    NewGrant {
        patient,
        person,
        basis: "self".to_owned(),
        rights: "write".to_owned(),
        demographics: true,
        chart: true,
        threads: true,
        from_at: None,
        until_at: None,
        verified_by: "the desk".to_owned(),
    }
}

/// Acts in a conversation as its page offers it.
#[track_caller]
pub(crate) fn act(
    browser: &Browser<'_>,
    page: &Page,
    work: &str,
    what: &str,
    fields: &[(&str, &str)],
) -> Page {
    browser.submit(page, &format!("{work}/{what}"), fields)
}

#[test]
fn two_claim_and_the_second_is_told_who_was_faster() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let work = format!("/work{}", clinic.writes("Dizzy", "I feel dizzy since Sunday."));
        let (nils, dora) = (&clinic.nils.browser, &clinic.dora.browser);
        nils.get("/work").expect(200).shows("Dizzy").shows("Ana Alvarez").shows("62 F");
        let nils_page = nils.get(&work);
        nils_page.expect(200).shows("I feel dizzy since Sunday.").shows("Should I stop the pill?");
        let dora_page = dora.get(&work);
        let done = act(nils, &nils_page, &work, "claim", &[]);
        done.expect(303);
        nils.get(done.location()).expect(200).shows("You have it now").shows("You have it");
        act(dora, &dora_page, &work, "claim", &[])
            .expect(409)
            .shows("Somebody claimed it before you")
            .shows("Nils Lee");
        // An act on an old page of one's own kind is stopped as well.
        act(dora, &dora_page, &work, "close", &[("outcome", "answered")]).expect(409);
        clinic.ana.browser.get(work.trim_start_matches("/work")).expect(200).shows("Nils Lee");
        dora.get("/work?list=mine").expect(200);
        assert!(!dora.get("/work?list=mine").body.contains("Dizzy"), "it is not Dora's");
        nils.get("/work?list=mine").expect(200).shows("Dizzy");
    });
}

#[test]
fn a_pass_needs_a_reason_and_brings_the_other_team_in() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let work = format!("/work{}", clinic.writes("Heart races", "It races at night."));
        let (nils, eve) = (&clinic.nils.browser, &clinic.eve.browser);
        eve.get(&work).expect(404);
        eve.get(&format!("/work?team={}", clinic.team)).expect(404);
        let page = nils.get(&work);
        let to = clinic.other.to_string();
        act(nils, &page, &work, "pass", &[("to", &to), ("reason", " ")])
            .expect(422)
            .shows("Say why, in a few words.");
        eve.get(&work).expect(404);
        act(nils, &page, &work, "pass", &[("to", &to), ("reason", "A question of rhythm")])
            .expect(303);
        eve.get("/work").expect(200).shows("Heart races");
        let seen = eve.get(&work);
        seen.expect(200)
            .shows("Nils Lee passed it on to Heart clinic")
            .shows("A question of rhythm");
        // Eve's team treats Ana not: the conversation, never the chart.
        assert!(!seen.body.contains("Diabetes check"), "no visit of the chart");
        eve.get(&format!("/patients/{}", clinic.patient)).expect(404);
        nils.get(&format!("/patients/{}", clinic.patient)).expect(200).shows("Diabetes check");
    });
}

#[test]
fn a_team_that_passed_the_work_on_is_told_so_and_changes_nothing() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ana_side = clinic.writes("Heart races", "It races at night.");
        let work = format!("/work{ana_side}");
        let (nils, dora, eve) = (&clinic.nils.browser, &clinic.dora.browser, &clinic.eve.browser);
        let old = dora.get(&work);
        let to = clinic.other.to_string();
        act(nils, &nils.get(&work), &work, "pass", &[("to", &to), ("reason", "Rhythm")])
            .expect(303);
        let dora_id = clinic.dora.id.to_string();
        let acts: [(&str, &[(&str, &str)]); 8] = [
            ("claim", &[]),
            ("wait", &[]),
            ("close", &[("outcome", "answered")]),
            ("assign", &[("person", &dora_id)]),
            ("pass", &[("to", &to), ("reason", "Again")]),
            ("level", &[("level", "1")]),
            ("notes", &[("note", "One thing more")]),
            ("reply", &[("body", "From us, still"), ("then", "send")]),
        ];
        for (name, fields) in acts {
            // The page is from before the pass, so that its buttons were there.
            let answer = act(dora, &old, &work, name, fields);
            answer.expect(403).shows("It was passed on meanwhile").shows("Look where it is now");
            if name == "reply" {
                answer.shows("From us, still");
            }
        }
        clinic.lets_go();
        for page in [eve.get(&work), clinic.ana.browser.get(&ana_side)] {
            page.expect(200).shows("Heart clinic");
            assert!(!page.body.contains("Dora Park"), "she did nothing that shows");
            assert!(!page.body.contains("From us, still"), "nothing was said");
        }
        // What they saw they may still look at; nothing is offered there.
        let shown = dora.get(&work);
        shown.expect(200).shows("It races at night.");
        for gone in ["/claim", "/wait", "/close", "/assign", "/pass", "/level", "/notes", "/reply"]
        {
            let action = format!("action=\"{work}{gone}");
            assert!(!shown.body.contains(&action), "{gone} is not offered");
        }
    });
}

#[test]
fn a_note_stays_inside_and_a_promoted_one_is_a_copy() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ana_side = clinic.writes("Dizzy", "I feel dizzy.");
        let work = format!("/work{ana_side}");
        let (nils, ana) = (&clinic.nils.browser, &clinic.ana.browser);
        let page = nils.get(&work);
        let secret = "Orthostatic? Ask about falls.";
        let noted = act(nils, &page, &work, "notes", &[("note", secret)]);
        noted.expect(303);
        // The same form again writes no second note.
        act(nils, &page, &work, "notes", &[("note", secret)]).expect(303);
        let shown = nils.get(&work);
        assert_eq!(shown.body.matches(secret).count(), 1, "one note: {shown:?}");
        act(nils, &page, &work, "notes", &[("note", "another text")])
            .expect(409)
            .shows("another text");
        for path in ["/", &ana_side, "/drafts", "/search"] {
            let page = ana.get(path);
            page.expect(200);
            assert!(!page.body.contains("rthostatic"), "{path} shows a note");
        }
        ana.get(&work).expect(404);
        let promote = shown
            .body
            .split("href=\"")
            .map(|rest| rest.split('"').next().unwrap())
            .find(|href| href.ends_with("/promote"))
            .unwrap();
        let asked = nils.get(promote);
        asked.expect(200).shows("Send this note to the patient?").shows("Ana Alvarez");
        nils.submit(&asked, promote, &[("body", "Did you fall?"), ("confirm", "yes")]).expect(303);
        let page = ana.get(&ana_side);
        page.expect(200).shows("Did you fall?");
        assert!(!page.body.contains("rthostatic"), "the note itself stays");
    });
}

#[test]
fn an_answer_is_held_taken_back_sent_and_closes() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ana_side = clinic.writes("Dizzy", "I feel dizzy.");
        let work = format!("/work{ana_side}");
        let (nils, ana) = (&clinic.nils.browser, &clinic.ana.browser);
        ana.get(&ana_side).shows("/retract");
        let page = nils.get(&work);
        let reply = format!("{work}/reply");
        act(nils, &page, &work, "reply", &[("body", " "), ("then", "send")]).expect(422);
        let page = nils.get(&work);
        let open = act(nils, &page, &work, "reply", &[("body", "Drink water."), ("then", "close")]);
        open.expect(422).shows("A question is still open.").shows("Drink water.");
        let page = nils.get(&work);
        let answers = page.value_of("answers", "");
        let body = [("body", "Drink water."), ("answers", answers.as_str()), ("then", "close")];
        let sent = act(nils, &page, &work, "reply", &body);
        sent.expect(303);
        let held = nils.get(sent.location());
        held.expect(200).shows("This goes out in a few seconds").shows("data-undo");
        assert!(!ana.get(&ana_side).body.contains("Drink water"), "a hold shows to nobody else");
        let undo = held
            .body
            .split("action=\"")
            .map(|rest| rest.split('"').next().unwrap())
            .find(|action| action.ends_with("/undo"))
            .unwrap();
        nils.submit(&held, undo, &[]).expect(303);
        clinic.lets_go();
        assert!(!ana.get(&ana_side).body.contains("Drink water"), "it was taken back");
        let kept = nils.get(&work);
        kept.expect(200).shows("Drink water.");
        kept.shows("1 of 1 open");
        let body =
            [("body", "Drink more water."), ("answers", answers.as_str()), ("then", "close")];
        nils.submit(&kept, &reply, &body).expect(303);
        // The same form again is the same message.
        nils.submit(&kept, &reply, &body).expect(303);
        clinic.lets_go();
        let read = ana.get(&ana_side);
        assert_eq!(read.body.matches("Drink more water.").count(), 1, "{read:?}");
        assert!(!read.body.contains("/retract"), "a closed conversation offers no taking back");
        nils.submit(&held, undo, &[]).expect(409).shows("Too late to undo");
        let closed = nils.get(&work);
        closed.expect(200).shows("Open again").shows("Outcome: Answered here");
        nils.get("/work?list=done").expect(200).shows("Dizzy");
        act(nils, &closed, &work, "reopen", &[]).expect(303);
        nils.get(&work).expect(200).shows("Nils Lee opened it again");
    });
}

#[test]
fn who_wrote_meanwhile_is_read_first() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let ana_side = clinic.writes("Dizzy", "I feel dizzy.");
        let work = format!("/work{ana_side}");
        let (nils, ana) = (&clinic.nils.browser, &clinic.ana.browser);
        let page = nils.get(&work);
        let hers = ana.get(&ana_side);
        let more = [("body", "Now my foot is swollen."), ("intent", "send")];
        ana.submit(&hers, &format!("{ana_side}/reply"), &more).expect(303);
        clinic.lets_go();
        let text = [("body", "Just rest."), ("then", "send")];
        let stop = act(nils, &page, &work, "reply", &text);
        stop.expect(409)
            .shows("One message came in while you wrote")
            .shows("Now my foot is swollen.")
            .shows("Just rest.")
            .shows("Send all the same");
        clinic.lets_go();
        assert!(!ana.get(&ana_side).body.contains("Just rest."), "nothing was sent");
        act(nils, &stop, &work, "reply", &text).expect(303);
        clinic.lets_go();
        ana.get(&ana_side).expect(200).shows("Just rest.");
    });
}

#[test]
fn the_desk_moves_envelopes_and_reads_no_word() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let thread = clinic.writes("Embarrassing headline", "Words of the message.");
        let work = format!("/work{thread}");
        let envelope = format!("/work/envelopes/{}", thread.trim_start_matches("/threads/"));
        let fred = &clinic.fred.browser;
        let words = ["Embarrassing", "Words of the", "Should I stop"];
        for path in ["/work", "/work?list=waiting", &envelope] {
            let page = fred.get(path);
            page.expect(200);
            for word in words {
                assert!(!page.body.contains(word), "{path} shows words: {page:?}");
            }
        }
        fred.get("/work").shows("Ana Alvarez").shows(&envelope);
        for path in [work.clone(), format!("{work}/print"), "/work?list=colleagues".to_owned()] {
            let page = fred.get(&path);
            assert!(matches!(page.status.as_u16(), 403 | 404), "{path}: {page:?}");
        }
        let page = fred.get(&envelope);
        let to = clinic.dora.id.to_string();
        fred.submit(&page, &format!("{envelope}/assign"), &[("person", &to)]).expect(303);
        clinic.dora.browser.get("/work?list=mine").expect(200).shows("Embarrassing headline");
        let old = fred.submit(&page, &format!("{envelope}/assign"), &[("person", &to)]);
        old.expect(409);
        let page = fred.get(&envelope);
        let pass = format!("{envelope}/pass");
        let other = clinic.other.to_string();
        fred.submit(&page, &pass, &[("to", &other), ("reason", "")]).expect(422);
        fred.submit(&page, &pass, &[("to", &other), ("reason", "Wrong team")]).expect(303);
        clinic.eve.browser.get("/work").expect(200).shows("Embarrassing headline");
    });
}

#[test]
fn only_a_clinician_lowers_a_level_and_says_why() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let work = format!("/work{}", clinic.writes("Dizzy", "I feel dizzy."));
        let (nils, dora) = (&clinic.nils.browser, &clinic.dora.browser);
        let page = nils.get(&work);
        act(nils, &page, &work, "level", &[("level", "2")]).expect(303);
        let page = nils.get(&work);
        page.shows("Nils Lee set the level");
        act(nils, &page, &work, "level", &[("level", "4")]).expect(403);
        let page = dora.get(&work);
        let asked = act(dora, &page, &work, "level", &[("level", "4")]);
        asked.expect(200).shows("Set the level to Whenever?");
        let confirm = [("confirm", "yes"), ("reason", "")];
        dora.submit(&asked, &format!("{work}/level"), &confirm).expect(422);
        let confirm = [("confirm", "yes"), ("reason", "Known and stable")];
        dora.submit(&asked, &format!("{work}/level"), &confirm).expect(303);
        dora.get(&work).expect(200).shows("Known and stable");
        let ana = clinic.ana.browser.get(work.trim_start_matches("/work"));
        assert!(!ana.body.contains("Known and stable"), "the level is among staff");
    });
}

#[test]
fn reading_marks_for_the_reader_alone_and_handles_nothing() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let work = format!("/work{}", clinic.writes("Dizzy", "I feel dizzy."));
        let (nils, dora) = (&clinic.nils.browser, &clinic.dora.browser);
        nils.get("/work").expect(200).shows("is-unread");
        // A page fetched ahead is not reading.
        nils.send(Request::get(&work).header("sec-purpose", "prefetch")).expect(200);
        nils.get("/work").shows("is-unread");
        let page = nils.get(&work);
        assert!(!nils.get("/work").body.contains("is-unread"), "Nils has read it");
        dora.get("/work").shows("is-unread");
        page.shows("With a team");
        act(nils, &page, &work, "unread", &[]).expect(303);
        nils.get("/work").shows("is-unread");
    });
}

#[test]
fn colleagues_speak_about_a_patient_who_does_not_hear() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (nils, eve, ana) = (&clinic.nils.browser, &clinic.eve.browser, &clinic.ana.browser);
        let patient = format!("/patients/{}", clinic.patient);
        let form = nils.get(&format!("{patient}/threads/new?kind=staff"));
        form.expect(200).shows("The patient does not see this conversation.");
        let action = format!("{patient}/threads");
        let to = clinic.other.to_string();
        nils.submit(&form, &action, &[("team", &to), ("headline", ""), ("body", "?")]).expect(422);
        let form = nils.get(&format!("{patient}/threads/new?kind=staff"));
        let fields = [
            ("team", to.as_str()),
            ("headline", "Beta blocker"),
            ("body", "May she stop it before the test?"),
            ("category", "medication"),
        ];
        let sent = nils.submit(&form, &action, &fields);
        sent.expect(303);
        nils.get(sent.location()).expect(200).shows("This goes out in a few seconds");
        clinic.lets_go();
        for browser in [nils, eve] {
            browser
                .get("/work?list=colleagues")
                .expect(200)
                .shows("Beta blocker")
                .shows("Colleagues only");
        }
        assert!(!ana.get("/").body.contains("Beta blocker"), "not for the patient");
        let list = eve.get("/work?list=colleagues");
        let href = list
            .body
            .split("href=\"")
            .map(|rest| rest.split('"').next().unwrap())
            .find(|href| href.starts_with("/work/threads/"))
            .unwrap()
            .replace("&#38;", "&");
        eve.get(&href).expect(200).shows("May she stop it").shows("Colleagues only");
        let thread = href.split('?').next().unwrap();
        ana.get(thread).expect(404);
        ana.get(thread.trim_start_matches("/work")).expect(404);
        clinic.dora.browser.get(thread).expect(404);
        let line = format!("<li><a href=\"{thread}\"><strong>Beta blocker</strong></a>");
        let page = nils.get(&patient);
        assert!(page.expect(200).shows("Colleagues only").body.contains(&line));
        let page = clinic.dora.browser.get(&patient);
        let body = &page.expect(200).body;
        assert!(!body.contains("Beta blocker"), "not for who takes no part");
    });
}

#[test]
fn a_patient_is_found_by_what_is_exact() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let (nils, eve) = (&clinic.nils.browser, &clinic.eve.browser);
        let form = nils.get("/patients");
        let by = |browser: &Browser<'_>, fields: &[(&str, &str)]| {
            let form = browser.get("/patients");
            browser.submit(&form, "/patients", fields)
        };
        form.expect(200);
        by(nils, &[("identifier", "A-1")]).expect(200).shows("Ana Alvarez");
        by(nils, &[("name", "alvarez"), ("birth_date", "1964-03-05")])
            .expect(200)
            .shows("Ana Alvarez");
        by(nils, &[("name", "alvarez"), ("birth_date", "")]).expect(422);
        by(nils, &[]).expect(422);
        by(eve, &[("identifier", "A-1")]).expect(200).shows("Nobody found");
        clinic.ana.browser.get("/patients").expect(404);
    });
}

#[test]
fn the_offices_see_their_own_and_nothing_else() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let thread = clinic.writes("Dizzy", "I feel dizzy.");
        let work = format!("/work{thread}");
        clinic.nils.browser.get(&work).expect(200);
        clinic.eve.browser.get(&work).expect(404);
        let bob = site.enrol(Role::Billing, "Bob Tanaka", "bob").browser;
        let ada = site.enrol(Role::Administrator, "Ada Novak", "ada").browser;
        let olga = site.enrol(Role::PrivacyOfficer, "Olga Ruiz", "olga").browser;
        bob.get("/billing").expect(200).shows("No time is recorded in this installation yet.");
        ada.get("/admin").expect(200).shows("Nils Lee");
        ada.get("/admin/teams").expect(200).shows("Diabetes team");
        ada.get(&format!("/admin/teams/{}", clinic.team)).expect(200).shows("Nils Lee");
        ada.get("/admin/sites").expect(200).shows("Main street");
        let nils = format!("/admin/people/{}", clinic.nils.id);
        ada.get(&nils).expect(200).shows("Diabetes team, nurse");
        let ana = ada.get(&format!("/admin/people/{}", clinic.ana.id));
        ana.expect(200).shows("Own record");
        let enrol = format!("/admin/people/{}/enrol", clinic.ana.id);
        ada.submit(&ana, &enrol, &[]).expect(200).shows("For Ana Alvarez");
        let form = olga.get("/access-log");
        form.expect(200);
        olga.submit(&form, "/access-log", &[("record_number", "B-2")]).expect(422);
        let log = olga.submit(&form, "/access-log", &[("record_number", "A-1")]);
        log.expect(200).shows("Nils Lee").shows("Read a conversation").shows("Refused");
        assert!(!log.body.contains("Dizzy"), "no words in the log");
        let refused = [("record_number", "A-1"), ("outcome", "refused")];
        let only = olga.submit(&form, "/access-log", &refused);
        only.expect(200).shows("Eve Stone");
        assert!(!only.body.contains("Nils Lee"), "only what was refused");
        for (browser, own) in [(&bob, "/billing"), (&ada, "/admin"), (&olga, "/access-log")] {
            assert_eq!(browser.get("/work").location(), own);
            let others = ["/billing", "/admin", "/access-log"].into_iter().filter(|p| *p != own);
            for path in others.chain([work.as_str(), "/patients"]) {
                let page = browser.get(path);
                assert!(matches!(page.status.as_u16(), 403 | 404), "{path} for {own}: {page:?}");
            }
            assert!(!browser.get(own).body.contains("Dizzy"), "{own} shows no words");
        }
        for path in ["/work", "/billing", "/admin", "/access-log", "/work/keys"] {
            clinic.ana.browser.get(path).expect(404);
        }
    });
}

#[test]
fn the_patient_reads_who_has_it_and_why_it_moved() {
    TestSite::each(|site| {
        let clinic = Clinic::begin(site);
        let own = clinic.writes("Dizzy", "I feel dizzy since Sunday.");
        let work = format!("/work{own}");
        let (nils, ana) = (&clinic.nils.browser, &clinic.ana.browser);
        let page = nils.get(&work);
        act(nils, &page, &work, "claim", &[]).expect(303);
        ana.get(&own).expect(200).shows("Nils Lee has it.").shows("Since");
        let page = nils.get(&work);
        act(nils, &page, &work, "release", &[]).expect(303);
        let page = ana.get(&own);
        page.expect(200).shows("Diabetes team has it: whoever is free takes it.");
        page.shows("One step before").shows("Nils Lee has it.");
        // Away tomorrow, with somebody who stands in.
        let page = nils.get(&work);
        act(nils, &page, &work, "claim", &[]).expect(303);
        let app = &site.installation.app;
        let (from, dora) = (app.now().plus_seconds(60), clinic.dora.id);
        let until = from.plus_seconds(2 * 86_400);
        let as_nils = clinic::session(app, clinic.nils.id).unwrap();
        app.write(&as_nils, move |cx| app::cover::add(cx, from, until, Some(dora))).unwrap();
        site.pass_seconds(60);
        app::cover::move_work(app).unwrap();
        ana.get(&own).expect(200).shows("Nils Lee is away until").shows("Dora Park has it.");
    });
}

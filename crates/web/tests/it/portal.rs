//! Ana writes to her team, her helpers read along, and others learn nothing.

use app::admin::{self, NewGrant, TeamInput};
use app::draft;
use app::testing::clinic;
use app::{import, thread};
use domain::access::{Actor, Role};
use domain::ids::{CareTeamId, GrantId, Id, PatientId, PersonId, ThreadId};

use crate::support::{Page, Persona, Request, TestSite};

/// Ana with her record and her diabetes team, on one site.
struct Story<'s> {
    site: &'s TestSite,
    ana: Persona<'s>,
    patient: PatientId,
    team: CareTeamId,
}

const BUNDLE: &str = r#"{"resourceType":"Bundle","type":"collection","entry":[
 {"fullUrl":"urn:uuid:0198c0de-0000-4000-8000-000000000001","resource":{"resourceType":"Patient",
  "id":"ana","identifier":[{"system":"urn:mrn","value":"A-1"}],
  "name":[{"family":"Alvarez","given":["Ana"]}],"birthDate":"1964-03-05","gender":"female"}},
 {"fullUrl":"urn:uuid:0198c0de-0000-4000-8000-000000000002","resource":{"resourceType":"Encounter",
  "id":"visit","status":"finished","class":{"code":"AMB"},"type":[{"text":"Diabetes check"}],
  "subject":{"reference":"urn:uuid:0198c0de-0000-4000-8000-000000000001"},
  "period":{"start":"2026-10-28T14:00:00Z","end":"2026-10-28T14:30:00Z"}}}]}"#;

impl<'s> Story<'s> {
    fn begin(site: &'s TestSite) -> Self {
        let ana = site.enrol(Role::Patient, "Ana Alvarez", "ana");
        let app = &site.installation.app;
        let summary =
            import::import(app, &Actor::system(), "test", BUNDLE.as_bytes(), |_, _| {}).unwrap();
        assert!(summary.rejected.is_empty(), "{:?}", summary.rejected);
        let person = ana.id;
        let (team, patient, place) = app
            .write(&Actor::system(), move |cx| {
                let patient = only_patient(cx)?;
                let organization = admin::add_organization(cx, "Riverside Clinic", "555-0100")?;
                let site = admin::add_site(
                    cx,
                    &admin::SiteRow {
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
                    },
                )?;
                let team = admin::add_team(
                    cx,
                    &TeamInput {
                        site,
                        name: "Diabetes team".to_owned(),
                        care_type: "Diabetes care".to_owned(),
                        purpose: "Questions between visits".to_owned(),
                        kind: "care".to_owned(),
                        week: app::testing::clinic::ALWAYS_OPEN.to_owned(),
                        answer_minutes: 480,
                    },
                )?;
                admin::relate(cx, patient, team)?;
                admin::add_grant(cx, &grant(patient, person, "self", "write"))?;
                Ok((team, patient, site))
            })
            .unwrap();
        let nurse = clinic::add_person(app, Role::Nurse, "Nils Lee").unwrap();
        app.write(&Actor::system(), move |cx| admin::add_member(cx, team, nurse)).unwrap();
        clinic::check_urgency(app, false).unwrap();
        clinic::add_triage_desk(app, place).unwrap();
        clinic::open_team(app, team, nurse).unwrap();
        Self { site, ana, patient, team }
    }

    /// Gives somebody a right to act for Ana.
    fn give(&self, person: PersonId, rights: &'static str) -> GrantId {
        let patient = self.patient;
        let app = &self.site.installation.app;
        app.write(&Actor::system(), move |cx| {
            admin::add_grant(cx, &grant(patient, person, "helper", rights))
        })
        .unwrap()
    }

    /// Ana writes a new message through every step and lets it go; its conversation.
    fn writes(&self, headline: &str, body: &str) -> ThreadId {
        let browser = &self.ana.browser;
        let draft = self.begins();
        let page = browser.get(&format!("/drafts/{draft}/about"));
        let action = format!("/drafts/{draft}/about");
        browser.submit(&page, &action, &[("about", "nothing")]).expect(303);
        let action = format!("/drafts/{draft}/write");
        let page = browser.get(&action);
        let fields = [
            ("ask", "opinion"),
            ("headline", headline),
            ("body", body),
            ("question", "Is that normal?"),
            ("intent", "continue"),
        ];
        browser.submit(&page, &action, &fields).expect(303);
        let page = browser.get(&format!("/drafts/{draft}/check"));
        page.expect(200).shows(headline).shows("Diabetes team");
        let sent = browser.submit(&page, &format!("/drafts/{draft}/send"), &[]);
        sent.expect(303);
        browser.get(sent.location()).expect(200).shows("/undo");
        self.lets_go();
        let gone = browser.get(&format!("/drafts/{draft}/sent"));
        gone.expect(303);
        let thread = gone.location().trim_start_matches("/threads/").trim_end_matches("/sent");
        ThreadId::parse(thread).unwrap()
    }

    /// Ana chooses her team; the id of the draft that begins there.
    fn begins(&self) -> String {
        let browser = &self.ana.browser;
        let page = browser.get("/new");
        page.expect(200).shows("Diabetes team");
        let team = self.team.to_string();
        let page = browser.submit(&page, "/new", &[("team", &team)]);
        page.expect(303);
        page.location().trim_start_matches("/drafts/").trim_end_matches("/about").to_owned()
    }

    /// The hold passes and the worker releases what is due.
    fn lets_go(&self) {
        self.site.pass_seconds(60);
        draft::release_due(&self.site.installation.app).unwrap();
    }
}

/// Sends a reply from a page.
fn reply(browser: &crate::support::Browser<'_>, page: &Page, path: &str, body: &str) -> Page {
    browser.submit(page, path, &[("body", body), ("intent", "send")])
}

fn only_patient(cx: &mut app::Cx<'_, '_>) -> app::Result<PatientId> {
    admin::find_patients(cx, "A-1")?.first().copied().ok_or(app::Error::NotFound)
}

fn grant(patient: PatientId, person: PersonId, basis: &str, rights: &str) -> NewGrant {
    NewGrant {
        patient,
        person,
        basis: basis.to_owned(),
        rights: rights.to_owned(),
        demographics: true,
        chart: true,
        threads: true,
        from_at: None,
        until_at: None,
        verified_by: "the desk".to_owned(),
    }
}

#[test]
fn ana_writes_about_a_visit_and_reads_what_she_wrote() {
    TestSite::each(|site| {
        let story = Story::begin(site);
        let browser = &story.ana.browser;
        browser.get("/").expect(200).shows("Start a new message");
        let draft = story.begins();
        let page = browser.get(&format!("/drafts/{draft}/about"));
        page.expect(200).shows("October 28").shows("Diabetes check");
        let visit = page.value_of("about", "encounter:");
        let action = format!("/drafts/{draft}/about");
        browser.submit(&page, &action, &[("about", &visit)]).expect(303);
        let page = browser.get(&format!("/drafts/{draft}/write"));
        page.shows("My visit on October 28").shows("911").shows("988").shows("555-0101");

        let thread = story.writes("Tingling feet", "My feet tingle at night.");
        let page = browser.get(&format!("/threads/{thread}"));
        page.expect(200)
            .shows("Tingling feet")
            .shows("My feet tingle at night.")
            .shows("Is that normal?");
        browser.get("/").shows("Tingling feet").shows("With Diabetes team");
    });
}

#[test]
fn ana_is_told_when_she_will_hear_and_who_reads_it_first() {
    const PROMISE: &str = "You will hear at the latest by <time datetime=\"2026-";
    const HALF: &str = "They usually answer by <time datetime=\"2026-";
    const MOST: &str = "9 of 10 people hear by <time datetime=\"2026-";
    const FIRST: &str = "Who reads it first: the nurses and doctors of Diabetes team.";
    TestSite::each(|site| {
        let story = Story::begin(site);
        let browser = &story.ana.browser;
        browser.get("/new").expect(200).shows(PROMISE);
        let first = story.writes("Tingling feet", "My feet tingle at night.");
        let page = browser.get(&format!("/threads/{first}"));
        page.shows("This team is new here").shows(PROMISE).shows(FIRST).hides(MOST);
        browser.get("/").shows(PROMISE);
        app::testing::give_habit(&site.installation.app, story.team, 40).unwrap();
        browser.get("/new").shows(HALF);
        let draft = story.begins();
        let action = format!("/drafts/{draft}/write");
        let page = browser.get(&action);
        page.shows(HALF);
        let fields = [
            ("ask", "opinion"),
            ("headline", "My feet"),
            ("body", "They still tingle."),
            ("intent", "continue"),
        ];
        browser.submit(&page, &action, &fields).expect(303);
        let page = browser.get(&format!("/drafts/{draft}/check"));
        page.shows(HALF).shows(MOST).shows("At the latest: <time").shows(FIRST);
        let sent = browser.submit(&page, &format!("/drafts/{draft}/send"), &[]);
        browser.get(sent.location()).shows(HALF).shows(MOST);
        story.lets_go();
        let gone = browser.get(&format!("/drafts/{draft}/sent"));
        let page = browser.get(gone.location());
        page.expect(200).shows(HALF).shows(MOST);
        browser.get(gone.location().trim_end_matches("/sent")).shows(HALF).shows(MOST);
        browser.get("/").shows(HALF);
        // What was said of the first stays; nobody is told afterwards what they were not told then.
        browser.get(&format!("/threads/{first}")).shows("This team is new here").hides(HALF);
    });
}

#[test]
fn a_send_pressed_twice_is_one_message_and_undo_brings_the_draft_back() {
    TestSite::each(|site| {
        let story = Story::begin(site);
        let browser = &story.ana.browser;
        let thread = story.writes("Dose", "Which dose?");
        let here = format!("/threads/{thread}");
        let page = browser.get(&here);
        let action = format!("{here}/reply");
        reply(browser, &page, &action, "One more thing.").expect(303);
        // The same page again, while it is held.
        reply(browser, &page, &action, "One more thing.").expect(303);
        let held = browser.get(&here);
        held.shows("One more thing.").shows("/undo");
        let undo = held.action_with("/undo");
        browser.submit(&held, &undo, &[]).expect(303);
        story.lets_go();
        let page = browser.get(&here);
        page.shows("One more thing.");
        assert_eq!(letters(&story, thread), 1, "what was taken back has not left");
        reply(browser, &page, &action, "One more thing.").expect(303);
        story.lets_go();
        // The same page once more, after it left.
        reply(browser, &page, &action, "One more thing.").expect(303);
        story.lets_go();
        assert_eq!(letters(&story, thread), 2);
    });
}

/// How many messages a conversation of Ana's has.
fn letters(story: &Story<'_>, thread: ThreadId) -> usize {
    let app = &story.site.installation.app;
    let actor = app::testing::actor(app, story.ana.id);
    app.read(&actor, |cx| thread::view(cx, thread, i64::MAX, 50)).unwrap().messages.len()
}

#[test]
fn what_others_wrote_is_shown_before_a_reply_leaves() {
    TestSite::each(|site| {
        let story = Story::begin(site);
        let pia = site.enrol(Role::Helper, "Pia Reyes", "pia");
        story.give(pia.id, "write");
        let thread = story.writes("Numbers", "Here are my numbers.");
        let mine = format!("/threads/{thread}");
        let hers = format!("/for/{}/threads/{thread}", story.patient);
        let page = story.ana.browser.get(&mine);
        let helping = pia.browser.get(&hers);
        helping.expect(200).shows("You are helping Ana Alvarez");
        reply(&pia.browser, &helping, &format!("{hers}/reply"), "Mom forgot: 135 over 83.")
            .expect(303);
        story.lets_go();
        let stop = reply(&story.ana.browser, &page, &format!("{mine}/reply"), "135 over 83");
        stop.expect(409).shows("Mom forgot: 135 over 83.").shows("Pia Reyes");
        reply(&story.ana.browser, &stop, &format!("{mine}/reply"), "135 over 83").expect(303);
        story.lets_go();
        assert_eq!(letters(&story, thread), 3);
    });
}

#[test]
fn a_helper_sees_what_the_grant_says_and_nothing_once_it_ends() {
    TestSite::each(|site| {
        let story = Story::begin(site);
        let thread = story.writes("Private", "For my team.");
        let rex = site.enrol(Role::Helper, "Rex Olsen", "rex");
        let hers = format!("/for/{}/threads/{thread}", story.patient);
        rex.browser.get(&hers).expect(404);
        let right = story.give(rex.id, "read");
        rex.browser.sign_in(&rex);
        rex.browser.get("/").expect(303);
        rex.browser.get("/helping").expect(200).shows("Ana Alvarez");
        let page = rex.browser.get(&hers);
        page.expect(200).shows("For my team.");
        assert!(!page.body.contains("/reply\""), "who may only read has no reply form");
        // The address names the patient; under another's it is not found.
        rex.browser.get(&format!("/threads/{thread}")).expect(303);
        let app = &site.installation.app;
        app.write(&Actor::system(), move |cx| admin::revoke_grant(cx, right)).unwrap();
        rex.browser.get(&hers).expect(401);
        rex.browser.sign_in(&rex);
        rex.browser.get(&hers).expect(404);
        let random = "0198c0de-0000-7000-8000-00000000abcd";
        story.ana.browser.get(&format!("/threads/{random}")).expect(404);
        let ben = site.enrol(Role::Patient, "Ben Brown", "ben");
        for path in [format!("/threads/{thread}"), hers] {
            let status = ben.browser.get(&path).status.as_u16();
            assert!([303, 404].contains(&status), "{path}: {status}");
        }
    });
}

#[test]
fn what_is_typed_is_kept_and_mistakes_are_told_in_place() {
    TestSite::each(|site| {
        let story = Story::begin(site);
        let browser = &story.ana.browser;
        let page = browser.get("/new");
        browser.submit(&page, "/new", &[]).expect(422).shows("Choose who it is for.");
        let draft = story.begins();
        let action = format!("/drafts/{draft}/write");
        let page = browser.get(&action);
        let autosave = format!("/drafts/{draft}/autosave");
        let mut fields = page.hidden(&action);
        fields.push(("body".to_owned(), "Half a thought".to_owned()));
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let saved = browser.send(Request::post(&autosave, &fields));
        saved.expect(200).shows("Drafts");
        let version: i64 = saved.header("draft-version").parse().unwrap();
        let page = browser.get(&action);
        page.shows("Half a thought");
        browser.get("/drafts").expect(200).shows("Half a thought");
        // An older version of the page loses nothing: the newest text is shown.
        let stale = (version - 1).to_string();
        let late = browser.submit(
            &page,
            &action,
            &[("version", &stale), ("body", "Old"), ("intent", "continue")],
        );
        late.expect(422).shows("Half a thought");
        let empty = browser.submit(&page, &action, &[("body", " "), ("intent", "continue")]);
        empty.expect(422).shows("Write your message.").shows("Choose what you need");
    });
}

#[test]
fn a_search_shows_its_words_on_the_page_and_in_no_address() {
    TestSite::each(|site| {
        let story = Story::begin(site);
        story.writes("Ankles", "My ankles swell in the evening.");
        let browser = &story.ana.browser;
        let page = browser.get("/search");
        let found = browser.submit(&page, "/search", &[("q", "ankle evening")]);
        found.expect(303);
        assert!(!found.location().contains("ankle"));
        browser.get(found.location()).expect(200).shows("swell");
        browser.submit(&page, "/search", &[("q", " ")]).expect(422).shows("Type a word");
        let ben = site.enrol(Role::Patient, "Ben Brown", "ben");
        let status = ben.browser.get(found.location()).status.as_u16();
        assert!([303, 404].contains(&status));
    });
}

#[test]
fn a_message_is_corrected_and_taken_back_in_sight() {
    TestSite::each(|site| {
        let story = Story::begin(site);
        let thread = story.writes("Pills", "I take two pills.");
        let browser = &story.ana.browser;
        let here = format!("/threads/{thread}");
        let correct = browser.get(&here).link_with("/correct");
        let form = browser.get(&correct);
        form.expect(200).shows("I take two pills.");
        let fields = [("body", "I take three pills."), ("reason", "I counted again")];
        browser.submit(&form, &correct, &fields).expect(303);
        browser.get(&here).shows("I take two pills.").shows("I take three pills.");
        let retract = browser.get(&here).link_with("/retract");
        let form = browser.get(&retract);
        form.expect(200);
        browser.submit(&form, &retract, &[("reason", "")]).expect(303);
        let page = browser.get("/");
        assert!(!page.body.contains("three pills"), "a preview does not keep what was taken back");
    });
}

/// What a helper handed over stands apart from drafts that are the helper's alone.
fn stands_apart(shelf: &Page) {
    shelf
        .expect(200)
        .shows("has your draft now")
        .shows("who can read them and decides what is sent");
    shelf.hides("Only you can see them").hides("Drafts (");
}

#[test]
fn a_helper_prepares_and_ana_decides_on_her_own_pages() {
    TestSite::each(|site| {
        let story = Story::begin(site);
        let thread = story.writes("Dizzy", "I feel dizzy.");
        let pia = site.enrol(Role::Helper, "Pia Alvarez", "pia");
        let grant = story.give(pia.id, "draft");
        let (ana, side) = (&story.ana.browser, format!("/for/{}", story.patient));
        ana.get("/drafts").expect(200).shows("You have no drafts.");

        // In the conversation: the button hands over, and the page says what will happen.
        let path = format!("{side}/threads/{thread}");
        let page = pia.browser.get(&path);
        page.expect(200).shows("Give it to Ana Alvarez").shows("will see this and decide");
        assert!(!page.body.contains("value=\"send\""), "she cannot send");
        let fields = [("body", "Both feet, since May."), ("intent", "offer")];
        let given = pia.browser.submit(&page, &format!("{path}/reply"), &fields);
        given.expect(303);
        let offered = given.location().to_owned();
        pia.browser
            .get(&offered)
            .expect(200)
            .shows("has your draft now")
            .shows("Both feet, since May.")
            .shows("Take it back");
        pia.browser.get(&path).expect(200).shows("has your draft now");
        stands_apart(&pia.browser.get(&format!("{side}/drafts")));

        // Ana finds it everywhere she looks, and nowhere else is it.
        ana.get("/").expect(200).shows("prepared a text for you");
        let shelf = ana.get("/drafts");
        shelf.expect(200).shows("Prepared for you").shows("From Pia Alvarez").shows("Drafts (1)");
        ana.get(&format!("/threads/{thread}")).expect(200).shows("Pia Alvarez prepared a text");
        let id = offered.trim_end_matches("/offered").rsplit('/').next().unwrap().to_owned();
        let prepared = format!("/prepared/{id}");
        assert!(shelf.body.contains(&format!("href=\"{prepared}\"")));
        let look = ana.get(&prepared);
        look.expect(200)
            .shows("Both feet, since May.")
            .shows("Your team will see that Pia Alvarez prepared it.");

        // Pia takes it back, changes it and gives it again: the old page decides nothing.
        let page = pia.browser.get(&offered);
        let back = offered.replace("/offered", "/withdraw");
        pia.browser.submit(&page, &back, &[]).expect(303);
        let gone = ana.submit(&look, &format!("{prepared}/take"), &[]);
        gone.expect(303);
        ana.get(gone.location()).expect(200).shows("That text is not here any more.");
        let page = pia.browser.get(&path);
        page.expect(200).shows("Both feet, since May.");
        let fields = [("body", "Both feet, since June."), ("intent", "offer")];
        pia.browser.submit(&page, &format!("{path}/reply"), &fields).expect(303);
        let stale = ana.submit(&look, &format!("{prepared}/take"), &[]);
        stale.expect(303);
        let look = ana.get(stale.location());
        look.expect(200).shows("was changed meanwhile").shows("since June");

        // She takes it on, changes it and sends it; the message says who did what.
        let taken = ana.submit(&look, &format!("{prepared}/take"), &[]);
        taken.expect(303);
        let here = format!("/threads/{thread}");
        let page = ana.get(taken.location());
        page.expect(200).shows("It is your draft now").shows("since June");
        let said = reply(ana, &page, &format!("{here}/reply"), "Both feet, since June, I think.");
        said.expect(303);
        story.lets_go();
        ana.get(&here).expect(200).shows("since June, I think.").shows("Pia Alvarez prepared this");
        pia.browser.get(&offered).expect(200).shows("took your draft on");

        // A new message goes the same way to the check page, is set aside, and stays Pia's.
        let page = pia.browser.get(&format!("{side}/new"));
        let team = story.team.to_string();
        let page = pia.browser.submit(&page, &format!("{side}/new"), &[("team", &team)]);
        let draft = page.location().trim_end_matches("/about").to_owned();
        let about = format!("{draft}/about");
        pia.browser.submit(&pia.browser.get(&about), &about, &[("about", "nothing")]).expect(303);
        let write = format!("{draft}/write");
        let fields =
            [("ask", "fact"), ("headline", "Pills"), ("body", "Which?"), ("intent", "continue")];
        pia.browser.submit(&pia.browser.get(&write), &write, &fields).expect(303);
        let check = pia.browser.get(&format!("{draft}/check"));
        check.expect(200).shows("Give it to Ana Alvarez");
        pia.browser.submit(&check, &format!("{draft}/offer"), &[]).expect(303);
        pia.browser.get(&write).expect(303);
        let id = draft.rsplit('/').next().unwrap();
        let ask = format!("/prepared/{id}/decline");
        let page = ana.get(&ask);
        page.expect(200).shows("Set this text aside?");
        ana.submit(&page, &ask, &[]).expect(303);
        ana.get("/drafts").expect(200).shows("You have no drafts.");
        pia.browser.get(&format!("{draft}/offered")).expect(200).shows("does not want to use");

        // Once the right has ended, what it prepared is gone, and says so.
        pia.browser.submit(
            &pia.browser.get(&format!("{draft}/offered")),
            &format!("{draft}/withdraw"),
            &[],
        );
        let check = pia.browser.get(&format!("{draft}/check"));
        pia.browser.submit(&check, &format!("{draft}/offer"), &[]).expect(303);
        let look = ana.get(&format!("/prepared/{id}"));
        look.expect(200);
        site.installation
            .app
            .write(&Actor::system(), move |cx| admin::revoke_grant(cx, grant))
            .unwrap();
        let gone = ana.submit(&look, &format!("/prepared/{id}/take"), &[]);
        gone.expect(303);
        ana.get(gone.location()).expect(200).shows("may no longer write for you");
        ana.get("/drafts").expect(200).shows("You have no drafts.");
    });
}

#[test]
fn whoever_is_not_sure_writes_to_the_triage_desk_and_no_id_opens_another_team() {
    TestSite::each(|site| {
        let story = Story::begin(site);
        let browser = &story.ana.browser;
        let page = browser.get("/new");
        page.expect(200).shows("Diabetes team").shows("Questions between visits");
        page.shows("Main street. Open around the clock.").shows("Diabetes care");
        page.shows("Nurse line reads it first and finds the right team for you.");
        for made_up in ["0192a000-0000-7000-8000-000000000002", "x", ""] {
            browser.submit(&page, "/new", &[("team", made_up)]).expect(422);
        }
        let sent = browser.submit(&page, "/new", &[("team", "unsure")]);
        sent.expect(303);
        let draft = sent.location().trim_end_matches("/about").to_owned();
        let who = browser.get(&format!("{draft}/who"));
        who.expect(200).shows(r#"value="unsure" checked"#);
        let write = browser.get(&format!("{draft}/write"));
        write.expect(200).shows("Nurse line");
    });
}

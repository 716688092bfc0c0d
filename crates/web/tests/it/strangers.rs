//! Every route × every kind of stranger: nobody, a pending log-in, another patient, a revoked helper,
//! a clinician of another team, disabled staff.
//!
//! The routes are read out of `src/router.rs`, so **a new route fails here until it has its line** in
//! [`ROUTES`] (`strangers/routes.rs`), next to its neighbours, one line each:
//!
//! ```text
//! ("POST /threads/{id}/reply", Theirs, "body=Hello&base_seq=1"),
//!   method and address ^        ^         ^ what the form sends, or "" (for FHIR see `fhir_body`)
//!                               who may ask, see [`Kind`]
//! ```
//! An address's `{…}` stand for Ana's things; a new kind of thing gets its arm in [`Things::of`].
//! What nobody signed in may ask is in [`OPEN`], a list that may only shrink: an entry needs a reason,
//! and `OPEN_MAX` is lowered with it. Deliberately absent: what each person may do (the stories), and
//! the policy itself (`docs/policy-table.md`).

use std::collections::BTreeSet;

use app::testing::clinic;
use app::{Cx, admin, draft, search, thread};
use domain::access::{Actor, Role};
use domain::ids::{GrantId, PatientId};
use domain::message::Ask;
use http::Method;

use crate::support::{Browser, PASSWORD, Page, Persona, Request, TestSite};

/// Who may ask a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Names something of Ana's: strangers get 404 with the words of an id that does not exist, and
    /// who is not signed in is sent to sign in.
    Theirs,
    /// For an office that no stranger holds (administration, billing, the access log): refused, by 403
    /// or 404.
    Office,
    /// Does nothing by itself and answers alike for every id, known or not (leads back, asks again).
    Alike,
    /// Shows whoever is signed in what is their own: strangers see nothing of Ana's.
    Own,
    /// Needs no session: listed in [`OPEN`].
    Open,
}
use Kind::{Alike, Office, Open, Own, Theirs};

mod routes;
use routes::{OPEN, OPEN_MAX, ROUTES};

/// Words of Ana's that no stranger may see in any answer.
const CANARIES: &[&str] = &["Quetzal", "quetzal", "1964-03-05"];

/// The lines of a route; one asked in several ways has several. What stands under `/for/{patient}` is
/// written once, without it, and is always about that patient.
fn listed(route: &str) -> Vec<(Kind, &'static str)> {
    let find = |route: &str| -> Vec<(Kind, &'static str)> {
        let lines = ROUTES.iter().filter(|(listed, ..)| *listed == route);
        lines.map(|(_, kind, fields)| (*kind, *fields)).collect()
    };
    let own = find(route);
    let below = route.split_once(" /for/{patient}").filter(|_| own.is_empty());
    let Some((method, path)) = below else { return own };
    find(&format!("{method} {path}")).into_iter().map(|(_, fields)| (Theirs, fields)).collect()
}

/// Every route of `router.rs`, as `GET /address`.
fn routes() -> BTreeSet<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/router.rs");
    let source = std::fs::read_to_string(path).unwrap();
    let code: Vec<&str> =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let mut found = BTreeSet::new();
    mount(&code, "router", "", &mut found);
    let written = code.matches(".route(").count();
    assert!(found.len() >= written, "{} of {written} routes were understood", found.len());
    found
}

/// The body of `fn name`.
fn body<'c>(code: &'c str, name: &str) -> &'c str {
    let start = code.find(&format!("fn {name}(")).unwrap_or_else(|| {
        panic!(
            "router.rs mounts `{name}`, which does not stand in it: every route is on one screen"
        )
    });
    let rest = &code[start..];
    &rest[..rest.find("\n}").unwrap()]
}

/// Adds the routes that `fn name` makes, mounted at `prefix`. A router that it first gives a name
/// (`let acts = Router::new()…;`) counts where it is merged or nested.
fn mount(code: &str, name: &str, prefix: &str, found: &mut BTreeSet<String>) {
    let mut rest = body(code, name).to_owned();
    let mut named = Vec::new();
    while let Some(at) = rest.find(" = Router::new()") {
        let start = rest[..at].rfind("let ").unwrap();
        let end = at + rest[at..].find(";\n").unwrap();
        let (before, made) = (rest[..start].to_owned(), rest[start..end].to_owned());
        named.push((rest[start + 4..at].to_owned(), made));
        rest = before + &rest[end + 1..];
    }
    add(&rest, prefix, found);
    let mut mounts = Vec::new();
    for part in rest.split(".nest(").skip(1) {
        let (path, called) = quoted(part);
        mounts.push((path, called.trim_start_matches([',', ' ', '\n'])));
    }
    mounts.extend(rest.split(".merge(").skip(1).map(|called| ("", called)));
    for (path, called) in mounts {
        let called: String =
            called.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let prefix = format!("{prefix}{path}");
        match named.iter().find(|(name, _)| *name == called) {
            Some((_, made)) => add(made, &prefix, found),
            None => mount(code, &called, &prefix, found),
        }
    }
}

/// Adds the routes of one chain of `.route(…)`.
fn add(chain: &str, prefix: &str, found: &mut BTreeSet<String>) {
    for part in chain.split(".route(").skip(1) {
        let (path, rest) = quoted(part);
        let handlers = rest.split("\n        .").next().unwrap_or(rest);
        let mut methods: Vec<&str> = ["get", "post", "put", "patch", "delete"]
            .into_iter()
            .filter(|method| {
                handlers.match_indices(&format!("{method}(")).any(|(at, _)| {
                    let word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
                    !handlers[..at].ends_with(word)
                })
            })
            .collect();
        if handlers.contains("act(") {
            // Leads a GET back to the page of the act.
            methods.push("get");
        }
        assert!(!methods.is_empty(), "no method is understood for {path}");
        for method in methods {
            found.insert(format!("{} {prefix}{path}", method.to_uppercase()));
        }
    }
}

/// The first quoted text and what follows it.
fn quoted(text: &str) -> (&str, &str) {
    let (_, rest) = text.split_once('"').unwrap();
    rest.split_once('"').unwrap()
}

#[test]
fn every_route_has_its_line_and_every_line_its_route() {
    let routes = routes();
    assert!(routes.len() > 60, "only {} routes found: is the reader broken?", routes.len());
    let missing: Vec<&String> = routes.iter().filter(|route| listed(route).is_empty()).collect();
    assert!(missing.is_empty(), "list these routes in strangers.rs: {missing:#?}");
    let gone: Vec<&str> =
        ROUTES.iter().map(|(route, ..)| *route).filter(|route| !routes.contains(*route)).collect();
    assert!(gone.is_empty(), "these routes are no more, take them off: {gone:#?}");
    let open: BTreeSet<&str> =
        ROUTES.iter().filter(|(_, kind, _)| *kind == Open).map(|(route, ..)| *route).collect();
    let excepted: BTreeSet<&str> = OPEN.iter().map(|(route, _)| *route).collect();
    assert_eq!(open, excepted, "a route without a session needs its reason");
    assert!(OPEN.len() <= OPEN_MAX, "the list of open routes may only shrink");
}

/// Ana's things, or ids of nothing.
struct Things {
    patient: String,
    thread: String,
    message: String,
    question: String,
    note: String,
    draft: String,
    prepared: String,
    search: String,
    session: String,
    team: String,
    absence: String,
    act: String,
    saved: String,
    announcement: String,
}

impl Things {
    fn none(site: &TestSite) -> Self {
        let id = || site.installation.app.new_id::<GrantId>().unwrap().to_string();
        Self {
            patient: id(),
            thread: id(),
            message: id(),
            question: id(),
            note: id(),
            draft: id(),
            prepared: id(),
            search: id(),
            session: id(),
            team: id(),
            absence: id(),
            act: id(),
            saved: id(),
            announcement: id(),
        }
    }

    /// What a placeholder stands for in an address that begins with `before`.
    fn of(&self, before: &str, placeholder: &str) -> &str {
        match placeholder {
            "patient" => &self.patient,
            "message" | "grant" | "limit" => &self.message,
            "question" => &self.question,
            "note" => &self.note,
            "thread" => &self.thread,
            "draft" => &self.draft,
            "team" => &self.team,
            "*path" => "nothing.css",
            "token" => "ua_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            "id" if before.ends_with("/threads/") => &self.thread,
            "id" if before.ends_with("/away/") => &self.absence,
            "id" if before.ends_with("/acts/") => &self.act,
            "saved" => &self.saved,
            "id" if before.ends_with("/replies/") => &self.saved,
            "id" if before.ends_with("/announcements/") => &self.announcement,
            "id" if before.ends_with("/envelopes/") => &self.thread,
            "id" if before.ends_with("/drafts/") => &self.draft,
            "id" if before.ends_with("/prepared/") => &self.prepared,
            "id" if before.ends_with("/search/") => &self.search,
            "id" if before.ends_with("/sessions/") => &self.session,
            "id" if before.ends_with("/Communication/") => &self.thread,
            "id" if before.ends_with("/Patient/") => &self.patient,
            "id" if before.ends_with("/patients/") => &self.patient,
            // Nobody below gets near the page of a log-in or a site, whichever it is.
            "id" if before.ends_with("/people/") || before.ends_with("/sites/") => &self.session,
            "id" if before.ends_with("/teams/") => &self.team,
            // Nobody below administers a practice, whichever it is.
            "id" if before.ends_with("/routing/") => &self.team,
            "n" => "1",
            other => panic!("say in Things::of what {{{other}}} stands for after {before}"),
        }
    }

    fn fill(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (placeholder, after) = after.split_once('}').unwrap();
            let id = self.of(&out, placeholder).to_owned();
            out.push_str(&id);
            rest = after;
        }
        out + rest
    }
}

/// Ana, her things, and her second browser, whose session nobody may end.
struct Ana<'s> {
    id: domain::ids::PersonId,
    patient: PatientId,
    things: Things,
    second: Browser<'s>,
}

/// A site on which Ana has written, answered, drafted and searched.
fn ana_writes<'s>(site: &'s TestSite, clinic: &clinic::Clinic) -> Ana<'s> {
    let app = &site.installation.app;
    let ana = site.enrol(Role::Patient, "Ana Quetzal", "ana");
    let patient = clinic::add_patient(app, "Ana Quetzal", "1964-03-05", clinic.team).unwrap();
    clinic::grant(app, patient, ana.id, "self").unwrap();
    let actor = clinic::session(app, ana.id).unwrap();
    let typed = |target, body: &str| draft::Typed {
        target,
        ask: Ask::Opinion,
        content: app::content::DraftContent {
            headline: "Quetzal headline".to_owned(),
            body: body.to_owned(),
            questions: vec!["Is it a quetzal?".to_owned()],
            ..app::content::DraftContent::default()
        },
        base_seq: 1,
    };
    let new = |body: &str| {
        let target = draft::Target::New {
            patient,
            kind: domain::thread::ThreadKind::Care,
            team: Some(clinic.team),
            category: domain::thread::Category::Symptom,
            about: app::thread::About::NOTHING,
        };
        typed(target, body)
    };
    let first = new("I feel like a quetzal.");
    let (id, version) = app.write(&actor, move |cx| draft::save(cx, None, 0, &first)).unwrap();
    app.write(&actor, move |cx| draft::send(cx, id, version, None)).unwrap();
    site.pass_seconds(11);
    assert_eq!(draft::release_due(app).unwrap(), 1);
    let search = search::run(app, &actor, patient, "quetzal").unwrap();
    let found = app.read(&actor, |cx| search::get(cx, patient, search)).unwrap();
    let thread = found.hits[0].thread;
    let view = app.read(&actor, |cx| thread::view(cx, thread, i64::MAX, 10)).unwrap();
    let nils = clinic::session(app, clinic.nils).unwrap();
    let body = domain::message::Body::parse("A quetzal among us.").unwrap();
    let key = domain::message::ClientMsgId::parse("note-1").unwrap();
    app.write(&nils, move |cx| app::note::add(cx, thread, &body, &key)).unwrap();
    let notes = app.read(&nils, |cx| app::note::list(cx, thread)).unwrap();
    let from = app.now().plus_seconds(86_400);
    let away = move |cx: &mut Cx<'_, '_>| app::cover::add(cx, from, from.plus_seconds(60), None);
    let absence = app.write(&nils, away).unwrap();
    let ((), act) = app
        .write(&nils, move |cx| {
            let kind = domain::work_act::ActKind::Claim;
            app::act::single(cx, kind, thread, |cx| app::work::claim(cx, thread, None))
        })
        .unwrap();
    let (saved, announcement) = keeps_texts(app, clinic, &nils);
    let second = new("A quetzal again.");
    let (kept, _) = app.write(&actor, move |cx| draft::save(cx, None, 0, &second)).unwrap();
    let hugo = site.enrol(Role::Helper, "Hugo Quetzal", "hugo");
    clinic::grant(app, patient, hugo.id, "representative").unwrap();
    let hugo = clinic::session(app, hugo.id).unwrap();
    let third = new("A quetzal of Hugo's.");
    let (prepared, version) = app.write(&hugo, move |cx| draft::save(cx, None, 0, &third)).unwrap();
    app.write(&hugo, move |cx| app::prepared::offer(cx, prepared, version)).unwrap();
    let second = site.browser();
    second.sign_in(&ana).expect(303);
    let account = ana.browser.get("/account").body;
    let at = account.find("/account/sessions/0").expect("another session is listed");
    let session = account[at..].split('/').nth(3).unwrap().to_owned();
    let things = Things {
        patient: patient.to_string(),
        thread: thread.to_string(),
        message: view.messages[0].id.to_string(),
        question: view.messages[0].questions[0].id.to_string(),
        note: notes[0].id.to_string(),
        draft: kept.to_string(),
        prepared: prepared.to_string(),
        search: search.to_string(),
        session,
        team: clinic.team.to_string(),
        absence: absence.to_string(),
        act: act.unwrap().to_string(),
        saved: saved.to_string(),
        announcement: announcement.to_string(),
    };
    Ana { id: ana.id, patient, things, second }
}

/// A saved reply of the team and an announcement of its, made by Nils, who leads it.
fn keeps_texts(
    app: &app::App,
    clinic: &clinic::Clinic,
    nils: &Actor,
) -> (domain::ids::SavedReplyId, domain::ids::AnnouncementId) {
    let (team, lead) = (clinic.team, clinic.nils);
    app.write(&Actor::system(), move |cx| {
        let mut input = admin::team::settings(cx, team)?.input();
        input.leads = BTreeSet::from([lead]);
        admin::team::set(cx, team, &input)
    })
    .unwrap();
    let (saved, announcement) = (app.new_id().unwrap(), app.new_id().unwrap());
    app.write(nils, move |cx| {
        let reply = app::saved_reply::Typed {
            team: Some(team),
            title: "Quetzal".to_owned(),
            texts: ["A quetzal reply.".to_owned(), String::new()],
            act: domain::saved_reply::Act::default(),
        };
        app::saved_reply::save(cx, saved, 0, &reply)?;
        let text = app::announcement::Typed {
            language: String::new(),
            texts: [("Quetzal".to_owned(), "To all quetzals.".to_owned()), Default::default()],
        };
        app::announcement::save(cx, team, announcement, 0, &text)
    })
    .unwrap();
    (saved, announcement)
}

/// A stranger: what they ask with, and whether they are signed in.
struct Stranger<'s> {
    name: &'static str,
    browser: Browser<'s>,
    form_token: String,
    bearer: Option<String>,
    signed_in: bool,
}

const SCOPES: &str = "user/*.cruds patient/*.cruds";

fn signed_in<'s>(site: &TestSite, name: &'static str, persona: Persona<'s>) -> Stranger<'s> {
    let page = persona.browser.get("/account");
    page.expect(200);
    let form_token = token_of(&page, "/account/look");
    let bearer = clinic::token(&site.installation.app, persona.id, SCOPES).unwrap();
    Stranger { name, browser: persona.browser, form_token, bearer: Some(bearer), signed_in: true }
}

fn token_of(page: &Page, action: &str) -> String {
    let hidden = page.hidden(action);
    hidden.into_iter().find(|(name, _)| name == "form_token").unwrap().1
}

fn strangers<'s>(
    site: &'s TestSite,
    clinic: &clinic::Clinic,
    (patient, things): (PatientId, &Things),
) -> Vec<Stranger<'s>> {
    let app = &site.installation.app;
    let system = Actor::system();
    let outside = |name, browser: Browser<'s>, bearer| {
        let form_token = token_of(&browser.get("/sign-in"), "/sign-in");
        Stranger { name, browser, form_token, bearer, signed_in: false }
    };
    let member = |persona: &Persona<'_>, team| {
        let id = persona.id;
        app.write(&system, move |cx| admin::add_member(cx, team, id)).unwrap();
    };

    let ben = site.enrol(Role::Patient, "Ben Brown", "ben");
    let own = clinic::add_patient(app, "Ben Brown", "1958-01-02", clinic.team).unwrap();
    clinic::grant(app, own, ben.id, "self").unwrap();

    let rex = site.enrol(Role::Helper, "Rex Hill", "rex");
    clinic::grant(app, patient, rex.id, "helper").unwrap();
    // While the right holds, the same addresses show what nobody below may see.
    for path in ["/for/{patient}/", "/for/{patient}/threads/{id}"] {
        rex.browser.get(&things.fill(path)).expect(200).shows("Quetzal");
    }
    let of = rex.id;
    app.write(&system, move |cx| {
        for grant in admin::list_grants(cx, None, Some(of))? {
            admin::revoke_grant(cx, grant.id)?;
        }
        Ok(())
    })
    .unwrap();
    rex.browser.sign_in(&rex);

    let eve = site.enrol(Role::Clinician, "Eve Stone", "eve");
    member(&eve, clinic.other_team);

    let dora = site.enrol(Role::Clinician, "Dora Park", "dora");
    member(&dora, clinic.team);
    let pending = site.browser();
    pending.try_password("dora", PASSWORD).expect(303);
    let half = pending.cookie("__Host-tidings-code").expect("a pending log-in");
    pending.set_cookie("__Host-tidings", &half);

    let cole = site.enrol(Role::Nurse, "Cole Day", "cole");
    member(&cole, clinic.team);
    let dead = clinic::token(app, cole.id, SCOPES).unwrap();
    let cookie = cole.browser.cookie("__Host-tidings").unwrap();
    site.disable(cole.id);
    let disabled = site.browser();
    disabled.set_cookie("__Host-tidings", &cookie);

    vec![
        outside("nobody", site.browser(), None),
        outside("a pending log-in", pending, Some(half)),
        signed_in(site, "another patient", ben),
        signed_in(site, "a revoked helper", rex),
        signed_in(site, "another team's clinician", eve),
        outside("disabled staff", disabled, Some(dead)),
    ]
}

impl Stranger<'_> {
    fn ask(&self, route: &str, fields: &str, things: &Things) -> Page {
        let (method, path) = route.split_once(' ').unwrap();
        let (path, fields) = (things.fill(path), things.fill(fields));
        if path.starts_with("/fhir/") {
            return self.ask_fhir(method, &path, &fields, things);
        }
        if method == "GET" {
            let query = if fields.is_empty() { String::new() } else { format!("?{fields}") };
            return self.browser.send(Request::get(&(path + &query)));
        }
        let mut all: Vec<(&str, &str)> =
            fields.split('&').filter_map(|field| field.split_once('=')).collect();
        all.push(("form_token", &self.form_token));
        assert_eq!(method, "POST", "teach `ask` the method");
        self.browser.send(Request::post(&path, &all))
    }

    fn ask_fhir(&self, method: &str, path: &str, query: &str, things: &Things) -> Page {
        let path = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = Request::new(method.clone(), &path).alone();
        if let Some(bearer) = &self.bearer {
            request = request.header("authorization", &format!("Bearer {bearer}"));
        }
        if method == Method::POST {
            request = request
                .header("content-type", "application/fhir+json")
                .body(fhir_body(things).into_bytes());
        }
        self.browser.send(request)
    }
}

/// A message into Ana's conversation, as a program sends it.
fn fhir_body(things: &Things) -> String {
    format!(
        r#"{{"resourceType":"Communication","status":"completed",
            "identifier":[{{"system":"urn:example:client","value":"stranger-1"}}],
            "subject":{{"reference":"Patient/{}"}},"partOf":[{{"reference":"Communication/{}"}}],
            "payload":[{{"contentString":"Let me in"}}]}}"#,
        things.patient, things.thread
    )
}

/// What of a page may differ from one request to the next.
fn bare(page: &Page, things: &Things) -> (u16, String) {
    let location = page.header("location");
    let mut told = format!("{location}\n{}", page.body);
    // The form token is masked anew on every page.
    while let Some((before, after)) = told.split_once("name=\"form_token\" value=\"") {
        let after = after.split_once('"').map_or("", |(_, after)| after);
        told = format!("{before}{after}");
    }
    for id in [&things.patient, &things.thread, &things.message, &things.draft, &things.search] {
        told = told.replace(id.as_str(), "ID");
    }
    (page.status.as_u16(), told.replace(&things.session, "ID"))
}

/// What is wrong with the answer to a stranger, if anything.
fn fault(stranger: &Stranger<'_>, (route, kind): (&str, Kind), page: &Page) -> Option<String> {
    let status = page.status.as_u16();
    let is_get = route.starts_with("GET ");
    if let Some(word) = CANARIES.iter().find(|word| page.body.contains(**word)) {
        return Some(format!("shows `{word}`"));
    }
    if status >= 500 {
        return Some(format!("a fault of ours: {status}"));
    }
    let turned_away =
        status == 401 || (is_get && status == 303 && page.location().starts_with("/sign-in"));
    match (kind, stranger.signed_in) {
        (Open, _) | (Own | Alike, true) => None,
        (Own | Theirs | Office | Alike, false) if turned_away => None,
        (Own | Theirs | Office | Alike, false) => Some(format!("no session, and {status}")),
        (Office, true) if matches!(status, 403 | 404) => None,
        (Office, true) => Some(format!("{status} in place of 403 or 404")),
        // A helper has no conversations of their own and is led to whom they help.
        (Theirs, true) if status == 303 && page.location() == "/helping" => None,
        (Theirs, true) if status == 404 => None,
        (Theirs, true) => Some(format!("{status} in place of 404")),
    }
}

#[test]
fn no_stranger_gets_anything_on_any_route() {
    TestSite::each(|site| {
        let clinic = clinic::Clinic::open(&site.installation.app).unwrap();
        let Ana { id: ana, patient, things, second } = ana_writes(site, &clinic);
        let nothing = Things::none(site);
        let mut faults = Vec::new();
        let mut asked = 0;
        let people = strangers(site, &clinic, (patient, &things));
        // Signing out comes last: it ends the stranger's own session.
        let (last, first): (Vec<String>, Vec<String>) =
            routes().into_iter().partition(|route| ends_sessions(route));
        for route in first.iter().chain(&last) {
            for ((kind, fields), stranger) in
                listed(route).into_iter().flat_map(|line| people.iter().map(move |who| (line, who)))
            {
                // One's own event stream never ends; the stories of live pages are about it.
                if kind == Own && route.ends_with("/live") && stranger.signed_in {
                    continue;
                }
                let real = stranger.ask(route, fields, &things);
                let unknown = stranger.ask(route, fields, &nothing);
                asked += 2;
                let told_apart = matches!(kind, Theirs | Alike)
                    && stranger.signed_in
                    && bare(&real, &things) != bare(&unknown, &nothing);
                let wrong = fault(stranger, (route, kind), &real)
                    .or_else(|| told_apart.then(|| "an unknown id is told apart".to_owned()));
                if let Some(wrong) = wrong {
                    faults.push(format!("{route} · {}: {wrong}", stranger.name));
                }
            }
        }
        assert!(asked > 500, "{asked}");
        assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
        // Nothing of Ana's was changed by all that.
        let ana = clinic::session(&site.installation.app, ana).unwrap();
        second.get("/account").expect(200);
        let id = domain::ids::Id::parse(&things.thread).unwrap();
        let view = site.installation.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 10));
        assert_eq!(view.unwrap().messages.len(), 1);
        let kept = domain::ids::Id::parse(&things.draft).unwrap();
        let kept = site.installation.app.read(&ana, |cx| draft::get(cx, kept)).unwrap();
        assert_eq!(kept.content.body, "A quetzal again.");
    });
}

fn ends_sessions(route: &str) -> bool {
    ["POST /sign-out", "POST /account/password", "POST /account/sessions/end", "POST /sign-in"]
        .contains(&route)
        || route.starts_with("POST /enrol")
}

//! What an operator does with the binary itself: check, migrate, back up, lose the disk, restore.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Machine {
    _folder: tempfile::TempDir,
    config: PathBuf,
    data: PathBuf,
    root: PathBuf,
}

fn machine() -> Machine {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_owned();
    let data = root.join("data");
    let key: [u8; 32] = std::array::from_fn(|i| u8::try_from(i * i % 241 + 3).unwrap());
    std::fs::write(root.join("root-key"), key).unwrap();
    std::fs::set_permissions(root.join("root-key"), PermissionsExt::from_mode(0o600)).unwrap();
    let config = root.join("tidings.toml");
    let text = format!(
        "public_url = \"https://messages.clinic.org\"\nlisten = \"127.0.0.1:0\"\n\
         metrics_listen = \"127.0.0.2:0\"\ntrusted_proxies = [\"127.0.0.1\"]\n\
         data_dir = \"{0}/data\"\n[keys]\nroot_key_file = \"{0}/root-key\"\n\
         [site]\nname = \"Clinic\"\nphone = \"555 0100\"\ncountry = \"US\"\n",
        root.display()
    );
    std::fs::write(&config, text).unwrap();
    Machine { _folder: folder, config, data, root }
}

impl Machine {
    fn run(&self, line: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tidings"))
            .args(line.split(' '))
            .env_clear()
            .env("TIDINGS_CONFIG", &self.config)
            .current_dir(&self.root)
            .output()
            .unwrap()
    }

    fn good(&self, line: &str) -> String {
        let output = self.run(line);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Exit status and the one sentence on standard error.
    fn bad(&self, line: &str) -> (i32, String) {
        let output = self.run(line);
        let sentence = String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), sentence)
    }
}

/// How many tables a database has.
fn tables(file: &Path) -> i64 {
    let db = store::db::Db::open(store::db::DbConfig::Sqlite(store::db::SqliteConfig::new(file)));
    let count = store::sql!("SELECT count(*) FROM sqlite_master WHERE type = 'table'");
    let row = db.unwrap().read(|tx| tx.query_one(count, &[]));
    row.unwrap().get(0).unwrap()
}

#[test]
fn migrate_back_up_lose_everything_and_restore() {
    let machine = machine();
    assert!(machine.good("migrate --dry-run").contains("would apply record 0001 people"));
    assert!(machine.good("migrate").contains("applied keys 0001 keys"));
    assert!(machine.good("migrate").contains("nothing to do"));
    let made = tables(&machine.data.join("tidings.db"));
    assert!(made > 10);
    let report = machine.good("backup --to monday --json");
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report[0]["header"]["part"], "database");
    assert_eq!(report[1]["file"], "monday.keys");
    assert!(machine.good("restore --from monday --verify-only").contains("nothing was changed"));
    let (status, says) = machine.bad("restore --from monday");
    assert!(status == 1 && says.contains("--force"), "{says}");
    std::fs::remove_dir_all(&machine.data).unwrap();
    machine.good("restore --from monday");
    assert_eq!(tables(&machine.data.join("tidings.db")), made);
    assert!(machine.good("migrate").contains("nothing to do"));
}

#[test]
fn a_running_server_keeps_restore_and_migrate_out() {
    let machine = machine();
    machine.good("migrate");
    machine.good("backup --to monday");
    let _running = tidings_server::data_lock::DataLock::take(&machine.data).unwrap();
    for line in ["migrate", "restore --from monday --force"] {
        let (status, says) = machine.bad(line);
        assert!(status == 1 && says.contains("stop it first"), "{line}: {says}");
    }
    // A backup does not mind.
    machine.good("backup --to tuesday");
}

#[test]
fn check_names_what_is_wrong_and_ends_accordingly() {
    let machine = machine();
    let text = machine.good("check");
    assert!(text.contains("ok   secrets") && text.contains("note mail"), "{text}");
    std::fs::set_permissions(machine.root.join("root-key"), PermissionsExt::from_mode(0o644))
        .unwrap();
    let output = machine.run("check --json");
    assert_eq!(output.status.code(), Some(1));
    let findings: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let bad: Vec<_> =
        findings.as_array().unwrap().iter().filter(|one| one["verdict"] == "bad").collect();
    assert_eq!(bad.len(), 1);
    assert!(bad[0]["says"].as_str().unwrap().contains("chmod 600"));
}

#[test]
fn a_grant_to_a_log_in_of_staff_is_refused_with_the_way_out() {
    let machine = machine();
    machine.good("migrate");
    machine.good("admin organization add --name Riverside --phone 555-0100");
    let add = |role: &str| {
        let line =
            format!("admin person add --role {role} --organization Riverside --name Nils --json");
        let made: serde_json::Value = serde_json::from_str(&machine.good(&line)).unwrap();
        made["id"].as_str().unwrap().to_owned()
    };
    let patient = "0192a000-0000-7000-8000-000000000001";
    let grant = |person: &str| {
        machine.bad(&format!("admin grant add --patient {patient} --person {person}"))
    };
    let (status, says) = grant(&add("nurse"));
    assert!(status == 2 && says.contains("this log-in is of staff"), "{says}");
    assert!(says.contains("care add") && says.lines().count() == 1, "{says}");
    // A helper gets as far as the patient, whom nobody imported.
    let (status, says) = grant(&add("helper"));
    assert!(status == 1 && says.contains("there is no such thing"), "{says}");
}

#[test]
fn what_is_ended_asks_why_and_shows_it() {
    let machine = machine();
    machine.good("migrate");
    machine.good("admin organization add --name Riverside --phone 555-0100");
    machine.good("admin site add --organization Riverside --name Main --phone 555-0101");
    machine.good("admin team add --site Main --name Nurses");
    let add = |role: &str| {
        let line =
            format!("admin person add --role {role} --organization Riverside --name Nils --json");
        let made: serde_json::Value = serde_json::from_str(&machine.good(&line)).unwrap();
        made["id"].as_str().unwrap().to_owned()
    };
    let (nurse, desk) = (add("nurse"), add("desk"));
    machine.good(&format!("admin member add --team Nurses --person {nurse}"));
    let grant = "0192a000-0000-7000-8000-000000000002";
    let member = format!("admin member end --team Nurses --person {nurse}");
    for line in [
        member.clone(),
        format!("admin grant end {grant}"),
        format!("admin disable add {nurse}"),
        format!("admin person end {nurse}"),
        format!("admin account end {nurse}"),
    ] {
        let (status, says) = machine.bad(&line);
        assert!(status == 2 && says.contains("say why with --reason"), "{line}: {says}");
        assert_eq!(says.lines().count(), 1, "{line}: {says}");
        let (status, says) = machine.bad(&format!("{line} --reason="));
        assert!(status == 2 && says.contains("the reason is empty"), "{line}: {says}");
        let (status, says) = machine.bad(&format!("{line} --reason {}", "x".repeat(5_000)));
        assert!(status == 2 && says.contains("characters"), "{line}: {says}");
    }
    let show = |person: &str| -> serde_json::Value {
        let text = machine.good(&format!("admin person show {person} --json"));
        serde_json::from_str(&text).unwrap()
    };
    let untouched = show(&nurse);
    assert_eq!(
        (&untouched["active"], untouched["ended"].as_array()),
        (&true.into(), Some(&vec![]))
    );
    machine.good(&format!("{member} --reason Moved-to-cardiology"));
    machine.good(&format!("admin disable add {nurse} --reason=Left-the-clinic"));
    machine.good(&format!("admin person end {desk} --reason Retired"));
    let shown = show(&nurse);
    let told =
        |n: usize| (shown["ended"][n]["what"].as_str(), shown["ended"][n]["reason"].as_str());
    assert_eq!(told(0), (Some("log-in"), Some("Left-the-clinic")), "newest first: {shown}");
    assert_eq!(told(1), (Some("membership"), Some("Moved-to-cardiology")));
    assert!(shown["ended"][0]["by"].is_null(), "the machine's administrator has no name");
    assert_eq!(show(&desk)["ended"][0]["reason"], "Retired", "nobody else's stands beside it");
    let text = machine.good(&format!("admin disable show {nurse}"));
    assert!(text.contains("Left-the-clinic") && text.contains("Moved-to-cardiology"), "{text}");
    let (_, says) = machine.bad(&format!("admin member show --team Nurses --person {nurse}"));
    assert!(says.contains("person show"), "{says}");
    // Letting in again takes nothing away and so asks nothing.
    machine.good(&format!("admin disable end {nurse}"));
    assert_eq!(show(&nurse)["active"], true);
}

#[test]
fn misuse_ends_with_2_and_failure_with_1_in_one_sentence() {
    let machine = machine();
    for (line, expected) in [
        ("frobnicate", 2),
        ("backup", 2),
        ("backup --to x --keys-to x", 2),
        ("backup --to x", 1),
        ("restore --from nothing", 1),
    ] {
        let (status, says) = machine.bad(line);
        assert_eq!(status, expected, "{line}: {says}");
        assert!(expected == 2 || says.lines().count() == 1, "{line}: {says}");
    }
    assert!(machine.good("completions bash").contains("tidings"));
    assert!(machine.good("--help").contains("restore"));
    assert!(machine.good("man share/man1").contains("pages to share/man1"));
    let page = std::fs::read_to_string(machine.root.join("share/man1/tidings-backup.1")).unwrap();
    assert!(page.contains(r"\-\-keys\-to"), "{page}");
    let (status, says) = machine.bad("man tidings.toml");
    assert!(status == 1 && says.contains("tidings.toml"), "{says}");
}

#[test]
fn a_team_is_a_draft_until_it_is_activated() {
    let machine = machine();
    machine.good("migrate");
    machine.good("admin organization add --name Riverside --phone 555-0100");
    machine.good("admin site add --organization Riverside --name Main --phone 555-0101");
    let json = |line: &str| -> serde_json::Value {
        serde_json::from_str(&machine.good(&format!("{line} --json"))).unwrap()
    };
    let made = json("admin team add --site Main --name Nurses --kind triage");
    assert_eq!(made["status"], "draft");
    let (status, says) = machine.bad("admin team activate Nurses");
    assert!(status == 2 && says.lines().count() == 1, "{says}");
    for lack in ["team set --purpose", "member add", "team set --last-resort"] {
        assert!(says.contains(lack), "{lack}: {says}");
    }
    let add = "admin person add --role nurse --organization Riverside --name Nils";
    let nurse = json(add)["id"].as_str().unwrap().to_owned();
    machine.good(&format!("admin member add --team Nurses --person {nurse}"));
    machine.good(&format!("admin team set Nurses --purpose Questions --last-resort {nurse}"));
    let shown = json("admin team show Nurses");
    assert_eq!((&shown["active"], &shown["missing"]), (&false.into(), &serde_json::json!([])));
    assert_eq!(json("admin team activate Nurses")["active"], true);
    let end = format!("admin member end --team Nurses --person {nurse} --reason Moved");
    let (status, says) = machine.bad(&end);
    assert!(status == 2 && says.contains("name another one first"), "{says}");
    // Its roster, and its end.
    let monday = format!("admin roster set Nurses {nurse} mon");
    json(&format!("{monday} 08:00-12:00"));
    let shown = json(&format!("{monday} 09:00-12:00"));
    let shifts = shown["shifts"].as_array().unwrap();
    assert_eq!((shifts.len(), &shifts[0]["hours"]), (1, &"09:00-12:00".into()), "in place");
    let (status, says) = machine.bad(&monday);
    assert!(status == 2 && says.contains("needs hours"), "{says}");
    let (status, says) =
        machine.bad(&format!("admin roster set Nurses {nurse} someday 08:00-12:00"));
    assert!(status == 2 && says.contains("is no day"), "{says}");
    json(&format!("{monday} --remove"));
    assert_eq!(json("admin roster show Nurses")["shifts"], serde_json::json!([]));
    let ended = json("admin team end Nurses");
    assert_eq!((&ended["moved"], ended["ended"].is_string()), (&0.into(), true));
    assert_eq!(machine.bad("admin team end Nurses").0, 1, "ended is ended");
}

#[test]
fn rules_are_saved_from_a_file_shown_in_its_form_and_tried() {
    let machine = machine();
    machine.good("migrate");
    machine.good("admin organization add --name Riverside --phone 555-0100");
    machine.good("admin site add --organization Riverside --name Main --phone 555-0101");
    machine.good("admin team add --site Main --name Nurses");
    let write = |text: &str| std::fs::write(machine.root.join("rules.json"), text).unwrap();
    let set = "admin routing set Riverside rules.json --reason Weekends";
    let refused = |text: &str, part: &str| {
        write(text);
        let (status, says) = machine.bad(set);
        assert!(status == 2 && says.contains(part), "{says}");
        assert_eq!(says.lines().count(), 1, "{says}");
    };
    refused("{", "docs/routing.md");
    refused(r#"{"rules":[{"to":"chosen","colour":"red"}]}"#, "unknown field");
    refused(r#"{"rules":[{"to":"Surgeons"}]}"#, "team Surgeons is unknown");
    refused(r#"{"rules":[{"to":"chosen","days":["someday"]}]}"#, "mon, tue");
    refused(r#"{"rules":[{"to":"triage","category":["refill"]}]}"#, "there is none: open one");
    refused(r#"{"rules":[{"to":"chosen"},{"to":"chosen","first":"nurse"}]}"#, "rule 2 never gets");
    let (status, says) = machine.bad("admin routing set Riverside rules.json");
    assert!(status == 2 && says.contains("say why with --reason"), "{says}");

    let good = r#"{"rules":[{"category":["refill"],"days":["sat","sun"],"time":"08:00-24:00","to":"chosen","first":"nurse","raise":2}]}"#;
    write(good);
    machine.good(set);
    let (_, says) = machine.bad(&format!("{set} --version 0"));
    assert!(says.contains("changed meanwhile"), "{says}");
    let text = machine.good("admin routing show Riverside --json");
    let shown: serde_json::Value = serde_json::from_str(&text).unwrap();
    let file: serde_json::Value = serde_json::from_str(good).unwrap();
    assert_eq!((&shown["rules"], &shown["version"]), (&file["rules"], &serde_json::json!(1)));
    assert_eq!(shown["versions"][0]["reason"], "Weekends");
    assert!(shown["versions"][0]["by"].is_null(), "the machine's administrator has no name");
    let (status, says) = machine.bad("admin routing try Riverside --category refill --at noon");
    assert!(status == 2 && says.contains("2026-11-22T18:30"), "{says}");
    let (status, says) = machine.bad("admin routing try Riverside --category refill");
    assert!(status == 1 && says.contains("open a triage desk"), "{says}");
    let text = machine.good("admin routing direct Nurses on --json");
    assert!(text.contains("\"direct\": true"), "{text}");
    let list = machine.good("admin professional list --json");
    assert_eq!(list.trim(), "[]");
    let nobody = "0192a000-0000-7000-8000-000000000001";
    let (status, _) = machine.bad(&format!("admin professional link {nobody}"));
    assert_eq!(status, 1);
}

#[test]
fn a_site_adds_rules_of_its_own_from_a_file_tries_them_and_reads_old_versions() {
    let machine = machine();
    machine.good("migrate");
    machine.good("admin organization add --name Riverside --phone 555-0100");
    machine.good("admin site add --organization Riverside --name Main --phone 555-0101");
    let write = |text: &str| std::fs::write(machine.root.join("rules.txt"), text).unwrap();
    let json = |line: &str| -> serde_json::Value {
        serde_json::from_str(&machine.good(&format!("{line} --json"))).unwrap()
    };
    let set = "admin site rules set Main rules.txt --reason Policy-12";
    let show = "admin site rules show Main";
    let nothing = json(show);
    assert_eq!((&nothing["version"], &nothing["text"]), (&0.into(), &"".into()));
    let rule = "rule site.pump-alarm sameday\n  title: The pump gives an alarm\n  \
        title_es: La bomba da una alarma\n  source: Policy 12\n  en: pumpalarm*\n  \
        yes en: pumpalarm\n  yes en: a pumpalarm today\n  yes en: pumpalarms\n  \
        no en: The pump came.\n  no en: Thank you.\n";
    // Every fault of a text is said at once, with its line, and nothing of it is kept.
    write(&format!("{rule}raise NOPE crisis\nlanguage fr off\n"));
    let (status, says) = machine.bad(set);
    assert!(status == 2 && says.contains("line 11: there is no rule NOPE to raise"), "{says}");
    assert!(says.contains("line 12: \"fr\" is no language of the check"), "{says}");
    assert_eq!(says.lines().count(), 1, "{says}");
    assert_eq!(json(show)["version"], 0);
    write(rule);
    let (status, says) = machine.bad("admin site rules set Main rules.txt");
    assert!(status == 2 && says.contains("say why with --reason"), "{says}");
    assert_eq!(machine.bad("admin site rules set Elsewhere rules.txt --reason x").0, 1);
    assert_eq!(machine.bad("admin site rules set Main none.txt --reason x").0, 1);
    // Tried from the file before it is kept: what is in force knows nothing of it yet.
    let before = json("admin site rules try Main pumpalarm");
    assert_eq!((&before["level"], &before["checked"]), (&"none".into(), &true.into()));
    let tried = json("admin site rules try Main pumpalarm --file rules.txt");
    assert_eq!((&tried["level"], &tried["without"]), (&"sameday".into(), &"none".into()));
    assert_eq!(tried["fired"][0]["title"], "The pump gives an alarm");
    assert_eq!(json(set)["version"], 1);
    assert_eq!(json("admin site rules try Main pumpalarm")["level"], "sameday");
    let (_, says) = machine.bad(&format!("{set} --version 0"));
    assert!(says.contains("changed meanwhile"), "{says}");
    // A language that is off is said, and the text is tried all the same.
    write(&format!("{rule}language es off\n"));
    assert_eq!(json(&format!("{set} --version 1"))["version"], 2);
    let spanish = json("admin site rules try Main pumpalarm --language es");
    assert_eq!(spanish["checked"], false);
    assert_eq!(machine.bad("admin site rules try Main pumpalarm --language fr").0, 2);
    let now = json(show);
    assert_eq!((&now["version"], &now["versions"][1]["reason"]), (&2.into(), &"Policy-12".into()));
    assert!(now["versions"][0]["by"].is_null(), "the machine's administrator has no name");
    assert_eq!(json(&format!("{show} --version 1"))["text"], rule);
    assert_eq!(machine.bad(&format!("{show} --version 9")).0, 1);
    // An empty file adds nothing any more; what was kept stays readable.
    write("");
    assert_eq!(json(set)["version"], 3);
    assert_eq!(json("admin site rules try Main pumpalarm")["level"], "none");
    assert!(machine.good(&format!("{show} --version 2")).contains("language es off"));
}

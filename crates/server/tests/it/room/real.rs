//! The real binary on a real small file system, where the test may mount one.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::inside::{communication, within};
use crate::running::{Demo, exchange};

/// A tmpfs of 96 MB on a folder, gone when this is dropped.
struct Small(PathBuf);

impl Small {
    fn mount(folder: &Path) -> Option<Self> {
        std::fs::create_dir(folder).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=96m,mode=0700", "tmpfs"]).arg(folder);
        let done = mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        done.then(|| Self(folder.to_owned()))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts `serve` on what a demo left, and waits for its port.
fn serve(root: &Path, data: &Path) -> (Server, u16) {
    let key = data.join("root.key");
    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o600)).unwrap();
    let config = root.join("tidings.toml");
    let text = format!(
        "public_url = \"https://messages.clinic.org\"\nlisten = \"127.0.0.1:0\"\n\
         metrics_listen = \"127.0.0.2:0\"\ntrusted_proxies = [\"127.0.0.1\"]\n\
         data_dir = \"{}\"\n[keys]\nroot_key_file = \"{}\"\n\
         [disk]\nlow_water_mb = 16\nreserve_mb = 24\n\
         [site]\nname = \"Clinic\"\nphone = \"555 0100\"\ncountry = \"US\"\n",
        data.display(),
        key.display()
    );
    std::fs::write(&config, text).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tidings"))
        .args(["serve", "--config"])
        .arg(&config)
        .env_clear()
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let log = root.join("log");
    let port = lines.by_ref().find_map(|line| {
        let (_, rest) = line.split_once("127.0.0.1:")?;
        rest.split('"').next()?.parse().ok()
    });
    std::thread::spawn(move || {
        let mut log = std::fs::File::create(log).unwrap();
        for line in lines {
            let _ = writeln!(log, "{line}");
        }
    });
    (Server(child), port.expect("the server says where it listens"))
}

/// Fills the file system until so many kilobytes are left.
fn fill(folder: &Path, leave_kb: u64) {
    let free = tidings_server::disk::free_bytes(folder).unwrap();
    let mut hog = std::fs::OpenOptions::new();
    let mut hog = hog.create(true).append(true).open(folder.join("hog")).unwrap();
    let bytes = free.saturating_sub(leave_kb * 1_024);
    let piece = vec![1_u8; usize::try_from(bytes).unwrap()];
    let _ = hog.write_all(&piece);
}

#[test]
fn a_small_file_system_fills_up_under_the_real_server() {
    let root = tempfile::tempdir().unwrap();
    let small = Small::mount(&root.path().join("small"))
        .expect("a tmpfs can be mounted: run this as root, or in a user namespace that may mount");
    let demo = Demo::start(&root.path().join("demo"));
    let (token, ana) =
        (demo.token("ana"), demo.person("ana")["patient_id"].as_str().unwrap().to_owned());
    let path = format!("/fhir/R4/Communication?patient={ana}&part-of:missing=true&_count=1");
    let bundle = demo.get(&path, Some(&token)).json();
    let thread = bundle["entry"][0]["resource"]["id"].as_str().unwrap().to_owned();
    let (made, data) = (demo.folder.clone(), small.0.join("data"));
    demo.stop();
    std::fs::DirBuilder::new().mode(0o700).create(&data).unwrap();
    for entry in std::fs::read_dir(&made).unwrap().map(|entry| entry.unwrap()) {
        let name = entry.file_name().into_string().unwrap();
        // Logs that the demo left belong to their databases.
        if name == "root.key" || name.contains(".db") && !name.ends_with("-shm") {
            std::fs::copy(entry.path(), data.join(name)).unwrap();
        }
    }
    let (server, port) = serve(root.path(), &data);
    let headers = [
        ("authorization", format!("Bearer {token}")),
        ("content-type", "application/fhir+json".to_owned()),
        ("x-forwarded-proto", "https".to_owned()),
        ("x-forwarded-for", "192.0.2.7".to_owned()),
    ];
    let reads = || {
        let path = format!("/fhir/R4/Communication?part-of={thread}");
        exchange(port, "GET", &path, &headers, None).unwrap().status
    };
    let sends = |id: &str| {
        let body = communication(&ana, &thread, id, "is there room?");
        exchange(port, "POST", "/fhir/R4/Communication", &headers, Some(&body)).unwrap().status
    };
    assert_eq!(sends("a"), 201);
    assert!(data.join("reserve").metadata().unwrap().len() == 24 << 20);

    fill(&small.0, 12 * 1_024);
    within(Duration::from_secs(3), "messages are refused", || sends("b") == 503);
    fill(&small.0, 0);
    for n in 0..600 {
        assert_eq!(reads(), 200, "{n}");
        if n % 200 == 199 {
            fill(&small.0, 0);
        }
    }
    let held = data.join("reserve").metadata().unwrap().len();
    println!("{} of 24 MB are left in the reserve", held >> 20);
    assert!(held < 24 << 20);
    assert_eq!(sends("c"), 503);
    std::fs::remove_file(small.0.join("hog")).unwrap();
    within(Duration::from_secs(5), "messages are taken again", || sends("d") == 201);
    assert!(data.join("reserve").metadata().unwrap().len() == 24 << 20);
    drop(server);
    let log = std::fs::read_to_string(root.path().join("log")).unwrap();
    assert!(log.contains("the disk is nearly full"), "{log}");
    assert!(log.contains("there is room again"), "{log}");
}

//! Live pages of the running server: what ends somebody's right ends their open pages within a second.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::Demo;

/// A form posted as a page of ours posts it; the whole answer.
pub fn post(demo: &Demo, path: &str, cookie: &str, form: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", demo.port)).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost:{0}\r\nconnection: close\r\n\
         cookie: {cookie}\r\norigin: http://localhost:{0}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {1}\r\n\r\n{form}",
        demo.port,
        form.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    answer
}

/// A page opened with a cookie; the whole answer.
pub fn get(demo: &Demo, path: &str, cookie: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", demo.port)).unwrap();
    let head = format!(
        "GET {path} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\ncookie: {cookie}\r\n\r\n",
        demo.port
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

pub fn form_token(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"form_token\" value=\"").unwrap();
    rest.split('"').next().unwrap()
}

/// Signs somebody of the demo in, with the code of their app where one is owed; the session's cookie.
pub fn sign_in(demo: &Demo, key: &str) -> String {
    let page = get(demo, "/sign-in", "");
    let password = demo.person(key)["password"].as_str().unwrap();
    let form = format!("form_token={}&username={key}&password={password}", form_token(&page));
    let answer = post(demo, "/sign-in", &cookies(&page), &form);
    if demo.person(key)["totp_secret"].is_null() {
        return cookies(&answer);
    }
    let visit = [cookies(&page), cookies(&answer)].join("; ");
    let page = get(demo, "/sign-in/code", &visit);
    let codes = String::from_utf8(demo.tidings(&["demo", "--codes"]).stdout).unwrap();
    let line = codes.lines().find(|line| line.starts_with(key)).unwrap();
    let code = line.split_whitespace().nth(1).unwrap();
    let form = format!("form_token={}&code={code}", form_token(&page));
    cookies(&post(demo, "/sign-in/code", &visit, &form))
}

/// Opens an event stream; its answer has begun.
pub fn listen(demo: &Demo, session: &str, path: &str) -> TcpStream {
    let mut live = TcpStream::connect(("127.0.0.1", demo.port)).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {session}\r\n\r\n");
    live.write_all(head.as_bytes()).unwrap();
    live.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut first = [0; 12];
    live.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    live
}

/// The cookies that an answer sets, as the next request sends them.
fn cookies(head: &str) -> String {
    let set = head.lines().filter_map(|line| {
        let value = line.get("set-cookie: ".len()..)?;
        let is_cookie = line.to_ascii_lowercase().starts_with("set-cookie: ");
        (is_cookie && !line.contains("Max-Age=0")).then(|| value.split(';').next().unwrap())
    });
    set.collect::<Vec<_>>().join("; ")
}

/// Reads until the stream says `end`; when that was.
fn ended_at(mut stream: TcpStream) -> Instant {
    let (mut text, mut part) = (String::new(), [0; 1_024]);
    loop {
        let read = stream.read(&mut part).unwrap();
        assert!(read > 0, "the stream broke off: {text}");
        text += &String::from_utf8_lossy(&part[..read]);
        if text.contains("event: end") {
            return Instant::now();
        }
    }
}

/// Runs a command while a stream is open; fails unless the stream ends within a second of its end.
fn ends_within_a_second(demo: &Demo, stream: TcpStream, words: &[&str]) {
    let heard = std::thread::spawn(move || ended_at(stream));
    demo.json(&[&["admin", "--json"], words].concat());
    let done = Instant::now();
    let took = heard.join().unwrap().saturating_duration_since(done);
    assert!(took < Duration::from_secs(1), "{words:?} took {took:?}");
}

#[test]
fn an_open_page_ends_within_a_second_of_its_right() {
    let root = tempfile::tempdir().unwrap();
    let demo = Demo::start(&root.path().join("demo"));
    let grants = demo.json(&["admin", "--json", "grant", "list", "--person", "pia"]);
    let open = grants.as_array().unwrap().iter().find(|grant| grant["until"].is_null()).unwrap();
    let patient = demo.person("ana")["patient_id"].as_str().unwrap();
    let pia = sign_in(&demo, "pia");
    let stream = listen(&demo, &pia, &format!("/for/{patient}/live"));
    let id = open["id"].as_str().unwrap();
    ends_within_a_second(&demo, stream, &["grant", "end", id, "--reason", "Asked for"]);

    let nils = sign_in(&demo, "nils");
    let members = demo.json(&["admin", "--json", "member", "list", "--person", "nils"]);
    let team = members[0]["id"].as_str().unwrap_or_else(|| panic!("{members}"));
    let queue = format!("/work/live?team={team}");
    let stream = listen(&demo, &nils, &queue);
    let words = ["member", "end", "--team", team, "--person", "nils", "--reason", "Moved"];
    ends_within_a_second(&demo, stream, &words);

    let ana = sign_in(&demo, "ana");
    let stream = listen(&demo, &ana, "/live");
    ends_within_a_second(&demo, stream, &["disable", "add", "ana", "--reason", "Asked for"]);
}

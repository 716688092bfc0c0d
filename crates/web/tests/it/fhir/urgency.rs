//! What a program hears that sends what may not wait.

use app::testing::clinic::check_urgency;

use super::{Program, each, json_of, new_thread, reply, thread_of};

#[test]
fn a_programs_urgent_message_is_delivered_and_answered_with_whom_to_call() {
    each(|site, clinic| {
        check_urgency(&site.installation.app, true).unwrap();
        let ana = Program::of(site, clinic.ana);
        let text = "Since 4 this morning a heavy feeling in my chest.";
        let sent = ana.post(&new_thread(clinic, "u-1", "Refill", text));
        let outcome = json_of(sent.expect(201));
        assert_eq!(outcome["resourceType"], "OperationOutcome");
        assert_eq!(outcome["issue"][0]["severity"], "information");
        assert_eq!(outcome["issue"][0]["code"], "informational");
        let said = outcome["issue"][0]["diagnostics"].as_str().unwrap();
        assert!(said.contains("call 911 now") && said.contains("988"), "{said}");
        assert!(!said.contains("chest"), "nothing of the text is repeated: {said}");
        // It is there like any other, under the address that the answer named.
        let stored = json_of(ana.get(sent.header("location")).expect(200));
        assert_eq!(stored["payload"][0]["contentString"], text);
        // A retry is the same message and the same advice; a crisis names its line first.
        let again = ana.post(&new_thread(clinic, "u-1", "Refill", text));
        assert_eq!(json_of(again.expect(200)), outcome);
        assert_eq!(again.header("location"), sent.header("location"));
        let thread = stored["partOf"][0]["reference"].as_str().unwrap();
        let thread = thread.strip_prefix("Communication/").unwrap();
        let crisis = reply(clinic, thread, "u-2", "I do not want to live anymore.");
        let outcome = json_of(ana.post(&crisis).expect(201));
        let said = outcome["issue"][0]["diagnostics"].as_str().unwrap();
        assert!(said.contains("call or text 988 now, or 911"), "{said}");
        // What is not recognised is answered as ever.
        let plain = ana.post(&reply(clinic, thread, "u-3", "Please sign the form."));
        assert_eq!(json_of(plain.expect(201))["resourceType"], "Communication");
        assert_eq!(thread_of(&plain), thread);
    });
}

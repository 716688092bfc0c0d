//! What is done with what is old: notices that nobody should get any more, sessions and counters.

use app::testing::TestApp;
use app::testing::clinic::Clinic;
use domain::ids::NoticeId;
use store::db::DbError;
use store::notice::{NewNotice, add};
use store::sql;

fn notice(test: &TestApp, clinic: &Clinic, key: &'static str) {
    let (id, at, person): (NoticeId, _, _) =
        (test.app.new_id().unwrap(), test.app.now(), clinic.ana);
    let made = test.app.db().write(move |tx| {
        let new = NewNotice {
            id,
            person,
            dedupe_key: key,
            kind: "message",
            contact_point: None,
            to: None,
        };
        add(tx, &new, at)
    });
    made.unwrap();
}

fn count(test: &TestApp, of: store::db::Sql) -> i64 {
    test.app.db().read(|tx| tx.query_one(of, &[])?.get::<i64>(0)).unwrap()
}

#[test]
fn a_mail_server_that_comes_late_is_not_given_what_is_a_day_old() {
    for test in TestApp::all() {
        let clinic = Clinic::open(&test.app).unwrap();
        notice(&test, &clinic, "old");
        test.pass_seconds(app::notice::EXPIRES_S - 10);
        notice(&test, &clinic, "new");
        let expired = sql!("SELECT count(*) FROM notice WHERE state = 'expired'");
        app::notice::lease(&test.app, 0).unwrap();
        assert_eq!(count(&test, expired), 0);
        test.pass_seconds(20);
        app::notice::lease(&test.app, 0).unwrap();
        assert_eq!(count(&test, expired), 1);
        let waiting = sql!("SELECT count(*) FROM notice WHERE state = 'queued'");
        assert_eq!(count(&test, waiting), 1, "the newer one is still to be sent");
        let which =
            sql!("SELECT count(*) FROM notice WHERE state = 'expired' AND dedupe_key = 'old'");
        assert_eq!(count(&test, which), 1);
        assert!(app::notice::lease(&test.app, 10).unwrap().len() <= 1);
    }
}

#[test]
fn old_counters_and_sessions_go_and_what_still_blocks_stays() {
    for test in TestApp::all() {
        let now = test.app.now();
        let made = test.app.db().write(move |tx| {
            for (key, blocked_until) in
                [([1_u8; 32], now), ([2; 32], domain::time::Timestamp::FOREVER)]
            {
                let row = store::throttle::ThrottleRow { failures: 3, last_at: now, blocked_until };
                store::throttle::set(tx, &key, &row)?;
            }
            Ok::<_, DbError>(())
        });
        made.unwrap();
        assert_eq!(app::session::remove_old(&test.app).unwrap(), 0);
        test.pass_seconds(app::session::KEPT_S + 60);
        assert_eq!(app::session::remove_old(&test.app).unwrap(), 1, "and the blocked one stays");
        assert_eq!(count(&test, sql!("SELECT count(*) FROM sign_in_throttle")), 1);
        assert_eq!(app::session::remove_old(&test.app).unwrap(), 0);
    }
}

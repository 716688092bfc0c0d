//! How long to wait after how many failed proofs of identity.
//!
//! A try is charged before it is judged and given back when it succeeds, so that a thousand tries at
//! once are charged like a thousand in a row. Per account the first few are free, then the wait
//! doubles up to a quarter of an hour, and after 100 in a row only a known device or a new paper code
//! helps (NIST SP 800-63B-4, 3.2.2). A known device has a counter of its own, so strangers who guess
//! never lock the owner out. Addresses are counted by block (IPv4 /24, IPv6 /56: what one household
//! or office holds) and forgotten after a quiet hour. Deliberately absent: addresses and names, which
//! are only ever keyed digests here.

use std::net::IpAddr;

use domain::ids::{DeviceId, Id as _, PersonId};
use domain::time::Timestamp;
use store::seal::{Keys, Purpose};
use store::throttle::{self, ThrottleRow};

use crate::cx::Cx;
use crate::error::Result;

/// The longest wait, in seconds.
const WAIT_MAX_S: i64 = 15 * 60;
/// Failures in a row after which an account takes no password from an unknown device.
const ACCOUNT_MOST: i64 = 100;

/// How one kind of counter behaves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// Failures that cost no wait.
    free: i64,
    /// Quiet seconds after which the counter starts anew.
    forget_s: Option<i64>,
    /// Failures after which nothing helps but a reset.
    most: Option<i64>,
}

/// Passwords for one account.
pub(crate) const ACCOUNT: Budget = Budget { free: 5, forget_s: None, most: Some(ACCOUNT_MOST) };
/// Passwords for one account from a device it knows.
pub(crate) const DEVICE: Budget = Budget { free: 10, forget_s: Some(24 * 3_600), most: None };
/// Passwords, paper codes and links that do not work, from one address block.
pub(crate) const ADDRESS: Budget = Budget { free: 30, forget_s: Some(3_600), most: None };
/// Second factors and repeated passwords of one person.
pub(crate) const FACTOR: Budget = Budget { free: 10, forget_s: Some(24 * 3_600), most: None };
/// Codes mailed for one person.
pub(crate) const ADDRESS_CODE: Budget = Budget { free: 5, forget_s: Some(24 * 3_600), most: None };

impl Budget {
    /// The wait after `failures`, in seconds.
    fn wait_s(&self, failures: i64) -> i64 {
        match u32::try_from(failures - self.free) {
            Err(_) | Ok(0) => 0,
            Ok(over) => 2_i64.checked_pow(over).unwrap_or(WAIT_MAX_S).min(WAIT_MAX_S),
        }
    }

    fn charged(&self, row: ThrottleRow, now: Timestamp) -> ThrottleRow {
        let quiet = self.forget_s.is_some_and(|s| now.seconds_since(row.last_at) >= s);
        let failures = if quiet { 1 } else { row.failures.saturating_add(1) };
        let blocked_until = if self.most.is_some_and(|most| failures >= most) {
            Timestamp::FOREVER
        } else {
            now.plus_seconds(self.wait_s(failures))
        };
        ThrottleRow { failures, last_at: now, blocked_until }
    }
}

/// A counter's key.
pub(crate) type Key = [u8; 32];

fn key(keys: &Keys, kind: &[u8], what: &[u8]) -> Key {
    keys.mac(Purpose::Throttle, &[kind, b":", what].concat())
}

/// The counter of an account, by the blind index of its user name, whether it exists or not.
pub(crate) fn account(keys: &Keys, username_key: &[u8; 16]) -> Key {
    key(keys, b"account", username_key)
}

/// The counter of an account from a device it knows.
pub(crate) fn device(keys: &Keys, device: DeviceId) -> Key {
    key(keys, b"device", device.as_uuid().as_bytes())
}

/// The counter of a person's second factor.
pub(crate) fn factor(keys: &Keys, person: PersonId) -> Key {
    key(keys, b"factor", person.as_uuid().as_bytes())
}

/// The counter of codes mailed for a person.
pub(crate) fn address_code(keys: &Keys, person: PersonId) -> Key {
    key(keys, b"address-code", person.as_uuid().as_bytes())
}

/// The counter of the block an address is in.
pub(crate) fn address(keys: &Keys, address: IpAddr) -> Key {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            key(keys, b"address", &[a, b, c])
        }
        IpAddr::V6(v6) => {
            let octets = v6.octets();
            let block: &[u8; 7] = octets.first_chunk().unwrap_or(&[0; 7]);
            key(keys, b"address", block)
        }
    }
}

/// Charges a try; the seconds to wait, without charging, when there is nothing left to try with.
pub(crate) fn charge(cx: &mut Cx<'_, '_>, key: &Key, budget: Budget) -> Result<Option<i64>> {
    if let Some(wait_s) = wait(cx, key)? {
        return Ok(Some(wait_s));
    }
    let now = cx.now();
    let row = throttle::get(cx.tx(), key)?;
    throttle::set(cx.tx(), key, &budget.charged(row, now))?;
    Ok(None)
}

/// The seconds to wait before another try, without charging one.
pub(crate) fn wait(cx: &mut Cx<'_, '_>, key: &Key) -> Result<Option<i64>> {
    let now = cx.now();
    let row = throttle::get(cx.tx(), key)?;
    // What is blocked for good is answered like the longest wait.
    let wait_s = || row.blocked_until.seconds_since(now).saturating_add(1).min(WAIT_MAX_S);
    Ok((row.blocked_until > now).then(wait_s))
}

/// Gives a charge back, after a try that succeeded.
pub(crate) fn refund(cx: &mut Cx<'_, '_>, key: &Key) -> Result<()> {
    let row = throttle::get(cx.tx(), key)?;
    if row.failures <= 1 {
        throttle::remove(cx.tx(), key)?;
    } else {
        let row = ThrottleRow { failures: row.failures - 1, blocked_until: cx.now(), ..row };
        throttle::set(cx.tx(), key, &row)?;
    }
    Ok(())
}

/// Forgets a counter.
pub(crate) fn clear(cx: &mut Cx<'_, '_>, key: &Key) -> Result<()> {
    Ok(throttle::remove(cx.tx(), key)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(budget: Budget, tries: i64) -> (ThrottleRow, i64) {
        let mut row = ThrottleRow::default();
        let mut now = Timestamp::from_seconds(1_795_342_500);
        let start = now;
        for _ in 0..tries {
            now = now.max(row.blocked_until);
            if now == Timestamp::FOREVER {
                break;
            }
            row = budget.charged(row, now);
        }
        (row, now.seconds_since(start))
    }

    #[test]
    fn the_first_tries_cost_nothing_and_twenty_cost_hours() {
        assert_eq!(after(ACCOUNT, 6).1, 0);
        assert_eq!(after(ACCOUNT, 7).1, 2);
        assert!(after(ACCOUNT, 20).1 > 3_600);
    }

    #[test]
    fn nobody_ever_gets_more_than_a_hundred_tries_at_an_account() {
        let (row, _) = after(ACCOUNT, 1_000);
        assert_eq!((row.failures, row.blocked_until), (100, Timestamp::FOREVER));
    }

    #[test]
    fn an_address_is_forgotten_after_a_quiet_hour() {
        let (row, _) = after(ADDRESS, 40);
        assert_eq!(row.failures, 40);
        let later = row.last_at.plus_seconds(3_600);
        assert_eq!(ADDRESS.charged(row, later).failures, 1);
    }
}

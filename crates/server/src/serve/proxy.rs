//! Who the client is when a proxy stands in front.
//!
//! Forwarding headers are believed only from a peer inside `trusted_proxies`, read from the right
//! (the end the nearest proxy wrote), and stripped before any handler sees them. Sources: RFC 7239
//! (`Forwarded`) and the de-facto `X-Forwarded-For`/`X-Forwarded-Proto`.
//!
//! Deliberately absent: the PROXY protocol, `X-Real-IP`, and host names in the trusted list.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::http::{HeaderMap, HeaderName};
use serde::{Deserialize, Serialize};

/// A network: an address and the number of its leading bits that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cidr {
    address: IpAddr,
    bits: u32,
}

impl Cidr {
    /// Whether `ip` lies in the network. An IPv4 address mapped into IPv6 counts as IPv4.
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.address, ip.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                u32::from(network) & mask == u32::from(ip) & mask
            }
            (IpAddr::V6(network), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                u128::from(network) & mask == u128::from(ip) & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Cidr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let advice =
            || format!("`{text}` is no network; write it like \"10.0.0.0/8\" or \"::1/128\"");
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) if !bits.starts_with('+') => (address, Some(bits)),
            Some(_) => return Err(advice()),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| advice())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| advice())?;
        // A network that holds every address would let anybody choose who they are.
        if bits > most || bits == 0 {
            return Err(advice());
        }
        Ok(Self { address, bits })
    }
}

impl TryFrom<String> for Cidr {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Cidr> for String {
    fn from(cidr: Cidr) -> Self {
        cidr.to_string()
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

/// The client of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    /// Its address.
    pub ip: IpAddr,
    /// Whether it spoke https, with us or with the trusted proxy.
    pub https: bool,
    /// Whether a trusted proxy brought the request.
    pub by_proxy: bool,
}

const HEADERS: [HeaderName; 6] = [
    HeaderName::from_static("forwarded"),
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-port"),
    HeaderName::from_static("x-real-ip"),
];

/// Removes every forwarding header, so that no handler can believe one.
pub fn strip(headers: &mut HeaderMap) {
    for name in HEADERS {
        headers.remove(name);
    }
}

/// Decides who the client is. `tls` says whether the connection to us is encrypted.
///
/// # Errors
/// A sentence for the client when the two kinds of headers contradict each other: one of them
/// then comes from the client, and nobody can tell which.
pub fn resolve(
    peer: SocketAddr,
    tls: bool,
    headers: &HeaderMap,
    trusted: &[Cidr],
) -> Result<Client, &'static str> {
    let peer = peer.ip().to_canonical();
    let trusts = |ip: IpAddr| trusted.iter().any(|network| network.contains(ip));
    if !trusts(peer) {
        return Ok(Client { ip: peer, https: tls, by_proxy: false });
    }
    let elements = list(headers, "forwarded");
    let standard: Vec<_> = elements.iter().map(|element| parameter(element, "for")).collect();
    let usual: Vec<_> = list(headers, "x-forwarded-for").into_iter().map(Some).collect();
    let ip = match (walk(peer, &standard, trusts), walk(peer, &usual, trusts)) {
        (Some(a), Some(b)) if a != b => {
            return Err("The proxy's headers contradict each other about the client's address.");
        }
        (Some(ip), _) | (None, Some(ip)) => ip,
        (None, None) => peer,
    };
    let mut schemes = list(headers, "x-forwarded-proto").pop().into_iter().collect::<Vec<_>>();
    schemes.extend(elements.last().and_then(|element| parameter(element, "proto")));
    let https = !schemes.is_empty() && schemes.iter().all(|s| s.eq_ignore_ascii_case("https"));
    Ok(Client { ip, https, by_proxy: true })
}

/// Walks a chain of reported addresses from its right end to the first that is no trusted proxy.
/// `None` when nothing was reported.
fn walk(peer: IpAddr, chain: &[Option<String>], trusts: impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    if chain.is_empty() {
        return None;
    }
    let mut client = peer;
    for node in chain.iter().rev() {
        // An unreadable or hidden node ends the walk: what stands before it proves nothing.
        let Some(ip) = node.as_deref().and_then(address) else { break };
        client = ip;
        if !trusts(ip) {
            break;
        }
    }
    Some(client)
}

/// All values of a list header, in order, split at commas outside quotes.
fn list(headers: &HeaderMap, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for value in headers.get_all(name) {
        let Ok(text) = value.to_str() else {
            found.push(String::new());
            continue;
        };
        let mut quoted = false;
        for part in text.split(|c: char| {
            quoted ^= c == '"';
            c == ',' && !quoted
        }) {
            found.push(part.trim().to_owned());
        }
    }
    found
}

/// The value of one parameter of a `Forwarded` element, without quotes.
fn parameter(element: &str, name: &str) -> Option<String> {
    element.split(';').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// Reads `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` and `[2001:db8::1]:80`.
fn address(node: &str) -> Option<IpAddr> {
    let bare = node.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(node);
    let ip = bare
        .parse::<IpAddr>()
        .or_else(|_| node.parse::<SocketAddr>().map(|socket| socket.ip()))
        .ok()?;
    Some(ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, value.parse().unwrap());
        }
        map
    }

    fn ask(peer: &str, pairs: &[(&'static str, &str)]) -> Result<(String, bool), &'static str> {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        resolve(SocketAddr::new(peer.parse().unwrap(), 1), false, &headers(pairs), &trusted)
            .map(|client| (client.ip.to_string(), client.https))
    }

    #[test]
    fn networks_hold_their_addresses() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.1.2", "11.0.0.1"),
            ("192.0.2.128/25", "192.0.2.200", "192.0.2.1"),
            ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("fd00::/8", "fd12::1", "fe80::1"),
            ("::1/128", "::1", "::2"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.1.2.3"),
        ] {
            let cidr: Cidr = network.parse().unwrap();
            assert!(cidr.contains(inside.parse().unwrap()), "{network} {inside}");
            assert!(!cidr.contains(outside.parse().unwrap()), "{network} {outside}");
        }
        for wrong in
            ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "0.0.0.0/0", "proxy.local", "::1/129"]
        {
            assert!(wrong.parse::<Cidr>().is_err(), "{wrong}");
        }
        assert_eq!("10.0.0.0/8".parse::<Cidr>().unwrap().to_string(), "10.0.0.0/8");
    }

    #[test]
    fn strangers_headers_are_not_believed() {
        let spoofed = [
            ("x-forwarded-for", "10.1.1.1"),
            ("x-forwarded-proto", "https"),
            ("forwarded", "for=10.1.1.1;proto=https"),
        ];
        assert_eq!(ask("198.51.100.7", &spoofed), Ok(("198.51.100.7".into(), false)));
    }

    #[test]
    fn a_trusted_proxy_names_the_client() {
        const HTTPS: (&str, &str) = ("x-forwarded-proto", "https");
        type Case = (&'static [(&'static str, &'static str)], &'static str, bool);
        let cases: &[Case] = &[
            (&[("x-forwarded-for", "198.51.100.7"), HTTPS], "198.51.100.7", true),
            (&[("x-forwarded-for", "198.51.100.7")], "198.51.100.7", false),
            (
                &[("x-forwarded-for", "203.0.113.9, 198.51.100.7, 10.2.2.2"), HTTPS],
                "198.51.100.7",
                true,
            ),
            (
                &[("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "198.51.100.7"), HTTPS],
                "198.51.100.7",
                true,
            ),
            (
                &[("forwarded", "for=203.0.113.9, for=\"[2001:db8::7]:4711\";proto=https")],
                "2001:db8::7",
                true,
            ),
            (&[("forwarded", "for=198.51.100.7;proto=http"), HTTPS], "198.51.100.7", false),
            (&[("forwarded", "for=203.0.113.9, for=_hidden;proto=https")], "10.0.0.1", true),
            (
                &[("x-forwarded-for", "198.51.100.7"), ("x-forwarded-proto", "https, http")],
                "198.51.100.7",
                false,
            ),
            (&[HTTPS], "10.0.0.1", true),
        ];
        for (pairs, ip, https) in cases {
            assert_eq!(ask("10.0.0.1", pairs), Ok(((*ip).to_owned(), *https)), "{pairs:?}");
        }
    }

    #[test]
    fn contradicting_headers_are_refused_and_agreeing_ones_are_not() {
        let both =
            [("forwarded", "for=203.0.113.9;proto=https"), ("x-forwarded-for", "198.51.100.7")];
        assert!(ask("10.0.0.1", &both).is_err());
        let same =
            [("forwarded", "for=198.51.100.7;proto=https"), ("x-forwarded-for", "198.51.100.7")];
        assert_eq!(ask("10.0.0.1", &same), Ok(("198.51.100.7".into(), true)));
    }

    #[test]
    fn every_forwarding_header_is_stripped() {
        let mut map = headers(&[
            ("forwarded", "for=a"),
            ("x-forwarded-for", "b"),
            ("x-real-ip", "c"),
            ("accept", "d"),
        ]);
        strip(&mut map);
        assert_eq!(map.len(), 1);
    }
}

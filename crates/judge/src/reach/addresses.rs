//! Sets of IPv4 addresses, as networks that do not overlap.

use std::sync::LazyLock;

use ipnet::Ipv4Net;

/// A set of addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Addresses(Vec<Ipv4Net>);

/// What the internet does not route (RFC 6890). Networks for documentation are left in: examples use them as if it did.
const NOT_PUBLIC: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
];

impl Addresses {
    pub(crate) fn of(networks: impl IntoIterator<Item = Ipv4Net>) -> Self {
        let mut all = Self::default();
        for network in networks {
            all = all.without(network);
            all.0.push(network.trunc());
        }
        all
    }

    /// All addresses of the internet.
    pub(crate) fn public() -> Self {
        static PUBLIC: LazyLock<Addresses> = LazyLock::new(|| {
            NOT_PUBLIC.iter().fold(Addresses::of([Ipv4Net::default()]), |all, network| {
                all.without(network.parse().expect("the table holds networks"))
            })
        });
        PUBLIC.clone()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that are in a network, too.
    pub(crate) fn within(&self, network: Ipv4Net) -> Self {
        Self(
            self.0
                .iter()
                .filter_map(|own| {
                    if network.contains(own) {
                        Some(*own)
                    } else if own.contains(&network) {
                        Some(network.trunc())
                    } else {
                        None
                    }
                })
                .collect(),
        )
    }

    /// Those that are not in a network.
    pub(crate) fn without(&self, network: Ipv4Net) -> Self {
        let mut rest = Vec::new();
        for own in &self.0 {
            cut(*own, network, &mut rest);
        }
        Self(rest)
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        if self == other {
            return Self::default();
        }
        other.0.iter().fold(self.clone(), |rest, network| rest.without(*network))
    }

    pub(crate) fn and(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        other.0.iter().fold(Self::default(), |all, network| all.or(&self.within(*network)))
    }

    pub(crate) fn or(&self, other: &Self) -> Self {
        if self.is_empty() || self == other {
            return other.clone();
        }
        let mut all = self.minus(other);
        all.0.extend(&other.0);
        all
    }
}

/// What is left of a network without another.
fn cut(own: Ipv4Net, other: Ipv4Net, rest: &mut Vec<Ipv4Net>) {
    if other.contains(&own) {
        return;
    }
    if !own.contains(&other) {
        rest.push(own);
        return;
    }
    for half in own.subnets(own.prefix_len() + 1).into_iter().flatten() {
        cut(half, other, rest);
    }
}

impl std::fmt::Display for Addresses {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut networks = self.0.clone();
        networks.sort();
        let shown: Vec<_> = networks.iter().take(4).map(ToString::to_string).collect();
        out.write_str(&shown.join(", "))?;
        match networks.len() {
            more @ 5.. => write!(out, " and {} more", more - 4),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Ipv4Net {
        text.parse().expect(text)
    }

    #[test]
    fn is_a_set() {
        let all = Addresses::of([net("10.0.0.0/16")]);
        let less = all.without(net("10.0.128.0/17"));
        assert_eq!(less, Addresses::of([net("10.0.0.0/17")]));
        assert!(less.within(net("10.0.200.0/24")).is_empty());
        assert_eq!(less.within(net("10.0.3.0/24")), Addresses::of([net("10.0.3.0/24")]));
        assert!(all.minus(&all).is_empty());
        assert_eq!(less.or(&all.within(net("10.0.128.0/17"))).minus(&all), Addresses::default());
        assert!(Addresses::public().within(net("10.1.2.0/24")).is_empty());
        assert!(!Addresses::public().within(net("192.0.2.0/24")).is_empty());
    }
}

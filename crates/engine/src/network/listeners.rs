//! What `/proc/net/tcp` and `tcp6` tell of who listens: `proc_pid_net(5)`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The state of a socket that listens.
const LISTENS: &str = "0A";

/// The addresses in such a file at which somebody listens.
pub(super) fn read(table: &str) -> Vec<SocketAddr> {
    let lines = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    lines.filter(|line| line.get(3) == Some(&LISTENS)).filter_map(|line| address(line.get(1)?)).collect()
}

/// An address in whole words, each as the processor has it, and a port.
fn address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let words = address.as_bytes().chunks(8).map(|word| u32::from_str_radix(str::from_utf8(word).ok()?, 16).ok());
    let words: Vec<_> = words.map(|word| Some(word?.to_ne_bytes())).collect::<Option<_>>()?;
    let address = match words[..] {
        [word] => IpAddr::from(Ipv4Addr::from(word)),
        [_, _, _, _] => IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(words.concat()).ok()?)),
        _ => return None,
    };
    Some((address, u16::from_str_radix(port, 16).ok()?).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn only_listeners_are_read() {
        let table = "  sl  local_address rem_address   st tx_queue\n\
            0: 0100007F:1F90 00000000:0000 0A 00000000:00000000\n\
            1: 0200000A:1F91 0100000A:E2A4 01 00000000:00000000\n\
            2: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0\n\
            3: nonsense\n";
        let found: Vec<_> = read(table).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["127.0.0.1:8080", "[::]:80"]);
    }
}

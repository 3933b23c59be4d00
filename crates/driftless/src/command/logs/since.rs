//! Times on the command line.

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// A time ago, or an RFC 3339 time.
pub(super) fn parse(text: &str) -> Result<Timestamp, String> {
    parse_at(text, Timestamp::now())
}

fn parse_at(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let ago = text.parse::<Span>().ok().and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    let ago = ago.filter(|ago| *ago >= SignedDuration::ZERO);
    let time = ago.and_then(|ago| now.checked_sub(ago).ok());
    time.ok_or_else(|| "neither a time ago, like `10m`, nor a time, like `2026-11-23T10:00:00Z`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_times_ago_and_times() {
        let now = "2026-11-23T12:00:00Z".parse().expect("a time");
        let read = |text| parse_at(text, now).map(|time| time.to_string());
        assert_eq!(read("10m"), Ok("2026-11-23T11:50:00Z".to_owned()));
        assert_eq!(read("1d 2h"), Ok("2026-11-22T10:00:00Z".to_owned()));
        assert_eq!(read("90s"), Ok("2026-11-23T11:58:30Z".to_owned()));
        assert_eq!(read("2026-11-23T10:00:00+02:00"), Ok("2026-11-23T08:00:00Z".to_owned()));
        for wrong in ["", "yesterday", "10", "-5m"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}

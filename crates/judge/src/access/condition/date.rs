//! Dates of conditions: what ISO 8601's profile of the W3C allows, or seconds since 1970.

/// Milliseconds since 1970.
pub(super) fn parse(text: &str) -> Option<i64> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() != 4 {
        return text.parse::<i64>().ok()?.checked_mul(1000);
    }
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-').map(digits);
    let year = parts.next()??;
    let month = parts.next().unwrap_or(Some(1))?;
    let day = parts.next().unwrap_or(Some(1))?;
    let valid = parts.next().is_none()
        && (1..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_of(year, month)).contains(&day);
    if !valid {
        return None;
    }
    let within = match time {
        Some(time) => time_of_day(time)?,
        None => 0,
    };
    Some(days(year, month, day) * 86_400_000 + within)
}

/// Milliseconds since midnight, in UTC.
fn time_of_day(text: &str) -> Option<i64> {
    let (clock, offset) = if let Some(clock) = text.strip_suffix('Z') {
        (clock, 0)
    } else {
        let at = text.rfind(['+', '-'])?;
        let (hours, minutes) = text[at + 1..].split_once(':')?;
        let (hours, minutes) = (digits(hours)?, digits(minutes)?);
        if hours > 23 || minutes > 59 {
            return None;
        }
        let minutes = hours * 60 + minutes;
        let sign = if text[at..].starts_with('-') { -1 } else { 1 };
        (&text[..at], sign * minutes)
    };
    let mut parts = clock.split(':');
    let hours = digits(parts.next()?)?;
    let minutes = digits(parts.next()?)?;
    let (seconds, fraction) = match parts.next() {
        None => (0, 0),
        Some(seconds) => match seconds.split_once('.') {
            None => (digits(seconds)?, 0),
            Some((seconds, fraction)) => {
                digits(fraction)?;
                (digits(seconds)?, digits(&format!("{fraction:0<3}")[..3])?)
            }
        },
    };
    let valid = parts.next().is_none() && hours < 24 && minutes < 60 && seconds < 61;
    valid.then(|| ((hours * 60 + minutes - offset) * 60 + seconds) * 1000 + fraction)
}

fn digits(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let leaps = before / 4 - before / 100 + before / 400;
    let to_year = before * 365 + leaps - 719_162;
    to_year + (1..month).map(|month| days_of(year, month)).sum::<i64>() + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_forms_of_dates() {
        for (text, expected) in [
            ("1970-01-01", 0),
            ("1970-01-01T00:00:01Z", 1000),
            ("1970-01-01T01:00:00+01:00", 0),
            ("2000-03-01T00:00:00Z", 951_868_800_000),
            ("2024-02-29T12:30:15.250Z", 1_709_209_815_250),
            ("1709209815", 1_709_209_815_000),
            ("2024", 1_704_067_200_000),
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "2024-13-01",
            "2023-02-29",
            "noon",
            "2024-01-01T25:00:00Z",
            "2024-01-01T10:00",
            "2024-01-01T10:00+999999999999999999:00",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

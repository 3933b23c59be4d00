//! Whether this machine's clock is right: signatures have a time in them.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimeParser};

use super::Finding;
use crate::{
    Site,
    aws::{Request, sts},
};

const CHECK: &str = "clock";

/// At five minutes AWS refuses calls, which is hard to understand.
const SKEW: SignedDuration = SignedDuration::from_mins(2);

pub(super) async fn look(site: &Site) -> Finding {
    let request = Request {
        operation: "GetCallerIdentity",
        method: "POST",
        target: "/".into(),
        headers: vec![("content-type", Cow::Borrowed("application/x-www-form-urlencoded"))],
        body: format!("Action=GetCallerIdentity&Version={}", sts::SERVICE.api).into_bytes(),
    };
    let answer = match site.account.client(&sts::SERVICE).send(request).await {
        Ok(answer) => answer,
        Err(error) => return Finding::unchecked(CHECK, &error, "sts:GetCallerIdentity"),
    };
    match answer.header("date").and_then(|date| DateTimeParser::new().parse_timestamp(date).ok()) {
        Some(there) => judge(Timestamp::now().duration_since(there)),
        None => Finding::warning(
            CHECK,
            "could not be checked: the answer of STS has no date",
            "compare it with another; a proxy on the way may have removed the date",
        ),
    }
}

/// `ahead` is how much later it is here than there.
fn judge(ahead: SignedDuration) -> Finding {
    if ahead.abs() <= SKEW {
        return Finding::fine(CHECK, "within two minutes of AWS's");
    }
    let direction = if ahead.is_positive() { "ahead of" } else { "behind" };
    let says = format!("this machine's clock is {} s {direction} AWS's", ahead.abs().as_secs());
    Finding::warning(
        CHECK,
        says,
        "set it by NTP, such as with `timedatectl set-ntp true`; AWS refuses what is five minutes off",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::Level;

    #[test]
    fn a_clock_may_be_two_minutes_off_either_way() {
        for (seconds, level, words) in [
            (0, Level::Fine, "within"),
            (-119, Level::Fine, "within"),
            (121, Level::Warning, "121 s ahead of AWS's"),
            (-4000, Level::Warning, "4000 s behind AWS's"),
        ] {
            let finding = judge(SignedDuration::from_secs(seconds));
            assert_eq!(finding.level, level, "{seconds}");
            assert!(finding.says.contains(words), "{}", finding.says);
        }
    }
}

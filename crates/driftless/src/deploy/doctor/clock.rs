//! Whether this machine's clock is right: signatures have a time in them.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimeParser};

use super::Finding;
use crate::{
    aws::{Request, sts},
    deploy::Target,
};

/// More than this is refused by AWS after some calls have worked, which is hard to understand.
const SKEW: SignedDuration = SignedDuration::from_mins(2);

pub(super) async fn look(target: &Target) -> Option<Finding> {
    let request = Request {
        operation: "GetCallerIdentity",
        method: "POST",
        target: "/".into(),
        headers: vec![("content-type", Cow::Borrowed("application/x-www-form-urlencoded"))],
        body: format!("Action=GetCallerIdentity&Version={}", sts::SERVICE.api).into_bytes(),
    };
    let answer = target.account.client(&sts::SERVICE).send(request).await.ok()?;
    let there = DateTimeParser::new().parse_timestamp(answer.header("date")?).ok()?;
    let skew = Timestamp::now().duration_since(there);
    Some(if skew.abs() > SKEW {
        let says = format!("this machine's clock is {} s off", skew.as_secs());
        Finding::warning("clock", says, "set it by NTP: `timedatectl set-ntp true`")
    } else {
        Finding::fine("clock", "within two minutes of AWS's")
    })
}

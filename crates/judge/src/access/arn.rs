//! Amazon resource names, as far as a judge has to look into them.

/// The six parts of an ARN. The last may hold colons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) resource: &'a str,
}

impl<'a> Arn<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next()? != "arn" {
            return None;
        }
        parts.next()?;
        Some(Self { service: parts.next()?, region: parts.next()?, account: parts.next()?, resource: parts.next()? })
    }
}

/// Whether a text is an account's number, or stands for one that is not known.
pub(crate) fn is_account(text: &str) -> bool {
    crate::hole::first_hole(text).is_some_and(|name| text == crate::hole(name))
        || (text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()))
}

//! Settings that are URLs, in which people put passwords: what is wrong with one is said without it.

use std::{ffi::OsStr, fmt::Display, marker::PhantomData, str::FromStr};

use clap::{
    Arg, Command, Error,
    builder::TypedValueParser,
    error::{ContextKind, ContextValue, ErrorKind},
};

/// Parses a `T`, and leaves user and password out of the error.
#[derive(Debug)]
pub struct Secretive<T>(PhantomData<fn() -> T>);

impl<T> Default for Secretive<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T> Clone for Secretive<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<T: FromStr<Err: Display> + Clone + Send + Sync + 'static> TypedValueParser for Secretive<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        let text = value.to_string_lossy();
        text.parse().map_err(|error| {
            let argument = argument.map(ToString::to_string).unwrap_or_default();
            let message = format!("invalid value '{}' for '{argument}': {error}\n", masked(&text));
            let mut error = Error::raw(ErrorKind::ValueValidation, message).with_cmd(command);
            error.insert(ContextKind::InvalidArg, ContextValue::String(argument));
            error
        })
    }
}

/// `url` without what is before its last `@`.
fn masked(url: &str) -> String {
    let Some((before, host)) = url.rsplit_once('@') else { return url.to_owned() };
    let scheme = before.split_once("://").map(|(scheme, _)| format!("{scheme}://")).unwrap_or_default();
    format!("{scheme}…@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_are_left_out() {
        for (url, shown) in [
            ("postgres://u:hunter2@h/d", "postgres://…@h/d"),
            ("postgres://u:hunt@er2@h/d", "postgres://…@h/d"),
            ("u:hunter2@h", "…@h"),
            ("sqlite:///x.db", "sqlite:///x.db"),
        ] {
            assert_eq!(masked(url), shown);
        }
    }
}

//! After which errors one may ask again.
//!
//! An error of severity ERROR that PostgreSQL answers has undone the statement, and with it the transaction that is the
//! statement alone. One of severity FATAL may come after the commit, and a connection that breaks says nothing at all.

use std::io;

use tokio_postgres::{
    Error,
    error::{Severity, SqlState},
};

use super::super::DbError;

/// What the caller is told if nobody asks again.
pub(super) fn fault(error: Error) -> DbError {
    match error.code() {
        Some(&SqlState::QUERY_CANCELED) => DbError::Slow,
        _ if is_of_no_more_use(&error) => DbError::Lost(error),
        _ => error.into(),
    }
}

/// Asking the same once more changes nothing: after whatever may pass.
pub(super) fn may_read_again(error: &Error) -> bool {
    is_of_no_more_use(error) || was_surely_not_made(error)
}

/// PostgreSQL has said that the write was undone, for a reason that may pass.
pub(super) fn was_surely_not_made(error: &Error) -> bool {
    error.as_db_error().is_some_and(|error| {
        error.parsed_severity() == Some(Severity::Error)
            && [
                SqlState::T_R_SERIALIZATION_FAILURE,
                SqlState::T_R_DEADLOCK_DETECTED,
                // A connection to what has become the standby.
                SqlState::READ_ONLY_SQL_TRANSACTION,
            ]
            .contains(error.code())
    })
}

/// The connection is broken, or goes to a server that takes no writes.
pub(super) fn is_of_no_more_use(error: &Error) -> bool {
    match error.as_db_error() {
        Some(error) => {
            error.parsed_severity() != Some(Severity::Error) || *error.code() == SqlState::READ_ONLY_SQL_TRANSACTION
        }
        None => error.is_closed() || is_io(error),
    }
}

/// No connection came about, but another try may: nobody listens, the server starts, stops or is full, or is the standby.
pub(super) fn may_connect_again(error: &Error) -> bool {
    match error.as_db_error() {
        Some(error) => {
            let code = error.code();
            // Class 57: operator intervention.
            code.code().starts_with("57") || *code == SqlState::TOO_MANY_CONNECTIONS
        }
        None => error.is_closed() || is_io(error),
    }
}

/// Something on the way, but for what rustls refuses: a certificate stays what it is.
fn is_io(error: &Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<io::Error>());
    source.is_some_and(|error| error.kind() != io::ErrorKind::InvalidData)
}

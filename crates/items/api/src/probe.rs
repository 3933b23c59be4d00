//! The small answers: who this is, and whether it is alive.

use serde::{Deserialize, Serialize};

/// Answer of `GET /`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct About {
    /// A greeting.
    pub message: String,
    /// Version of the API's contract.
    pub version: String,
    /// Path of the documentation.
    pub docs: String,
}

/// Answer of the health checks.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// `healthy` or `unhealthy`.
    pub status: String,
    /// Name of the service that answers.
    pub service: String,
}

//! What needs more than a build sandbox offers: tools of others, certificates of the system.

mod builders;
mod overhead;
mod tools;

//! What needs more than a build sandbox offers: tools of others, certificates of the system.

mod overhead;
mod tools;

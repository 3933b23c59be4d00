//! What AWS documents, as cases; what must hold whatever the rules, as properties; what our own roots allow.

mod access_cases;
mod access_properties;
mod docs;
mod mutations;
mod needs;
mod plan;
mod reach_cases;
mod reach_properties;
mod robust;
mod roots;
mod workflows;

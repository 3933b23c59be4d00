//! Deploying, from an empty account to a destroyed environment: real Terraform with its real provider, and the simulated
//! account.

mod account;
mod bundle;
mod doctor;
mod interruption;
mod operate;
mod running;
mod secrecy;
mod story;
mod verify;

//! The calls to AWS, over HTTP.

mod errors;
mod moto;
mod pages;

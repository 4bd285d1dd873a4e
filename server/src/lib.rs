//! The server of Towpath: configuration, the router of all doors, sessions, and its start and end.
//!
//! The only crate that names all the others. It decides nothing about builds or promotions; it puts together.

mod assets;
mod attempts;
pub mod audit;
mod auth;
pub mod backup;
mod clients;
mod conditional;
pub mod config;
pub mod doctor;
mod exports;
pub mod folder;
mod functions;
pub mod garbage;
mod headers;
mod health;
mod listening;
mod live;
pub mod metrics;
pub mod openapi;
pub mod pages;
pub mod readiness;
mod refusals;
pub mod router;
pub mod routes;
pub mod running;
mod sealing;
mod security_txt;
pub mod telemetry;
mod workers;

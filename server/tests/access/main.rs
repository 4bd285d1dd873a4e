//! Who gets through which door: every route, server function, registry verb and page, tried by every kind of
//! caller, from the tables in `doors`.
//!
//! `complete` sees to it that no door is without a row. `matrix` holds the outcome, which is committed, and the
//! rules that it has to keep whatever is committed.

mod callers;
mod calls;
mod complete;
mod doors;
mod installation;
mod maker;
mod matrix;
mod origins;
mod strangers;
mod world;

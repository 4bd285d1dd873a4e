//! The parts that pages are made of, each with its file in `style/components/`.
//!
//! They hold no knowledge of projects or promotions, and render the same bytes on the server and in the
//! browser: whatever depends on the clock or on chance is given to them.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a component owns its props, whether it keeps them or reads them"
)]

pub mod avatar;
pub mod badge;
pub mod banner;
pub mod button;
pub mod card;
pub mod choice;
pub mod code;
pub mod copy;
pub mod dialog;
pub mod digest;
pub mod disclosure;
pub mod empty;
pub mod field;
pub mod form;
pub mod graph;
pub mod grid;
pub mod icon;
pub mod live;
pub mod menu;
pub mod page;
pub mod pager;
pub mod segments;
pub mod select;
pub mod sentence;
pub mod table;
pub mod time;
pub mod toast;
pub mod tone;

mod check;

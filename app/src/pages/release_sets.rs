//! Release sets: several builds that go together.

mod carry;
mod list;
mod new;
mod one;
mod parts;

pub use carry::CarryPage;
pub use list::ReleaseSetsPage;
pub use new::NewReleaseSetPage;
pub use one::ReleaseSetPage;

use crate::components::page::Crumb;
use towpath_domain::release_sets::Course;
use towpath_domain::slugs::Slug;

/// The way to a page about a project's sets.
fn trail(project: &Slug, rest: Vec<Crumb>) -> Vec<Crumb> {
    let mut trail = Crumb::of_project(project, []);
    trail.extend(rest);
    trail
}

/// What a course does, as a heading.
fn heading(course: &Course) -> String {
    match course {
        Course::Promote { from, to } => format!("Promote from {from} to {to}"),
        Course::TakeBack { bucket } => format!("Take back out of {bucket}"),
        Course::Restore { bucket, at } => format!("Return {bucket} to how it was on {}", at.to_words()),
    }
}

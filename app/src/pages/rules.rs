//! CI rules: the form for a new one, the page of one, what none has led, and reclassification.

mod change;
mod fields;
mod moved;
mod new;
mod reclassify;
mod trial;
mod unclassified;

pub use change::RulePage;
pub use new::NewRulePage;
pub use reclassify::ReclassifyPage;
pub use unclassified::UnclassifiedPage;

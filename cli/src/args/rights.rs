//! Who may do what.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use towpath_domain::access::Action;

#[derive(Debug, Args)]
pub struct Rights {
    /// What.
    #[arg(
        value_parser = PossibleValuesParser::new(Action::ALL.map(Action::name)).try_map(parse),
        required_unless_present = "person",
        requires = "place"
    )]
    pub action: Option<Action>,
    /// Where: installation, project:PROJECT, environment:PROJECT/ENVIRONMENT or stream:STREAM.
    pub place: Option<String>,
    /// What one person may do instead: their e-mail address, for who manages people, or their id.
    #[arg(long, value_name = "EMAIL|ID", conflicts_with = "action")]
    pub person: Option<String>,
    /// On an earlier day, or at a moment; now, if not given.
    #[arg(long, value_name = "DAY|TIME", default_value = "")]
    pub at: String,
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that the parser wants")]
fn parse(name: String) -> Result<Action, String> {
    Action::parse(&name).ok_or_else(|| format!("{name} is no permission"))
}

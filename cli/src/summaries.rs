//! The summary of a job in Markdown, where GitHub Actions asks for one (`GITHUB_STEP_SUMMARY`).

use crate::args::Destination;
use crate::commands::pushing::bucket;
use std::fmt::Write as _;
use std::io::Write as _;
use std::{env, fs, io};
use towpath_api::builds::ReceivedBuild;

/// Adds to the job's summary, if there is one.
pub fn write(markdown: &str) -> io::Result<()> {
    let Some(path) = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    fs::OpenOptions::new().create(true).append(true).open(path)?.write_all(markdown.as_bytes())
}

/// What was pushed, and where it is.
pub fn of_push(to: &Destination, received: &ReceivedBuild) -> String {
    let build = &received.build;
    let claim = |claim: &Option<towpath_api::builds::Claim>| {
        claim.as_ref().map(|claim| claim.value.clone()).unwrap_or_default()
    };
    let rows = [
        ("Build", build.tag.clone()),
        ("Digest", build.digest.clone()),
        ("Bucket", bucket(received)),
        ("CI rule", received.rule.clone().unwrap_or_default()),
        ("Git ref", claim(&build.origin.git_ref)),
        ("Commit", claim(&build.origin.commit)),
    ];
    let mut text = format!("### [{}]({})\n\n| | |\n|---|---|\n", plain(&to.at.to_string()), received.page);
    for (name, value) in rows.into_iter().filter(|(_, value)| !value.is_empty()) {
        _ = writeln!(text, "| {name} | {} |", plain(&value));
    }
    text.push('\n');
    text
}

/// A text in which nothing is read as Markdown or HTML.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for character in text.chars() {
        match character {
            character if character.is_control() => plain.push(' '),
            character
                if character.is_ascii_punctuation() && !matches!(character, '-' | '.' | ':' | '/' | ',') =>
            {
                _ = write!(plain, "&#{};", character as u32);
            }
            character => plain.push(character),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_text_and_nothing_else() {
        let shown = plain("a|b <img src=x> [x](y) `c`\n# d");
        assert!(!shown.contains(['|', '<', '[', '`', '\n']), "{shown}");
        assert_eq!(plain("release/1.4-rc"), "release/1.4-rc");
    }
}

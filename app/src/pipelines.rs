//! The files of `deploy/ci`, held by the server and shown with the names of an integration in them.
//!
//! They stand there with names of an example, so that each can be read, linted and run as it is.

use crate::fns::pipelines::File;

/// What stands for the server's address and for the integration in the files.
const SERVER: &str = "https://towpath.example.org";
const INTEGRATION: &str = "shop/checkout";
/// The lines by which the files leave the bucket to the CI rule.
const NO_BUCKET: [&str; 4] =
    ["TOWPATH_BUCKET: \"\"", "TOWPATH_BUCKET=\"\"", "TOWPATH_BUCKET = ''", "bucket: \"\""];

macro_rules! files {
    ($($place:literal is $file:literal),+) => {
        &[$(($place, include_str!(concat!("../../deploy/ci/", $file)))),+]
    };
}

/// A CI by its word in the address, its name, and its files by their places in a repository.
pub type System = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

pub const SYSTEMS: [System; 8] = [
    (
        "github",
        "GitHub Actions",
        files![".github/workflows/push.yml" is "github/workflow.yml",
               ".github/actions/towpath/action.yml" is "github/action.yml"],
    ),
    (
        "gitlab",
        "GitLab CI/CD",
        files![".gitlab-ci.yml" is "gitlab/gitlab-ci.yml", "templates/push.yml" is "gitlab/push.yml"],
    ),
    ("jenkins", "Jenkins", files!["Jenkinsfile" is "jenkins/Jenkinsfile"]),
    ("circleci", "CircleCI", files![".circleci/config.yml" is "circleci/config.yml"]),
    ("codebuild", "AWS CodeBuild", files!["buildspec.yml" is "codebuild/buildspec.yml"]),
    (
        "bitbucket",
        "Bitbucket Pipelines",
        files!["bitbucket-pipelines.yml" is "bitbucket/bitbucket-pipelines.yml"],
    ),
    ("buildkite", "Buildkite", files![".buildkite/pipeline.yml" is "buildkite/pipeline.yml"]),
    ("azure", "Azure Pipelines", files!["azure-pipelines.yml" is "azure/azure-pipelines.yml"]),
];

/// The CI of this word; the first one where there is none of it.
pub fn system(word: &str) -> &'static System {
    SYSTEMS.iter().find(|(known, ..)| *known == word).unwrap_or(&SYSTEMS[0])
}

/// The files of a CI for one integration, written as `PROJECT/INTEGRATION`; into a bucket, or to be led by the rule if
/// that is empty.
pub fn filled(system: &System, server: &str, integration: &str, bucket: &str) -> Vec<File> {
    let file = |(place, text): &(&str, &str)| File {
        place: (*place).to_owned(),
        text: fill(text, server, integration, bucket),
    };
    system.2.iter().map(file).collect()
}

fn fill(text: &str, server: &str, integration: &str, bucket: &str) -> String {
    let named = text.replace(SERVER, server).replace(INTEGRATION, integration);
    if bucket.is_empty() {
        return named;
    }
    let line = |line: &str| {
        let empty = NO_BUCKET.iter().find(|empty| line.trim().trim_start_matches("- export ") == **empty);
        match empty {
            Some(empty) => {
                let quoted = empty.replace("\"\"", bucket).replace("''", &format!("'{bucket}'"));
                line.replace(empty, &quoted)
            }
            None => line.to_owned(),
        }
    };
    named.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ci_names_the_server_the_integration_and_the_bucket_of_its_own() {
        for system in &SYSTEMS {
            let files = filled(system, "https://images.acme.dev", "pay/ledger", "qa");
            let text: String = files.iter().map(|file| file.text.as_str()).collect();
            assert!(text.contains("https://images.acme.dev") && text.contains("pay/ledger"), "{}", system.0);
            assert!(!text.contains(SERVER) && !text.contains(INTEGRATION), "{}", system.0);
            let named = ["TOWPATH_BUCKET: qa", "TOWPATH_BUCKET=qa", "TOWPATH_BUCKET = 'qa'", " bucket: qa"];
            let lines = text.lines().filter(|line| named.iter().any(|named| line.ends_with(named)));
            assert_eq!(lines.count(), 1, "{}: {text}", system.0);
            // What an action or a component calls its default stays.
            assert!(!text.contains("default: qa"), "{}", system.0);
        }
    }

    #[test]
    fn without_a_bucket_only_names_differ_from_the_file() {
        for system in &SYSTEMS {
            for (file, (_, text)) in filled(system, SERVER, INTEGRATION, "").iter().zip(system.2) {
                assert_eq!(file.text, *text);
            }
        }
    }

    #[test]
    fn an_unknown_ci_is_the_first() {
        assert_eq!(system("azure").1, "Azure Pipelines");
        assert_eq!(system("travis").0, "github");
    }
}

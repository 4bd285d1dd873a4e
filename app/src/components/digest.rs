//! A digest, short enough to be compared by eye, whole when it is copied.

use super::copy::CopyButton;
use leptos::prelude::*;

/// As many hexadecimal digits as are shown: enough that two in one repository differ.
const SHOWN: usize = 12;

/// The first digits, the whole digest as the title, and a button that copies it.
#[component]
pub fn DigestView(
    /// Whole, with its algorithm: `sha256:…`.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    let short = short(&value).to_owned();
    view! {
        <span class="digest">
            <code class="digest__short" title=value.clone()>
                {short}
            </code>
            <CopyButton text=value label="Copy digest" />
        </span>
    }
}

fn short(digest: &str) -> &str {
    let end = digest.find(':').map_or(0, |colon| colon + 1) + SHOWN;
    digest.get(..end).unwrap_or(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_digest_keeps_its_algorithm() {
        assert_eq!(short("sha256:0123456789abcdef"), "sha256:0123456789ab");
        assert_eq!(short("sha256:0"), "sha256:0");
    }
}

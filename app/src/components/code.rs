//! A command or a document to be read and taken along.

use super::copy::CopyButton;
use leptos::prelude::*;

/// Text with a name and a button that copies it.
#[component]
pub fn CodeBlock(
    /// What it is: “Push with skopeo”.
    #[prop(into)]
    label: String,
    #[prop(into)] text: String,
    /// Draws it as something that is shown this once.
    #[prop(optional)]
    secret: bool,
) -> impl IntoView {
    let copy = format!("Copy: {label}");
    let name = label.clone();
    view! {
        <figure class=if secret { "code code--secret" } else { "code" }>
            <figcaption class="code__header">
                <span>{label}</span>
                <CopyButton text=text.clone() label=copy />
            </figcaption>
            // Focusable, since it scrolls sideways where the page is narrow.
            <pre class="code__text" tabindex="0" role="region" aria-label=name><code>{text}</code></pre>
        </figure>
    }
}

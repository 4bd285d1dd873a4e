//! Every component in every state, in development builds only: to look at them side by side, in both themes, and
//! for axe to look at them all.

mod acting;
mod filling;
mod telling;

use crate::components::card::Card;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::paths;
use crate::shell::ThemeChoice;
use acting::{Buttons, Choices, Menus};
use filling::{Fields, Mistakes};
use leptos::prelude::*;
use leptos_meta::Title;
use telling::{Lists, Messages, Words};

#[component]
pub fn GalleryPage() -> impl IntoView {
    view! {
        <Title text="Gallery" />
        <main id="main" class="page">
            <Breadcrumbs trail=vec![Crumb::new("Home", paths::HOME), Crumb::here("Gallery")] />
            <PageHeader title="Gallery" lead="Every component in every state. Release builds have no such page.">
                <ThemeChoice />
            </PageHeader>
            <Card title="Buttons">
                <Buttons />
            </Card>
            <Card title="Choices that act">
                <Choices />
            </Card>
            <Card title="Menus, disclosures, dialogs">
                <Menus />
            </Card>
            <Card title="Fields">
                <Fields />
            </Card>
            <Card title="A form with mistakes">
                <Mistakes />
            </Card>
            <Card title="Words">
                <Words />
            </Card>
            <Lists />
            <Messages />
        </main>
    }
}

#[cfg(test)]
mod tests {
    /// What a grid adds to a table are keys, which the first page has; the pieces of a graph stand in boards and in the
    /// workflow editor; the live region is one in a page, which is the shell's; sentences are those of events; tones are shown by
    /// what has them.
    const ELSEWHERE: [&str; 5] = ["graph", "grid", "live", "sentence", "tone"];

    #[test]
    fn every_component_is_in_the_gallery() {
        let gallery = [
            include_str!("gallery.rs"),
            include_str!("gallery/acting.rs"),
            include_str!("gallery/filling.rs"),
            include_str!("gallery/telling.rs"),
        ]
        .concat();
        let modules =
            include_str!("../components.rs").lines().filter_map(|line| line.strip_prefix("pub mod "));
        for module in modules.map(|module| module.trim_end_matches(';')) {
            let shown = gallery.contains(&format!("use crate::components::{module}::"));
            assert!(shown || ELSEWHERE.contains(&module), "{module} is not shown");
        }
    }
}

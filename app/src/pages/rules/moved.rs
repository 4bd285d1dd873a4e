//! Builds that go elsewhere, as a table.

use crate::components::table::Table;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::rules::Moved;
use towpath_domain::slugs::Slug;

#[component]
pub(super) fn MovedTable(moved: Vec<Moved>, #[prop(into)] caption: String) -> impl IntoView {
    let row = |moved: Moved| {
        let place =
            |slug: Option<Slug>| slug.map_or_else(|| "unclassified".to_owned(), |slug| slug.to_string());
        let becomes = if moved.becomes_current { " (becomes current)" } else { "" };
        view! {
            <tr>
                <th scope="row">
                    <a href=paths::build(&moved.digest)>{moved.tag.to_string()}</a>
                </th>
                <td>
                    <code>{moved.git_ref.unwrap_or_default()}</code>
                </td>
                <td>{place(moved.from)}</td>
                <td>{place(moved.to)} {becomes}</td>
            </tr>
        }
    };
    view! {
        <Table caption=caption columns=vec!["Build", "Git ref", "From", "To"]>
            {moved.into_iter().map(row).collect_view()}
        </Table>
    }
}

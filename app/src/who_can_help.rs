//! Who can give the permission that a page lacks, as far as whoever looks at it may know of them.

use crate::fns::members::view_granters;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[component]
pub fn WhoCanHelp() -> impl IntoView {
    let path = use_location().pathname;
    let granters = Resource::new(move || project(&path.get()).to_owned(), view_granters);
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let words = granters.await.ok().and_then(|names| words(&names));
                words.map(|words| view! { <p>{words}</p> })
            })}
        </Suspense>
    }
}

/// The project of a page's address; empty where it has none.
fn project(path: &str) -> &str {
    let rest = path.strip_prefix("/projects/").unwrap_or_default();
    rest.split('/').next().unwrap_or_default()
}

fn words(names: &[String]) -> Option<String> {
    let list = match names {
        [] => return None,
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    };
    Some(format!("Ask {list}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_is_the_one_in_the_address() {
        assert_eq!(project("/projects/shop/members"), "shop");
        assert_eq!(project("/projects/shop"), "shop");
        assert_eq!(project("/people"), "");
    }

    #[test]
    fn those_who_can_help_are_named() {
        let names = |names: &[&str]| words(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&[]), None);
        assert_eq!(names(&["Ada"]).as_deref(), Some("Ask Ada."));
        assert_eq!(names(&["Ada", "Rui", "Mei"]).as_deref(), Some("Ask Ada, Rui or Mei."));
    }
}

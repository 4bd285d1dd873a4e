//! Code that the browser loads when it is wanted, so that the first visit is small: most pages, and the palette.
//!
//! Pages that people open one after the other share a group, and a group is one module. The server tells which
//! modules a page needs together with the page, so that they load beside the main one and not after it.

use leptos::wasm_split::SplitLoaderError;

/// A group's code could not be loaded: the connection is gone, or the server has a newer site by now.
#[derive(Debug)]
pub struct NotLoaded;

impl From<SplitLoaderError> for NotLoaded {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// `lazy!(name = PageComponent, in group)` makes a module `name` with a type `Page`, to be routed to as
/// `Lazy::<name::Page>::new()`. The name must differ from that of every other page.
macro_rules! lazy {
    ($name:ident = $page:path, in $group:ident) => {
        mod $name {
            use crate::lazy::NotLoaded;
            use leptos::prelude::*;
            use leptos_router::LazyRoute;

            pub struct Page;

            #[leptos::wasm_split::wasm_split(
                                                                $group,
                                                                wasm_split_path = ::leptos::wasm_split,
                                                                fallible,
                                                                preload(load)
                                                            )]
            fn $name() -> Result<AnyView, NotLoaded> {
                use $page as Content;
                Ok(view! { <Content /> }.into_any())
            }

            impl LazyRoute for Page {
                fn data() -> Self {
                    Self
                }

                async fn view(_: Self) -> AnyView {
                    #[cfg(feature = "ssr")]
                    crate::shell::announce_group(stringify!($group));
                    $name().await.unwrap_or_else(|NotLoaded| crate::loaded::not_loaded())
                }

                async fn preload() {
                    // Whether it worked is told when the page is shown.
                    _ = load().await;
                }
            }
        }
    };
}

/// `lazy_part!(part(argument: Type) = Component, load = load_part, in group)` makes `part(argument).await`, which loads
/// the component's code and answers its view, and `load_part().await`, which loads the code only.
macro_rules! lazy_part {
    ($name:ident ( $($argument:ident : $type:ty),* ) = $component:ident, load = $load:ident, in $group:ident) => {
        #[leptos::wasm_split::wasm_split($group, wasm_split_path = ::leptos::wasm_split, fallible, preload($load))]
        fn $name($($argument: $type),*) -> Result<AnyView, NotLoaded> {
            Ok(view! { <$component $($argument=$argument)* /> }.into_any())
        }
    };
}

pub(crate) use {lazy, lazy_part};

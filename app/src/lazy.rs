//! Code that the browser loads when it is wanted, so that the first visit is small: most pages, and the palette.
//!
//! Pages that people open one after the other share a group, and a group is one module. The server tells which
//! modules a page needs together with the page, so that they load beside the main one and not after it.

use leptos::prelude::AnyView;
use leptos::wasm_split::SplitLoaderError;
use leptos_router::ChooseView;
use std::future::Future;
use std::pin::Pin;

/// A group's code could not be loaded: the connection is gone, or the server has a newer site by now.
#[derive(Debug)]
pub struct NotLoaded;

impl From<SplitLoaderError> for NotLoaded {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// A page whose code is loaded when it is opened. All pages are of this one type, so that the router's code is there
/// once.
#[derive(Clone, Copy)]
pub struct Page {
    pub view: fn() -> LocalBoxFuture<AnyView>,
    pub load: fn() -> LocalBoxFuture<()>,
}

pub type LocalBoxFuture<T> = Pin<Box<dyn Future<Output = T>>>;

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        (self.view)().await
    }

    async fn preload(&self) {
        (self.load)().await;
    }
}

/// `lazy!(name = PageComponent, in group)` makes a module `name` with a [`Page`] to be routed to as `name::PAGE`. The
/// name must differ from that of every other page.
macro_rules! lazy {
    ($name:ident = $page:path, in $group:ident) => {
        mod $name {
            use crate::lazy::{NotLoaded, Page};
            use leptos::prelude::*;

            #[leptos::wasm_split::wasm_split($group, wasm_split_path = ::leptos::wasm_split, fallible, preload(load))]
            fn $name() -> Result<AnyView, NotLoaded> {
                use $page as Content;
                Ok(view! { <Content /> }.into_any())
            }

            pub const PAGE: Page = Page {
                view: || {
                    Box::pin(async {
                        #[cfg(feature = "ssr")]
                        crate::shell::announce_group(stringify!($group));
                        $name().await.unwrap_or_else(|NotLoaded| crate::loaded::not_loaded())
                    })
                },
                // Whether it worked is told when the page is shown.
                load: || Box::pin(async { _ = load().await }),
            };
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

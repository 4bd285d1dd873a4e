//! Shapes on a 16-unit grid, drawn with one stroke in the colour of the words beside them.

use leptos::prelude::*;

/// What a shape stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbol {
    Arrow,
    ArrowUp,
    Ban,
    Branch,
    Check,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    Clock,
    Close,
    Commit,
    Copy,
    Gate,
    /// Something that can be taken up.
    Grip,
    Hold,
    Inbox,
    Info,
    /// The product's own: two lock gates between the banks of a canal.
    Mark,
    Menu,
    Moon,
    More,
    Plus,
    Pulse,
    Rollback,
    Screen,
    Sun,
    Search,
    Tag,
    Warning,
}

impl Symbol {
    const fn path(self) -> &'static str {
        match self {
            Self::Arrow => "M2.5 8h11M9.5 4l4 4-4 4",
            Self::ArrowUp => "M8 13.5v-11M4 6.5l4-4 4 4",
            Self::Ban => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM3.8 3.8l8.4 8.4",
            Self::Branch => {
                "M4.5 5.5v5M4.5 2.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3ZM4.5 10.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3Z\
                 M11.5 2.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3ZM11.5 5.5v.5a2.5 2.5 0 0 1-2.5 2.5H4.5"
            }
            Self::Check => "M3 8.5l3.5 3.5L13 4.5",
            Self::ChevronDown => "M4 6l4 4 4-4",
            Self::ChevronLeft => "M10 4L6 8l4 4",
            Self::ChevronRight => "M6 4l4 4-4 4",
            Self::Clock => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 4.8V8l2.2 1.6",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Commit => "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM1.5 8h3.7M10.8 8h3.7",
            Self::Copy => {
                "M6.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z\
                 M3.5 10.5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1"
            }
            Self::Gate => {
                "M8 1.8l5 1.9v3.8c0 3.2-2.1 5.6-5 6.7-2.9-1.1-5-3.5-5-6.7V3.7ZM5.8 8l1.6 1.6L10.4 6.5"
            }
            Self::Grip => "M6 3.5h.01M10 3.5h.01M6 8h.01M10 8h.01M6 12.5h.01M10 12.5h.01",
            Self::Hold => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM6.4 5.8v4.4M9.6 5.8v4.4",
            Self::Inbox => "M2 9.5l2-6h8l2 6v3a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1ZM2 9.5h3.5L6.5 11h3l1-1.5H14",
            Self::Info => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 7.5v3.2M8 5.2v.1",
            Self::Mark => "M1.5 2.5h13M1.5 13.5h13M4 2.5L7.5 8 4 13.5M9 2.5L12.5 8 9 13.5",
            Self::Menu => "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
            Self::Moon => "M13.5 9.8A5.8 5.8 0 0 1 6.2 2.5a5.8 5.8 0 1 0 7.3 7.3Z",
            Self::More => "M3.5 8h.01M8 8h.01M12.5 8h.01",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Pulse => "M1.5 8.5h3l2-5 3 9 2-4h3",
            Self::Rollback => "M5.5 3L2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6",
            Self::Screen => {
                "M3 3h10a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1ZM5.5 13.5h5M8 11v2.5"
            }
            Self::Sun => {
                "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2\
                 M3.4 3.4l.85.85M11.75 11.75l.85.85M3.4 12.6l.85-.85M11.75 4.25l.85-.85"
            }
            Self::Search => "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3l3.2 3.2",
            Self::Tag => "M2.5 3.5v4l6 6 5-5-6-6h-4a1 1 0 0 0-1 1ZM5.3 5.3h.01",
            Self::Warning => "M8 2.5l6 10.8H2ZM8 6.5v3M8 11.4v.1",
        }
    }
}

/// A shape beside words. It is hidden from screen readers: the words say it all.
#[component]
pub fn Icon(
    #[prop(into)] symbol: Signal<Symbol>,
    /// A further class, such as `icon--mark`.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let class = if class.is_empty() { "icon".to_owned() } else { format!("icon {class}") };
    view! {
        <svg class=class viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=move || symbol.get().path()></path>
        </svg>
    }
}

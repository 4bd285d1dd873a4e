//! Parts of a page that wake in a turn of their own, so that waking a whole page never keeps a key or a touch waiting.

use leptos::prelude::*;

/// One element and all that is in it. The server renders it as if this were not there. A browser that wakes such a page
/// leaves the element as it was sent, goes on with what follows, and comes back to it in its next turn.
///
/// The children must be one element, and must make no resource: the browser finds what the server read for it by the
/// order in which resources are made. A part may hold parts, and those no further ones: `public/start.js` waits for as
/// many turns before it tells that the page is awake.
#[component]
pub fn Later(children: Children) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let part = part::Part::new(children);
    #[cfg(not(feature = "hydrate"))]
    let part = children();
    part
}

#[cfg(feature = "hydrate")]
mod part {
    use leptos::children::Children;
    use leptos::prelude::*;
    use leptos::tachys::html::attribute::Attribute;
    use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
    use leptos::tachys::hydration::Cursor;
    use leptos::tachys::view::any_view::AnyViewState;
    use leptos::tachys::view::{Mountable, Position, PositionState};
    use leptos::wasm_bindgen::JsCast;
    use leptos::web_sys::{Element, Node};
    use std::cell::RefCell;
    use std::rc::Rc;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    /// The view, before it is made.
    pub struct Part {
        make: Children,
        owner: Owner,
        /// Whether what owns the part has gone.
        gone: Arc<AtomicBool>,
    }

    /// The part in the page.
    pub enum PartState {
        Asleep(Element),
        Awake(AnyViewState),
    }

    impl Part {
        pub fn new(make: Children) -> Self {
            let gone = Arc::new(AtomicBool::new(false));
            on_cleanup({
                let gone = gone.clone();
                move || gone.store(true, Ordering::Relaxed)
            });
            Self { make, owner: Owner::current().unwrap_or_default(), gone }
        }

        fn make(self) -> AnyView {
            self.owner.with(self.make)
        }
    }

    impl Render for Part {
        type State = Rc<RefCell<PartState>>;

        fn build(self) -> Self::State {
            Rc::new(RefCell::new(PartState::Awake(self.make().build())))
        }

        fn rebuild(self, state: &mut Self::State) {
            let view = self.make();
            let state = &mut *state.borrow_mut();
            match state {
                PartState::Awake(awake) => view.rebuild(awake),
                PartState::Asleep(element) => {
                    let mut awake = view.build();
                    if let Some(parent) = element.parent_element() {
                        awake.mount(&parent, Some(element));
                    }
                    element.remove();
                    *state = PartState::Awake(awake);
                }
            }
        }
    }

    impl RenderHtml for Part {
        type AsyncOutput = AnyView;
        type Owned = Self;

        const MIN_LENGTH: usize = 0;

        fn dry_resolve(&mut self) {}

        async fn resolve(self) -> AnyView {
            self.make().resolve().await
        }

        fn to_html_with_buf(
            self,
            buf: &mut String,
            position: &mut Position,
            escape: bool,
            mark_branches: bool,
            extra_attributes: Vec<AnyAttribute>,
        ) {
            self.make().to_html_with_buf(buf, position, escape, mark_branches, extra_attributes);
        }

        fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
            match position.get() {
                Position::FirstChild => cursor.child(),
                Position::Current => {}
                _ => cursor.sibling(),
            }
            position.set(Position::NextChild);
            let element: Element = cursor.current().unchecked_into();
            let state = Rc::new(RefCell::new(PartState::Asleep(element.clone())));
            let woken = Rc::downgrade(&state);
            let wake = move || {
                let Some(state) = woken.upgrade().filter(|_| !self.gone.load(Ordering::Relaxed)) else {
                    return;
                };
                if matches!(*state.borrow(), PartState::Awake(_)) {
                    return;
                }
                let owner = self.owner.clone();
                let awake = owner.with(|| {
                    let here = PositionState::new(Position::Current);
                    self.make().hydrate::<FROM_SERVER>(&Cursor::new(element), &here)
                });
                *state.borrow_mut() = PartState::Awake(awake);
            };
            set_timeout(wake, Duration::ZERO);
            state
        }

        fn into_owned(self) -> Self {
            self
        }
    }

    impl AddAnyAttr for Part {
        type Output<SomeNewAttr: Attribute> = Self;

        fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self {
            self
        }
    }

    impl Mountable for PartState {
        fn unmount(&mut self) {
            match self {
                Self::Asleep(element) => element.remove(),
                Self::Awake(awake) => awake.unmount(),
            }
        }

        fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
            match self {
                // Fails only where the marker is not in the parent, and then there is no place for it.
                Self::Asleep(element) => _ = parent.insert_before(element, marker),
                Self::Awake(awake) => awake.mount(parent, marker),
            }
        }

        fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
            match self {
                Self::Asleep(element) => {
                    let parent = element.parent_element();
                    parent.is_some_and(|parent| child.try_mount(&parent, Some(element)))
                }
                Self::Awake(awake) => awake.insert_before_this(child),
            }
        }

        fn elements(&self) -> Vec<Element> {
            match self {
                Self::Asleep(element) => vec![element.clone()],
                Self::Awake(awake) => awake.elements(),
            }
        }
    }
}

//! One build: what it is, where it came from, and where it has been, as a chain of custody.

mod chain;
mod evidence;
mod life;
pub mod origin;
mod pull;

use crate::components::banner::Banner;
use crate::components::digest::DigestView;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::tone::Tone;
use crate::fns::builds::view_build;
use crate::live::use_changes;
use crate::loaded::Loaded;
use crate::pages::forms::{announce, successes};
use crate::pages::holds::HoldNote;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use life::{Defaults, LifeView};
use pull::From;
use towpath_domain::builds::life::BuildView;
use towpath_domain::digests::Digest;
use towpath_domain::holds::{HoldAddress, HoldLine};
use towpath_domain::ids::PlacementId;
use towpath_domain::live::Notice;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;

#[component]
pub fn BuildPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = move || {
        let digest = params.with(|params| params.get("digest")).unwrap_or_default();
        let within = query.with(|query| query.get("in"));
        let after: Option<PlacementId> =
            query.with(|query| query.get("after")).and_then(|after| after.parse().ok());
        (digest, within, after)
    };
    let acts = Defaults { set: ServerAction::new(), clear: ServerAction::new() };
    let (set, cleared) = (successes(acts.set), successes(acts.clear));
    announce(acts.set, "It is the default build now.");
    announce(acts.clear, "There is no default build any more.");
    let changes = use_changes(|notice: &Notice| notice.is_of_hold() || notice.is_of_evidence());
    let build = Resource::new(
        move || (asked(), changes.get(), set.get(), cleared.get()),
        |((digest, within, after), ..)| view_build(digest, within, after),
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=build let:view>
                <Build view=view acts=acts />
            </Loaded>
        </main>
    }
}

#[component]
fn Build(view: BuildView, acts: Defaults) -> impl IntoView {
    let BuildView { digest, lives, elsewhere, marks, may_mark, registry, insecure, now } = view;
    let name = lives.first().map_or_else(|| digest.short().to_owned(), |life| life.build.tag.to_string());
    let lead = match lives.len() + elsewhere.len() {
        1 => "Where it came from, who let it pass, and where it has been.".to_owned(),
        more => {
            format!("Where it came from, who let it pass, and where it has been, in {more} integrations.")
        }
    };
    let from = From { registry, insecure };
    let whole = digest.to_string();
    let lives = lives
        .into_iter()
        .map(|life| view! { <LifeView life=life from=from.clone() now=now acts=acts /> })
        .collect_view();
    view! {
        <Title text=format!("Build {name}") />
        <Breadcrumbs trail=vec![
            Crumb::new("Projects", paths::PROJECTS),
            Crumb::here(format!("Build {name}")),
        ] />
        <PageHeader title=format!("Build {name}") lead=lead>
            <DigestView value=whole />
        </PageHeader>
        {marks.into_iter().map(|line| view! { <Mark line=line now=now /> }).collect_view()}
        {lives}
        <Elsewhere digest=digest of=elsewhere />
        <MarkLinks may_mark=may_mark />
    }
}

/// That the build is marked bad, or will be.
#[component]
fn Mark(line: HoldLine, now: Time) -> impl IntoView {
    let title = match &line.hold.address {
        HoldAddress::Build { project: Some(project), .. } => format!("Marked bad in {project}"),
        _ => "Marked bad everywhere".to_owned(),
    };
    view! {
        <Banner tone=Tone::Danger title=title>
            <HoldNote line=line now=now />
        </Banner>
    }
}

/// The ways to mark the build bad, at the foot of the page.
#[component]
fn MarkLinks(may_mark: Vec<HoldAddress>) -> impl IntoView {
    let link = |address: HoldAddress| {
        let words = match &address {
            HoldAddress::Build { project: Some(project), .. } => format!("Mark this build bad in {project}…"),
            _ => "Mark this build bad…".to_owned(),
        };
        view! {
            <p class="page__foot">
                <a href=paths::new_hold(Some(&address))>{words}</a>
            </p>
        }
    };
    may_mark.into_iter().map(link).collect_view()
}

/// The same digest in further integrations.
#[component]
fn Elsewhere(digest: Digest, of: Vec<(Slug, Slug)>) -> impl IntoView {
    let item = |(project, integration): (Slug, Slug)| {
        view! {
            <li class="rows__item">
                <a class="rows__link" href=paths::life(&digest, &project, &integration, None)>
                    {format!("{project} / {integration}")}
                </a>
            </li>
        }
    };
    (!of.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="elsewhere">
                <header class="card__header">
                    <h2 class="card__title" id="elsewhere">
                        "The same image elsewhere"
                    </h2>
                    <div class="card__actions">
                        <a class="button button--small" href=paths::build(&digest)>
                            "All together"
                        </a>
                    </div>
                </header>
                <ul class="rows">{of.into_iter().map(item).collect_view()}</ul>
            </section>
        }
    })
}

//! One set: its builds and where they are, what was done with it, and what can be done.

use super::{heading, trail};
use crate::AppError;
use crate::components::badge::Badge;
use crate::components::button::{ButtonKind, LinkButton};
use crate::components::card::Card;
use crate::components::choice::Checkbox;
use crate::components::digest::DigestView;
use crate::components::form::ErrorSummary;
use crate::components::icon::Symbol;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::echo::{Echo, errors};
use crate::fns::promotions::DecideTogether;
use crate::fns::release_sets::view_release_set;
use crate::live::{Kept, keep};
use crate::loaded::Loaded;
use crate::pages::deciding::DecideFields;
use crate::pages::promotions::badge;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::live::Notice;
use towpath_domain::release_sets::{ActLine, MemberLine, ReleaseSetView, ResultLine, Told, WantedLine};
use towpath_domain::times::Time;

#[component]
pub fn ReleaseSetPage() -> impl IntoView {
    let params = use_params_map();
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let view = Resource::new(
        move || (param("project"), param("number")),
        |(project, number)| async move {
            match number.parse() {
                Ok(number) => view_release_set(project, number).await,
                Err(_) => Err(AppError::NotFound(format!("The release set “{number}” was not found"))),
            }
        },
    );
    let gone = Callback::new(move |()| view.refetch());
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:first>
                <One first=first gone=gone />
            </Loaded>
        </main>
    }
}

#[component]
fn One(first: ReleaseSetView, gone: Callback<()>) -> impl IntoView {
    let (project, number, title) = (first.project.clone(), first.number, first.title.to_string());
    let (made_by, made_at) = (first.made_by.clone(), first.made_at);
    let read = {
        let project = project.to_string();
        move || view_release_set(project.clone(), number)
    };
    // Its builds may be promoted, held and rolled back in any project.
    let concerns = |notice: &Notice| {
        let others =
            ["rolled_back", "build_placed", "build_assigned", "build_reclassified", "check_reported"];
        let touched = notice.is_of_promotion() || notice.is_of_release_set() || notice.is_of_hold();
        touched || others.contains(&notice.kind.as_str())
    };
    let Kept { view, .. } = keep(first, concerns, read, move || gone.run(()));
    let now = Memo::new(move |_| view.read().now);
    let members = Memo::new(move |_| view.read().members.clone());
    let acts = Memo::new(move |_| view.read().acts.clone());
    let to_decide = Memo::new(move |_| view.read().to_decide.clone());
    let at = project.clone();
    let onward = move || {
        let view = view.read();
        let ways = view.onward.iter().map(|(from, to)| {
            let href = paths::carry_release_set(&at, number, Some(from), to);
            let words = if view.onward.iter().filter(|(_, other)| other == to).count() > 1 {
                format!("Promote from {from} to {to}…")
            } else {
                format!("Promote to {to}…")
            };
            view! { <LinkButton href=href kind=ButtonKind::Primary>{words}</LinkButton> }
        });
        let ways = ways.collect_view();
        let back = view.back.iter().map(|bucket| {
            let href = paths::carry_release_set(&at, number, None, bucket);
            view! { <LinkButton href=href>{format!("Take back out of {bucket}…")}</LinkButton> }
        });
        let back = back.collect_view();
        view! {
            {ways}
            {back}
        }
    };
    let crumbs =
        vec![Crumb::new("Release sets", paths::release_sets(&project, None)), Crumb::here(title.clone())];
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail(&project, crumbs) />
        <PageHeader title=title.clone() lead=format!("Release set {number} of {project}: these builds go together.")>
            {onward}
        </PageHeader>
        <DecideForm to_decide=to_decide />
        <Card title="Builds">
            <ul class="rows">{move || members.get().into_iter().map(member).collect_view()}</ul>
        </Card>
        {move || acts.get().into_iter().map(|act| view! { <Act act=act now=now /> }).collect_view()}
        <p class="muted">{made_by} " made this set " <TimeView at=made_at now=now /> "."</p>
    }
}

fn member(member: MemberLine) -> impl IntoView {
    let buckets: Vec<String> = member.current_in.iter().map(ToString::to_string).collect();
    let words = if buckets.is_empty() {
        "current nowhere".to_owned()
    } else {
        format!("current in {}", buckets.join(", "))
    };
    view! {
        <li class="rows__item">
            <span class="rows__name">
                <a href=paths::integration(&member.project, &member.integration)>
                    {format!("{}/{}", member.project, member.integration)}
                </a>
            </span>
            <a href=paths::build(&member.build.digest)>{member.build.tag.to_string()}</a>
            <DigestView value=member.build.digest.to_string() />
            <span class="rows__meta">{words}</span>
        </li>
    }
}

/// What was done, and how it went for each.
#[component]
fn Act(act: ActLine, #[prop(into)] now: Signal<Time>) -> impl IntoView {
    let ActLine { course, reason, by, at, results } = act;
    view! {
        <Card title=heading(&course)>
            <ul class="rows">
                <li class="rows__item">
                    <span class="rows__meta">{by} ", " <TimeView at=at now=now /> " · " {reason}</span>
                </li>
                {results.into_iter().map(result).collect_view()}
            </ul>
        </Card>
    }
}

fn result(result: ResultLine) -> impl IntoView {
    let ResultLine { project, integration, build, told } = result;
    let told = match told {
        Told::Promotion { number, state, needs } => {
            let needs = (!needs.is_empty()).then(|| format!("Needs {}.", needs.join(" and ")));
            view! {
                <a href=paths::promotion(&project, number)>{format!("#{number}")}</a>
                {badge(&state)}
                {needs.map(|needs| view! { <span class="rows__meta rows__meta--line">{needs}</span> })}
            }
            .into_any()
        }
        Told::RolledBack => view! {
            <Badge tone=Tone::Success symbol=Symbol::Rollback>
                "rolled back"
            </Badge>
        }
        .into_any(),
        Told::Refused { because } => view! {
            <Badge tone=Tone::Danger symbol=Symbol::Ban>
                "refused"
            </Badge>
            <span class="rows__meta rows__meta--line">{because}</span>
        }
        .into_any(),
    };
    view! {
        <li class="rows__item">
            <span class="rows__name">
                <a href=paths::integration(&project, &integration)>{format!("{project}/{integration}")}</a>
            </span>
            <a href=paths::build(&build.digest)>{build.tag.to_string()}</a>
            {told}
        </li>
    }
}

/// One word on those of its promotions that are ticked. What comes to wait after the page was opened is not, so that nobody
/// decides on what they have not seen.
#[component]
fn DecideForm(to_decide: Memo<Vec<WantedLine>>) -> impl IntoView {
    let decide = ServerAction::<DecideTogether>::new();
    let errors = errors(move || decide.value().get());
    let any = Memo::new(move |_| !to_decide.read().is_empty());
    // What some of them met is told when none of them waits any more, too.
    let told = Memo::new(move |_| !errors.read().is_empty());
    let first: Vec<String> = to_decide.get_untracked().iter().map(|line| line.wanted.to_string()).collect();
    let first = StoredValue::new(first);
    move || {
        if !any.get() {
            return told.get().then(|| view! { <ErrorSummary errors=errors /> }).into_any();
        }
        let title = move || match to_decide.read().len() {
            1 => "One promotion of this set waits for you".to_owned(),
            count => format!("{count} promotions of this set wait for you"),
        };
        view! {
            <section class="card">
                <header class="card__header">
                    <h2 class="card__title">{title}</h2>
                </header>
                <div class="card__body">
                    <ActionForm action=decide attr:class="form" attr:novalidate="">
                        <ErrorSummary errors=errors />
                        <div class="fieldset__choices">
                            <For each=move || to_decide.get() key=|line| line.wanted.clone() let:line>
                                <Pick line=line first=first />
                            </For>
                        </div>
                        <DecideFields action=decide errors=errors />
                    </ActionForm>
                </div>
            </section>
        }
        .into_any()
    }
}

#[component]
fn Pick(
    line: WantedLine,
    /// Those that waited when the page was opened.
    first: StoredValue<Vec<String>>,
) -> impl IntoView {
    let WantedLine { wanted, integration, tag, to, needs } = line;
    let (value, project) = (wanted.to_string(), wanted.project);
    let known = first.with_value(|first| first.contains(&value));
    let echo = Echo::of("/fn/decide_together");
    let checked = if echo.is_empty() { known } else { echo.has("promotions[]", &value) };
    let label = format!("#{} {project}/{integration} {tag} to {to}", wanted.number);
    let hint = format!("{}Needs {}.", if known { "" } else { "New. " }, needs.join(" and "));
    view! { <Checkbox name="promotions[]" label=label value=value hint=hint checked=checked /> }
}

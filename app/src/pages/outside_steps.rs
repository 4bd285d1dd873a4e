//! What the promotions of an integration do in registries elsewhere, and the form that sets it.

use super::forms::{Draft, Failure, announce, successes};
use crate::components::badge::Badge;
use crate::components::banner::OnlyLook;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::empty::EmptyState;
use crate::components::field::{TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::select::{Select, SelectOption};
use crate::echo::errors;
use crate::fns::outside_steps::{RemoveOutsideStep, SetOutsideStep, view_outside_steps};
use crate::loaded::Loaded;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::outside_steps::{OutsideStep, OutsideStepsView};
use towpath_domain::references::RepositoryName;
use towpath_domain::registries::Registry;
use towpath_domain::slugs::Slug;

/// How the step of every bucket without one of its own is called.
const OTHERS: &str = "Every other bucket";

#[component]
pub fn OutsideStepsPage() -> impl IntoView {
    let params = use_params_map();
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let (set, remove) = (ServerAction::<SetOutsideStep>::new(), ServerAction::<RemoveOutsideStep>::new());
    let (done, gone) = (successes(set), successes(remove));
    let view = Resource::new(
        move || (param("project"), param("integration"), done.get(), gone.get()),
        |(project, integration, ..)| view_outside_steps(project, integration),
    );
    announce(set, "It is set. Promotions go by it from now on.");
    announce(remove, "The step was removed.");
    let failed = errors(move || remove.value().get());
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:view>
                <Failure errors=failed />
                <Steps view=view set=set remove=remove />
            </Loaded>
        </main>
    }
}

#[component]
fn Steps(
    view: OutsideStepsView,
    set: ServerAction<SetOutsideStep>,
    remove: ServerAction<RemoveOutsideStep>,
) -> impl IntoView {
    let OutsideStepsView { project, integration, steps, slots, registries, may_configure } = view;
    let title = format!("Steps elsewhere of {}", integration.slug);
    let may = may_configure.is_ok();
    let names = (project.slug.clone(), integration.slug.clone());
    let at = names.clone();
    let line = move |step| view! { <Line at=at.clone() step=step may=may remove=remove /> };
    let list = if steps.is_empty() {
        Either::Left(view! {
            <EmptyState title="Promotions do nothing elsewhere">
                <p>"Builds become current here, and nowhere else. Let promotions into a bucket copy the image to a registry elsewhere, or name it there, where others pull from it."</p>
            </EmptyState>
        })
    } else {
        Either::Right(view! {
            <Card title="What promotions do">
                <ul class="rows">{steps.into_iter().map(line).collect_view()}</ul>
            </Card>
        })
    };
    let form = may.then(|| view! { <SetForm at=names.clone() slots=slots registries=registries set=set /> });
    let trail = Crumb::of_integration(&names.0, &names.1, [Crumb::here("Steps elsewhere")]);
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail />
        <PageHeader
            title=title
            lead="What a promotion does in a registry elsewhere, once its gates pass. Its build becomes current here only after that has succeeded."
        />
        {may_configure
            .err()
            .map(|why| view! { <OnlyLook words="You can look at the steps here, not change them" why=why /> })}
        <div class="columns">{list} {form}</div>
    }
}

#[component]
fn Line(
    at: (Slug, Slug),
    step: OutsideStep,
    may: bool,
    remove: ServerAction<RemoveOutsideStep>,
) -> impl IntoView {
    let bucket = step.bucket.as_ref().map(ToString::to_string).unwrap_or_default();
    let name = step.bucket.as_ref().map_or_else(|| OTHERS.to_owned(), ToString::to_string);
    let warning = match &step.bucket {
        Some(_) => "Its promotions do what those into every other bucket do.",
        None => "Promotions into buckets without a step of their own do nothing elsewhere then.",
    };
    let registry = step.does.place().map(|place| place.slug.to_string());
    let registry = registry.map(|registry| view! { <Badge>{registry}</Badge> });
    let label = name.clone();
    view! {
        <li class="rows__item">
            <span class="rows__name">{name}</span>
            {registry}
            <span class="rows__meta rows__meta--line">{format!("Each promotion {}", step.does.words())}</span>
            {may
                .then(|| {
                    view! {
                        <Disclosure summary="Remove…" class="rows__more">
                            <ActionForm action=remove attr:class="form form--confirm">
                                <input type="hidden" name="project" value=at.0.to_string() />
                                <input type="hidden" name="integration" value=at.1.to_string() />
                                <input type="hidden" name="bucket" value=bucket />
                                <p class="form__note">{warning}</p>
                                <SubmitButton kind=ButtonKind::Danger small=true pending=remove.pending()>
                                    "Remove the step of "
                                    <span class="visually-hidden">{label}</span>
                                </SubmitButton>
                            </ActionForm>
                        </Disclosure>
                    }
                })}
        </li>
    }
}

#[component]
fn SetForm(
    at: (Slug, Slug),
    slots: Vec<Slug>,
    registries: Vec<Registry>,
    set: ServerAction<SetOutsideStep>,
) -> impl IntoView {
    let draft = Draft::of(set);
    let bucket = |slug: Slug| SelectOption::new(slug.to_string(), slug.to_string());
    let buckets: Vec<SelectOption> =
        std::iter::once(SelectOption::new("", OTHERS)).chain(slots.into_iter().map(bucket)).collect();
    let does = vec![
        SelectOption::new("copy", "Copies the image there"),
        SelectOption::new("tag", "Names the image that is there already"),
        SelectOption::new("record", "Does nothing elsewhere"),
    ];
    let registry = |registry: &Registry| {
        let shown = format!("{} ({})", registry.slug, registry.address.host());
        SelectOption::new(registry.slug.to_string(), shown)
    };
    let none = registries.is_empty();
    let options: Vec<SelectOption> = registries.iter().map(registry).collect();
    let connect = paths::registries(Some(&at.0));
    let connected = if none {
        Either::Left(view! {
            <p class="form__note">"No registry is connected yet."</p>
            <LinkButton href=connect>"Connect one"</LinkButton>
        })
    } else {
        Either::Right(view! { <Select name=draft.field("registry") label="Registry" options=options /> })
    };
    view! {
        <Card title="Set what promotions do">
            <ActionForm action=set attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <input type="hidden" name="project" value=at.0.to_string() />
                <input type="hidden" name="integration" value=at.1.to_string() />
                <Select name=draft.field("bucket") label="Promotions into" options=buckets />
                <Select name=draft.field("does") label="Each of them" options=does />
                {connected}
                <TextField
                    name=draft.field("repository")
                    label="Repository"
                    hint="As the registry calls it: acme/checkout. Of no account where nothing is done."
                    mono=true
                    validate=Validate::by(|text: &str| {
                        if text.trim().is_empty() { Ok(()) } else { RepositoryName::parse(text.trim()).map(drop) }
                    })
                />
                <TextField
                    name=draft.field("tags")
                    label="Tags"
                    hint="{bucket}, {number} and {tag} stand for those of the promotion. A tag without the number moves."
                    value=draft.value_or("tags", "{bucket} {bucket}-{number}")
                    mono=true
                />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=set.pending()>
                        "Set it"
                    </SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}

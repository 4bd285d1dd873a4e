//! Ready files by which a CI pushes into an integration, with its names in them.

use crate::components::button::SubmitButton;
use crate::components::card::Card;
use crate::components::code::CodeBlock;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::select::{Select, SelectOption};
use crate::fns::pipelines::{File, Pipeline, view_pipeline};
use crate::loaded::Loaded;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

#[component]
pub fn PipelinesPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let asked = move |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
    let view = Resource::new(
        move || (param("project"), param("integration"), asked("system"), asked("bucket")),
        |(project, integration, system, bucket)| view_pipeline(project, integration, system, bucket),
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:view>
                <Shown view=view />
            </Loaded>
        </main>
    }
}

#[component]
fn Shown(view: Pipeline) -> impl IntoView {
    let Pipeline { project, integration, system, systems, bucket, buckets, files } = view;
    let title = format!("Push to {integration} from CI");
    let systems: Vec<SelectOption> =
        systems.into_iter().map(|(word, name)| SelectOption::new(word, name)).collect();
    let by_rule = SelectOption::new("", "Where the CI rule leads it");
    let named = buckets.iter().map(|slug| SelectOption::new(slug.to_string(), format!("Into {slug}")));
    let targets: Vec<SelectOption> = [by_rule].into_iter().chain(named).collect();
    let trusted = paths::publishers(&project);
    let file = |File { place, text }: File| view! { <CodeBlock label=place text=text /> };
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=Crumb::of_integration(&project, &integration, [Crumb::here("CI")]) />
        <PageHeader
            title=title
            lead="Files that build an image, push it here, report a check and wait if that is wanted. What each needs stands at its head."
        />
        <Card title="Your CI">
            <form method="get" class="form">
                <Select name="system" label="System" options=systems value=system />
                <Select name="bucket" label="Where builds go" options=targets value=bucket />
                <div class="form__actions">
                    <SubmitButton>"Show its files"</SubmitButton>
                </div>
            </form>
        </Card>
        <div class="stack">{files.into_iter().map(file).collect_view()}</div>
        <p class="muted">
            "A job of GitHub, GitLab, CircleCI, Buildkite and others needs no secret to push, once a "
            <a href=trusted>"publisher"</a> " trusts it. "
            <a href=paths::docs("pushing")>"More on pushing from CI"</a>
        </p>
    }
}

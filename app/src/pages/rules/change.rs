//! A CI rule's page: its criteria, who follows it, and the form that changes it.

use super::fields::Fields;
use super::trial::Tester;
use crate::components::banner::{Banner, OnlyLook};
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::copy::CopyLink;
use crate::components::field::{TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::tone::Tone;
use crate::fns::rules::{ChangeRule, view_rule};
use crate::loaded::Loaded;
use crate::pages::deletions::DeleteLink;
use crate::pages::followers::followed;
use crate::pages::forms::{Draft, Version, input_name, typed};
use crate::paths;
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::buckets::Slot;
use towpath_domain::deletions::Subject;
use towpath_domain::projects::ProjectView;
use towpath_domain::rules::{Criterion, RuleForm, RuleView};
use towpath_domain::words::Title as Words;

#[component]
pub fn RulePage() -> impl IntoView {
    let params = use_params_map();
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let found =
        Resource::new(move || (param("project"), param("rule")), |(project, rule)| view_rule(project, rule));
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=found let:found>
                <Page project=found.0 view=found.1 />
            </Loaded>
        </main>
    }
}

#[component]
fn Page(project: ProjectView, view: RuleView) -> impl IntoView {
    let slug = project.project.slug.clone();
    let title = view.rule.name.title.to_string();
    let lead = format!("Leads builds to {}, in version {}.", view.rule.name.kind.plural(), view.rule.version);
    let slots = project.slots();
    let default_of = view.rule.is_default.then(|| view.rule.name.kind.plural());
    let followed = followed(&view.followers, view.followed_by, default_of);
    let line = move |(position, criterion): (usize, &Criterion)| {
        let bucket = slots.iter().find(|slot: &&Slot| slot.key == criterion.bucket);
        let bucket = bucket.map_or_else(|| "a bucket that is gone".to_owned(), |slot| slot.slug.to_string());
        view! {
            <li class="rows__item">
                <span class="rows__name">{format!("{}. {}", position + 1, criterion.words())}</span>
                <span class="rows__meta">"goes to " {bucket}</span>
            </li>
        }
    };
    let lines = view.rule.criteria.iter().enumerate().map(line).collect_view();
    let may_delete = project.may_configure.is_ok();
    let declared = paths::declared("rule", &slug, &view.rule.name.slug);
    let subject = Subject::Rule { project: slug.to_string(), slug: view.rule.name.slug.to_string() };
    let change = match project.may_configure.clone() {
        Ok(()) => view! { <Change project=project view=view.clone() /> }.into_any(),
        Err(why) => view! { <OnlyLook words="You can look at it, not change it" why=why /> }.into_any(),
    };
    view! {
        <Title text=format!("{title} in {slug}") />
        <Breadcrumbs trail=Crumb::of_project(&slug, [Crumb::here(view.rule.name.slug.to_string())]) />
        <PageHeader title=title lead=lead>
            <CopyLink href=declared>"Copy as YAML"</CopyLink>
        </PageHeader>
        <Card title="Criteria">
            <ol class="rows">{lines}</ol>
            <p class="muted">{followed}</p>
        </Card>
        {change}
        {may_delete.then(|| view! { <DeleteLink subject=subject /> })}
    }
}

#[component]
fn Change(project: ProjectView, view: RuleView) -> impl IntoView {
    let slots = project.slots();
    let form = RuleForm::of(&view.rule, &slots);
    let criteria = form.criteria.len();
    let action = ServerAction::<ChangeRule>::new();
    let draft = Draft::of(action).starting(fields(form));
    let node = NodeRef::<html::Form>::new();
    let (slug, rule) = (project.project.slug.clone(), view.rule.name.slug.clone());
    let (back, tried) = (paths::project(&slug), (slug.clone(), rule.clone()));
    let page = paths::rule(&slug, &rule);
    view! {
        <section class="stack" aria-labelledby="change">
            <h2 id="change">"Change it"</h2>
            <ActionForm action=action node_ref=node attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <input type="hidden" name="project" value=slug.to_string() />
                <input type="hidden" name="rule" value=rule.to_string() />
                <Version path=ChangeRule::PATH now=view.rule.version page=page />
                <input type="hidden" name=input_name("kind") value=view.rule.name.kind.name() />
                <TextField
                    name=draft.field("title")
                    label="Title"
                    required=true
                    validate=Validate::by(Words::parse)
                />
                <Fields draft=draft slots=slots kind=Signal::stored(Some(view.rule.name.kind)) criteria=criteria />
                <Banner tone=Tone::Info title="What a change touches">
                    <p class="banner__text">
                        "It leads what is pushed from then on. Builds that it has led stay where they are, until someone reclassifies their integration, which shows every change before it is made."
                    </p>
                </Banner>
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                        "Save as the next version"
                    </SubmitButton>
                    <LinkButton href=back>"Cancel"</LinkButton>
                </div>
            </ActionForm>
        </section>
        <Tester
            project=tried.0
            saved=Some(tried.1)
            read=Callback::new(move |()| typed(node).map(|ChangeRule { form, .. }| form))
        />
    }
}

/// The fields of a form, by the names that its checks use.
fn fields(form: RuleForm) -> Vec<(String, String)> {
    let mut fields = vec![("title".to_owned(), form.title)];
    fields.extend(form.is_default.map(|on| ("is_default".to_owned(), on)));
    for (row, criterion) in form.criteria.into_iter().enumerate() {
        let texts = [
            ("key", criterion.key),
            ("operator", criterion.operator),
            ("value", criterion.value),
            ("bucket", criterion.bucket),
        ];
        fields.extend(texts.map(|(name, text)| (format!("criteria[{row}][{name}]"), text)));
    }
    fields
}

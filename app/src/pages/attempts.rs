//! Who was turned away, by which door and why, for who configures the installation.

use crate::components::badge::Badge;
use crate::components::button::SubmitButton;
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::pager::Pager;
use crate::components::select::{Select, SelectOption};
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::fns::attempts::view_refused_attempts;
use crate::loaded::Loaded;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Form;
use leptos_router::hooks::use_query_map;
use towpath_domain::attempts::{Attempt, AttemptKind, AttemptsForm, AttemptsView};
use towpath_domain::ids::AttemptId;
use towpath_domain::times::Time;
use towpath_domain::words::capitalised;

#[component]
pub fn RefusedAttemptsPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let part = |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
        (part("kind"), part("before").parse::<AttemptId>().ok())
    });
    let view = Resource::new(
        move || asked.get(),
        |(kind, before)| view_refused_attempts(AttemptsForm { kind }, before),
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:view>
                <Page view=view paged=asked.get_untracked().1.is_some() />
            </Loaded>
        </main>
    }
}

#[component]
fn Page(
    view: AttemptsView,
    /// Whether this is a page of older ones.
    paged: bool,
) -> impl IntoView {
    let AttemptsView { attempts, older, kind, kept_days, now } = view;
    let kind = kind.map_or("", AttemptKind::name);
    let lead = format!(
        "Who was turned away at the doors, and why. It is kept for {kept_days} days; nothing that was typed or sent is in it."
    );
    let all = std::iter::once(SelectOption::new("", "Everything"));
    let kinds: Vec<SelectOption> =
        all.chain(AttemptKind::ALL.map(|kind| SelectOption::new(kind.name(), kind.title()))).collect();
    view! {
        <Title text="Refused attempts" />
        <Breadcrumbs trail=vec![Crumb::new("People", paths::PEOPLE), Crumb::here("Refused attempts")] />
        <PageHeader title="Refused attempts" lead=lead>
            <a class="button" href=paths::refused_attempts_export(kind, "csv") download="" rel="external">
                "Download as CSV"
            </a>
        </PageHeader>
        <Form method="GET" action=paths::REFUSED_ATTEMPTS attr:class="form">
            <Select name="kind" label="What was refused" options=kinds value=kind.to_owned() />
            <div class="form__actions">
                <SubmitButton>"Look"</SubmitButton>
            </div>
        </Form>
        <Found attempts=attempts now=now />
        <Pager
            newest=paged.then(|| paths::refused_attempts(kind, None))
            older=older.map(|older| paths::refused_attempts(kind, Some(older)))
        />
    }
}

#[component]
fn Found(attempts: Vec<Attempt>, now: Time) -> impl IntoView {
    if attempts.is_empty() {
        return Either::Left(view! {
            <EmptyState title="Nobody was turned away">
                <p>"Wrong passwords and tokens, missing permissions and wrong signatures are counted here."</p>
            </EmptyState>
        });
    }
    let line = move |attempt| view! { <Line attempt=attempt now=now /> };
    Either::Right(view! {
        <Card title="The newest first">
            <ul class="rows">{attempts.into_iter().map(line).collect_view()}</ul>
        </Card>
    })
}

#[component]
fn Line(attempt: Attempt, now: Time) -> impl IntoView {
    let Attempt { kind, door, because, who, from, count, last_at, .. } = attempt;
    let tone = match kind {
        AttemptKind::SignIn => Tone::Warning,
        AttemptKind::Permission => Tone::Neutral,
        AttemptKind::Signature => Tone::Danger,
    };
    let door = match door.as_str() {
        "" => Either::Left("at several doors"),
        door => Either::Right(view! { <code>{door.to_owned()}</code> }),
    };
    let times = (count > 1).then(|| format!(", {count} times"));
    let who = who.unwrap_or_else(|| "Somebody".to_owned());
    let from = from.unwrap_or_else(|| "several networks".to_owned());
    view! {
        <li class="rows__item">
            <span class="rows__name">{capitalised(&because)}</span>
            <Badge tone=tone>{kind.title()}</Badge>
            <span class="rows__meta rows__meta--line">{door}</span>
            <span class="rows__meta rows__meta--line">
                {format!("{who} from {from}")} {times} ", " <TimeView at=last_at now=now />
            </span>
        </li>
    }
}

//! What carrying an integration over means, and the form that does it.

use crate::components::badge::Badge;
use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::form::ErrorSummary;
use crate::components::tone::Tone;
use crate::fns::carry_overs::CarryOver as Carry;
use crate::pages::forms::{Draft, input_name};
use crate::paths;
use leptos::prelude::*;
use towpath_domain::carry_overs::{CarryOverForm, Changed, Filled, Moved, Outlook};
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;

#[component]
pub(super) fn Means(
    project: Slug,
    integration: Slug,
    outlook: Outlook,
    form: CarryOverForm,
) -> impl IntoView {
    let notes = notes(&integration, &outlook);
    let free = outlook.check().is_ok();
    let Outlook { slug, already, buckets, services, users, .. } = outlook;
    let lines = buckets.into_iter().map(bucket).collect_view();
    let any = !services.is_empty();
    let moved = services.into_iter().map(service).collect_view();
    let in_the_way = users.iter().map(|user| {
        let words = user.to_string();
        match paths::user(user) {
            Some(href) => view! { <li><a href=href>{words}</a></li> }.into_any(),
            None => view! { <li>{words}</li> }.into_any(),
        }
    });
    let in_the_way = (!users.is_empty()).then(|| in_the_way.collect_view());
    let nothing = already && !any;
    let label = if already { format!("Move the services to {slug}") } else { format!("Make {slug}") };
    view! {
        {(!already)
            .then(|| {
                view! {
                    <Card title=format!("What comes into {slug}") id="buckets">
                        <ul class="rows">{lines}</ul>
                    </Card>
                }
            })}
        {any
            .then(|| {
                view! {
                    <Card title="Services" id="services">
                        <ul class="rows">{moved}</ul>
                    </Card>
                }
            })}
        <Banner tone=Tone::Info title="What else it means">
            <ul class="banner__list">
                {notes.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
            </ul>
        </Banner>
        {in_the_way
            .map(|lines| {
                view! {
                    <Banner tone=Tone::Warning title="In the way">
                        <p class="banner__text">
                            "It is carried over once none of these stands any more. Release, decide or take them back first."
                        </p>
                        <ul class="banner__list">{lines}</ul>
                    </Banner>
                }
            })}
        <Confirm project=project integration=integration form=form label=label free=free && !nothing />
    }
}

/// What comes along and what does not, in words.
fn notes(integration: &Slug, outlook: &Outlook) -> Vec<String> {
    let mut notes = Vec::new();
    if outlook.already {
        let slug = &outlook.slug;
        notes.push(format!("{integration} was carried over to {slug} before, so no build comes."));
        if outlook.services.is_empty() {
            notes.push("No service comes either.".to_owned());
        }
        return notes;
    }
    let builds =
        if outlook.builds == 1 { "1 build".to_owned() } else { format!("{} builds", outlook.builds) };
    notes.push(format!(
        "{builds} would come, with where they are from, their tags, checks and signatures; no bytes are copied."
    ));
    let older: usize = outlook.buckets.iter().map(|bucket| bucket.older).sum();
    if older > 0 {
        notes.push(format!("{older} older ones of its history stay in {integration} alone."));
    }
    if !outlook.left.is_empty() {
        let left: Vec<&str> = outlook.left.iter().map(Slug::as_str).collect();
        notes.push(format!("Nothing comes from {}.", left.join(", ")));
    }
    notes.push(format!(
        "Promotions, unclassified builds, hooks, tokens and trusted publishers stay with {integration}: CI pushes there until \
         it is told the new name."
    ));
    if !outlook.staying.is_empty() {
        let staying: Vec<&str> = outlook.staying.iter().map(Slug::as_str).collect();
        notes.push(format!("{integration} goes on building {}.", staying.join(", ")));
    }
    notes
}

fn bucket(filled: Filled) -> impl IntoView {
    let words = match (&filled.from, &filled.current) {
        (Some(from), Some((tag, _))) => {
            let earlier = match filled.earlier {
                0 => String::new(),
                1 => ", with one earlier build".to_owned(),
                more => format!(", with {more} earlier builds"),
            };
            let beside: Vec<&str> = filled.beside.iter().map(Slug::as_str).collect();
            let beside =
                if beside.is_empty() { String::new() } else { format!(", also of {}", beside.join(", ")) };
            format!("{tag} becomes current, from {from}{earlier}{beside}")
        }
        _ => "stays empty".to_owned(),
    };
    view! {
        <li class="rows__item">
            <span class="rows__name">{filled.bucket.to_string()}</span>
            {filled.production.then(|| view! { <Badge tone=Tone::Warning>"production"</Badge> })}
            <span class="rows__meta rows__meta--line">{words}</span>
        </li>
    }
}

fn service(moved: Moved) -> impl IntoView {
    let same = moved.changes.is_empty();
    let change = |change: Changed| {
        let tag = |tag: Option<Tag>| tag.map_or_else(|| "nothing".to_owned(), |tag| tag.to_string());
        let words = format!("{}: {}, then {}", change.environment, tag(change.before), tag(change.after));
        view! { <span class="rows__meta rows__meta--line">{words}</span> }
    };
    view! {
        <li class="rows__item">
            <span class="rows__name">{moved.service.to_string()}</span>
            {(!same).then(|| view! { <Badge tone=Tone::Warning>"changes"</Badge> })}
            {same
                .then(|| {
                    view! {
                        <span class="rows__meta rows__meta--line">"should run the same everywhere, before and after"</span>
                    }
                })}
            {moved.changes.into_iter().map(change).collect_view()}
        </li>
    }
}

/// Does what was shown.
#[component]
fn Confirm(
    project: Slug,
    integration: Slug,
    form: CarryOverForm,
    label: String,
    /// Whether there is something to do, and nothing in the way.
    free: bool,
) -> impl IntoView {
    let action = ServerAction::<Carry>::new();
    let errors = Draft::of(action).errors();
    let back = paths::integration(&project, &integration);
    let CarryOverForm { slug, title, workflow, feeds, services } = form;
    let own = [("slug", slug), ("title", title), ("workflow", workflow)];
    let own = own.into_iter().map(|(name, value)| (input_name(name), value));
    let feeds = feeds.into_iter().enumerate().flat_map(|(index, feed)| {
        let name = |part: &str| input_name(&format!("feeds[{index}][{part}]"));
        [(name("bucket"), feed.bucket), (name("from"), feed.from)]
    });
    let services = services.map(|services| (input_name("services"), services));
    let fields =
        [("project".to_owned(), project.to_string()), ("integration".to_owned(), integration.to_string())];
    let fields = fields
        .into_iter()
        .chain(own)
        .chain(feeds)
        .chain(services)
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    view! {
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <ErrorSummary errors=errors />
            {fields}
            <div class="form__actions">
                {free
                    .then(|| {
                        view! {
                            <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                                {label}
                            </SubmitButton>
                        }
                    })}
                <LinkButton href=back>"Leave it as it is"</LinkButton>
            </div>
        </ActionForm>
    }
}

//! The exchanges that were refused lately: what each token said, beside what is wanted of it.

use crate::components::badge::Badge;
use crate::components::button::LinkButton;
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::icon::Symbol;
use crate::components::table::Table;
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use towpath_domain::publishers::{Compared, Refused, RefusedView};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;

#[component]
pub fn RefusedExchanges(project: Slug, refused: Vec<RefusedView>, now: Time) -> impl IntoView {
    let none = refused.is_empty();
    let one = move |view| view! { <Exchange project=project.clone() view=view now=now /> };
    let list = if none {
        Either::Left(view! {
            <p class="form__note">"None in the last week. A job that is refused is shown here with all that its token says."</p>
        })
    } else {
        Either::Right(view! { <ul class="rows">{refused.into_iter().map(one).collect_view()}</ul> })
    };
    view! { <Card title="Refused lately">{list}</Card> }
}

#[component]
fn Exchange(project: Slug, view: RefusedView, now: Time) -> impl IntoView {
    let RefusedView { refused, beside, others } = view;
    let Refused { id, at, refusal, claims, signed, from } = refused;
    let said = |names: &[&str]| {
        names.iter().find_map(|name| claims.get(*name)).map(towpath_domain::publishers::text)
    };
    let whose = said(&["repository", "project_path", "pipeline_slug", "sub", "iss"]);
    let whose = whose.unwrap_or_else(|| "An unreadable token".to_owned());
    let vouched = if signed {
        Either::Left(view! { <Badge tone=Tone::Success symbol=Symbol::Check>"signed by its issuer"</Badge> })
    } else {
        Either::Right(
            view! { <Badge tone=Tone::Warning symbol=Symbol::Warning>"not signed: anybody may have written it"</Badge> },
        )
    };
    let compared = beside.into_iter().map(|(title, compared)| {
        let caption = format!("Beside {title}");
        view! {
            <h3>{caption.clone()}</h3>
            <Table caption=caption columns=vec!["Claim", "Wanted", "The token says", ""]>
                {compared.into_iter().map(row).collect_view()}
            </Table>
        }
    });
    let other = |(claim, value): (String, String)| {
        view! {
            <div class="facts__row">
                <dt>
                    <code>{claim}</code>
                </dt>
                <dd>
                    <code>{value}</code>
                </dd>
            </div>
        }
    };
    let named = whose.clone();
    let trust = signed.then(|| {
        view! {
            <LinkButton href=paths::new_publisher(&project, &id.to_string()) small=true>
                "Trust exactly this"
                <span class="visually-hidden">{format!(": {named}")}</span>
            </LinkButton>
        }
    });
    view! {
        <li class="rows__item">
            <span class="rows__name">{whose}</span>
            {vouched}
            {trust}
            <span class="rows__meta rows__meta--line">{refusal.to_string()}</span>
            <span class="rows__meta rows__meta--line">
                <TimeView at=at now=now /> {format!(" from {from}")}
            </span>
            <Disclosure summary="What its token says" class="rows__more">
                {compared.collect_view()}
                <h3>"Not looked at"</h3>
                <dl class="facts">{others.into_iter().map(other).collect_view()}</dl>
            </Disclosure>
        </li>
    }
}

fn row(compared: Compared) -> impl IntoView {
    let Compared { claim, wanted, got, fits } = compared;
    let mark = if fits {
        Either::Left(view! { <Badge tone=Tone::Success symbol=Symbol::Check>"fits"</Badge> })
    } else {
        Either::Right(view! { <Badge tone=Tone::Danger symbol=Symbol::Ban>"differs"</Badge> })
    };
    view! {
        <tr>
            <th scope="row">
                <code>{claim}</code>
            </th>
            <td>
                <code>{wanted}</code>
            </td>
            <td>
                {match got {
                    Some(got) => Either::Left(view! { <code>{got}</code> }),
                    None => Either::Right("nothing"),
                }}
            </td>
            <td>{mark}</td>
        </tr>
    }
}

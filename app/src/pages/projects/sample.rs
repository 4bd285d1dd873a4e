//! Loading the sample project, so that every page has something to show.

use crate::components::banner::Banner;
use crate::components::button::SubmitButton;
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::projects::LoadSample;
use crate::pages::forms::Failure;
use leptos::either::Either;
use leptos::prelude::*;
use towpath_domain::projects::Sample;

/// Loads the sample and leads to it; for those who may create projects.
#[component]
pub fn SampleButton() -> impl IntoView {
    let action = ServerAction::<LoadSample>::new();
    view! {
        <Load action=action words="Load a sample project" />
        <p class="muted">
            "The sample is a small project with a history, its images made by this server. It can be archived when you have seen enough."
        </p>
    }
}

/// What a project that the sample made is, so that nobody takes it for their own; and the rest of it, where loading
/// it broke off.
#[component]
pub fn SampleNote(
    sample: Sample,
    may_load: Result<(), String>,
    action: ServerAction<LoadSample>,
) -> impl IntoView {
    match sample {
        Sample::Whole => Either::Left(view! {
            <Banner tone=Tone::Accent title="This is a sample">
                <p class="banner__text">
                    "Its images were made by this server: each prints one line when it runs, and its commit is made up. Everything else is as real as in your own projects: push, promote, roll back, and archive it when you are done."
                </p>
            </Banner>
        }),
        Sample::Unfinished => Either::Right(view! {
            <Banner tone=Tone::Warning title="Loading the sample broke off">
                <p class="banner__text">"What is here is real and stays. Loading it again goes on where it stopped."</p>
                {match may_load {
                    Ok(()) => Either::Left(view! { <Load action=action words="Load the rest of the sample" /> }),
                    Err(why) => Either::Right(view! { <p class="banner__text">{why}</p> }),
                }}
            </Banner>
        }),
    }
}

#[component]
fn Load(action: ServerAction<LoadSample>, words: &'static str) -> impl IntoView {
    let failed = errors(move || action.value().get());
    view! {
        <Failure errors=failed />
        <ActionForm action=action>
            <SubmitButton pending=action.pending()>{words}</SubmitButton>
        </ActionForm>
    }
}

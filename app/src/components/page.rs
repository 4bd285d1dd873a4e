//! The head of a page: where it stands, what it is, what can be done.

use crate::paths;
use leptos::prelude::*;
use std::iter;
use towpath_domain::slugs::Slug;

/// One step of the way to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    label: String,
    href: Option<String>,
}

impl Crumb {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: Some(href.into()) }
    }

    /// The page itself: the last crumb.
    pub fn here(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None }
    }

    /// The way to a page of a project.
    pub fn of_project(project: &Slug, on: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let to =
            [Self::new("Projects", paths::PROJECTS), Self::new(project.to_string(), paths::project(project))];
        to.into_iter().chain(on).collect()
    }

    /// The way to a page of an integration.
    pub fn of_integration(
        project: &Slug,
        integration: &Slug,
        on: impl IntoIterator<Item = Self>,
    ) -> Vec<Self> {
        let board = Self::new(integration.to_string(), paths::integration(project, integration));
        Self::of_project(project, iter::once(board).chain(on))
    }
}

/// The way from the top to this page.
#[component]
pub fn Breadcrumbs(trail: Vec<Crumb>) -> impl IntoView {
    let crumbs = trail
        .into_iter()
        .map(|Crumb { label, href }| {
            let crumb = match href {
                Some(href) => view! { <a class="breadcrumb__link" href=href>{label}</a> }.into_any(),
                None => view! { <span aria-current="page">{label}</span> }.into_any(),
            };
            view! { <li class="breadcrumb__item">{crumb}</li> }
        })
        .collect_view();
    view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol class="breadcrumb__list">{crumbs}</ol>
        </nav>
    }
}

/// The page's one first-level heading; its actions are the children.
#[component]
pub fn PageHeader(
    #[prop(into)] title: String,
    /// What the page is for, where the title does not say it.
    #[prop(optional, into)]
    lead: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let lead = lead.map(|lead| view! { <p class="page-header__lead">{lead}</p> });
    let actions = children.map(|children| view! { <div class="page-header__actions">{children()}</div> });
    view! {
        <header class="page-header">
            <div class="page-header__text">
                <h1 class="page-header__title">{title}</h1>
                {lead}
            </div>
            {actions}
        </header>
    }
}

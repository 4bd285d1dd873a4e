//! Release sets: several builds that go together.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use serde::{Deserialize, Serialize};
use towpath_domain::forms::FieldError;
use towpath_domain::release_sets::{CourseForm, CourseView, NewSetView, ReleaseSetView, ReleaseSetsView};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};
#[cfg(feature = "ssr")]
use towpath_domain::{
    forms::Invalid,
    release_sets::{ActForm, Course},
    slugs::Slug,
};
#[cfg(feature = "ssr")]
use towpath_service::Error;

/// What the form of a new set holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewSetForm {
    pub project: String,
    pub title: String,
    pub from: String,
    pub to: String,
    pub at: String,
    /// Other projects that take part.
    pub projects: Vec<String>,
    pub parts: Vec<String>,
    pub reason: String,
    pub reference: String,
}

/// What the form holds by which a set is carried on or, where it names no `from`, taken back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CarryForm {
    pub project: String,
    pub number: i64,
    pub from: String,
    pub to: String,
    pub parts: Vec<String>,
    pub reason: String,
    pub reference: String,
}

/// A page of the sets of a project, with a number below `before`.
#[server(prefix = "/fn", endpoint = "view_release_sets", output = Answer)]
pub async fn view_release_sets(project: String, before: Option<i64>) -> Result<ReleaseSetsView, AppError> {
    /// How many sets a page has.
    const PAGE: i64 = 50;
    let (_, actor) = signed_in()?;
    Ok(towpath_service::release_sets::list(&service()?, &actor, &project, before, PAGE).await?)
}

/// The form for a new set with the comparison that it asks for, and what is wrong with that.
#[server(prefix = "/fn", endpoint = "view_new_release_set", output = Answer)]
pub async fn view_new_release_set(
    project: String,
    #[server(default)] course: Option<CourseForm>,
    #[server(default)] others: Vec<String>,
) -> Result<(NewSetView, Vec<FieldError>), AppError> {
    use towpath_service::release_sets::{Compare, compare};
    let ((_, actor), service) = (signed_in()?, service()?);
    let wish = Compare { project, course, others };
    match compare(&service, &actor, &wish).await {
        Ok(view) => Ok((view, Vec::new())),
        // The address can be typed; what is wrong with it stands beside the field that makes a right one.
        Err(Error::Invalid(invalid)) => {
            let wish = Compare { project: wish.project, ..Compare::default() };
            Ok((compare(&service, &actor, &wish).await?, invalid.errors().to_vec()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Makes a set, moves it, and leads to its page.
#[server(prefix = "/fn", endpoint = "make_release_set", output = Answer)]
pub async fn make_release_set(form: NewSetForm) -> Result<(), AppError> {
    use towpath_service::release_sets::{Compare, Make, make};
    let (_, actor) = signed_in()?;
    let NewSetForm { project, title, from, to, at, projects, parts, reason, reference } = form;
    check_picked(&parts)?;
    let page = format!("/projects/{project}/release-sets");
    let compare = Compare { project, course: Some(CourseForm { from, to, at }), others: projects };
    let wish = Make { compare, title, act: ActForm { parts, reason, reference } };
    let number = make(&service()?, &actor, wish).await?;
    leptos_axum::redirect(&format!("{page}/{number}"));
    Ok(())
}

#[server(prefix = "/fn", endpoint = "view_release_set", output = Answer)]
pub async fn view_release_set(project: String, number: i64) -> Result<ReleaseSetView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::release_sets::view(&service()?, &actor, &project, number).await?)
}

/// What carrying a set on would do or, without `from`, taking it back.
#[server(prefix = "/fn", endpoint = "view_course", output = Answer)]
pub async fn view_course(
    project: String,
    number: i64,
    from: String,
    to: String,
) -> Result<CourseView, AppError> {
    let ((_, actor), service) = (signed_in()?, service()?);
    let course = course(&service, from, to)?;
    Ok(towpath_service::release_sets::course(&service, &actor, (&project, number), course).await?)
}

/// Carries a set on or takes it back, and leads to its page.
#[server(prefix = "/fn", endpoint = "carry_release_set", output = Answer)]
pub async fn carry_release_set(form: CarryForm) -> Result<(), AppError> {
    use towpath_service::release_sets::{Carry, carry};
    let ((_, actor), service) = (signed_in()?, service()?);
    let CarryForm { project, number, from, to, parts, reason, reference } = form;
    check_picked(&parts)?;
    let page = format!("/projects/{project}/release-sets/{number}");
    let course = course(&service, from, to)?;
    let act = ActForm { parts, reason, reference };
    carry(&service, &actor, Carry { project, number, course, act }).await?;
    leptos_axum::redirect(&page);
    Ok(())
}

#[cfg(feature = "ssr")]
fn course(service: &towpath_service::Service, from: String, to: String) -> Result<Course, Error> {
    if from.is_empty() {
        let bucket = Slug::parse(&to).map_err(|error| Invalid::field("to", error))?;
        return Ok(Course::TakeBack { bucket });
    }
    Ok(CourseForm { from, to, at: String::new() }.check(service.now())?)
}

#[cfg(feature = "ssr")]
fn check_picked(parts: &[String]) -> Result<(), Error> {
    if parts.is_empty() {
        return Err(Invalid::field("parts", "Tick at least one.").into());
    }
    Ok(())
}

//! The pages, as a browser opens them.

use super::{Door, Kind};

pub fn doors() -> Vec<Door> {
    // Release builds have no gallery.
    let gallery = cfg!(debug_assertions).then(|| page("/gallery"));
    let pages = vec![
        page("/"),
        page("/").note("of the project").query("project={project}"),
        page("/sign-in"),
        page("/sign-out"),
        page("/join/{secret}"),
        page("/account"),
        page("/search").query("q={project}"),
        page("/inbox"),
        page("/timeline"),
        page("/timeline").note("of the project").query("project={project}"),
        page("/tokens"),
        page("/subscriptions"),
        page("/subscriptions/{subscription}"),
        page("/projects/{project}/subscriptions"),
        page("/people"),
        page("/people/sign-in"),
        page("/rights").query("action=approve&place=project:{project}"),
        page("/people/{person}/rights"),
        page("/projects/{project}/rules/new"),
        page("/projects/{project}/rules/{rule}"),
        page("/projects/{project}/integrations/{integration}/unclassified"),
        page("/projects/{project}/integrations/{integration}/retention"),
        page("/projects/{project}/integrations/{integration}/reclassify"),
        page("/projects/{project}/integrations/{integration}/hooks"),
        page("/projects/{project}/integrations/{integration}/hooks/{hook}"),
        page("/projects/{project}/insights"),
        page("/projects/{project}/production-changes"),
        page("/projects/{project}/integrations/{integration}/moment"),
        page("/projects/{project}/integrations/{integration}/difference").query("from=qa&to=staging"),
        page("/holds"),
        page("/holds/new").query("on=project:{project}"),
        page("/holds/{number}"),
        page("/streams"),
        page("/docs"),
        page("/docs/{page}"),
        page("/builds/{digest}"),
        page("/projects"),
        page("/projects/new"),
        page("/projects/{project}"),
        page("/projects/{project}/members"),
        page("/projects/{project}/publishers"),
        page("/projects/{project}/publishers/new").query("system=github"),
        page("/projects/{project}/storage"),
        page("/projects/{project}/archive"),
        page("/projects/{project}/deleted"),
        page("/projects/{project}/integrations/{integration}/delete"),
        page("/projects/{project}/environments/{environment}/delete"),
        page("/projects/{project}/workflows/{workflow}/delete"),
        page("/projects/{project}/rules/{rule}/delete"),
        page("/streams/{stream}/delete"),
        page("/projects/{project}/environments/new"),
        page("/projects/{project}/environments/{environment}"),
        page("/projects/{project}/environments/{environment}/pins/new").query("service={integration}"),
        page("/projects/{project}/workflows/new"),
        page("/projects/{project}/workflows/{workflow}"),
        page("/projects/{project}/integrations/new"),
        page("/projects/{project}/integrations/{integration}"),
        page("/projects/{project}/integrations/{integration}/buckets/{bucket}"),
        page("/projects/{project}/integrations/{integration}/promote")
            .query("digest={digest}&from=qa&to=staging"),
        page("/projects/{project}/integrations/{integration}/roll-back").query("bucket=qa&to={placement}"),
        page("/projects/{project}/promotions/{number}"),
        page("/projects/{project}/release-sets"),
        page("/projects/{project}/release-sets/new").query("from=qa&to=staging"),
        page("/projects/{project}/release-sets/{number}"),
        page("/projects/{project}/release-sets/{number}/carry").query("from=staging&to=prod"),
    ];
    pages.into_iter().chain(gallery).collect()
}

fn page(path: &'static str) -> Door {
    Door::new(Kind::Page, "GET", path)
}

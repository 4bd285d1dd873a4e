//! Files that pages link to, as a browser downloads them.

use super::{Door, Kind};

pub fn doors() -> Vec<Door> {
    let file = |path| Door::new(Kind::File, "GET", path);
    vec![
        file("/timeline/export"),
        file("/timeline/export").note("of the project").query("project={project}&format=csv"),
        file("/declarations/export").query("project={project}"),
        file("/timeline/{seq}/receipt"),
        file("/refused-attempts/export").query("format=csv"),
        file("/projects/{project}/production-changes/csv"),
        file("/projects/{project}/integrations/{integration}/builds/{digest}/evidence/{content}"),
    ]
}

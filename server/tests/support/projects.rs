//! Projects to work in.

use super::{Member, Server};
use towpath_domain::integrations::{FOLLOW_NONE, IntegrationForm};
use towpath_domain::projects::ProjectForm;
use towpath_service::{integrations, projects};

impl Server {
    /// Makes a project with an integration of type environment that follows no workflow.
    pub async fn integration(&self, admin: &Member, project: &str, integration: &str) {
        let form = ProjectForm { slug: project.to_owned(), title: project.to_owned() };
        projects::create(&self.service, &admin.actor, form).await.expect("a project");
        let form = IntegrationForm {
            slug: integration.to_owned(),
            title: integration.to_owned(),
            kind: "environment".to_owned(),
            workflow: FOLLOW_NONE.to_owned(),
        };
        integrations::create(&self.service, &admin.actor, project, form).await.expect("an integration");
    }
}

//! Documents that declare an installation.

use super::calls::query;
use super::{Client, Error};
use crate::declarations::{
    AppliedDeclarations, DeclarationPlan, DeclarationsExport, ExportedDeclarations, NewDeclarations,
};
use reqwest::Url;

impl Client {
    /// What documents would change.
    pub async fn plan_declarations(&self, new: &NewDeclarations) -> Result<DeclarationPlan, Error> {
        self.post(self.address(&["declarations", "plan"]), new).await
    }

    /// Makes everything as documents declare it.
    pub async fn apply_declarations(&self, new: &NewDeclarations) -> Result<AppliedDeclarations, Error> {
        self.post(self.address(&["declarations", "apply"]), new).await
    }

    /// What there is, as documents.
    pub async fn export_declarations(
        &self,
        asked: &DeclarationsExport,
    ) -> Result<ExportedDeclarations, Error> {
        let mut url = self.address(&["declarations", "export"]);
        let pairs = [("project", &asked.project), ("kind", &asked.kind), ("slug", &asked.slug)];
        query(
            &mut url,
            pairs.map(|(name, value)| (name, Some(value.as_str()).filter(|value| !value.is_empty()))),
        );
        self.get(url).await
    }

    /// Where the JSON Schema of documents is.
    pub fn declarations_schema(&self) -> Url {
        self.address(&["declarations.schema.json"])
    }
}

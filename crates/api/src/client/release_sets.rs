//! One method for each route of release sets.

use super::calls::query;
use super::{Client, Error};
use crate::pages::Page;
use crate::release_sets::{
    NewReleaseSet, NewSetDecision, NewSetPromotion, NewSetRollback, ReleaseSet, ReleaseSetLine,
    SetComparison, SetDecision,
};

impl Client {
    pub async fn release_sets(
        &self,
        project: &str,
        cursor: Option<&str>,
    ) -> Result<Page<ReleaseSetLine>, Error> {
        let mut url = self.address(&["projects", project, "release-sets"]);
        query(&mut url, [("cursor", cursor)]);
        self.get(url).await
    }

    pub async fn release_set(&self, project: &str, number: i64) -> Result<ReleaseSet, Error> {
        self.get(self.address(&["projects", project, "release-sets", &number.to_string()])).await
    }

    /// Makes a set of what differs between two stages, and moves it.
    pub async fn make_release_set(&self, project: &str, new: &NewReleaseSet) -> Result<ReleaseSet, Error> {
        let new = NewReleaseSet { dry_run: false, ..new.clone() };
        self.post(self.address(&["projects", project, "release-sets"]), &new).await
    }

    /// Compares two stages across services, without making a set.
    pub async fn compare_stages(&self, project: &str, new: &NewReleaseSet) -> Result<SetComparison, Error> {
        let new = NewReleaseSet { dry_run: true, ..new.clone() };
        self.post(self.address(&["projects", project, "release-sets"]), &new).await
    }

    /// Carries a set on to another stage.
    pub async fn promote_set(
        &self,
        project: &str,
        number: i64,
        new: &NewSetPromotion,
    ) -> Result<ReleaseSet, Error> {
        let new = NewSetPromotion { dry_run: false, ..new.clone() };
        self.post(self.of_set(project, number, "promotions"), &new).await
    }

    /// Tells what carrying a set on would do.
    pub async fn consider_set(
        &self,
        project: &str,
        number: i64,
        new: &NewSetPromotion,
    ) -> Result<SetComparison, Error> {
        let new = NewSetPromotion { dry_run: true, ..new.clone() };
        self.post(self.of_set(project, number, "promotions"), &new).await
    }

    /// Takes a set back out of a bucket.
    pub async fn take_back_set(
        &self,
        project: &str,
        number: i64,
        new: &NewSetRollback,
    ) -> Result<ReleaseSet, Error> {
        let new = NewSetRollback { dry_run: false, ..new.clone() };
        self.post(self.of_set(project, number, "rollbacks"), &new).await
    }

    /// Tells what taking a set back would do.
    pub async fn consider_taking_back(
        &self,
        project: &str,
        number: i64,
        new: &NewSetRollback,
    ) -> Result<SetComparison, Error> {
        let new = NewSetRollback { dry_run: true, ..new.clone() };
        self.post(self.of_set(project, number, "rollbacks"), &new).await
    }

    /// Approves or rejects promotions of a set.
    pub async fn decide_set(
        &self,
        project: &str,
        number: i64,
        new: &NewSetDecision,
    ) -> Result<SetDecision, Error> {
        self.post(self.of_set(project, number, "decisions"), new).await
    }

    fn of_set(&self, project: &str, number: i64, what: &str) -> reqwest::Url {
        self.address(&["projects", project, "release-sets", &number.to_string(), what])
    }
}

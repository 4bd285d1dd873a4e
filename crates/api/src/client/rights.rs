//! Who may do what.

use super::{Client, Error};
use crate::rights::{PersonRights, WhoMay};

impl Client {
    /// Who may do something at a place; `at` is a day or a moment, empty for now.
    pub async fn who_may(&self, action: &str, place: &str, at: &str) -> Result<WhoMay, Error> {
        let mut url = self.address(&["rights"]);
        url.query_pairs_mut().append_pair("action", action).append_pair("place", place);
        if !at.is_empty() {
            url.query_pairs_mut().append_pair("at", at);
        }
        self.get(url).await
    }

    /// What a person may do, by their id.
    pub async fn rights_of(&self, person: &str, at: &str) -> Result<PersonRights, Error> {
        let mut url = self.address(&["people", person, "rights"]);
        if !at.is_empty() {
            url.query_pairs_mut().append_pair("at", at);
        }
        self.get(url).await
    }
}

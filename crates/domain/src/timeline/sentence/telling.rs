//! The sentence while it is made, and the pieces that sentences share.

use super::Part;
use crate::access::Place;
use crate::holds::HoldAddress;
use crate::ids::PersonId;
use crate::providers::RoleSource;
use crate::slugs::Slug;
use crate::timeline::{BuildName, Event, PinTold};

pub(super) struct Telling<'a> {
    pub event: &'a Event,
    pub names: &'a dyn Fn(PersonId) -> String,
    pub places: &'a dyn Fn(&Place) -> String,
    pub parts: Vec<Part>,
}

impl Telling<'_> {
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.parts.push(Part::Text { text: text.to_owned() });
        self
    }

    pub(super) fn name(&mut self, text: &(impl ToString + ?Sized)) -> &mut Self {
        self.parts.push(Part::Name { text: text.to_string() });
        self
    }

    pub(super) fn build(&mut self, build: &BuildName) -> &mut Self {
        self.parts.push(Part::Build { digest: build.digest.clone(), tag: build.tag.clone() });
        self
    }

    pub(super) fn promotion(&mut self, number: i64) -> &mut Self {
        if let Some(project) = &self.event.scene.project {
            self.parts.push(Part::Promotion { project: project.slug.clone(), number });
        }
        self
    }

    pub(super) fn release_set(&mut self, number: i64) -> &mut Self {
        if let Some(project) = &self.event.scene.project {
            self.parts.push(Part::ReleaseSet { project: project.slug.clone(), number });
        }
        self
    }

    pub(super) fn bucket(&mut self) -> &mut Self {
        if let Some(bucket) = &self.event.scene.bucket {
            self.parts.push(Part::Bucket { bucket: bucket.slug.clone() });
        }
        self
    }

    pub(super) fn project(&mut self) -> &mut Self {
        if let Some(project) = &self.event.scene.project {
            self.parts.push(Part::Project { project: project.slug.clone() });
        }
        self
    }

    pub(super) fn integration(&mut self) -> &mut Self {
        let scene = &self.event.scene;
        if let (Some(project), Some(integration)) = (&scene.project, &scene.integration) {
            let part =
                Part::Integration { project: project.slug.clone(), integration: integration.slug.clone() };
            self.parts.push(part);
        }
        self
    }

    pub(super) fn at_integration(&mut self) -> &mut Self {
        self.text(" to ").integration()
    }

    /// “ in shop/checkout”, or “ in shop”.
    pub(super) fn place(&mut self) -> &mut Self {
        self.text(" in ");
        if self.event.scene.integration.is_some() { self.integration() } else { self.project() }
    }

    /// The project, where it is one's and not the installation's.
    pub(super) fn of_project(&mut self) -> &mut Self {
        if self.event.scene.project.is_some() { self.place() } else { self }
    }

    /// A promotion with its build and where that is to go.
    pub(super) fn request(&mut self, number: i64, build: &BuildName, pins_in: Option<&Slug>) -> &mut Self {
        self.promotion(number).text(" of ").build(build).goal(pins_in)
    }

    /// Where a promotion leads: into its bucket, or into a pin.
    pub(super) fn goal(&mut self, pins_in: Option<&Slug>) -> &mut Self {
        match pins_in {
            None => self.text(" to ").bucket().place(),
            Some(environment) => self.text(&format!(", which pins it in {environment},")).place(),
        }
    }

    /// What was there until then, or that nothing was.
    pub(super) fn before(&mut self, before: Option<&BuildName>) -> &mut Self {
        match before {
            Some(_) => self.in_place_of(before),
            None => self.text(", which was empty"),
        }
    }

    pub(super) fn in_place_of(&mut self, before: Option<&BuildName>) -> &mut Self {
        match before {
            Some(before) => self.text(", in place of ").build(before),
            None => self,
        }
    }

    pub(super) fn waits(&mut self, needs: &[String]) -> &mut Self {
        if needs.is_empty() { self } else { self.text(&format!("; it waits for {}", needs.join(" and "))) }
    }

    /// Adds how many builds were current in what was deleted.
    pub(super) fn with_current(&mut self, current: usize) -> &mut Self {
        match current {
            0 => self,
            1 => self.text(", with one current build"),
            count => self.text(&format!(", with {count} current builds")),
        }
    }

    /// Where a role came from.
    pub(super) fn source(&mut self, before: &str, source: Option<&RoleSource>) -> &mut Self {
        match source {
            Some(source) => self.text(&format!("{before}{source}")),
            None => self,
        }
    }

    /// “ as checkout in shop/prod-eu until 2026-11-24 09:00:00 UTC”
    pub(super) fn pinned(&mut self, pin: &PinTold) -> &mut Self {
        self.pinned_there(pin).text(&format!(" until {}", pin.until.to_words()))
    }

    /// “ as checkout in shop/prod-eu”
    pub(super) fn pinned_there(&mut self, pin: &PinTold) -> &mut Self {
        let PinTold { project, environment, service, .. } = pin;
        self.text(" as ").name(service).text(&format!(" in {project}/{environment}"))
    }

    pub(super) fn hold(&mut self, on: &HoldAddress) -> &mut Self {
        self.text(&on.words())
    }

    pub(super) fn person(&mut self, person: PersonId) -> &mut Self {
        let name = (self.names)(person);
        self.name(&name)
    }

    /// Where a role is bound.
    pub(super) fn at(&mut self, place: &Place) -> &mut Self {
        let words = (self.places)(place);
        self.text(&words)
    }
}

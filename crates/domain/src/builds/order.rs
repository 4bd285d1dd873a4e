//! Which of two builds is the newer one, by what is said of where they come from.

use super::{Build, Claim};
use crate::times::Time;
use std::cmp::Ordering;

impl Build {
    /// Whether it comes of an earlier commit than another build of the same branch or tag, or of an earlier run of the same
    /// CI. Where that is not said of both it is not: then nobody knows.
    pub fn is_behind(&self, other: &Self) -> bool {
        // What is only claimed does not hold back what a CI vouches for: else a claim could stop all that follows.
        if self.origin.is_verified() && !other.origin.is_verified() {
            return false;
        }
        self.is_of_line(other) && self.compare(other) == Some(Ordering::Less)
    }

    /// Whether both come of the same git ref of the same repository.
    fn is_of_line(&self, other: &Self) -> bool {
        let same = |one: &Option<Claim>, other: &Option<Claim>| {
            one.as_ref().zip(other.as_ref()).is_some_and(|(one, other)| one.value == other.value)
        };
        let (one, other) = (&self.origin, &other.origin);
        same(&one.repository, &other.repository) && same(&one.git_ref, &other.git_ref)
    }

    /// By the times of their commits, and of one commit by the runs of one CI.
    fn compare(&self, other: &Self) -> Option<Ordering> {
        let commits = self.committed_at().zip(other.committed_at());
        let commits = commits.map(|(one, other)| one.cmp(&other)).filter(|order| order.is_ne());
        commits.or_else(|| {
            let same_ci = self.origin.ci.as_ref()?.value == other.origin.ci.as_ref()?.value;
            let runs = self.run().zip(other.run()).filter(|_| same_ci);
            runs.map(|(one, other)| one.cmp(&other))
        })
    }

    /// When its commit was made; nothing where that would be after it was received.
    fn committed_at(&self) -> Option<Time> {
        let at = Time::parse(&self.origin.committed_at.as_ref()?.value).ok()?;
        (at <= self.received_at).then_some(at)
    }

    /// The run of the CI, where its id is a number: these count up.
    fn run(&self) -> Option<u64> {
        self.origin.run.as_ref()?.value.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use crate::builds::{Arrival, Build, Claim, Origin};
    use crate::digests::{Algorithm, Digest};
    use crate::references::Tag;
    use crate::times::Time;
    use uuid::Uuid;

    fn said(value: &str) -> Option<Claim> {
        (!value.is_empty()).then(|| Claim { value: value.to_owned(), verified: false })
    }

    fn build(branch: &str, committed_at: &str, run: &str) -> Build {
        Build {
            id: Uuid::nil().into(),
            integration: Uuid::nil().into(),
            digest: Digest::of(Algorithm::Sha256, b"image"),
            external_id: String::new(),
            tag: Tag::parse("1.4.2").unwrap(),
            media_type: String::new(),
            size: 0,
            platforms: Vec::new(),
            origin: Origin {
                repository: said("https://git.example/acme/shop"),
                git_ref: said(branch),
                committed_at: said(committed_at),
                ci: said("github"),
                run: said(run),
                ..Origin::default()
            },
            received_at: Time::parse("2026-11-30T12:00:00Z").unwrap(),
            received_via: Arrival::Push,
        }
    }

    const MAIN: &str = "refs/heads/main";

    #[test]
    fn an_earlier_commit_of_the_same_branch_is_behind() {
        let (early, late) = ("2026-11-30T09:00:00Z", "2026-11-30T10:00:00Z");
        // The run of the earlier commit was started later, as when it is run again.
        assert!(build(MAIN, early, "9").is_behind(&build(MAIN, late, "8")));
        assert!(!build(MAIN, late, "8").is_behind(&build(MAIN, early, "9")));
        assert!(!build("refs/heads/fix", early, "").is_behind(&build(MAIN, late, "")), "another branch");
        assert!(!build("", early, "").is_behind(&build("", late, "")), "nobody knows which branch");
    }

    #[test]
    fn of_one_commit_the_earlier_run_is_behind() {
        let at = "2026-11-30T09:00:00Z";
        assert!(build(MAIN, at, "9").is_behind(&build(MAIN, at, "10")));
        assert!(build(MAIN, "", "9").is_behind(&build(MAIN, "", "10")));
        assert!(!build(MAIN, at, "10").is_behind(&build(MAIN, at, "9")));
        assert!(!build(MAIN, "", "a-b").is_behind(&build(MAIN, "", "a-c")), "no numbers");
        let mut other = build(MAIN, "", "10");
        other.origin.ci = said("gitlab");
        assert!(!build(MAIN, "", "9").is_behind(&other), "runs of another CI");
    }

    #[test]
    fn no_claim_holds_back_what_is_vouched_for_and_no_time_to_come_anything() {
        let claimed = build(MAIN, "", "99999");
        let mut vouched = build(MAIN, "", "7");
        vouched.origin.commit = Some(Claim { value: "c0ffee1".to_owned(), verified: true });
        let repository = vouched.origin.repository.as_mut().unwrap();
        repository.verified = true;
        assert!(!vouched.is_behind(&claimed));
        let mut later = build(MAIN, "", "8");
        later.origin.commit.clone_from(&vouched.origin.commit);
        later.origin.repository.clone_from(&vouched.origin.repository);
        assert!(vouched.is_behind(&later), "both are vouched for");
        assert!(build(MAIN, "", "6").is_behind(&vouched));
        let to_come = build(MAIN, "2027-01-01T00:00:00Z", "");
        assert!(!build(MAIN, "2026-11-30T09:00:00Z", "").is_behind(&to_come));
    }
}

//! How often, and after which pauses, a request that failed in passing is sent again.

use crate::Error;
use std::sync::Arc;
use std::time::Duration;

/// Pauses double from one to the next, each shortened at random by up to half, so that clients that failed together do
/// not come back together.
#[derive(Clone)]
pub struct Retries {
    attempts: u32,
    first: Duration,
    random: Arc<dyn Fn() -> u32 + Send + Sync>,
}

/// No pause is longer than this.
const LONGEST: Duration = Duration::from_secs(30);

impl Retries {
    /// So many attempts in all, with a pause of up to `first` before the second.
    pub fn new(attempts: u32, first: Duration, random: impl Fn() -> u32 + Send + Sync + 'static) -> Self {
        Self { attempts, first, random: Arc::new(random) }
    }

    /// The pause after this many failed attempts in a row; absent where it is not tried again.
    pub(crate) fn pause(&self, failed: u32, error: &Error) -> Option<Duration> {
        if !error.is_passing() || failed >= self.attempts {
            return None;
        }
        let whole = self.first.saturating_mul(2u32.saturating_pow(failed.saturating_sub(1))).min(LONGEST);
        let part = f64::from((self.random)()) / f64::from(u32::MAX);
        Some(whole.mul_f64(1.0 - part / 2.0))
    }

    /// Does something until it succeeds or fails for good.
    pub(crate) async fn run<T>(&self, mut act: impl AsyncFnMut() -> Result<T, Error>) -> Result<T, Error> {
        let mut failed = 0;
        loop {
            let error = match act().await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            failed += 1;
            match self.pause(failed, &error) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
        }
    }
}

impl std::fmt::Debug for Retries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Retries").field("attempts", &self.attempts).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;

    fn refused(status: StatusCode) -> Error {
        Error::Refused { server: String::new(), status, message: String::new() }
    }

    #[test]
    fn pauses_double_up_to_a_bound_and_chance_shortens_them_by_half_at_most() {
        let pauses = |random: u32| {
            let retries = Retries::new(9, Duration::from_secs(1), move || random);
            let pause =
                |failed| retries.pause(failed, &refused(StatusCode::BAD_GATEWAY)).map(|it| it.as_millis());
            [pause(1), pause(2), pause(8), pause(9)]
        };
        assert_eq!(pauses(0), [Some(1_000), Some(2_000), Some(30_000), None]);
        assert_eq!(pauses(u32::MAX), [Some(500), Some(1_000), Some(15_000), None]);
    }

    #[test]
    fn what_will_not_change_is_not_tried_again() {
        let retries = Retries::new(9, Duration::from_secs(1), || 0);
        for status in [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST] {
            assert_eq!(retries.pause(1, &refused(status)), None, "{status}");
        }
        assert!(retries.pause(1, &refused(StatusCode::TOO_MANY_REQUESTS)).is_some());
    }
}

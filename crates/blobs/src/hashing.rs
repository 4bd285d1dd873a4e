//! Digests computed while bytes pass by.

use std::io::{self, Read};

use sha2::{
    Digest as _, Sha256, Sha512,
    digest::common::hazmat::{SerializableState, SerializedState},
};
use towpath_domain::digests::{Algorithm, Digest};

/// The running hash of an upload.
#[derive(Clone, Debug)]
pub(crate) enum Hasher {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Hasher {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha256 => Self::Sha256(Sha256::new()),
            Algorithm::Sha512 => Self::Sha512(Sha512::new()),
        }
    }

    /// Hashes what is left of a file; also says how many bytes that was.
    pub(crate) fn read(algorithm: Algorithm, file: &mut impl Read) -> io::Result<(Self, u64)> {
        let mut hasher = Self::new(algorithm);
        let mut buffer = vec![0; 256 * 1024];
        let mut size = 0;
        loop {
            let count = match file.read(&mut buffer) {
                Ok(0) => return Ok((hasher, size)),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            hasher.update(&buffer[..count]);
            size += count as u64;
        }
    }

    /// Where it stands, for [`Hasher::parse`].
    pub(crate) fn to_text(&self) -> String {
        let state = match self {
            Self::Sha256(hasher) => hex::encode(hasher.serialize()),
            Self::Sha512(hasher) => hex::encode(hasher.serialize()),
        };
        format!("{}:{state}", self.algorithm().name())
    }

    /// Goes on where another one stood.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        fn resume<H: SerializableState>(state: &[u8]) -> Option<H> {
            H::deserialize(<&SerializedState<H>>::try_from(state).ok()?).ok()
        }
        let (algorithm, state) = text.split_once(':')?;
        let state = hex::decode(state).ok()?;
        match algorithm {
            "sha256" => resume(&state).map(Self::Sha256),
            "sha512" => resume(&state).map(Self::Sha512),
            _ => None,
        }
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Sha256(_) => Algorithm::Sha256,
            Self::Sha512(_) => Algorithm::Sha512,
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    pub(crate) fn finish(self) -> Digest {
        let digest = match self {
            Self::Sha256(hasher) => Digest::from_hash(Algorithm::Sha256, &hasher.finalize()),
            Self::Sha512(hasher) => Digest::from_hash(Algorithm::Sha512, &hasher.finalize()),
        };
        digest.expect("a hash has the length of its algorithm")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_goes_on_where_it_stood() {
        for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            // Within a block and at its end.
            for cut in [0, 1, 64, 128, 200] {
                let content: Vec<u8> = (0..=255).collect();
                let mut first = Hasher::new(algorithm);
                first.update(&content[..cut]);
                let mut second = Hasher::parse(&first.to_text()).unwrap();
                second.update(&content[cut..]);
                assert_eq!(second.finish(), Digest::of(algorithm, &content));
            }
        }
        for wrong in ["", "sha256", "sha256:00", "md5:00", "sha512:zz"] {
            assert!(Hasher::parse(wrong).is_none(), "{wrong}");
        }
    }
}

//! An answer that is read line by line, however long it is.

use super::{Error, unreachable};
use reqwest::Response;

/// The most bytes of a line: far more than any event has.
const LINE: usize = 16 * 1_024 * 1_024;

/// The lines of an answer.
#[derive(Debug)]
pub struct Lines {
    response: Response,
    read: Vec<u8>,
    /// How many of the bytes that were read are no end of a line.
    looked: usize,
}

impl Lines {
    pub(super) fn new(response: Response) -> Self {
        Self { response, read: Vec::new(), looked: 0 }
    }

    /// The next line, without its end; none behind the last.
    ///
    /// # Errors
    /// Also where the answer breaks off.
    pub async fn next(&mut self) -> Result<Option<String>, Error> {
        loop {
            if let Some(end) = self.read[self.looked..].iter().position(|byte| *byte == b'\n') {
                let rest = self.read.split_off(self.looked + end + 1);
                let line = std::mem::replace(&mut self.read, rest);
                self.looked = 0;
                return Ok(Some(text(&line)));
            }
            self.looked = self.read.len();
            let status = self.response.status().as_u16();
            if self.looked > LINE {
                return Err(Error::Unexpected { status, text: "a line without an end".to_owned() });
            }
            let url = self.response.url().clone();
            match self.response.chunk().await.map_err(|error| unreachable(&url, &error))? {
                Some(bytes) => self.read.extend_from_slice(&bytes),
                None if self.read.is_empty() => return Ok(None),
                None => {
                    self.looked = 0;
                    return Ok(Some(text(&std::mem::take(&mut self.read))));
                }
            }
        }
    }
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim_end_matches(['\r', '\n']).to_owned()
}

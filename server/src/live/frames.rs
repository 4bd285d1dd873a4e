//! Messages as the stream has them. Each has the number up to which its reader is told, by which a browser that
//! comes back continues.

use bytes::Bytes;
use towpath_service::live::Message;

pub fn message(message: &Message, position: i64) -> Bytes {
    match message {
        Message::Notice(notice) => {
            let data = serde_json::to_string(&**notice).expect("a notice is of plain data");
            frame("notice", notice.seq, &data)
        }
        Message::Reset => reset(position),
    }
}

/// The page has to read what it shows anew.
pub fn reset(position: i64) -> Bytes {
    frame("reset", position, &position.to_string())
}

/// Nothing happened, and the stream lives.
pub fn beat(position: i64) -> Bytes {
    frame("beat", position, &position.to_string())
}

/// The data are of one line: JSON without line feeds.
fn frame(event: &str, id: i64, data: &str) -> Bytes {
    format!("id: {id}\nevent: {event}\ndata: {data}\n\n").into()
}

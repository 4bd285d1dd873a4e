//! Notes, checkpoints and receipts, against examples that others publish.

use proptest::prelude::*;
use towpath_proof::checkpoints::split;
use towpath_proof::notes::Unsigned;
use towpath_proof::receipts::Unproved;
use towpath_proof::replay::{Differs, Replay};
use towpath_proof::tree::{Growing, Nodes, inclusion, leaf_hash};
use towpath_proof::{Checkpoint, Note, Receipt, SigningKey, Tiles, VerifyingKey};

/// The example of Go's `golang.org/x/mod/sumdb/note`.
const PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PRIVATE: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";
const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn peter() -> VerifyingKey {
    PUBLIC.parse().expect("a key")
}

fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::new(name, [seed; 32]).expect("a key")
}

#[test]
fn the_published_note_is_signed_and_verified_to_the_byte() {
    let signing: SigningKey = PRIVATE.parse().expect("a key");
    assert_eq!(signing.public().to_string(), PUBLIC);
    assert_eq!(signing.reveal(), PRIVATE);
    assert!(!format!("{signing:?}").contains("AYEKFALVFGyNhPJEMzD1QIDr"));
    assert_eq!(Note::sign(TEXT.to_owned(), &[&signing]).to_string(), NOTE);
    let note: Note = NOTE.parse().expect("a note");
    assert_eq!(note.verify(&[peter()]), Ok(TEXT));
    assert_eq!(note.to_string(), NOTE);
    assert_eq!(note.verify(&[key("PeterNeumann", 1).public().clone()]), Err(Unsigned::Unknown));
    let changed = NOTE.replace("answer", "Answer");
    assert_eq!(changed.parse::<Note>().expect("a note").verify(&[peter()]), Err(Unsigned::Wrong));
}

#[test]
fn what_is_no_key_and_no_note_is_refused() {
    for wrong in [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ] {
        assert_eq!(wrong.parse::<VerifyingKey>(), Err(Unsigned::NoKey), "{wrong}");
    }
    assert!(matches!(SigningKey::new("two words", [1; 32]), Err(Unsigned::NoKey)));
    for wrong in ["", "text\n", "text\n\n", "text\n\n— a\n", "te\rxt\n\n— a AAAAAAA=\n", "text\n\n— a AAA=\n"]
    {
        assert_eq!(wrong.parse::<Note>(), Err(Unsigned::NoNote), "{wrong:?}");
    }
}

#[test]
fn a_note_of_two_keys_is_known_by_either() {
    let (old, new) = (key("log", 1), key("log", 2));
    let note = Note::sign("text\n".to_owned(), &[&old, &new]).to_string().parse::<Note>().expect("a note");
    for key in [&old, &new] {
        assert_eq!(note.verify(&[key.public().clone()]), Ok("text\n"));
    }
    assert_eq!(note.verify(&[key("log", 3).public().clone()]), Err(Unsigned::Unknown));
}

/// The example of <https://c2sp.org/tlog-checkpoint>, whose key is not published.
#[test]
fn the_published_checkpoint_is_read() {
    let note = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        — example.com/behind-the-sofa \
        Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
    let checkpoint = Checkpoint::unverified(&note.parse().expect("a note")).expect("a checkpoint");
    assert_eq!(checkpoint.origin, "example.com/behind-the-sofa");
    assert_eq!(checkpoint.size, 20_852_163);
    assert_eq!(checkpoint.root[..2], [0x0a, 0xc5]);
    for wrong in
        [note.replace("20852163", "020852163"), note.replace("CsUY", "CsU"), note.replace("2I=\n", "2I=\n\n")]
    {
        let read = wrong.parse::<Note>().and_then(|note| Checkpoint::unverified(&note));
        assert_eq!(read, Err(Unsigned::NoNote), "{wrong}");
    }
}

fn entries(size: u64) -> Vec<Vec<u8>> {
    (1..=size).map(|number| format!("entry {number}").into_bytes()).collect()
}

fn checkpoint(entries: &[Vec<u8>]) -> Checkpoint {
    let mut tree = Growing::default();
    for entry in entries {
        tree.push(leaf_hash(entry));
    }
    Checkpoint { origin: "log".to_owned(), size: tree.size(), root: tree.root() }
}

fn receipt(size: u64, index: u64) -> Receipt {
    let entries = entries(size);
    let mut tiles = Tiles::default();
    for entry in &entries {
        assert!(tiles.push(leaf_hash(entry)));
    }
    let proof = tiles.hashes(&inclusion(index, size).expect("is in")).expect("all is there");
    Receipt { index, proof, checkpoint: checkpoint(&entries).sign(&[&key("log", 1)]).to_string() }
}

#[test]
fn a_receipt_comes_back_from_its_text_and_proves_its_entry() {
    let keys = [key("log", 1).public().clone()];
    let receipt = receipt(7, 3);
    let text = receipt.to_string();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 3\n"), "{text}");
    assert_eq!(text.parse(), Ok(receipt.clone()));
    let extra = text.replace("@v1\n", "@v1\nextra bm90aGluZw==\n");
    assert_eq!(extra.parse(), Ok(receipt.clone()));
    assert_eq!(receipt.verify(&leaf_hash(b"entry 4"), &keys).expect("proves it").size, 7);
    let other = receipt.verify(&leaf_hash(b"entry 5"), &keys);
    assert_eq!(other, Err(Unproved::Other { index: 3, size: 7 }));
    let unknown = receipt.verify(&leaf_hash(b"entry 4"), &[peter()]);
    assert_eq!(unknown, Err(Unproved::Checkpoint(Unsigned::Unknown)));
    for wrong in ["", "c2sp.org/tlog-proof@v2\nindex 3\n\n", &text.replace("index 3", "index 03")] {
        assert_eq!(wrong.parse::<Receipt>(), Err(Unproved::NoProof), "{wrong}");
    }
}

#[test]
fn checkpoints_that_were_appended_to_a_file_come_back() {
    let notes: Vec<String> = (1..4)
        .map(|size| checkpoint(&entries(size)).sign(&[&key("log", 1), &key("log", 2)]).to_string())
        .collect();
    assert_eq!(split(&notes.join("\n")), notes);
    assert_eq!(split(&notes.concat()), notes);
    assert_eq!(split("\n\n"), Vec::<String>::new());
}

/// What a log with these entries differs in from one of 12, of which 4 and 9 were signed on the way.
fn differs(now: &[Vec<u8>], held: bool) -> Result<u64, Differs> {
    let once = entries(12);
    let mut replay = Replay::new([12, 4, 9].iter().map(|size| checkpoint(&once[..*size])).collect());
    for (number, entry) in (1..).zip(now) {
        let leaf = once.get(usize::try_from(number - 1).expect("small")).map(|entry| leaf_hash(entry));
        replay.take(number, entry, leaf.as_ref().filter(|_| held))?;
    }
    replay.finish()
}

#[test]
fn a_replay_names_where_a_log_differs() {
    let once = entries(12);
    assert_eq!(differs(&once, true), Ok(12));
    assert_eq!(differs(&entries(15), true), Ok(15), "it may have grown");
    let mut edited = once.clone();
    edited[6] = b"another".to_vec();
    assert_eq!(differs(&edited, true), Err(Differs::Changed { entry: 7 }));
    assert_eq!(differs(&edited, false), Err(Differs::Rewritten { met: 4, size: 9 }));
    let mut swapped = once.clone();
    swapped.swap(9, 10);
    assert_eq!(differs(&swapped, true), Err(Differs::Changed { entry: 10 }));
    assert_eq!(differs(&swapped, false), Err(Differs::Rewritten { met: 9, size: 12 }));
    assert_eq!(differs(&once[..10], true), Err(Differs::Cut { last: 10, size: 12 }));
    assert_eq!(differs(&[], true), Err(Differs::Cut { last: 0, size: 12 }));
    let forged = checkpoint(&edited);
    let mut two = Replay::new(vec![checkpoint(&once), forged]);
    let last = edited.iter().zip(1..).try_for_each(|(entry, number)| two.take(number, entry, None));
    assert_eq!(last, Err(Differs::Rewritten { met: 0, size: 12 }), "one of two signed of one size is wrong");
    let mut gap = Replay::new(Vec::new());
    assert_eq!(gap.take(2, b"", None), Err(Differs::Missing { expected: 1, found: 2 }));
}

proptest! {
    /// A note, key or proof of anybody's is read or refused, and what is read says the same again.
    #[test]
    fn any_text_is_read_or_refused(text in "(\\PC|\n){0,80}") {
        if let Ok(note) = text.parse::<Note>() {
            prop_assert_eq!(note.to_string().parse::<Note>(), Ok(note));
        }
        if let Ok(receipt) = text.parse::<Receipt>() {
            prop_assert_eq!(receipt.to_string().parse::<Receipt>(), Ok(receipt));
        }
        if let Ok(key) = text.parse::<VerifyingKey>() {
            prop_assert_eq!(key.to_string().parse::<VerifyingKey>(), Ok(key));
        }
        prop_assert!(split(&text).len() <= text.len());
    }

    /// Whatever character of a signed checkpoint is another one, it does not verify.
    #[test]
    fn no_character_of_a_checkpoint_can_be_changed(at in any::<prop::sample::Index>(), to in "[ -~]") {
        let key = key("log", 1);
        let note = checkpoint(&entries(5)).sign(&[&key]).to_string();
        let mut characters: Vec<char> = note.chars().collect();
        let at = at.index(characters.len());
        let to = to.chars().next().expect("one");
        prop_assume!(characters[at] != to);
        characters[at] = to;
        let changed: String = characters.into_iter().collect();
        prop_assert!(Checkpoint::open(&changed, &[key.public().clone()]).is_err());
    }
}

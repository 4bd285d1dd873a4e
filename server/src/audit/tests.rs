use super::*;
use crate::config::Given;
use crate::running;
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;
use towpath_service::Sources;

struct World {
    service: Service,
    places: Places,
    folder: TempDir,
}

async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let file = folder.path().join("kept").display().to_string();
    let variables = [("TOWPATH_DATA", data), ("TOWPATH_AUDIT_FILE", file)];
    let variables = variables.map(|(name, value)| (name.to_owned(), value));
    let config = Given::read(None, variables).unwrap().check().unwrap();
    let service = running::open(&config, Sources::system()).await.unwrap();
    World { service, places: Places::of(&config), folder }
}

impl World {
    fn kept(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("kept")).unwrap()
    }
}

#[tokio::test]
async fn the_first_signature_makes_a_key_that_nobody_else_reads() {
    let World { service, places, .. } = &world().await;
    assert!(key(service).await.unwrap_err().to_string().contains("no key yet"));
    sign_when_due(service, places).await.unwrap();
    let public: VerifyingKey = key(service).await.unwrap().parse().unwrap();
    assert_eq!(public.name(), "localhost:3000/log");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&places.keys), 0o700);
    let file = places.keys.join(format!("{}.key", public.id()));
    assert_eq!(mode(&file), 0o600);
    std::fs::remove_file(&file).unwrap();
    let refused = signing_key(service, places).await.unwrap_err().to_string();
    assert!(refused.contains("Copy it from the server that has it"), "{refused}");
    let other = signing::make_key(service).await.unwrap();
    std::fs::write(&file, other.reveal()).unwrap();
    let refused = signing_key(service, places).await.unwrap_err().to_string();
    assert!(refused.ends_with("is another key than its name says"), "{refused}");
}

#[tokio::test]
async fn checkpoints_are_appended_and_hold_the_log_to_them() {
    let world = world().await;
    let World { service, places, folder } = &world;
    sign_when_due(service, places).await.unwrap();
    sign_when_due(service, places).await.unwrap();
    let first = world.kept();
    assert_eq!(towpath_proof::checkpoints::split(&first).len(), 1, "nothing was new: {first}");
    let after = rotate(service, places).await.unwrap();
    assert_eq!(key(service).await.unwrap(), after);
    assert_eq!(std::fs::read_dir(&places.keys).unwrap().count(), 1, "the old private key is gone");
    let new = signing_key(service, places).await.unwrap();
    let note = signing::sign(service, new, kept(service, places).await.unwrap()).await.unwrap().unwrap();
    file::append(&folder.path().join("kept"), &note).unwrap();
    let file = [folder.path().join("kept")];
    let said = verify(service, &file, &[]).await.unwrap();
    assert_eq!(
        said,
        "The first 2 of 2 events are as they were signed; 0 after them are not signed, and not proved. Checkpoints that were \
         given: 2."
    );
    let strange = SigningKey::new("localhost:3000/log", [1; 32]).unwrap();
    let refused = verify(service, &file, &[strange.public().clone()]).await.unwrap_err();
    assert!(format!("{refused:#}").ends_with("none of the known keys has signed it"), "{refused:#}");

    // Of a log that went on where this one did not.
    let key = signing_key(service, places).await.unwrap();
    let ahead = Checkpoint { origin: "localhost:3000/log".to_owned(), size: 9, root: [7; 32] };
    file::append(&file[0], &ahead.sign(&[&key]).to_string()).unwrap();
    let differs = verify(service, &file, &[]).await.unwrap_err();
    assert_eq!(
        format!("{differs:#}"),
        "the audit log is not what was signed: entries 3 to 9 are missing: there were 9, and the log ends with 2"
    );
    towpath_service::links::issue_admin(service).await.unwrap();
    let last = kept(service, places).await.unwrap();
    let refused = signing::sign(service, key, last).await.unwrap_err().to_string();
    assert!(refused.contains("9 events were signed, and 3 are there"), "{refused}");
}

use super::*;
use proptest::prelude::*;
use uuid::Uuid;

fn read(text: &str) -> Result<String, &'static str> {
    Address::parse(text).map(String::from)
}

#[test]
fn an_address_is_read_however_it_is_written() {
    for (text, address) in [
        ("ghcr.io", "https://ghcr.io"),
        (" https://GHCR.io/ ", "https://ghcr.io"),
        ("registry.example.org:5000", "https://registry.example.org:5000"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("http://registry", "http://registry"),
        ("registry:5000", "https://registry:5000"),
        ("docker.io", "https://registry-1.docker.io"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(address), "{text}");
    }
    for wrong in
        ["", "https://", "ftp://ghcr.io", "ghcr.io/acme", "a b", "ana@ghcr.io", "ghcr.io:port", "ghcr.io?x"]
    {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn images_of_docker_hub_are_named_by_its_own_name() {
    assert_eq!(Address::parse("docker.io").unwrap().host(), "docker.io");
    assert_eq!(Address::parse("http://localhost:5000").unwrap().host(), "localhost:5000");
}

#[test]
fn what_is_known_of_a_registry_is_found_by_its_host() {
    let name = |address| known(address).map(|known| known.name);
    assert_eq!(name("https://ghcr.io"), Some("GitHub Container Registry"));
    assert_eq!(name("hub.docker.com"), Some("Docker Hub"));
    assert_eq!(name("1234.dkr.ecr.eu-west-1.amazonaws.com"), Some("Amazon ECR"));
    assert_eq!(name("notghcr.io"), None);
    assert_eq!(name("registry.example.org"), None);
}

#[test]
fn a_project_uses_what_lies_below_its_own_part() {
    let below = Below::parse("acme/{project}/").unwrap();
    let holds =
        |name: &str| below.holds(&Slug::parse("shop").unwrap(), &RepositoryName::parse(name).unwrap());
    assert!(holds("acme/shop") && holds("acme/shop/checkout"));
    assert!(!holds("acme/shopping") && !holds("acme") && !holds("other/acme/shop"));
    for wrong in ["", "Acme", "acme//x", "{bucket}"] {
        assert!(Below::parse(wrong).is_err(), "{wrong}");
    }
}

fn form(change: impl FnOnce(&mut RegistryForm)) -> RegistryForm {
    let mut form = RegistryForm {
        name: "ghcr".into(),
        address: "ghcr.io".into(),
        user: "ana".into(),
        secret: "s3cret".into(),
        below: String::new(),
    };
    change(&mut form);
    form
}

fn fields(checked: &Result<NewRegistry, Invalid>) -> Vec<&str> {
    let errors = checked.as_ref().err().map(Invalid::errors).unwrap_or_default();
    errors.iter().map(|error| error.field.as_str()).collect()
}

#[test]
fn a_password_goes_with_a_user_and_with_the_address_that_it_was_given_for() {
    let new = form(|_| {}).check(None).unwrap();
    assert_eq!((new.user.as_deref(), new.secret.as_deref()), (Some("ana"), Some("s3cret")));
    assert_eq!(fields(&form(|form| form.user.clear()).check(None)), ["secret"]);
    assert_eq!(fields(&form(|form| form.secret.clear()).check(None)), ["secret"]);
    assert_eq!(fields(&form(|form| form.user = "a:b".into()).check(None)), ["user"]);
    let before = Registry {
        id: Uuid::nil().into(),
        project: None,
        slug: new.slug,
        address: new.address,
        user: new.user,
        below: None,
        created_at: Time::from_micros(0),
    };
    let kept = form(|form| form.secret.clear());
    assert_eq!(kept.check(Some(&before)).unwrap().secret, None, "it stays as it is");
    let elsewhere = RegistryForm { address: "evil.example".into(), ..kept.clone() };
    assert_eq!(fields(&elsewhere.check(Some(&before))), ["secret"]);
    let another = RegistryForm { user: "max".into(), ..kept.clone() };
    assert_eq!(fields(&another.check(Some(&before))), ["secret"]);
    let nobody = RegistryForm { user: String::new(), address: "quay.io".into(), ..kept };
    assert_eq!(nobody.check(Some(&before)).unwrap().user, None);
    assert!(!format!("{:?}", form(|_| {})).contains("s3cret"));
}

proptest! {
    #[test]
    fn an_address_that_was_read_is_read_as_the_same_again(text in "(https?://)?[a-zA-Z0-9.:/-]{0,40}") {
        if let Ok(address) = Address::parse(&text) {
            prop_assert_eq!(Address::parse(address.as_str()), Ok(address));
        }
    }
}

use super::*;
use std::io::Write;

fn read(file: Option<&str>, environment: &[(&str, &str)]) -> Result<Given, String> {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let mut folder = tempfile::NamedTempFile::new().unwrap();
    let path = file.map(|text| {
        folder.write_all(text.as_bytes()).unwrap();
        folder.path().to_owned()
    });
    let name = folder.path().display().to_string();
    Given::read(path.as_deref(), environment).map_err(|error| error.to_string().replace(&name, "FILE"))
}

fn refusal(file: Option<&str>, environment: &[(&str, &str)]) -> String {
    match read(file, environment) {
        Ok(given) => given.check().unwrap_err().to_string(),
        Err(refusal) => refusal,
    }
}

#[test]
fn without_anything_it_starts_on_this_machine_with_sqlite() {
    let config = read(None, &[]).unwrap().check().unwrap();
    assert_eq!(config.database_url, "sqlite:./data/towpath.db");
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.public_url.as_str(), "http://localhost:3000");
    assert_eq!(config.session_absolute, Duration::from_hours(7 * 24));
}

#[test]
fn the_environment_stands_over_the_file() {
    let file = "listen = '0.0.0.0:80'\ndata = '/var/lib/towpath'\nshutdown_seconds = 5";
    let config = read(Some(file), &[("TOWPATH_LISTEN", "[::1]:81")]).unwrap().check().unwrap();
    assert_eq!(config.listen.to_string(), "[::1]:81");
    assert_eq!(config.database_url, "sqlite:/var/lib/towpath/towpath.db");
    assert_eq!(config.shutdown, Duration::from_secs(5));
}

#[test]
fn an_unknown_key_stops_the_start_with_its_name_and_the_nearest() {
    insta::assert_snapshot!(
        refusal(Some("public_ulr = 'x'"), &[]),
        @"The key public_ulr in FILE is unknown. Did you mean public_url?"
    );
    insta::assert_snapshot!(
        refusal(None, &[("TOWPATH_DATABASE", "x")]),
        @"The environment variable TOWPATH_DATABASE is unknown. Did you mean TOWPATH_DATABASE_URL?"
    );
    insta::assert_snapshot!(refusal(Some("[colours]\nred = 1"), &[]), @"The key colours in FILE is unknown.");
}

#[test]
fn variables_of_the_command_line_and_the_tests_are_none_of_ours() {
    let foreign = ["TOWPATH_TOKEN", "TOWPATH_SERVER", "TOWPATH_TEST_POSTGRES", "PATH"];
    read(None, &foreign.map(|name| (name, "x"))).unwrap();
}

#[test]
fn a_wrong_value_is_named_with_where_it_stands() {
    insta::assert_snapshot!(
        refusal(None, &[("TOWPATH_LISTEN", "3000")]),
        @"listen (TOWPATH_LISTEN) is “3000”, but it must be an address and a port, such as 127.0.0.1:3000."
    );
    insta::assert_snapshot!(
        refusal(None, &[("TOWPATH_PUBLIC_URL", "https://a/b")]),
        @"public_url (TOWPATH_PUBLIC_URL) is “https://a/b”, but it must be http:// or https:// and a host, with a port if need be and no path."
    );
    insta::assert_snapshot!(
        refusal(None, &[("TOWPATH_DATABASE_URL", "mysql://me:hunter2@host/db?password=hunter2")]),
        @"database_url (TOWPATH_DATABASE_URL) is “mysql://me:***@host/db?password=***”, but it must be sqlite:PATH or postgres://…."
    );
    insta::assert_snapshot!(refusal(Some("data = true"), &[]), @"data (FILE) is “true”, but it must be a text or a number.");
}

#[test]
fn a_contact_for_reports_is_an_address_that_can_be_opened() {
    for sound in ["", "mailto:security@example.org", "https://example.org/security"] {
        read(None, &[("TOWPATH_SECURITY_CONTACT", sound)]).unwrap().check().unwrap();
    }
    for wrong in
        ["security@example.org", "mailto:", "http://example.org", "https://a b", "mailto:a@b\nExpires: never"]
    {
        assert!(
            refusal(None, &[("TOWPATH_SECURITY_CONTACT", wrong)]).contains("it must be an address"),
            "{wrong}"
        );
    }
}

#[test]
fn what_is_printed_holds_no_secret_and_says_where_each_value_comes_from() {
    let url = "postgres://towpath:p%40ss:w@rd@db:5432/towpath?sslmode=require&password=again";
    insta::assert_snapshot!(read(None, &[("TOWPATH_DATABASE_URL", url)]).unwrap().to_text(), @r#"
    public_url = "http://localhost:3000"  # default
    listen = "127.0.0.1:3000"  # default
    metrics_listen = ""  # default
    data = "./data"  # default
    database_url = "postgres://towpath:***@db:5432/towpath?sslmode=require&password=***"  # TOWPATH_DATABASE_URL
    s3_bucket = ""  # default
    s3_endpoint = ""  # default
    s3_region = "us-east-1"  # default
    s3_prefix = ""  # default
    s3_access_key = ""  # default
    s3_secret_key = ""  # default
    s3_secret_key_file = ""  # default
    s3_path_style = "auto"  # default
    s3_redirect = "false"  # default
    audit_keys = "DATA/audit"  # default
    audit_file = ""  # default
    secret_key = "DATA/secret.key"  # default
    proxies = "0"  # default
    session_idle_hours = "12"  # default
    session_absolute_hours = "168"  # default
    token_lapse_days = "90"  # default
    fresh_sign_in_minutes = "60"  # default
    fresh_sign_in_approvals = "none"  # default
    second_person = ""  # default
    refused_attempts_days = "90"  # default
    local_sign_in = "true"  # default
    contact = ""  # default
    security_contact = ""  # default
    outgoing_allow = ""  # default
    log_format = "auto"  # default
    log_level = "info"  # default
    shutdown_seconds = "30"  # default
    site = "./target/site"  # default
    "#);
}

#[test]
fn images_go_to_a_bucket_once_one_is_named() {
    let bucket = |file: &str| read(Some(file), &[]).unwrap().check().unwrap().bucket;
    assert_eq!(bucket(""), None);
    let amazon = bucket("s3_bucket = 'images'").unwrap();
    assert_eq!(
        (amazon.endpoint, amazon.credentials, amazon.path_style, amazon.redirect),
        (None, None, false, false)
    );
    let mut secret = tempfile::NamedTempFile::new().unwrap();
    secret.write_all(b"hunter2\n").unwrap();
    let file = format!(
        "s3_bucket = 'images'\ns3_endpoint = 'http://minio:9000/'\ns3_prefix = '/towpath/qa/'\ns3_redirect = true\n\
         s3_access_key = 'me'\ns3_secret_key_file = '{}'",
        secret.path().display()
    );
    let own = bucket(&file).unwrap();
    assert_eq!((own.endpoint.as_deref(), own.prefix.as_str()), (Some("http://minio:9000"), "towpath/qa"));
    assert!(own.path_style && own.redirect);
    assert!(!format!("{own:?}").contains("hunter2"), "{own:?}");
    assert_eq!(own.credentials.unwrap().secret_key, "hunter2");
    let printed = read(Some("s3_secret_key = 'hunter2'"), &[]).unwrap().to_text();
    assert!(printed.contains("s3_secret_key = \"***\""), "{printed}");
}

#[test]
fn half_a_bucket_stops_the_start() {
    insta::assert_snapshot!(
        refusal(None, &[("TOWPATH_S3_ENDPOINT", "http://minio:9000")]),
        @"s3_endpoint (TOWPATH_S3_ENDPOINT) is “http://minio:9000”, but it must be left out, as long as s3_bucket names no bucket."
    );
    insta::assert_snapshot!(
        refusal(None, &[("TOWPATH_S3_BUCKET", "b"), ("TOWPATH_S3_ENDPOINT", "minio:9000")]),
        @"s3_endpoint (TOWPATH_S3_ENDPOINT) is “minio:9000”, but it must be https:// or http:// and a host, with a port if need be and no path; or nothing, for Amazon."
    );
    insta::assert_snapshot!(
        refusal(Some("s3_bucket = 'b'\ns3_access_key = 'me'"), &[]),
        @"s3_secret_key or s3_secret_key_file is missing."
    );
    insta::assert_snapshot!(
        refusal(Some("s3_bucket = 'b'\ns3_secret_key = 's'"), &[]),
        @"s3_access_key, to which the secret key belongs, is missing."
    );
    insta::assert_snapshot!(
        refusal(Some("s3_bucket = 'b'\ns3_access_key = 'me'\ns3_secret_key = 's'\ns3_secret_key_file = 'f'"), &[]),
        @"s3_secret_key and s3_secret_key_file are both given; leave one out."
    );
    for wrong in ["a b", "a/b", "bücket"] {
        assert!(refusal(None, &[("TOWPATH_S3_BUCKET", wrong)]).contains("the name of a bucket"), "{wrong}");
    }
}

const PROVIDER: &str = "[[providers]]\nslug = 'okta'\nissuer = 'https://okta.example'\nclient_id = 'towpath'";

#[test]
fn passwords_are_switched_off_once_there_is_another_way_in() {
    insta::assert_snapshot!(
        refusal(None, &[("TOWPATH_LOCAL_SIGN_IN", "false")]),
        @"local_sign_in (TOWPATH_LOCAL_SIGN_IN) is “false”, but it must be true, since no provider is configured."
    );
    let file = format!("local_sign_in = false\n{PROVIDER}");
    let sign_in = read(Some(&file), &[]).unwrap().check().unwrap().sign_in;
    assert!(!sign_in.passwords && sign_in.providers.len() == 1);
    insta::assert_snapshot!(
        refusal(Some(&file), &[("TOWPATH_LOCAL_SIGN_IN", "no")]),
        @"local_sign_in (TOWPATH_LOCAL_SIGN_IN) is “no”, but it must be true or false."
    );
}

#[test]
fn hosts_inside_are_called_only_by_name() {
    insta::assert_snapshot!(
        refusal(None, &[("TOWPATH_OUTGOING_ALLOW", "idp:8080")]),
        @"outgoing_allow (TOWPATH_OUTGOING_ALLOW) is “idp:8080”, but it must be hosts with spaces between, each a name or an address without port and path."
    );
}

/// With `TOWPATH_TEST_UPDATE` set, the page is written instead.
#[test]
fn the_guide_tells_of_every_key() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    if std::env::var_os("TOWPATH_TEST_UPDATE").is_some() {
        std::fs::write(&page, keys::guide()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&page).unwrap(), keys::guide());
}

//! Listing tags.

use crate::harness::{Outcome, Registry, refusal};

#[tokio::test]
async fn tags_are_listed_in_the_order_of_ascii_and_page_by_page() -> Outcome {
    let registry = Registry::start().await?;
    let name = "shop/checkout";
    for tag in ["b", "B", "a", "1.10", "1.2", "_x"] {
        registry.push_image(name, tag, "one").await?;
    }
    let mut path = format!("/v2/{name}/tags/list?n=4");
    let mut pages = Vec::new();
    while !path.is_empty() {
        let answer = registry.get(&path).await?;
        assert_eq!(answer.json()["name"], name);
        pages.push(answer.json()["tags"].clone());
        let link = answer.header("link");
        assert!(link.is_empty() || link.ends_with(">; rel=\"next\""), "{link}");
        path = link.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
    }
    assert_eq!(serde_json::to_string(&pages)?, r#"[["1.10","1.2","B","_x"],["a","b"]]"#);
    Ok(())
}

#[tokio::test]
async fn last_need_not_be_a_tag_and_no_tags_can_be_asked_for() -> Outcome {
    let registry = Registry::start().await?;
    registry.push_image("shop/checkout", "b", "one").await?;
    for (query, tags) in [("", r#"["b"]"#), ("?last=a", r#"["b"]"#), ("?last=b", "[]"), ("?n=0", "[]")] {
        let answer = registry.get(&format!("/v2/shop/checkout/tags/list{query}")).await?;
        assert_eq!(answer.json()["tags"].to_string(), tags, "{query}");
        assert_eq!(answer.header("link"), "");
    }
    let bad = registry.get("/v2/shop/checkout/tags/list?n=-1").await?;
    assert_eq!(bad.status.as_u16(), 400);
    Ok(())
}

#[tokio::test]
async fn current_is_listed_once_a_bucket_holds_something() -> Outcome {
    let registry = Registry::start().await?;
    let path = "/v2/shop/checkout/qa/tags/list";
    assert_eq!(registry.get(path).await?.json()["tags"].to_string(), "[]");
    for tag in ["z", "a"] {
        registry.push_image("shop/checkout/qa", tag, tag).await?;
    }
    assert_eq!(registry.get(path).await?.json()["tags"].to_string(), r#"["a","current","z"]"#);
    let paged = registry.get(&format!("{path}?n=1&last=a")).await?;
    assert_eq!(paged.json()["tags"].to_string(), r#"["current"]"#);
    assert!(paged.header("link").contains("last=current"));
    Ok(())
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_unknown() -> Outcome {
    let registry = Registry::start().await?;
    for name in ["shop/nothing", "nothing/checkout", "shop/checkout/nowhere"] {
        let answer = registry.get(&format!("/v2/{name}/tags/list")).await?;
        assert_eq!(answer.refusal(), refusal(404, "NAME_UNKNOWN"), "{name}");
    }
    Ok(())
}

//! The guide in `docs/`, held by the server as Markdown and shown as HTML.
//!
//! It is our own text, so it is trusted; links between its files become links between its pages.

use crate::fns::docs::{Chapter, Page};
use crate::paths;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, html};

macro_rules! pages {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../docs/", $name, ".md")))),+]
    };
}

/// The pages in the order in which they are read; the first stands at `/docs` itself.
const PAGES: [(&str, &str); 26] = pages![
    "first-steps",
    "concepts",
    "roles",
    "pushing",
    "trusted-publishing",
    "signatures",
    "deploying",
    "projects",
    "as-code",
    "storage",
    "registries",
    "keyboard",
    "install",
    "configuration",
    "sso",
    "postgres",
    "backup",
    "monitoring",
    "audit",
    "webhooks",
    "proxy",
    "cli",
    "rest",
    "problems",
    "threats",
    "security",
];

/// A page of the guide by its name; the first one by no name.
pub fn page(name: &str) -> Option<Page> {
    let name = if name.is_empty() { PAGES[0].0 } else { name };
    let (name, text) = PAGES.iter().find(|(known, _)| *known == name)?;
    let (title, body) = split(text);
    let others = PAGES.iter().map(|(name, text)| Chapter { name: (*name).to_owned(), title: split(text).0 });
    Some(Page { name: (*name).to_owned(), title, html: render(body), others: others.collect() })
}

/// The title that a page begins with, in plain words, and the rest.
fn split(text: &str) -> (String, &str) {
    let (title, body) = text.split_once('\n').unwrap_or((text, ""));
    (title.trim_start_matches("# ").replace('`', ""), body)
}

fn render(markdown: &str) -> String {
    let mut events: Vec<Event> = Parser::new_ext(markdown, Options::ENABLE_TABLES).map(adapt).collect();
    name_headings(&mut events);
    let mut html = String::new();
    html::push_html(&mut html, events.into_iter());
    html
}

fn adapt(event: Event) -> Event {
    match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: address(&dest_url).into(), title, id })
        }
        // What scrolls sideways can be reached by keyboard.
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented)) => {
            Event::Html("<pre tabindex=\"0\"><code>".into())
        }
        Event::End(TagEnd::CodeBlock) => Event::Html("</code></pre>\n".into()),
        Event::Start(Tag::Table(_)) => {
            Event::Html("<div class=\"table-scroll\" tabindex=\"0\"><table class=\"table\">".into())
        }
        Event::End(TagEnd::Table) => Event::Html("</tbody></table></div>\n".into()),
        other => other,
    }
}

/// Where a link of a file leads on the server.
fn address(link: &str) -> String {
    let (file, fragment) = link.split_once('#').map_or((link, ""), |(file, fragment)| (file, fragment));
    let fragment = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
    match file.strip_suffix(".md") {
        Some(page) if !page.contains('/') => format!("{}{fragment}", paths::docs(page)),
        _ if file == "openapi.json" => "/api/v1/openapi.json".to_owned(),
        _ => link.to_owned(),
    }
}

/// Gives each heading the id that other pages link to.
fn name_headings(events: &mut [Event]) {
    for start in 0..events.len() {
        let Event::Start(Tag::Heading { .. }) = events[start] else { continue };
        let words =
            events[start..].iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
        let words: String = words
            .filter_map(|event| match event {
                Event::Text(text) | Event::Code(text) => Some(&**text),
                _ => None,
            })
            .collect();
        if let Event::Start(Tag::Heading { id, .. }) = &mut events[start] {
            *id = Some(CowStr::from(anchor(&words)));
        }
    }
}

/// As GitHub names the headings of a file, so that a link works on both.
fn anchor(words: &str) -> String {
    let words = words.to_lowercase().replace(' ', "-");
    words.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_')).collect()
}

#[cfg(test)]
mod tests {
    use super::{PAGES, address, page, render, split};
    use std::collections::BTreeSet;

    /// Everything that could be linked to: each page, and each heading of it.
    fn targets() -> BTreeSet<String> {
        let mut targets = BTreeSet::new();
        for (name, text) in PAGES {
            targets.insert(format!("/docs/{name}"));
            let html = render(split(text).1);
            let ids = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
            targets.extend(ids.map(|id| format!("/docs/{name}#{id}")));
        }
        targets
    }

    #[test]
    fn every_link_inside_the_guide_leads_somewhere() {
        let targets = targets();
        for (name, text) in PAGES {
            let html = render(split(text).1);
            let links = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
            for link in links.filter(|link| link.starts_with("/docs") || !link.contains("://")) {
                let known = targets.contains(link) || link == "/api/v1/openapi.json";
                assert!(known, "{name}.md links to {link}");
            }
        }
    }

    #[test]
    fn links_between_files_become_links_between_pages() {
        assert_eq!(address("roles.md"), "/docs/roles");
        assert_eq!(address("problems.md#conflict"), "/docs/problems#conflict");
        assert_eq!(address("openapi.json"), "/api/v1/openapi.json");
        assert_eq!(address("https://example.org/a.md"), "https://example.org/a.md");
    }

    #[test]
    fn headings_have_ids_and_what_scrolls_can_be_focused() {
        let html = render("## Roles and `may`\n\n```sh\na < b\n```\n\n| a |\n|---|\n| 1 |\n");
        assert!(html.contains("<h2 id=\"roles-and-may\">"), "{html}");
        assert!(html.contains("<pre tabindex=\"0\"><code>a &lt; b\n</code></pre>"), "{html}");
        assert!(
            html.contains("<div class=\"table-scroll\" tabindex=\"0\"><table class=\"table\">"),
            "{html}"
        );
        assert!(!html.contains("style="), "the policy forbids it: {html}");
    }

    #[test]
    fn no_page_holds_html_or_pictures_of_its_own() {
        for (name, text) in PAGES {
            assert!(!text.contains("![") && !text.contains("</"), "{name}.md");
        }
    }

    #[test]
    fn the_guide_shows_the_files_for_proxies_as_they_are() {
        let (_, text) = PAGES.iter().find(|(name, _)| *name == "proxy").expect("the page");
        for file in [include_str!("../../deploy/nginx.conf"), include_str!("../../deploy/Caddyfile")] {
            assert!(text.contains(file.trim()), "docs/proxy.md does not hold:\n{file}");
        }
    }

    #[test]
    fn the_first_page_stands_at_the_root_and_an_unknown_one_nowhere() {
        let first = page("").expect("the first");
        assert_eq!((first.name.as_str(), first.others.len()), ("first-steps", PAGES.len()));
        assert_eq!(page("nothing"), None);
    }
}

//! The two fields that name something new: what people read, and what stands in addresses.

use super::Draft;
use crate::components::field::{TextField, Validate};
use leptos::prelude::*;
use towpath_domain::slugs::{Slug, SlugError};
use towpath_domain::words::Title;

/// Title and slug. With script the slug follows the title until it is edited.
#[component]
pub fn NameFields(
    draft: Draft,
    /// Says what is wrong with a slug.
    validate: Validate,
    /// Whether something else on the page comes first, so that the focus is left where it is.
    #[prop(optional)]
    aside: bool,
) -> impl IntoView {
    let suggestion = RwSignal::new(String::new());
    view! {
        <div class="form__row">
            <TextField
                name=draft.field("title")
                label="Title"
                hint="What people read."
                required=true
                autofocus=!aside
                validate=Validate::by(Title::parse)
                on_type=move |title: String| suggestion.set(suggest(&title))
            />
            <TextField
                name=draft.field("slug")
                label="Slug"
                hint="Stands in addresses for good."
                required=true
                mono=true
                validate=validate
                suggestion=suggestion
            />
        </div>
    }
}

/// A check of a new slug, which also knows those that are `taken` already.
pub fn free(
    parse: fn(&str) -> Result<Slug, SlugError>,
    taken: impl IntoIterator<Item = Slug>,
    message: &'static str,
) -> Validate {
    let taken: Vec<Slug> = taken.into_iter().collect();
    Validate::from(move |text: &str| match parse(text) {
        Ok(slug) if taken.contains(&slug) => Err(message.to_owned()),
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    })
}

/// A slug that a title suggests: its letters and digits, with hyphens between the words. Words are kept
/// whole, as many as a slug has room for.
fn suggest(title: &str) -> String {
    let title: String = title.to_lowercase().chars().map(plain).collect();
    let words = title.split(|letter: char| !letter.is_ascii_alphanumeric());
    let mut slug = String::new();
    for word in words {
        let starts = slug.is_empty();
        let word =
            if starts { word.trim_start_matches(|letter: char| letter.is_ascii_digit()) } else { word };
        if word.is_empty() {
            continue;
        }
        let longer = if starts { word.to_owned() } else { format!("{slug}-{word}") };
        if Slug::parse(&longer).is_err() {
            break;
        }
        slug = longer;
    }
    slug
}

/// A small letter of the Latin languages without its marks; any other as it is.
const fn plain(letter: char) -> char {
    match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' | 'ð' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ì'..='ï' | 'ī' | 'į' | 'ı' => 'i',
        'ł' | 'ľ' | 'ļ' | 'ĺ' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ŕ' | 'ř' | 'ŗ' => 'r',
        'ś' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ț' => 't',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' | 'ų' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_suggests_a_slug_that_is_accepted() {
        for (title, slug) in [
            ("Shop", "shop"),
            ("Zürich Büro", "zurich-buro"),
            ("Checkout & Payments", "checkout-payments"),
            ("  2nd  Shop 3 ", "nd-shop-3"),
            ("a very long title that goes on and on on and on", "a-very-long-title-that-goes-on-and-on-on"),
        ] {
            assert_eq!(suggest(title), slug);
            assert!(Slug::parse_new(slug).is_ok());
        }
        assert_eq!(suggest("日本"), "");
    }

    #[test]
    fn a_word_too_long_for_a_slug_is_left_out() {
        assert_eq!(suggest(&"a".repeat(90)), "");
    }
}

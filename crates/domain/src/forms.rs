//! What a form's checks answer: which field is wrong, and what to do about it.

use serde::{Deserialize, Serialize};

/// One mistake in a form, beside the field it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name in the form.
    pub field: String,
    /// What is wrong and what to do, as a sentence.
    pub message: String,
}

/// A form that cannot be accepted: at least one mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invalid(Vec<FieldError>);

impl Invalid {
    #[expect(clippy::needless_pass_by_value, reason = "calls read better without a borrow")]
    pub fn field(field: &str, message: impl ToString) -> Self {
        Self(vec![FieldError { field: field.to_owned(), message: message.to_string() }])
    }

    /// These mistakes, and others of the same form after them.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    pub fn errors(&self) -> &[FieldError] {
        &self.0
    }

    /// The same mistakes where fields have other names.
    #[must_use]
    pub fn renamed(self, name: impl Fn(&str) -> String) -> Self {
        let other = |error: FieldError| FieldError { field: name(&error.field), ..error };
        Self(self.0.into_iter().map(other).collect())
    }

    /// The same mistakes in a part of a larger form.
    #[must_use]
    pub fn below(self, part: &str) -> Self {
        self.renamed(|field| below(part, field))
    }
}

/// The name of a field of a part: `stages[0][bucket]` of `documents[3]` is `documents[3][stages][0][bucket]`.
pub fn below(part: &str, field: &str) -> String {
    let (first, rest) = field.split_at(field.find('[').unwrap_or(field.len()));
    format!("{part}[{first}]{rest}")
}

impl std::fmt::Display for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{}: {}", error.field, error.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Invalid {}

/// Collects the mistakes of a form, so that a person reads all of them at once.
#[derive(Debug, Default)]
pub struct Check(Vec<FieldError>);

impl Check {
    /// Keeps the value, or notes why the field is wrong.
    pub fn field<T, E: ToString>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.mistake(field, error)).ok()
    }

    #[expect(clippy::needless_pass_by_value, reason = "calls read better without a borrow")]
    pub fn mistake(&mut self, field: &str, message: impl ToString) {
        self.0.push(FieldError { field: field.to_owned(), message: message.to_string() });
    }

    /// The checked form, if every part of it is there and nothing was noted.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Invalid> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(Invalid(self.0)),
        }
    }
}

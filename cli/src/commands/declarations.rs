//! `plan`, `apply -f` and `export`: an installation as documents.

use crate::args::{ApplyDocuments, Belonging, Export, Format, Plan};
use crate::documents::{self, Found};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, plain, say, show};
use clap::ValueEnum;
use std::io::{self, IsTerminal, Write};
use towpath_api::client::{self, Client};
use towpath_api::declarations::{
    AppliedDeclarations, DeclarationStep, DeclarationsExport, NewDeclarations, StepAction, StepOutcome,
};

pub async fn plan(client: &Client, args: Plan, format: Format) -> Result<Exit, Failure> {
    let found = documents::read(&args.files)?;
    let plan = ask(client.plan_declarations(&wanted(&found, &args.belonging)).await, &found)?;
    tell(&plan, &plan.steps, format, &found)?;
    say(&summary(&plan.steps));
    Ok(match (plan.can_be_applied, plan.changes) {
        (false, _) => Exit::Blocked,
        (true, true) => Exit::Differences,
        (true, false) => Exit::Success,
    })
}

pub async fn apply(client: &Client, args: ApplyDocuments, format: Format) -> Result<Exit, Failure> {
    let found = documents::read(&args.files)?;
    let wanted = wanted(&found, &args.belonging);
    let plan = ask(client.plan_declarations(&wanted).await, &found)?;
    if !plan.can_be_applied || !args.yes {
        // What is asked about is looked at first, and is no result yet.
        let mut words = io::stderr();
        _ = words.write_all(lines(&plan.steps, &found, colours(&words)).as_bytes());
        say(&summary(&plan.steps));
    }
    if !plan.can_be_applied {
        return Ok(Exit::Blocked);
    }
    // Also where nothing changes: the set becomes the owner of what it declares.
    if plan.changes && !args.yes && !agreed(&args.files)? {
        say("Nothing was changed.");
        return Ok(Exit::Failure);
    }
    let wanted = NewDeclarations { fingerprint: Some(plan.fingerprint), ..wanted };
    let applied = ask(client.apply_declarations(&wanted).await, &found)?;
    tell(&applied, &applied.steps, format, &found)?;
    say(&outcome(&applied));
    Ok(if applied.complete { Exit::Success } else { Exit::Blocked })
}

pub async fn export(client: &Client, args: Export, format: Format) -> Result<Exit, Failure> {
    let name = args.name.unwrap_or_default();
    let (project, slug) = name.split_once('/').unwrap_or(("", &name));
    let kind = args.kind.and_then(|kind| Some(kind.to_possible_value()?.get_name().to_owned()));
    let asked = DeclarationsExport {
        project: args.project.map_or_else(|| project.to_owned(), String::from),
        kind: kind.unwrap_or_default(),
        slug: slug.to_owned(),
    };
    let exported = client.export_declarations(&asked).await?;
    match format {
        Format::Json => show(format, &exported, |_| output::Table::default())?,
        Format::Name => output::write(&names(&exported)?)?,
        Format::Table | Format::Yaml => {
            let yaml = exported.yaml(client.declarations_schema().as_str());
            output::write(&yaml.map_err(io::Error::other)?)?
        }
    };
    Ok(Exit::Success)
}

fn names(exported: &towpath_api::declarations::ExportedDeclarations) -> io::Result<String> {
    let name = |document| -> io::Result<String> {
        let document = serde_json::to_value(document)?;
        let word = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
        let project = document["project"].as_str().map(|project| format!("{project}/")).unwrap_or_default();
        Ok(format!("{} {project}{}\n", word("kind"), word("slug")))
    };
    exported.documents.iter().map(name).collect()
}

fn wanted(found: &[Found], belonging: &Belonging) -> NewDeclarations {
    NewDeclarations {
        documents: found.iter().map(Found::value).collect(),
        set: belonging.set.as_ref().map(ToString::to_string).unwrap_or_default(),
        prune: belonging.prune,
        take_over: belonging.take_over,
        fingerprint: None,
    }
}

/// An answer; where documents are wrong, in words of their files.
fn ask<T>(answer: Result<T, client::Error>, found: &[Found]) -> Result<T, Failure> {
    answer.map_err(|error| match &error {
        client::Error::Problem(problem) => documents::place(problem, found).unwrap_or(Failure::Server(error)),
        _ => Failure::Server(error),
    })
}

fn tell<T: serde::Serialize>(
    result: &T,
    steps: &[DeclarationStep],
    format: Format,
    found: &[Found],
) -> io::Result<()> {
    match format {
        Format::Table => output::write(&lines(steps, found, colours(&io::stdout()))).map(drop),
        _ => show(format, result, |_| table(steps)).map(drop),
    }
}

/// One line for each thing that is not as it is declared, of which only the name is wanted.
fn table(steps: &[DeclarationStep]) -> output::Table {
    let mut table = output::Table::new(&["NAME"]);
    for step in to_do(steps) {
        table.row([name(step)]);
    }
    table
}

fn to_do(steps: &[DeclarationStep]) -> impl Iterator<Item = &DeclarationStep> {
    steps.iter().filter(|step| step.action != StepAction::Keep || step.refused.is_some())
}

fn name(step: &DeclarationStep) -> String {
    let project = step.project.as_ref().map(|project| format!("{project}/")).unwrap_or_default();
    format!("{} {project}{}", step.kind, step.slug)
}

/// The steps as people compare them: what is created, changed and deleted, field by field.
fn lines(steps: &[DeclarationStep], found: &[Found], coloured: bool) -> String {
    let mut lines = Vec::new();
    for step in to_do(steps) {
        let (sign, colour) = match step.action {
            StepAction::Create => ("+", "32"),
            StepAction::Change => ("~", "33"),
            StepAction::Delete => ("-", "31"),
            StepAction::Keep => (" ", "0"),
        };
        let file = step.document.and_then(|number| found.get(number));
        let file = file.map(|found| format!("  ({})", plain(&found.file))).unwrap_or_default();
        let outcome = match step.outcome {
            None => "",
            Some(StepOutcome::Done) => "  done",
            Some(StepOutcome::Refused) => "  refused",
            Some(StepOutcome::Left) => "  left",
        };
        let line = format!("{sign} {}{file}{outcome}", plain(&name(step)));
        lines.push(if coloured { format!("\u{1b}[{colour}m{line}\u{1b}[0m") } else { line });
        // Of what was done, the plan has told already.
        for change in step.changes.iter().filter(|_| step.outcome.is_none()) {
            let (from, to) = (side(change.from.as_ref()), side(change.to.as_ref()));
            let field = plain(&change.field);
            lines.push(match step.action {
                StepAction::Create => format!("    {field}: {to}"),
                _ => format!("    {field}: {from} → {to}"),
            });
        }
        for (word, words) in [("note", &step.note), ("refused", &step.refused)] {
            if let Some(words) = words {
                lines.push(format!("    {word}: {}", plain(words)));
            }
        }
    }
    lines.into_iter().flat_map(|line| [line, "\n".to_owned()]).collect()
}

fn side(json: Option<&String>) -> String {
    json.map_or_else(|| "(none)".to_owned(), |json| plain(json))
}

/// Whether colours are wanted where something is written (<https://no-color.org>).
fn colours(to: &impl IsTerminal) -> bool {
    to.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn summary(steps: &[DeclarationStep]) -> String {
    let count = |action| steps.iter().filter(|step| step.action == action).count();
    let (create, change) = (count(StepAction::Create), count(StepAction::Change));
    let (delete, keep) = (count(StepAction::Delete), count(StepAction::Keep));
    let refused = steps.iter().filter(|step| step.refused.is_some()).count();
    let refused = match refused {
        0 => String::new(),
        1 => " 1 of them cannot be done.".to_owned(),
        several => format!(" {several} of them cannot be done."),
    };
    if create + change + delete == 0 {
        return "Nothing to do: all is as it is declared.".to_owned();
    }
    format!("{create} to create, {change} to change, {delete} to delete, {keep} as declared.{refused}")
}

fn outcome(applied: &AppliedDeclarations) -> String {
    let count = |wanted| applied.steps.iter().filter(|step| step.outcome == Some(wanted)).count();
    if applied.complete {
        return match applied.steps.len() {
            0 => "Nothing to do: all is as it is declared.".to_owned(),
            done => format!("Applied: {done} done."),
        };
    }
    let (done, left) = (count(StepOutcome::Done), count(StepOutcome::Left));
    format!("Not all was applied: {done} done, 1 refused, {left} left. Apply the same again to go on.")
}

/// Asks a person whether the plan shall be applied.
fn agreed(files: &[std::path::PathBuf]) -> Result<bool, Failure> {
    let read = files.iter().any(|file| file.as_os_str() == "-");
    if read || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        let message = "there is no terminal to ask on; say --yes to apply this without a question";
        return Err(Failure::Usage(message.to_owned()));
    }
    let mut prompt = io::stderr();
    write!(prompt, "Apply this? [y/N] ")?;
    prompt.flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(matches!(line.trim().to_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use towpath_api::declarations::FieldChange;

    fn step(action: StepAction, changes: Vec<FieldChange>) -> DeclarationStep {
        DeclarationStep {
            action,
            kind: "workflow".to_owned(),
            project: Some("shop".to_owned()),
            slug: "release".to_owned(),
            document: None,
            changes,
            note: None,
            refused: None,
            outcome: None,
        }
    }

    #[test]
    fn a_change_is_told_field_by_field() {
        let change =
            FieldChange { field: "title".into(), from: Some("\"A\"".into()), to: Some("\"B\"".into()) };
        let steps = [step(StepAction::Change, vec![change]), step(StepAction::Keep, Vec::new())];
        assert_eq!(lines(&steps, &[], false), "~ workflow shop/release\n    title: \"A\" → \"B\"\n");
        assert_eq!(summary(&steps), "0 to create, 1 to change, 0 to delete, 1 as declared.");
    }

    #[test]
    fn a_terminal_is_not_commanded_by_what_others_wrote() {
        let change = FieldChange { field: "title".into(), from: None, to: Some("\u{1b}[2J".into()) };
        let told = lines(&[step(StepAction::Create, vec![change])], &[], false);
        assert!(!told.contains('\u{1b}'), "{told}");
    }
}

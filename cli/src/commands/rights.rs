//! `rights`.

use crate::args::{Format, Rights};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Table, say, show};
use towpath_api::client::Client;
use towpath_api::rights::{Holder, PersonRights, Right, Through, WhoMay};

pub async fn run(client: &Client, args: Rights, format: Format) -> Result<Exit, Failure> {
    if let Some(person) = &args.person {
        let rights = client.rights_of(&id(client, person).await?, &args.at).await?;
        show(format, &rights, of_person)?;
        if rights.deactivated {
            say("The account is deactivated: nothing acts for it, whatever its roles.");
        }
        if rights.partial {
            say("Roles in places that you do not see are left out.");
        }
        return Ok(Exit::Success);
    }
    let (Some(action), Some(place)) = (args.action, args.place) else {
        return Err(Failure::Usage("name what and where, or a person with --person".to_owned()));
    };
    let who = client.who_may(action.name(), &place, &args.at).await?;
    show(format, &who, holders)?;
    if who.anybody {
        say("Whoever does not say who they are may, too.");
    }
    Ok(Exit::Success)
}

/// The id of someone by their address, as far as who asks sees the people of the installation.
async fn id(client: &Client, person: &str) -> Result<String, Failure> {
    if !person.contains('@') {
        return Ok(person.to_owned());
    }
    let address = person.to_lowercase();
    let found = client.people().await?.items.into_iter().find(|member| member.person.email == address);
    found
        .map(|member| member.person.id)
        .ok_or_else(|| Failure::NotFound(format!("nobody here has the address {person}")))
}

fn holders(who: &WhoMay) -> Table {
    let mut table = Table::new(&["NAME", "KIND", "HOW FAR", "THROUGH"]);
    let lines = who.items.iter().map(|holder| (holder, "all of it"));
    for (holder, far) in lines.chain(who.partly.iter().map(|holder| (holder, "a part of it"))) {
        let Holder { name, kind, through, .. } = holder;
        table.row([name.clone(), kind.replace('_', " "), far.to_owned(), words(through)]);
    }
    table
}

fn of_person(rights: &PersonRights) -> Table {
    let mut table = Table::new(&["MAY", "THROUGH"]);
    for Right { action, through } in &rights.items {
        table.row([action.clone(), words(through)]);
    }
    table
}

/// “admin in the whole installation; developer in the project shop, outside production”.
fn words(through: &[Through]) -> String {
    let one = |through: &Through| {
        let group =
            through.group.as_ref().map(|group| format!(" through the group {group}")).unwrap_or_default();
        let reach = if through.outside_production { ", outside production" } else { "" };
        format!("{} in {}{group}{reach}", through.role, through.place)
    };
    through.iter().map(one).collect::<Vec<_>>().join("; ")
}

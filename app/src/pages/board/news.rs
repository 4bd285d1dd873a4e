//! What changed on a board while it was looked at, in sentences for those who listen.

use std::collections::HashSet;
use towpath_domain::boards::{Board, Card, Column};

/// More is only counted: nobody wants to hear a list.
const TOLD: usize = 3;

/// What is new since an earlier reading of the same board.
pub fn news(before: &Board, now: &Board) -> Vec<String> {
    let mut told = Vec::new();
    for column in &now.columns {
        if let Some(earlier) = before.column(column.slot.key) {
            tell(earlier, column, &mut told);
        }
    }
    for line in &now.holds {
        let hold = &line.hold;
        if before.holds.iter().all(|earlier| earlier.hold.number != hold.number) {
            told.push(format!("{} placed hold {} on {}.", line.made_by, hold.number, hold.address.words()));
        }
    }
    for line in &before.holds {
        let hold = &line.hold;
        if now.holds.iter().all(|later| later.hold.number != hold.number) {
            told.push(format!("Hold {} on {} has ended.", hold.number, hold.address.words()));
        }
    }
    let more = told.len().saturating_sub(TOLD);
    told.truncate(TOLD);
    match more {
        0 => {}
        1 => told.push("And one more change.".to_owned()),
        more => told.push(format!("And {more} more changes.")),
    }
    told
}

fn tell(before: &Column, now: &Column, told: &mut Vec<String>) {
    let slug = &now.slot.slug;
    let arrived = now.current.as_ref().filter(|card| is_new(card, before));
    if let Some(card) = arrived {
        let (by, tag) = (&card.by, &card.build.tag);
        told.push(match card.cause.as_str() {
            "promotion" => format!("{by} promoted {tag} to {slug}."),
            "rollback" => format!("{by} rolled {slug} back to {tag}."),
            "assignment" => format!("{by} assigned {tag} to {slug}."),
            "reclassification" => format!("{by} led {tag} to {slug} by reclassifying."),
            "carry-over" => format!("{by} carried {tag} over to {slug}."),
            _ => format!("{by} pushed {tag} to {slug}."),
        });
    }
    for waiting in &now.waiting {
        let earlier = before.waiting.iter().find(|earlier| earlier.number == waiting.number);
        let needs = waiting.needs.join(" and ");
        match earlier {
            None => {
                let wish = match &waiting.pins_in {
                    Some(place) => format!("pin {} in {place}", waiting.tag),
                    None => format!("promote {} to {slug}", waiting.tag),
                };
                told.push(format!("{} asked to {wish}. It waits for {needs}.", waiting.requested_by));
            }
            Some(earlier) if earlier.needs != waiting.needs => {
                told.push(format!("Promotion #{} to {slug} now waits for {needs}.", waiting.number));
            }
            Some(_) => {}
        }
    }
    let waits: HashSet<i64> = now.waiting.iter().map(|waiting| waiting.number).collect();
    for ended in before.waiting.iter().filter(|waiting| !waits.contains(&waiting.number)) {
        if ended.pins_in.is_some() {
            told.push(format!("Promotion #{} to {slug} has ended.", ended.number));
            continue;
        }
        // One that was applied is told by what arrived.
        if arrived.is_none_or(|card| card.build.id != ended.build) {
            told.push(format!("Promotion #{} to {slug} ended without being applied.", ended.number));
        }
    }
    let known = |tag, at| before.refused.iter().any(|earlier| earlier.tag == tag && earlier.at == at);
    for refused in now.refused.iter().filter(|refused| !known(refused.tag.clone(), refused.at)) {
        told.push(format!("{} was refused in {slug}.", refused.tag));
    }
    if before.paused_at.is_some() && now.paused_at.is_none() {
        told.push(format!("Builds arrive in {slug} again."));
    }
}

fn is_new(card: &Card, before: &Column) -> bool {
    before.current.as_ref().is_none_or(|earlier| earlier.placement != card.placement)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use towpath_domain::boards::Waiting;

    fn id(number: u32) -> String {
        format!("00000000-0000-0000-0000-{number:012}")
    }

    fn card(number: u32, cause: &str) -> Card {
        let build = json!({
            "id": id(number), "integration": id(9), "digest": format!("sha256:{number:064}"), "external_id": "",
            "tag": format!("1.{number}"), "media_type": "", "size": 0, "platforms": [], "origin": {},
            "received_at": 0, "received_via": "push",
        });
        let card = json!({
            "build": build, "behind": {"pusher": id(1)}, "placement": id(100 + number), "cause": cause, "by": "Ada",
            "by_token": false, "at": 0, "reason": null, "been": [], "ran": { "reported": "nobody" },
            "checks": [],
        });
        serde_json::from_value(card).unwrap()
    }

    fn waiting(number: i64, build: u32, needs: &str) -> Waiting {
        let waiting = json!({
            "number": number, "build": id(build), "tag": format!("1.{build}"), "from": "qa", "needs": [needs], "until": null,
            "requested_by": "Rui", "requested_at": 0, "scheduled_for": null, "pins_in": null,
        });
        serde_json::from_value(waiting).unwrap()
    }

    fn board(current: Option<Card>, waiting: Vec<Waiting>) -> Board {
        let stream =
            json!({ "id": id(7), "slug": "production", "title": "P", "production": true, "built_in": true });
        let column = json!({
            "slot": { "key": { "kind": "environment", "id": id(5) }, "slug": "prod", "title": "P", "stream": stream },
            "is_stage": true, "arrivals": "any", "gates": [], "automatic": false, "current": current, "history": [],
            "waiting": waiting, "refused": [], "fed": [], "paused_at": null, "version": 1,
            "may_roll_back": { "Ok": null }, "may_resume": { "Ok": null },
        });
        let board = json!({
            "project": { "id": id(2), "slug": "shop", "title": "S", "created_at": 0 },
            "integration": {
                "id": id(9), "project": id(2), "slug": "checkout", "title": "C", "kind": "environment",
                "workflow": { "follows": "none" }, "rule": { "follows": "none" }, "created_at": 0,
            },
            "workflow": null, "columns": [column], "openings": [], "holds": [], "unclassified": [], "registry": "", "insecure": true,
            "actor": { "identity": { "as": "person", "person": id(1) }, "grants": [], "scope": null },
            "as_of": 1, "now": 0,
        });
        serde_json::from_value(board).unwrap()
    }

    #[test]
    fn what_arrived_is_told_with_who_and_how() {
        let before = board(Some(card(1, "push")), Vec::new());
        let told = |cause| news(&before, &board(Some(card(2, cause)), Vec::new()));
        assert_eq!(told("push"), ["Ada pushed 1.2 to prod."]);
        assert_eq!(told("promotion"), ["Ada promoted 1.2 to prod."]);
        assert_eq!(told("rollback"), ["Ada rolled prod back to 1.2."]);
        assert_eq!(told("assignment"), ["Ada assigned 1.2 to prod."]);
        assert!(news(&before, &before).is_empty());
    }

    #[test]
    fn what_waits_is_told_when_it_begins_changes_and_ends() {
        let none = board(None, Vec::new());
        let one = board(None, vec![waiting(4, 2, "2 approvals")]);
        let less = board(None, vec![waiting(4, 2, "1 approval")]);
        assert_eq!(news(&none, &one), ["Rui asked to promote 1.2 to prod. It waits for 2 approvals."]);
        assert_eq!(news(&one, &less), ["Promotion #4 to prod now waits for 1 approval."]);
        assert_eq!(news(&less, &none), ["Promotion #4 to prod ended without being applied."]);
        let applied = board(Some(card(2, "promotion")), Vec::new());
        assert_eq!(news(&less, &applied), ["Ada promoted 1.2 to prod."], "once");
    }

    #[test]
    fn much_at_once_is_counted() {
        let many = (1..=6).map(|number| waiting(number, 2, "1 approval")).collect();
        let told = news(&board(None, Vec::new()), &board(None, many));
        assert_eq!((told.len(), told[3].as_str()), (4, "And 3 more changes."));
    }
}

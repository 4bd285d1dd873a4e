//! What happened to promotions, release sets and pins, and what holds stop them.

use super::Telling;
use crate::holds::HoldAddress;
use crate::promotions::Choice;
use crate::release_sets::Course;
use crate::timeline::Change;

pub(super) fn tell(told: &mut Telling<'_>, change: &Change) -> bool {
    match change {
        Change::PromotionRequested {
            number,
            build,
            from,
            needs,
            automatic,
            scheduled_for,
            pin,
            back,
            ..
        } => {
            match pin {
                None if *back => told.text("asked to roll ").bucket().place().text(" back to ").build(build),
                Some(pin) => told.text("asked to pin ").build(build).pinned(pin),
                None => told
                    .text(if *automatic { "asked by itself to promote " } else { "asked to promote " })
                    .build(build)
                    .text(&format!(" from {from} to "))
                    .bucket()
                    .place(),
            };
            told.text(" as ").promotion(*number);
            if let Some(at) = scheduled_for {
                told.text(&format!(", not before {}", at.to_words()));
            }
            told.waits(needs)
        }
        Change::PromotionDecided { pins_in, number, build, choice, in_name_of, .. } => {
            let verb = if *choice == Choice::Approve { "approved " } else { "rejected " };
            told.text(verb).request(*number, build, pins_in.as_ref());
            match in_name_of {
                Some(person) => told.text(" in the name of ").person(*person),
                None => told,
            }
        }
        Change::PromotionReady { pins_in, number, build } => {
            told.text("found ready to be applied ").request(*number, build, pins_in.as_ref())
        }
        Change::PromotionUnready { pins_in, number, build, needs } => {
            told.text("let ").request(*number, build, pins_in.as_ref());
            told.text(&format!(" wait again for {}", needs.join(" and ")))
        }
        Change::PromotionSending { number, build } => {
            told.text("began what is to be done elsewhere for ").request(*number, build, None)
        }
        Change::PromotionFailed { number, build, because } => {
            told.text("failed to do elsewhere what is to be done for ").request(*number, build, None);
            told.text(&format!(": {because}"))
        }
        Change::PromotionRetried { number, build } => {
            told.text("let ").request(*number, build, None).text(" try again what failed elsewhere")
        }
        Change::PromotionApplied { number, build, from, .. } => told
            .text("promoted ")
            .build(build)
            .text(&format!(" from {from} to "))
            .bucket()
            .place()
            .text(" by ")
            .promotion(*number),
        Change::PromotionExpired { pins_in, number, build, because } => {
            told.text("ended ").request(*number, build, pins_in.as_ref());
            told.text(&format!(": {because}"))
        }
        Change::PromotionSuperseded { pins_in, number, build, by } => told
            .text("ended ")
            .request(*number, build, pins_in.as_ref())
            .text(" in favour of ")
            .promotion(*by),
        Change::PromotionCancelled { pins_in, number, build, .. } => {
            told.text("took back ").request(*number, build, pins_in.as_ref())
        }
        Change::GatesPassed { pins_in, number, build, passed, .. } => {
            told.text("passed the gates of ").request(*number, build, pins_in.as_ref());
            let missing = if passed.is_empty() { "nothing".to_owned() } else { passed.join(" and ") };
            told.text(&format!(" in an emergency; missing was {missing}"))
        }
        Change::EmergencyReviewed { pins_in, number, build, .. } => {
            told.text("reviewed the emergency of ").request(*number, build, pins_in.as_ref())
        }
        Change::RolledBack { number, build, before, .. } => {
            told.text("rolled ").bucket().place().text(" back to ").build(build).before(before.as_ref());
            match number {
                Some(number) => told.text(" by ").promotion(*number),
                None => told,
            }
        }
        Change::ArrivalsResumed { .. } => told.text("resumed arrivals in ").bucket().place(),
        Change::ReleaseSetMade { number, title } => {
            told.text("made ").release_set(*number).text(" ").name(title).place()
        }
        Change::ReleaseSetMoved { number, course, .. } => {
            match course {
                Course::Promote { from, to } => {
                    told.text("asked to promote ").release_set(*number).text(&format!(" from {from} to {to}"))
                }
                Course::TakeBack { bucket } => {
                    told.text("took ").release_set(*number).text(&format!(" back out of {bucket}"))
                }
                Course::Restore { bucket, at } => {
                    let then = at.to_words();
                    told.text(&format!("returned {bucket} to how it was on {then} by "));
                    told.release_set(*number)
                }
            };
            told.place()
        }
        Change::HoldPlaced { number, on, from, until, rollbacks, .. } => {
            let begins =
                if *from > told.event.at { format!(", from {}", from.to_words()) } else { String::new() };
            let ends = until.map(|until| format!(", until {}", until.to_words())).unwrap_or_default();
            let strict = if *rollbacks { ", rollbacks included" } else { "" };
            match on {
                HoldAddress::Build { .. } => told.text("marked ").hold(on).text(" bad by "),
                _ => told.text("stopped ").hold(on).text(" by "),
            };
            told.name(&format!("hold {number}")).text(&format!("{begins}{ends}{strict}"))
        }
        Change::HoldReleased { number, on, .. } => {
            told.text("released ").name(&format!("hold {number}")).text(" on ").hold(on)
        }
        Change::PinApplied { number, build, pin, before } => {
            told.text("pinned ").build(build).pinned(pin).text(" by ").promotion(*number);
            told.in_place_of(before.as_ref())
        }
        Change::PinReleased { number, build, pin, .. } => {
            told.text("released the pin of ").build(build).pinned_there(pin);
            told.text(", made by ").promotion(*number)
        }
        Change::PinEnded { number, build, pin } => {
            told.text("ended the pin of ").build(build).pinned_there(pin);
            told.text(", made by ").promotion(*number).text(", as its time was over")
        }
        _ => return false,
    };
    true
}

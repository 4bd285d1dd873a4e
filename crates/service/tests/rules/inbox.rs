//! The inbox: what ends soon, for those whose it is.

use crate::engines::on_both_engines;
use crate::shop::Shop;
use towpath_domain::access::Actor;
use towpath_domain::holds::HoldForm;
use towpath_domain::inbox::Ending;
use towpath_domain::pins::PinForm;
use towpath_service::pins::{PinRequest, pin, release};
use towpath_service::{holds, inbox};

/// “promotion 1”, “hold 1”, “pin checkout”: what the inbox says ends soon, in its order.
async fn ending(shop: &Shop, who: &Actor) -> Vec<String> {
    let words = |what: &Ending| match what {
        Ending::Promotion { number, .. } => format!("promotion {number}"),
        Ending::Hold { number, .. } => format!("hold {number}"),
        Ending::Pin { service, environment, .. } => format!("pin {service} in {environment}"),
        Ending::Token { title } => format!("token {title}"),
    };
    let inbox = inbox::list(shop, who).await.expect("an inbox");
    inbox.ending.iter().map(|line| words(&line.what)).collect()
}

#[test]
fn what_ends_within_two_days_is_told_to_those_whose_it_is() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.promote(&shop.ana, &digest, "qa", "staging").await.expect("goes");
        shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
        let hold = |on: &str, until: &str| HoldForm {
            on: on.to_owned(),
            until: until.to_owned(),
            reason: "Payments are down".to_owned(),
            ..HoldForm::default()
        };
        holds::place(&shop, &shop.ben, hold("environment:shop/qa", "29d 1h")).await.expect("may");
        holds::place(&shop, &shop.ben, hold("environment:shop/staging", "60d")).await.expect("may");
        let form = PinForm {
            service: "checkout".to_owned(),
            digest,
            until: "30d".to_owned(),
            reason: "It is known to work".to_owned(),
            ..PinForm::default()
        };
        let (project, environment) = ("shop".to_owned(), "staging".to_owned());
        pin(&shop, &shop.ben, PinRequest { project, environment, form }).await.expect("may pin");
        assert_eq!(ending(&shop, &shop.ben).await, Vec::<String>::new());
        shop.world.clock.advance(28 * 86_400 + 3_600);
        assert_eq!(ending(&shop, &shop.ben).await, ["hold 1", "pin checkout in staging", "promotion 2"]);
        assert_eq!(ending(&shop, &shop.ana).await, ["promotion 2"], "of others' holds and pins nothing");
        assert_eq!(ending(&shop, &shop.dora).await, Vec::<String>::new());
        release(&shop, &shop.ben, ("shop", "staging"), "checkout", None, "Done").await.expect("may");
        holds::release(&shop, &shop.ben, 1, "").await.expect("may");
        assert_eq!(ending(&shop, &shop.ben).await, ["promotion 2"]);
    });
}

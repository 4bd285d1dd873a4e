//! Insights: what is counted, for whom, and since when.

use crate::engines::on_both_engines;
use crate::shop::{Shop, wish};
use towpath_domain::insights::{InsightsForm, Spread};
use towpath_service::Error;
use towpath_service::insights::view;
use towpath_service::promotions::{Request, request};

fn lately(days: &str) -> InsightsForm {
    InsightsForm { days: days.to_owned(), ..InsightsForm::default() }
}

#[test]
fn each_step_is_told_with_how_long_it_took_and_what_went_wrong() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.world.clock.advance(600);
        shop.promote(&shop.ana, &digest, "qa", "staging").await.expect("goes to staging");
        shop.world.clock.advance(3_600);
        let asked = shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
        shop.world.clock.advance(1_800);
        shop.approve(&shop.ben, &asked).await.expect("goes to prod");
        let next = shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        shop.promote(&shop.ana, &next, "qa", "staging").await.expect("goes to staging");
        let urgent = Request { emergency: true, ..wish(&next, "staging", "prod") };
        request(&shop, &shop.ben, urgent).await.expect("may pass");
        shop.roll_back(&shop.ben, "prod").await.expect("may");

        let told = view(&shop, &shop.dora, "shop", &lately("")).await.expect("a view");
        let [staging, prod] = told.hops.as_slice() else { panic!("{told:?}") };
        assert_eq!((staging.promotions(), staging.rollbacks, staging.emergencies), (2, 0, 0));
        assert_eq!((prod.promotions(), prod.rollbacks, prod.emergencies), (2, 1, 1));
        assert_eq!(prod.decision, Some(Spread { median: 1_800, nine_in_ten: 1_800 }), "one was decided");
        assert_eq!(prod.lead, Some(Spread { median: 0, nine_in_ten: 5_400 }));
        assert_eq!(prod.total, Some(Spread { median: 0, nine_in_ten: 6_000 }));
        assert!(
            told.csv().contains("checkout,staging,prod,2,0,5400,0,6000,1800,1800,1,1\r\n"),
            "{}",
            told.csv()
        );

        shop.world.clock.advance(8 * 86_400);
        let told = view(&shop, &shop.ana, "shop", &lately("7")).await.expect("a view");
        assert!(told.hops.is_empty(), "that is too long ago");
    });
}

#[test]
fn who_may_not_see_a_project_is_told_nothing_and_bad_input_stands_beside_its_field() {
    on_both_engines(async |shop: Shop| {
        let stranger = shop.stranger("Sam").await;
        let hidden = view(&shop, &stranger, "shop", &lately("")).await;
        assert!(matches!(hidden, Err(Error::NotFound(_))), "{hidden:?}");
        let elsewhere = InsightsForm { integration: "mars".to_owned(), ..InsightsForm::default() };
        for (form, field) in [(elsewhere, "integration"), (lately("0"), "days"), (lately("soon"), "days")] {
            match view(&shop, &shop.ana, "shop", &form).await {
                Err(Error::Invalid(invalid)) => assert_eq!(invalid.errors()[0].field, field),
                other => panic!("{other:?}"),
            }
        }
    });
}

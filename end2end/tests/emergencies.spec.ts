// What does not wait, and what waits on purpose: gates passed in an emergency and reviewed later, and a promotion at a time.
import { expect, test } from "@playwright/test";
import { expectAccessible, expectFits } from "../support/axe.ts";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT, invite, openShop, type Shop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { event, heading, stage } from "../support/steps.ts";
import { ADA, type Credentials, RUI, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

const ZOE: Credentials = { name: "Zoe Second", email: "zoe@example.org", password: "winter lock gates open" };

for (const scripted of [true, false]) {
  test.describe(scripted ? "with script" : "without script", () => {
    const towpath = Installation.declare();
    let shop: Shop;
    let ada: Visitor;
    let rui: Visitor;
    let digest: string;

    test.beforeAll(async ({ browser }) => {
      await using folder = await Folder.make("images");
      shop = await openShop(towpath.server);
      await invite(towpath.server, shop.admin, ZOE, "release-manager");
      const image = await dockerArchive(folder, origin("1.4.2"));
      digest = await pushed(towpath.server, shop.token, image, `${CHECKOUT}/qa:1.4.2`);
      const way = { project: "shop", integration: "checkout", digest };
      await shop.admin.call("promote", { ...way, from: "qa", to: "staging", reason: "Tested by QA" });
      await shop.admin.call("promote", { ...way, from: "staging", to: "prod", reason: "Release of the week" });
      ada = await towpath.visitor(browser, scripted);
      await ada.signIn(ADA);
      rui = await towpath.visitor(browser, scripted);
      await rui.signIn(RUI);
    });

    test("whoever may not is not offered it, and whoever may has to say why", async () => {
      await ada.open("/projects/shop/promotions/2");
      await expect(heading(ada.page, /#2/)).toBeVisible();
      await expect(ada.page.getByText("Pass the gates in an emergency")).toBeHidden();
      const { page } = rui;
      await rui.open("/projects/shop/promotions/2");
      await steps.unfold(page, "Pass the gates in an emergency");
      await steps.submit(page, "Pass the gates of #2");
      await expect(page.getByRole("alert")).toContainText("Fill this in.");
      await page.getByRole("textbox", { name: "Why it cannot wait" }).fill("The shop is down");
      await steps.submit(page, "Pass the gates of #2");
      await expect(page.getByText("The gates were passed in an emergency")).toBeVisible();
      await expect(page.getByText("What was missing: 1 approval by a release manager.")).toBeVisible();
      await expect(page.getByText("Nobody has reviewed it yet.")).toBeVisible();
      await expect(page.getByText("Review the emergency")).toBeHidden();
      await rui.open(BOARD);
      await expect(stage(page, "prod")).toContainText("1.4.2");
    });

    test("a second person finds it in the inbox and signs the review, and the mark stays", async ({ browser }) => {
      const zoe = await towpath.visitor(browser, scripted);
      await zoe.signIn(ZOE);
      const { page } = zoe;
      await zoe.open("/inbox");
      await expect(page.getByRole("region", { name: "Emergencies to review" })).toContainText("The shop is down");
      if (scripted) await expectAccessible(page);
      await page.getByRole("link", { name: "Review the emergency of #2" }).click();
      await steps.submit(page, "Sign the review");
      await expect(page.getByRole("alert")).toContainText("Fill this in.");
      await page.getByRole("textbox", { name: "What you found" }).fill("It was right");
      await steps.submit(page, "Sign the review");
      await expect(page.getByText("Reviewed by Zoe Second")).toBeVisible();
      if (scripted) await expectAccessible(page);
      if (scripted) await expectFits(page, 320);
      await zoe.open("/inbox");
      await expect(page.getByText("Emergencies to review")).toBeHidden();
      await zoe.open(`/builds/${digest}`);
      await expect(page.getByText("reviewed by Zoe Second")).toBeVisible();
      await zoe.open("/timeline?kind=gates_passed");
      await expect(event(page, /passed the gates of #2 .* in an emergency/)).toBeVisible();
    });

    test("a promotion is asked for at a time, and says when it will be", async () => {
      await using folder = await Folder.make("images");
      const image = await dockerArchive(folder, origin("1.5.0"));
      const next = await pushed(towpath.server, shop.token, image, `${CHECKOUT}/qa:1.5.0`);
      const { page } = ada;
      await ada.open(`${BOARD}/promote?digest=${next}&from=qa&to=staging`);
      await page.getByRole("textbox", { name: "Reason" }).fill("After the quiet days");
      await steps.unfold(page, "At a time");
      const at = page.getByLabel("Not before (UTC)");
      await at.fill("2020-01-01T10:00");
      await steps.submit(page, "Promote to staging");
      await expect(page.getByRole("alert")).toContainText("This time is over.");
      await expect(page.getByRole("textbox", { name: "Reason" })).toHaveValue("After the quiet days");
      await at.fill(new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 16));
      await steps.submit(page, "Promote to staging");
      await expect(heading(page, /#3/)).toBeVisible();
      await expect(page.getByText("Passes by itself in 3 days")).toBeVisible();
      await ada.open(BOARD);
      await expect(stage(page, "staging")).toContainText("its time");
    });

    test("an emergency supersedes what waits, and is offered to whoever may pass gates", async () => {
      await using folder = await Folder.make("images");
      const image = await dockerArchive(folder, origin("1.5.1"));
      const fix = await pushed(towpath.server, shop.token, image, `${CHECKOUT}/qa:1.5.1`);
      const form = `${BOARD}/promote?digest=${fix}&from=qa&to=staging`;
      const { page } = rui;
      await rui.open(form);
      await expect(page.getByText("It takes the place of #3, which waits.")).toBeVisible();
      await page.getByRole("textbox", { name: "Reason" }).fill("It cannot wait");
      await steps.submit(page, "Promote to staging");
      await expect(stage(page, "staging")).toContainText("1.5.1");
      await rui.open("/projects/shop/promotions/3");
      await expect(page.getByText("#4 was asked for after it, and the newest wins.")).toBeVisible();
      if (scripted) await expectAccessible(page);
    });
  });
}

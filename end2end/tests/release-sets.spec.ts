// Several services as one act: compared, promoted, approved with one word, carried on and taken back.
import { expect, test } from "@playwright/test";
import { expectAccessible, expectFits } from "../support/axe.ts";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { makeToken, openShop, type Shop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { event, heading } from "../support/steps.ts";
import { ADA, RUI, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

const SETS = "/projects/shop/release-sets";

for (const scripted of [true, false]) {
  test.describe(scripted ? "with script" : "without script", () => {
    const towpath = Installation.declare();
    let shop: Shop;
    let token: string;
    let ada: Visitor;
    let rui: Visitor;

    const arrive = async (integration: string, version: string) => {
      await using folder = await Folder.make("images");
      const image = await dockerArchive(folder, origin(version));
      return await pushed(towpath.server, token, image, `shop/${integration}/qa:${version}`);
    };

    test.beforeAll(async ({ browser }) => {
      shop = await openShop(towpath.server);
      const form = { "form[title]": "Billing", "form[kind]": "environment", "form[workflow]": ":default" };
      await shop.admin.call("create_integration", { project: "shop", "form[slug]": "billing", ...form });
      token = await makeToken(shop.admin, "All of the shop", "shop", ["pull", "push"]);
      await arrive("checkout", "1.4.2");
      await arrive("billing", "2.0.0");
      ada = await towpath.visitor(browser, scripted);
      await ada.signIn(ADA);
      rui = await towpath.visitor(browser, scripted);
      await rui.signIn(RUI);
    });

    test("what differs is named, and goes as one act", async () => {
      const { page } = ada;
      await ada.open(SETS);
      await page.getByRole("main").getByRole("link", { name: "Compare two stages" }).click();
      await expect(heading(page, "Compare two stages")).toBeVisible();
      await steps.submit(page, "Compare");
      await expect(page.getByText("Choose a bucket, or name a time below.")).toBeVisible();
      await steps.choose(page, "From", "qa");
      await steps.choose(page, "To", "staging");
      await steps.submit(page, "Compare");
      await expect(page.getByRole("checkbox", { name: "shop/billing" })).toBeChecked();
      await expect(page.getByRole("checkbox", { name: "shop/checkout" })).toBeChecked();
      if (scripted) await expectAccessible(page);
      if (scripted) await expectFits(page, 320);
      // Nothing is ticked, and then no name is given: what was ticked and typed stays.
      await page.getByRole("checkbox", { name: "shop/billing" }).uncheck();
      await page.getByRole("checkbox", { name: "shop/checkout" }).uncheck();
      await page.getByRole("textbox", { name: "Name of the set" }).fill("Spring release");
      await page.getByRole("textbox", { name: "Reason" }).fill("Tested together");
      await steps.submit(page, "Promote to staging");
      await expect(page.getByRole("alert")).toContainText("Tick at least one.");
      await expect(page.getByRole("textbox", { name: "Name of the set" })).toHaveValue("Spring release");
      await expect(page.getByRole("checkbox", { name: "shop/billing" })).not.toBeChecked();
      await page.getByRole("checkbox", { name: "shop/billing" }).check();
      await page.getByRole("checkbox", { name: "shop/checkout" }).check();
      await steps.submit(page, "Promote to staging");
      await expect(heading(page, "Spring release")).toBeVisible();
      await expect(page.getByText("applied")).toHaveCount(2);
      await expect(page.getByText("current in qa, staging")).toHaveCount(2);
    });

    test("it is carried on, and one word of a release manager is enough", async () => {
      const { page } = ada;
      await ada.open(`${SETS}/1`);
      await page.getByRole("link", { name: "Promote to prod…" }).click();
      await expect(heading(page, "Promote from staging to prod")).toBeVisible();
      await expect(page.getByText("Waits for 1 approval by a release manager.")).toHaveCount(2);
      await steps.giveReason(page, "Release of the week", "Promote to prod");
      await expect(page.getByText("waiting")).toHaveCount(2);
      await expect(page.getByText(/wait for you/)).toBeHidden();
      await rui.open(`${SETS}/1`);
      await expect(rui.page.getByText("2 promotions of this set wait for you")).toBeVisible();
      if (scripted) await expectAccessible(rui.page);
      if (scripted) await expectFits(rui.page, 320);
      await steps.submit(rui.page, "Reject those");
      await expect(rui.page.getByRole("alert")).toContainText("Say why you reject them.");
      await rui.page.getByRole("textbox", { name: "Comment" }).fill("Looked at both");
      await steps.submit(rui.page, "Approve those");
      await expect(rui.page.getByText("current in prod, qa, staging")).toHaveCount(2);
      await expect(rui.page.getByText(/wait for you/)).toBeHidden();
      // What somebody else did is seen.
      if (scripted) await expect(page.getByText("current in prod, qa, staging")).toHaveCount(2);
      await rui.open("/projects/shop/promotions/3");
      await expect(rui.page.getByRole("link", { name: "Spring release" })).toBeVisible();
    });

    test("it is taken back to what was there before, where there was something", async () => {
      await arrive("checkout", "1.5.0");
      const { page } = ada;
      await ada.open(`${SETS}/new?from=qa&to=staging`);
      await page.getByRole("textbox", { name: "Name of the set" }).fill("Next");
      await steps.giveReason(page, "Tested", "Promote to staging");
      await expect(heading(page, "Next")).toBeVisible();
      await page.getByRole("link", { name: "Take back out of staging…" }).click();
      await expect(page.getByRole("checkbox", { name: "shop/checkout" })).toBeChecked();
      await steps.giveReason(page, "It fails", "Roll staging back");
      await expect(page.getByText("rolled back")).toBeVisible();
      await expect(page.getByText("current in qa")).toBeVisible();
      await ada.open("/timeline?kind=release_set_moved");
      await expect(event(page, "took release set 2 back out of staging in shop")).toContainText("It fails");
      await ada.open(SETS);
      await expect(page.getByRole("link", { name: "2 Next" })).toBeVisible();
      if (scripted) await expectAccessible(page);
    });

    test("a stage is returned to how it was at a time", async () => {
      const at = new Date().toISOString();
      const { page } = ada;
      await ada.open(`${SETS}/new?from=qa&to=staging`);
      await page.getByRole("textbox", { name: "Name of the set" }).fill("Again");
      await steps.giveReason(page, "Tested again", "Promote to staging");
      await expect(heading(page, "Again")).toBeVisible();
      await ada.open(`${SETS}/new`);
      await steps.choose(page, "To", "staging");
      await steps.unfold(page, "Instead, return a stage to how it was");
      await page.getByRole("textbox", { name: "Moment" }).fill(at);
      await steps.submit(page, "Compare");
      await expect(page.getByRole("checkbox", { name: "shop/checkout" })).toBeChecked();
      await expect(page.getByRole("textbox", { name: "Name of the set" })).toHaveValue(/^staging as of /);
      await steps.giveReason(page, "Back to the morning", "Roll staging back");
      await expect(page.getByText("rolled back")).toBeVisible();
    });
  });
}

// The inbox: one word on several promotions.
import { expect, test } from "@playwright/test";
import { expectAccessible, expectFits } from "../support/axe.ts";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { makeToken, openShop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { RUI } from "../support/visitors.ts";

for (const scripted of [true, false]) {
  test.describe(scripted ? "with script" : "without script", () => {
    const towpath = Installation.declare();

    test("those that are ticked are approved with one word", async ({ browser }) => {
      await using folder = await Folder.make("images");
      const shop = await openShop(towpath.server);
      const token = await makeToken(shop.admin, "All of the shop", "shop", ["pull", "push"]);
      const form = { "form[kind]": "environment", "form[workflow]": ":default" };
      for (const slug of ["billing", "search"]) {
        await shop.admin.call("create_integration", { project: "shop", "form[slug]": slug, "form[title]": slug, ...form });
      }
      for (const integration of ["checkout", "billing", "search"]) {
        const image = await dockerArchive(folder, origin("1.4.2"));
        const digest = await pushed(towpath.server, token, image, `shop/${integration}/qa:1.4.2`);
        const way = { project: "shop", integration, digest };
        await shop.admin.call("promote", { ...way, from: "qa", to: "staging", reason: "Tested by QA" });
        await shop.admin.call("promote", { ...way, from: "staging", to: "prod", reason: "Release of the week" });
      }
      const rui = await towpath.visitor(browser, scripted);
      await rui.signIn(RUI);
      const { page } = rui;
      await rui.open("/inbox");
      await steps.unfold(page, "Decide on those that are ticked");
      await steps.submit(page, "Approve those");
      await expect(page.getByRole("alert")).toContainText("Tick at least one.");
      await page.getByRole("checkbox", { name: "Tick #2 of shop" }).check();
      await page.getByRole("checkbox", { name: "Tick #6 of shop" }).check();
      await page.getByRole("textbox", { name: "Comment" }).fill("Looked at both");
      if (scripted) await expectAccessible(page);
      if (scripted) await expectFits(page, 320);
      await steps.submit(page, "Approve those");
      await expect(page.getByRole("link", { name: "Review #4" })).toBeVisible();
      await expect(page.getByRole("link", { name: "Review #2" })).toBeHidden();
      await expect(page.getByRole("link", { name: "Review #6" })).toBeHidden();
      // The last one is decided on its page.
      await expect(page.getByText("Decide on those that are ticked")).toBeHidden();
      await rui.open("/projects/shop/promotions/6");
      await expect(page.getByText("Looked at both").first()).toBeVisible();
    });
  });
}

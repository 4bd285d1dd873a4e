// Deciding for others: handing one's decisions over, the word in another's name, and taking it back.
import { expect, test } from "@playwright/test";
import { expectAccessible, expectFits } from "../support/axe.ts";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { invite, openShop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { type Credentials, RUI } from "../support/visitors.ts";

const MEI: Credentials = { name: "Mei Viewer", email: "mei@example.org", password: "lock gate and sluice" };

for (const scripted of [true, false]) {
  test.describe(scripted ? "with script" : "without script", () => {
    const towpath = Installation.declare();

    test("a viewer approves in the name of who handed over, until that is taken back", async ({ browser }) => {
      await using folder = await Folder.make("images");
      const shop = await openShop(towpath.server);
      await invite(towpath.server, shop.admin, MEI, "viewer");
      const image = await dockerArchive(folder, origin("1.4.2"));
      const digest = await pushed(towpath.server, shop.token, image, "shop/checkout/qa:1.4.2");
      const way = { project: "shop", integration: "checkout", digest, reason: "Release of the week" };
      await shop.admin.call("promote", { ...way, from: "qa", to: "staging" });
      await shop.admin.call("promote", { ...way, from: "staging", to: "prod" });

      const rui = await towpath.visitor(browser, scripted);
      await rui.signIn(RUI);
      await rui.open("/account");
      await steps.unfold(rui.page, "Hand your decisions over…");
      await rui.page.getByRole("textbox", { name: "Who decides for you" }).fill("mei@example.org");
      await rui.page.getByRole("textbox", { name: "Until" }).fill("91d");
      await rui.page.getByRole("textbox", { name: "Reason" }).fill("On holiday");
      await steps.submit(rui.page, "Hand over");
      await expect(rui.page.getByText("Decisions are handed over for 90 days at most").first()).toBeVisible();
      await expect(rui.page.getByRole("textbox", { name: "Reason" })).toHaveValue("On holiday");
      await rui.page.getByRole("textbox", { name: "Until" }).fill("14d");
      await steps.submit(rui.page, "Hand over");
      await expect(rui.page.getByText("Mei Viewer takes your decisions everywhere").first()).toBeVisible();
      if (scripted) await expectAccessible(rui.page);
      if (scripted) await expectFits(rui.page, 320);

      const mei = await towpath.visitor(browser, scripted);
      await mei.signIn(MEI, "/inbox");
      await expect(mei.page.getByText("For Rui Manager.")).toBeVisible();
      await mei.open("/projects/shop/promotions/2");
      await expect(mei.page.getByRole("combobox", { name: "In the name of" })).toHaveValue("rui@example.org");
      if (scripted) await expectAccessible(mei.page);
      await steps.submit(mei.page, "Approve");
      await expect(mei.page.getByText("Mei Viewer for Rui Manager")).toBeVisible();
      await expect(mei.page.getByText("It became current in prod")).toBeVisible();
      await mei.open("/timeline");
      await expect(mei.page.getByText("in the name of Rui Manager")).toBeVisible();

      await rui.open("/account");
      await steps.unfold(rui.page, "End…");
      await steps.submit(rui.page, "End it Mei Viewer takes your decisions everywhere");
      await expect(rui.page.getByText("Nobody decides for you")).toBeVisible();
    });
  });
}

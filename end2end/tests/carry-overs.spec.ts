// An integration is carried over to the other type.
import { expect, test } from "@playwright/test";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { CHECKOUT, openShop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { ADA } from "../support/visitors.ts";

const towpath = Installation.declare();

test("builds come into an integration of the other type after a look", async ({ browser }) => {
  await using folder = await Folder.make("images");
  const shop = await openShop(towpath.server);
  await shop.admin.call("create_environment", { project: "shop", "form[slug]": "eu", "form[title]": "EU", "form[stream]": "qa" });
  for (const [bucket, tag] of [["qa", "1.4"], ["qa", "1.5"], ["eu", "1.4"]] as const) {
    await pushed(towpath.server, shop.token, await dockerArchive(folder, origin(tag)), `${CHECKOUT}/${bucket}:${tag}`);
  }
  const ada = await towpath.visitor(browser, false);
  await ada.signIn(ADA);
  const { page } = ada;
  await ada.open("/projects/shop/integrations/checkout");
  await page.getByRole("link", { name: "Carry over to the other type…" }).click();
  await expect(steps.heading(page, "Carry checkout over")).toBeVisible();
  // Two environments of one stream differ, so that nothing is chosen by itself.
  await steps.submit(page, "Show what that means");
  await expect(page.getByText(/These differ: /).first()).toBeVisible();
  await page.getByRole("combobox", { name: "Into qa" }).selectOption("eu");
  await page.getByRole("textbox", { name: "Slug" }).fill("web");
  await steps.submit(page, "Show what that means");
  await expect(page.getByText("1.4 becomes current, from eu, with one earlier build, also of qa")).toBeVisible();
  await expect(page.getByText("qa: 1.5, then 1.4")).toBeVisible();
  await steps.submit(page, "Make web");
  await expect(page).toHaveURL(/integrations\/web$/);
  await expect(steps.card(page, "qa")).toContainText("1.4");
  await expect(steps.card(page, "qa")).toContainText("carried it over");
});

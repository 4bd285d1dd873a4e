// Environments that go into another release stream.
import { expect, test } from "@playwright/test";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { openShop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { ADA } from "../support/visitors.ts";

const towpath = Installation.declare();

test("an environment goes into another stream after a look at what should run there", async ({ browser }) => {
  await using folder = await Folder.make("images");
  const shop = await openShop(towpath.server);
  await shop.admin.call("create_integration", {
    project: "shop",
    "form[slug]": "search",
    "form[title]": "Search",
    "form[kind]": "release_stream",
    "form[workflow]": ":none",
  });
  for (const [stream, tag] of [["qa", "2.1"], ["staging", "2.0"]] as const) {
    const image = await dockerArchive(folder, origin(tag));
    await pushed(towpath.server, shop.token, image, `shop/search/${stream}:${tag}`);
  }
  const ada = await towpath.visitor(browser, false);
  await ada.signIn(ADA);
  const { page } = ada;
  await ada.open("/projects/shop/environments/qa");
  await page.getByRole("link", { name: "Move to another stream…" }).click();
  await page.getByRole("combobox", { name: "To the stream" }).selectOption("staging");
  await steps.submit(page, "Show what that means");
  await expect(page.getByText("2.1 by qa, then 2.0 by staging")).toBeVisible();
  await steps.submit(page, "Move qa to staging");
  await expect(page.getByText("staging stream")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "search" })).toContainText("2.0");
});

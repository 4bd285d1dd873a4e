// The way back right after a drop.
import { expect, test } from "@playwright/test";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT, openShop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { board, card, event, stage } from "../support/steps.ts";
import { ADA } from "../support/visitors.ts";

const towpath = Installation.declare();

test("a drop that was applied is undone, where something was there before", async ({ browser }) => {
  const shop = await openShop(towpath.server);
  const ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
  const { page } = ada;
  const promote = async (version: string) => {
    await using folder = await Folder.make("images");
    const image = await dockerArchive(folder, origin(version));
    await pushed(towpath.server, shop.token, image, `${CHECKOUT}/qa:${version}`);
    await expect(card(page, "qa")).toContainText(version);
    await card(page, "qa").focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Space");
    const dialog = page.getByRole("dialog", { name: `Promote ${version} to staging` });
    await steps.giveReason(dialog, "Tested by QA", "Promote to staging");
    await expect(card(page, "staging")).toContainText(version);
  };
  await ada.open(BOARD);
  await expect(board(page, "checkout")).toBeVisible();
  await promote("1.4.1");
  await expect(page.getByRole("button", { name: "Undo" })).toBeHidden();
  await promote("1.4.2");
  await expect(page.getByText("1.4.2 is current in staging now.")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(card(page, "staging")).toContainText("1.4.1");
  await expect(page.getByRole("button", { name: "Undo" })).toBeHidden();
  await expect(stage(page, "staging")).not.toContainText("paused");
  await ada.open("/timeline?kind=rolled_back");
  await expect(event(page, "rolled staging in shop/checkout back to 1.4.1")).toContainText("Undone right after the drop.");
});

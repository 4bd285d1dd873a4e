// Pins: an environment runs another build than its bucket says, everyone sees it, and somebody releases it.
import { expect, test } from "@playwright/test";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT, openShop, type Shop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { card, heading, stage } from "../support/steps.ts";
import { ADA, RUI, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

const towpath = Installation.declare();
let shop: Shop;
let ada: Visitor;
let rui: Visitor;
let first: string;
let second: string;

test.beforeAll(async ({ browser }) => {
  await using folder = await Folder.make("images");
  shop = await openShop(towpath.server);
  const { admin, token } = shop;
  const move = async (version: string): Promise<string> => {
    const archive = await dockerArchive(folder, origin(version));
    const digest = await pushed(towpath.server, token, archive, `${CHECKOUT}/qa:${version}`);
    const way = { project: "shop", integration: "checkout", digest, from: "qa", to: "staging" };
    await admin.call("promote", { ...way, reason: "Tested by QA" });
    return digest;
  };
  first = await move("1.4.2");
  second = await move("1.5.0");
  ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
  rui = await towpath.visitor(browser);
  await rui.signIn(RUI);
});

/** A day ahead, as the browser's field takes it. */
function tomorrow(): string {
  return new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
}

test("an environment is held back on an earlier build, and everyone who looks sees why", async () => {
  const { page } = rui;
  await ada.open(BOARD);
  await rui.open("/projects/shop");
  await page.getByRole("link", { name: "Staging" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "By the bucket staging" })).toContainText("should run 1.5.0");
  await page.getByRole("link", { name: "Pin a build here…" }).click();
  await page.getByRole("link", { name: "checkout" }).click();
  await expect(heading(page, "Pin a build of checkout in Staging")).toBeVisible();
  await steps.submit(page, "Pin it");
  await expect(page.getByRole("alert")).toContainText("Say until when");
  await steps.choose(page, "Build", first);
  await page.getByRole("textbox", { name: "Reason" }).fill("1.5.0 loses orders");
  const until = page.getByLabel("Until (UTC)");
  await until.fill("2020-01-01T10:00");
  await until.blur();
  await expect(page.getByText("This is in the past. A pin ends after now.")).toBeVisible();
  await until.fill(tomorrow());
  await steps.submit(page, "Pin it");
  await expect(heading(page, "#3 Pin 1.4.2 in staging")).toBeVisible();
  await expect(page.getByRole("main")).toContainText("The pin is in force.");
  // Nobody reloads the board, and nothing became current.
  await expect(card(ada.page, "staging")).toContainText("Not here: pinned to 1.4.2 until");
  await expect(card(ada.page, "staging").getByRole("heading", { name: "1.5.0" })).toBeVisible();
  await ada.open("/");
  await expect(ada.page.getByRole("row", { name: /Checkout/ })).toContainText("pinned until");
  await ada.open(`/builds/${first}`);
  await expect(ada.page.getByRole("list", { name: "Pinned in" })).toContainText("staging");
});

test("a build that is new to a stage is pinned by its gates, and waits beside what waits to enter", async () => {
  const { page } = ada;
  await ada.open("/projects/shop/environments/prod/pins/new?service=checkout");
  await expect(page.getByRole("main")).toContainText("needs 1 approval by a release manager");
  await steps.choose(page, "Build", second);
  await page.getByLabel("Until (UTC)").fill(tomorrow());
  await page.getByRole("textbox", { name: "Reason" }).fill("Canary");
  await steps.submit(page, "Pin it");
  await expect(heading(page, "#4 Pin 1.5.0 in prod")).toBeVisible();
  await expect(page.getByRole("main")).toContainText("waiting");
  await rui.open(BOARD);
  await expect(stage(rui.page, "prod")).toContainText("#4 · 1.5.0, to pin in prod");
  await rui.open("/inbox");
  await rui.page.getByRole("link", { name: "Review #4" }).click();
  await steps.submit(rui.page, "Approve");
  await expect(rui.page.getByRole("main")).toContainText("It was pinned in prod");
  await rui.open(BOARD);
  await expect(stage(rui.page, "prod")).toContainText("Nothing here yet");
  await rui.open("/projects/shop/environments/prod");
  await expect(rui.page.getByRole("main")).toContainText("should run 1.5.0");
});

test("what somebody types about a pin stays while other things change", async () => {
  const { page } = rui;
  await rui.open("/projects/shop/environments/staging");
  await steps.unfold(page, "Release…");
  const reason = page.getByRole("textbox", { name: "Reason" });
  await reason.fill("It is no longer");
  const again = page.waitForResponse(/view_environment/);
  await shop.admin.call("place_hold", { "form[on]": "environment:shop/qa", "form[reason]": "Payments are down" });
  await again;
  await page.keyboard.type(" needed");
  await expect(reason).toHaveValue("It is no longer needed");
});

test("without script, too, a pin is released with a reason and stays in the list of those that have ended", async ({
  browser,
}) => {
  const plain = await towpath.visitor(browser, false);
  await plain.signIn(RUI);
  const { page } = plain;
  await plain.open("/projects/shop/environments/staging");
  await steps.unfold(page, "Release…");
  await steps.submit(page, "Release the pin of checkout");
  await expect(page.getByRole("alert")).toContainText("Fill this in.");
  await page.getByRole("textbox", { name: "Reason" }).fill("1.5.1 is out");
  await steps.submit(page, "Release the pin of checkout");
  await expect(page.getByRole("region", { name: "Ended pins" })).toContainText("released by Rui Manager");
  await expect(page.getByRole("region", { name: "Pins in force" })).toContainText("None.");
  await plain.open("/timeline?kind=pin_released");
  await expect(steps.event(page, /released the pin of 1\.4\.2.* as checkout in shop\/staging/)).toBeVisible();
  await plain.open("/projects/shop/environments/staging/pins/new?service=checkout");
  await steps.choose(page, "Build", first);
  await page.getByLabel("Until (UTC)").fill("2020-01-01T10:00");
  await page.getByRole("textbox", { name: "Reason" }).fill("Again");
  await steps.submit(page, "Pin it");
  await expect(page.getByRole("main")).toContainText("This is in the past. A pin ends after now.");
  await expect(page.getByRole("combobox", { name: "Build" })).toHaveValue(first);
});

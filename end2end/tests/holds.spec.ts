// Holds: what everyone sees of them, what they stop, and how they end.
import { expect, test } from "@playwright/test";
import { pushed, push } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT, openShop, type Shop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { board, card, heading, stage } from "../support/steps.ts";
import { ADA, RUI, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

const towpath = Installation.declare();
let shop: Shop;
let ada: Visitor;
let rui: Visitor;
let digest: string;

test.beforeAll(async ({ browser }) => {
  await using folder = await Folder.make("images");
  shop = await openShop(towpath.server);
  digest = await pushed(towpath.server, shop.token, await dockerArchive(folder, origin("1.4.2")), `${CHECKOUT}/qa:1.4.2`);
  ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
  rui = await towpath.visitor(browser);
  await rui.signIn(RUI);
});

test("a bucket is held from the board, and everyone who looks at it sees why", async () => {
  await ada.open(BOARD);
  await rui.open(BOARD);
  await stage(rui.page, "staging").getByRole("link", { name: "Hold staging…" }).click();
  await expect(heading(rui.page, "Hold the bucket shop/checkout/staging")).toBeVisible();
  await steps.submit(rui.page, "Place the hold");
  await expect(rui.page.getByRole("alert")).toContainText("Fill this in.");
  await rui.page.getByRole("textbox", { name: "Reason" }).fill("Payments are down");
  const until = rui.page.getByLabel("Until (UTC)");
  await until.fill("2020-01-01T10:00");
  await until.blur();
  await expect(rui.page.getByText("This is in the past. A hold ends after now.")).toBeVisible();
  await until.fill("");
  await steps.submit(rui.page, "Place the hold");
  await expect(heading(rui.page, "Hold 1")).toBeVisible();
  // Nobody reloads the board.
  await expect(stage(ada.page, "staging")).toContainText("On hold");
  await expect(stage(ada.page, "staging")).toContainText("Payments are down — Rui Manager");
  await ada.open("/");
  await expect(ada.page.getByRole("row", { name: /Checkout/ })).toContainText("on hold");
});

test("a promotion waits for the end of the hold, and enters when it is released", async () => {
  const { page } = ada;
  await ada.open(BOARD);
  await expect(board(page, "checkout")).toBeVisible();
  await card(page, "qa").focus();
  await page.keyboard.press("Space");
  await steps.expectVerdicts(page, { qa: "source", staging: "waits", prod: "blocked" });
  await expect(stage(page, "staging")).toContainText("for the end of hold 1 on the bucket shop/checkout/staging");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  const dialog = page.getByRole("dialog", { name: "Promote 1.4.2 to staging" });
  await steps.giveReason(dialog, "Tested by QA", "Promote to staging");
  await expect(heading(page, /#1/)).toBeVisible();
  await expect(page.getByText("On hold: the bucket shop/checkout/staging")).toBeVisible();
  await rui.page.getByRole("textbox", { name: "Why now" }).fill("Payments are back");
  await steps.submit(rui.page, "Release hold 1");
  await expect(rui.page.getByRole("main")).toContainText("released");
  await expect(rui.page.getByRole("main")).toContainText("Payments are back");
  await expect(page.getByRole("main")).toContainText("applied", { timeout: 10_000 });
  await expect(page.getByText("On hold:")).toBeHidden();
  await ada.open("/timeline?kind=hold_released");
  await expect(page.getByText("released hold 1 on the bucket shop/checkout/staging")).toBeVisible();
});

test("a build is marked bad on its page, and enters nothing from then on", async () => {
  const { page } = rui;
  await rui.open(`/builds/${digest}`);
  await page.getByRole("link", { name: "Mark this build bad in shop…" }).click();
  await expect(heading(page, /^Mark the build .* in shop bad$/)).toBeVisible();
  await page.getByRole("textbox", { name: "Reason" }).fill("Loses orders");
  await steps.submit(page, "Mark it bad");
  await expect(heading(page, "Hold 2")).toBeVisible();
  await rui.open(BOARD);
  await expect(card(page, "staging")).toContainText("Marked bad by hold 2");
  await card(page, "staging").focus();
  await page.keyboard.press("Space");
  await steps.expectVerdicts(page, { prod: "blocked" });
  await expect(stage(page, "prod")).toContainText("It is marked bad by hold 2.");
  await page.keyboard.press("Escape");
  await rui.open(`/builds/${digest}`);
  await expect(page.getByText("Marked bad in shop")).toBeVisible();
});

test("a push into a held stream is refused and names the hold; without script, too, it is placed and released", async ({
  browser,
}) => {
  const plain = await towpath.visitor(browser, false);
  await plain.signIn(ADA);
  const { page } = plain;
  await plain.open("/holds");
  await page.getByRole("link", { name: "New hold" }).click();
  await steps.choose(page, "What", "stream:qa");
  await steps.submit(page, "Place the hold");
  await expect(page.getByRole("alert")).toContainText("Fill this in.");
  await expect(page.getByRole("combobox", { name: "What" })).toHaveValue("stream:qa");
  await page.getByRole("textbox", { name: "Reason" }).fill("The test machines move");
  await page.getByRole("checkbox", { name: "Stop rollbacks, too" }).check();
  await steps.submit(page, "Place the hold");
  await expect(heading(page, "Hold 3")).toBeVisible();
  await expect(page.getByRole("main")).toContainText("Arrivals and rollbacks are refused.");
  await using folder = await Folder.make("images");
  const image = `docker-archive:${await dockerArchive(folder, origin("1.5.0"))}`;
  const refused = await push(towpath.server, shop.token, image, `${CHECKOUT}/qa:1.5.0`);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain("is stopped by hold 3 on the stream qa");
  await steps.submit(page, "Release hold 3");
  await expect(page.getByRole("main")).toContainText("released");
  await plain.open("/holds");
  await expect(page.getByRole("listitem").filter({ hasText: "Hold 2" })).toContainText("in force");
  await page.getByRole("link", { name: "Holds that have ended" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Hold 3" })).toContainText("Released by Ada Admin");
});

// What differs between two builds: on its own page, and beside the decision on a promotion.
import { expect, test } from "@playwright/test";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT, openShop, type Shop } from "../support/shop.ts";
import { card, giveReason, heading } from "../support/steps.ts";
import { ADA, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

const towpath = Installation.declare();
let shop: Shop;
let ada: Visitor;

// 1.4.2 is in staging, 1.5.0 in qa.
test.beforeAll(async ({ browser }) => {
  await using folder = await Folder.make("images");
  shop = await openShop(towpath.server);
  const { admin, token } = shop;
  const build = async (version: string) =>
    pushed(towpath.server, token, await dockerArchive(folder, origin(version)), `${CHECKOUT}/qa:${version}`);
  const move = { project: "shop", integration: "checkout", from: "qa", to: "staging" };
  await admin.call("promote", { ...move, digest: await build("1.4.2"), reason: "Tested by QA" });
  await build("1.5.0");
  ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
});

test("the board leads to what the next stage would get", async () => {
  const { page } = ada;
  await ada.open(BOARD);
  await page.getByRole("link", { name: "Compare" }).click();
  await expect(heading(page, "Difference")).toBeVisible();
  await page.getByLabel("From").fill("staging");
  await page.getByLabel("To").fill("qa");
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page).toHaveURL(/from=staging&to=qa/);
  const version = page.locator(".facts__row", { hasText: "org.opencontainers.image.version" });
  await expect(version.locator("del")).toHaveText("1.4.2");
  await expect(version.locator("ins")).toHaveText("1.5.0");
});

test("what is not there is told, and what was typed stays", async () => {
  const { page } = ada;
  await page.getByLabel("From").fill("moon");
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByText("The bucket “shop/checkout/moon” was not found.")).toBeVisible();
  await expect(page.getByLabel("From")).toHaveValue("moon");
  await ada.open(`${BOARD}/difference?from=prod&to=qa`);
  await expect(page.getByText("Nothing was there to compare with.")).toBeVisible();
});

test("an integration is looked at as it was", async () => {
  const { page } = ada;
  await ada.open(BOARD);
  await page.getByRole("link", { name: "Compare" }).click();
  await page.getByRole("link", { name: "State at a moment" }).click();
  await expect(heading(page, "State at a moment")).toBeVisible();
  const line = (bucket: string) => page.getByRole("listitem").filter({ hasText: new RegExp(`^${bucket}`) });
  await expect(line("qa")).toContainText("1.5.0");
  await expect(line("staging")).toContainText(/1\.4\.2.*and still/);
  await expect(line("prod")).toContainText("Nothing was current");
  await page.getByLabel("Moment").fill("2026-01-31T09:30");
  await page.getByRole("button", { name: "Look" }).click();
  await expect(line("qa")).toContainText("Nothing was current");
  await ada.open(`${BOARD}/moment?at=yesterday`);
  await expect(page.getByLabel("Moment")).toHaveAccessibleDescription(/yesterday/);
});

test("a bucket is rolled back to what it had before an incident, with a word on what that reaches", async () => {
  const { page } = ada;
  await using folder = await Folder.make("images");
  const before = new Date().toISOString();
  await pushed(towpath.server, shop.token, await dockerArchive(folder, origin("1.6.0")), `${CHECKOUT}/qa:1.6.0`);
  await ada.open(`${BOARD}/moment?at=${encodeURIComponent(before)}`);
  await page.getByRole("link", { name: "Roll back to it… in qa" }).click();
  await expect(heading(page, "Roll qa back to 1.5.0")).toBeVisible();
  const reach = page.locator(".facts__row", { hasText: "Reaches" });
  await expect(reach).toContainText("shop/qa with checkout");
  await giveReason(page, "1.6.0 loses orders", "Roll qa back");
  await expect(card(page, "qa")).toContainText("1.5.0");
});

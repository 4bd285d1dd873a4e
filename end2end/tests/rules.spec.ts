// CI rules: where they lead builds, and what people do about the others.
import { expect, test } from "@playwright/test";
import { push } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT, openShop, type Shop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { card, heading, stage } from "../support/steps.ts";
import { ADA, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

const towpath = Installation.declare();
let shop: Shop;
let ada: Visitor;

test.beforeAll(async ({ browser }) => {
  shop = await openShop(towpath.server);
  ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
  await arrive("1.0.0");
  await arrive("0.9.0-rc.1");
});

/** Pushes an image to the integration, without a bucket. */
async function arrive(version: string): Promise<number | null> {
  await using folder = await Folder.make("images");
  const archive = `docker-archive:${await dockerArchive(folder, origin(version))}`;
  return (await push(towpath.server, shop.token, archive, `${CHECKOUT}:${version}`)).code;
}

test("a rule is tried out before it is saved, and what is wrong with it is told beside its row", async () => {
  const { page } = ada;
  await ada.open("/projects/shop");
  await page.getByRole("link", { name: "Add rule" }).click();
  await expect(heading(page, "New CI rule")).toBeVisible();
  await steps.name(page, "by-tag", "By tag");
  const first = page.getByRole("group", { name: "Criterion 1", exact: true });
  await first.getByRole("combobox", { name: "What" }).selectOption("image_tag");
  await first.getByRole("combobox", { name: "How" }).selectOption("regex");
  await first.getByRole("textbox", { name: "Compared with" }).fill("(");
  await first.getByRole("combobox", { name: "Goes to" }).selectOption("qa");
  await steps.submit(page, "Create rule");
  await expect(page.getByRole("alert")).toContainText("This is no regular expression: unclosed group.");
  await first.getByRole("combobox", { name: "How" }).selectOption("semver");
  await first.getByRole("textbox", { name: "Compared with" }).fill(">=1.0, <3");
  await page.getByRole("textbox", { name: "Image tag" }).fill("1.4.2");
  await steps.submit(page, "Try it");
  await expect(page.getByRole("status").filter({ hasText: "Criterion 1 matches: it goes to qa." })).toBeVisible();
  await page.getByRole("textbox", { name: "Image tag" }).fill("nightly");
  await steps.submit(page, "Try it");
  await expect(page.getByText("No criterion matches: it stays unclassified.")).toBeVisible();
  await page.getByRole("checkbox", { name: "Default of the project" }).check();
  await steps.submit(page, "Create rule");
  await expect(heading(page, "By tag")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "image tag is a version >=1.0, <3" })).toContainText("goes to qa");
  await expect(page.getByText("Followed by checkout.")).toBeVisible();
});

test("what is pushed from then on is led to its bucket", async () => {
  const { page } = ada;
  expect(await arrive("1.2.0")).toBe(0);
  await ada.open(BOARD);
  await expect(card(page, "qa")).toContainText("1.2.0");
  await ada.open("/timeline?kind=build_routed");
  await expect(page.getByText("to qa by version 1 of the rule by-tag")).toBeVisible();
});

test("reclassifying shows what it changes, and makes exactly that", async () => {
  const { page } = ada;
  await ada.open(BOARD);
  await page.getByRole("link", { name: "CI rule" }).click();
  await expect(heading(page, "Unclassified")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "1.0.0" })).toBeVisible();
  await page.getByRole("link", { name: "Reclassify…" }).click();
  await expect(heading(page, "Reclassify checkout")).toBeVisible();
  const rows = page.getByRole("list", { name: "Builds that go elsewhere" }).getByRole("listitem");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("1.0.0");
  await expect(rows).toContainText("Is kept beside it: qa has a build that was received later");
  await steps.submit(page, "Move 1 build");
  await expect(card(page, "qa")).toContainText("1.2.0");
  await steps.unfold(stage(page, "qa"), "Refused arrivals");
  await expect(stage(page, "qa")).toContainText("Has a build that was received later");
});

test("without script a person assigns what no rule has led, with a reason", async ({ browser }) => {
  const plain = await towpath.visitor(browser, false);
  await plain.signIn(ADA);
  const { page } = plain;
  await plain.open(`${BOARD}/unclassified`);
  const line = page.getByRole("listitem").filter({ hasText: "0.9.0-rc.1" });
  await steps.unfold(line, "Assign…");
  await expect(line.getByRole("option")).toHaveText(["Choose a bucket", "qa"]);
  await line.getByRole("textbox", { name: "Reason" }).fill("To look at it");
  await line.getByRole("button", { name: "Assign 0.9.0-rc.1" }).click();
  await expect(page.getByRole("alert")).toContainText("Choose a bucket.");
  await expect(line.getByRole("textbox", { name: "Reason" })).toHaveValue("To look at it");
  await line.getByRole("combobox", { name: "Bucket" }).selectOption("qa");
  await line.getByRole("button", { name: "Assign 0.9.0-rc.1" }).click();
  await expect(page.getByText("No build is unclassified")).toBeVisible();
  await plain.open(BOARD);
  await expect(card(page, "qa")).toContainText("0.9.0-rc.1");
});

test("without script who comes second can begin again from what the first has made", async ({ browser }) => {
  const plain = await towpath.visitor(browser, false);
  await plain.signIn(ADA);
  const { page } = plain;
  await plain.open("/projects/shop/rules/by-tag");
  const { page: first } = ada;
  await ada.open("/projects/shop/rules/by-tag");
  await first.getByLabel("Title").fill("By its tag");
  await first.getByRole("button", { name: "Save as the next version" }).click();
  await expect(first.getByRole("link", { name: "By its tag" })).toBeVisible();
  await page.getByLabel("Title").fill("By any tag");
  await page.getByRole("button", { name: "Save as the next version" }).click();
  await expect(page.getByRole("alert")).toContainText("It was changed in the meantime.");
  await expect(page.getByLabel("Title")).toHaveValue("By any tag");
  await page.getByRole("link", { name: "Begin again from version 2" }).click();
  await expect(page.getByLabel("Title")).toHaveValue("By its tag");
  await page.getByLabel("Title").fill("By any tag");
  await page.getByRole("button", { name: "Save as the next version" }).click();
  await expect(page.getByRole("link", { name: "By any tag" })).toBeVisible();
});

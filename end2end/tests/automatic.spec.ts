// Stages that promote by themselves, as soon as the checks that they ask for have succeeded.
import { expect, test } from "@playwright/test";
import { expectAccessible, expectFits } from "../support/axe.ts";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { makeToken, openShop, type Shop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { card, event, heading, stage } from "../support/steps.ts";
import { ADA, RUI, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

const towpath = Installation.declare();
const BOARD = "/projects/shop/integrations/parcel";
let shop: Shop;
let ada: Visitor;
let ci: string;
let digest: string;

test.beforeAll(async ({ browser }) => {
  shop = await openShop(towpath.server);
  ci = await makeToken(shop.admin, "Checks", "shop", ["view", "report"]);
  ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
});

async function push(version: string): Promise<string> {
  await using folder = await Folder.make("images");
  const image = await dockerArchive(folder, origin(version));
  return await pushed(towpath.server, shop.token, image, `shop/parcel/qa:${version}`);
}

async function report(of: string, name: string, state: string): Promise<number> {
  const address = `${towpath.server.url}/api/v1/projects/shop/integrations/parcel/builds/${of}/checks`;
  const answer = await fetch(address, {
    method: "POST",
    headers: { authorization: `Bearer ${ci}`, "content-type": "application/json" },
    body: JSON.stringify({ name, state, link: "https://ci.example.org/7" }),
  });
  return answer.status;
}

test("a stage is made automatic, with the checks that it asks for and whose word counts", async () => {
  const { page } = ada;
  await ada.open("/projects/shop/workflows/new");
  await steps.name(page, "flow", "Flow");
  await page.getByRole("group", { name: "Stage 1" }).getByRole("combobox", { name: "Bucket" }).selectOption("qa");
  const second = page.getByRole("group", { name: "Stage 2" });
  await second.getByRole("combobox", { name: "Bucket" }).selectOption("staging");
  await second.getByRole("checkbox", { name: "Automatic" }).check();
  await steps.unfold(second, "More conditions");
  const checks = second.getByRole("textbox", { name: "Checks" });
  await checks.fill("unit tests");
  await checks.blur();
  await expect(second.getByText("Name a check by up to 64 letters")).toBeVisible();
  await checks.fill("tests, smoke in mars");
  await checks.blur();
  await expect(second.getByText("“mars” is not one of the environments here.")).toBeVisible();
  await checks.fill("tests");
  await second.getByRole("combobox", { name: "Checks reported by" }).selectOption({ index: 1 });
  await second.getByRole("textbox", { name: "Form of a reference" }).fill("OPS-[0-9]+");
  await steps.submit(page, "Create workflow");
  await expect(page.getByRole("alert")).toContainText("A stage that asks for a reference cannot be automatic");
  await second.getByRole("textbox", { name: "Form of a reference" }).fill("");
  await steps.submit(page, "Create workflow");
  await expect(heading(page, "Shop")).toBeVisible();
  const created = page.getByRole("listitem").filter({ hasText: "Flow" }).first();
  await expect(created).toContainText("automatic");
  await expect(created).toContainText("a success of tests, reported by “Checks”");
  await steps.createIntegration(ada, "parcel", "Parcel", "flow");
});

test("what arrives asks by itself, waits for its check, and enters when that succeeds", async () => {
  const { page } = ada;
  await ada.open(BOARD);
  digest = await push("1.4.2");
  await expect(stage(page, "staging")).toContainText("Waits for a success of tests", { timeout: 10_000 });
  expect(await report(digest, "tests", "failure")).toBe(201);
  expect(await report(digest, "tests", "failure")).toBe(200);
  await ada.open("/projects/shop/promotions/1");
  await expect(page.getByText("Asked by itself", { exact: true })).toBeVisible();
  await expect(page.getByText("It failed.")).toBeVisible();
  expect(await report(digest, "tests", "success")).toBe(201);
  await expect(page.getByText("It failed once before.")).toBeVisible({ timeout: 10_000 });
  await expect(page.getByRole("main")).toContainText("applied", { timeout: 10_000 });
  await expectAccessible(page);
  await ada.open(`/builds/${digest}`);
  await expect(page.getByRole("link", { name: "tests" })).toHaveAttribute("href", "https://ci.example.org/7");
  await expectAccessible(page);
  await expectFits(page, 320);
  await ada.open("/timeline?kind=promotion_requested");
  await expect(event(page, /asked by itself to promote 1.4.2/)).toBeVisible();
});

test("a rollback pauses it, and a person resumes it", async ({ browser }) => {
  const next = await push("1.5.0");
  expect(await report(next, "tests", "success")).toBe(201);
  const { page } = ada;
  await ada.open(BOARD);
  await expect(card(page, "staging")).toContainText("1.5.0", { timeout: 10_000 });
  const rui = await towpath.visitor(browser);
  await rui.signIn(RUI);
  await rui.open(BOARD);
  await steps.unfold(stage(rui.page, "staging"), "History");
  await stage(rui.page, "staging").getByRole("link", { name: "Roll back staging to 1.4.2" }).click();
  await steps.giveReason(rui.page, "1.5.0 loses orders", "Roll staging back");
  await expect(stage(page, "staging")).toContainText("Automatic promotion is paused", { timeout: 10_000 });
  const fix = await push("1.5.1");
  expect(await report(fix, "tests", "success")).toBe(201);
  await rui.open(BOARD);
  await expect(card(rui.page, "staging")).toContainText("1.4.2");
  await steps.submit(rui.page, "Resume automatic promotion");
  await expect(card(page, "staging")).toContainText("1.5.1", { timeout: 10_000 });
});

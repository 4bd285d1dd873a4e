// A workflow is drawn: by the mouse, by taps, by keys and by buttons, and what saving touches is told before.
import { expect, test, type Page } from "@playwright/test";
import { expectAccessible, expectFits } from "../support/axe.ts";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { makeToken, openShop, type Shop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { ADA } from "../support/visitors.ts";

const towpath = Installation.declare();
const PAGE = "/projects/shop/workflows/release";
let shop: Shop;

test.beforeAll(async () => {
  shop = await openShop(towpath.server);
  const perf = { "form[slug]": "perf", "form[title]": "Performance", "form[stream]": "staging" };
  await shop.admin.call("create_environment", { project: "shop", ...perf });
});

const drawing = (page: Page) => page.getByRole("group", { name: "Drawing of the stages" });
const chip = (page: Page, bucket: string) => drawing(page).getByRole("group", { name: bucket, exact: true });
const place = (page: Page, name: string) => drawing(page).getByRole("button", { name, exact: true });

/** The rows of the form: each bucket with from where it comes. */
async function rows(page: Page): Promise<string[]> {
  const data = await page.locator("form:has([name='form[title]'])").evaluate((form: HTMLFormElement) =>
    [...new FormData(form)].map(([name, value]) => [name, String(value)] as const),
  );
  const fields = new Map(data);
  const buckets = [...fields].filter(([name, value]) => name.endsWith("[bucket]") && value);
  return buckets.map(([name, value]) => [value, fields.get(name.replace("bucket", "from"))].filter(Boolean).join("<"));
}

test("stages are dragged into an order, and ways into a fork", async ({ browser }) => {
  const ada = await towpath.visitor(browser, true, { viewport: { width: 1440, height: 900 } });
  await ada.signIn(ADA);
  const { page } = ada;
  await ada.open(PAGE);
  await expect(chip(page, "prod")).toContainText("1 approval");
  await expectAccessible(page);

  // By the mouse: a bucket comes in beside a stage.
  await chip(page, "perf").hover();
  await page.mouse.down();
  await chip(page, "staging").hover();
  await place(page, "Beside staging").hover();
  await page.mouse.up();
  await expect.poll(() => rows(page)).toEqual(["qa", "staging", "perf<qa", "prod<staging, perf"]);
  await expect(chip(page, "prod")).toContainText("1 approval");
  await expect(page.getByText("perf becomes a stage, without gates.")).toBeVisible();
  await expect(page.getByText("Builds go from qa to perf.")).toBeVisible();
  await expect(page.getByText("1 integration takes the new way at once: checkout.")).toBeVisible();

  // By keys: prod comes first, where it has no gates, and goes back to where it was, with them.
  await chip(page, "prod").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("status").filter({ hasText: "Before qa: prod, then qa, then staging and perf." })).toHaveCount(1);
  await page.keyboard.press("Space");
  await expect.poll(() => rows(page)).toEqual(["prod", "qa", "staging", "perf<qa"]);
  await expect(chip(page, "prod")).toBeFocused();
  await expect(chip(page, "prod")).not.toContainText("1 approval");
  // By buttons.
  await chip(page, "prod").getByText("Move").click();
  await page.getByRole("button", { name: /^After staging/ }).click();
  await chip(page, "perf").getByText("Move").click();
  await page.getByRole("button", { name: /^To prod/ }).click();
  await expect.poll(() => rows(page)).toEqual(["qa", "staging", "perf<qa", "prod<staging, perf"]);
  await expect(chip(page, "prod")).toContainText("1 approval");

  // A way, by keys; one back is not among them.
  await page.getByRole("button", { name: "Draw a way from qa" }).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("status").filter({ hasText: "To prod: qa, then staging and perf, then prod." })).toHaveCount(1);
  await page.keyboard.press("Escape");

  await steps.submit(page, "Save as the next version");
  await expect(steps.heading(page, "Shop")).toBeVisible();
  await ada.open(PAGE);
  await expect(page.getByRole("list", { name: "Stages", exact: true }).first()).toContainText("from staging and perf");
});

test("fingers tap what they take up and where it goes, on a narrow screen", async ({ browser }) => {
  const ada = await towpath.visitor(browser, true, { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: "dark" });
  await ada.signIn(ADA);
  const { page } = ada;
  await ada.open("/projects/shop/workflows/new");
  await steps.name(page, "quick", "Quick");
  await page.getByRole("button", { name: "Take up qa" }).tap();
  await place(page, "On its own").tap();
  await page.getByRole("button", { name: "Take up prod" }).tap();
  await place(page, "After qa").tap();
  await page.getByRole("button", { name: "Take up staging" }).tap();
  await place(page, "Before prod").tap();
  await expect.poll(() => rows(page)).toEqual(["qa", "staging", "prod"]);
  await page.getByRole("button", { name: "Draw a way from qa" }).tap();
  await place(page, "To prod").tap();
  await expect.poll(() => rows(page)).toEqual(["qa", "staging", "prod<qa, staging"]);
  await expectFits(page, 320);
  await expectAccessible(page);
  await steps.submit(page, "Create workflow");
  await expect(steps.heading(page, "Shop")).toBeVisible();
});

test("what waits is named before a workflow is saved", async ({ browser }) => {
  await using folder = await Folder.make("images");
  const token = await makeToken(shop.admin, "All", "shop", ["pull", "push"]);
  const digest = await pushed(towpath.server, token, await dockerArchive(folder, origin("1.4.2")), "shop/checkout/qa:1.4.2");
  const wish = { project: "shop", integration: "checkout", digest, reason: "Tested" };
  await shop.admin.call("promote", { ...wish, from: "qa", to: "staging" });
  await shop.admin.call("promote", { ...wish, from: "staging", to: "prod" });
  const ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
  await ada.open(PAGE);
  const line = ada.page.getByRole("listitem").filter({ hasText: "keeps the gates of version" });
  await expect(line).toContainText("shop#2, 1.4.2 of checkout to prod");
});

test("gates that a change drops are named, and have to be let go of", async ({ browser }) => {
  for (const script of [true, false]) {
    const ada = await towpath.visitor(browser, script);
    await ada.signIn(ADA);
    const { page } = ada;
    await ada.open(PAGE);
    const before = await rows(page);
    if (script) {
      await chip(page, "prod").getByText("Move").click();
      await page.getByRole("button", { name: /^Out of the workflow/ }).click();
      await expect(page.getByText("Gates are dropped")).toBeVisible();
      await expect(page.getByText(/^prod: .*approval.*\.$/)).toBeVisible();
      await expectAccessible(page);
    } else {
      const last = page.getByRole("group", { name: `Stage ${before.length}`, exact: true });
      await last.getByRole("combobox", { name: "Bucket" }).selectOption("");
      await last.getByRole("spinbutton", { name: "Approvals" }).fill("");
      await last.getByRole("textbox", { name: "Comes from" }).fill("");
    }
    await steps.submit(page, "Save as the next version");
    await expect(page.getByText(/Tick it if these gates may go, .*prod: /).first()).toBeVisible();
    if (!script) {
      await page.getByRole("checkbox", { name: "Drop these gates" }).check();
      await steps.submit(page, "Save as the next version");
      await expect(steps.heading(page, "Shop")).toBeVisible();
    }
  }
});

test("gates without a field stay, or are taken out", async ({ browser }) => {
  const { server } = towpath;
  // As `towpath login` does: no token makes workflows.
  const signedIn = await fetch(`${server.url}/api/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: ADA.email, password: ADA.password }),
  });
  const { session } = (await signedIn.json()) as { session: string };
  const window = (hours: string) => ({ gate: "window", zone: "UTC", hours: [hours] });
  const stages = [
    { bucket: "qa", gates: [] },
    { bucket: "prod", gates: [window("Mon-Fri 09:00-17:00"), window("Mon-Thu 08:00-12:00")] },
  ];
  const made = await fetch(`${server.url}/api/v1/projects/shop/workflows`, {
    method: "POST",
    headers: { authorization: `Bearer ${session}`, "content-type": "application/json" },
    body: JSON.stringify({ slug: "twice", title: "Twice", kind: "environment", stages }),
  });
  expect(made.status, await made.text()).toBe(201);
  for (const script of [true, false]) {
    const ada = await towpath.visitor(browser, script);
    await ada.signIn(ADA);
    const { page } = ada;
    await ada.open("/projects/shop/workflows/twice");
    const further = page.getByRole("group", { name: "Further gates" });
    const second = further.getByRole("checkbox", { name: /^Only Mon-Thu 08:00-12:00/ });
    await expect(second).toBeChecked();
    if (script) {
      await expectAccessible(page);
      await page.getByRole("textbox", { name: "Title" }).fill("Twice a day");
    } else {
      await second.uncheck();
    }
    await steps.submit(page, "Save as the next version");
    await expect(steps.heading(page, "Shop")).toBeVisible();
    await ada.open("/projects/shop/workflows/twice");
    await expect(steps.heading(page, "Twice a day")).toBeVisible();
    await expect(second).toHaveCount(script ? 1 : 0);
  }
});

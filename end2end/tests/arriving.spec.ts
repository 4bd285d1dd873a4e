// Arriving at a page, and not missing what it says: what the window is called, where the focus is, what is shown once.
import { expect, test } from "@playwright/test";
import { Installation } from "../support/installation.ts";
import { openShop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { heading } from "../support/steps.ts";
import { ADA, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

const towpath = Installation.declare();
let ada: Visitor;

test.beforeAll(async ({ browser }) => {
  await openShop(towpath.server);
  ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
});

test("the window bears a name all the while, and the focus goes to the heading of the page", async () => {
  const { page } = ada;
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    const look = () => {
      if (document.head?.querySelector("title") !== null) {
        seen.push(document.title);
      }
      requestAnimationFrame(look);
    };
    document.addEventListener("DOMContentLoaded", look);
  });
  await ada.open("/projects/shop");
  const timeline = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Timeline" });
  await timeline.focus();
  await page.keyboard.press("Enter");
  await expect(heading(page, "Timeline")).toBeFocused();
  await page.keyboard.press("g");
  await page.keyboard.press("h");
  await expect(heading(page, "Home")).toBeFocused();
  await expect(page).toHaveTitle("Home · Towpath");
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  expect(seen.length).toBeGreaterThan(0);
  expect(seen).not.toContain("");
});

test("who has moved on meanwhile is not taken back to the heading", async () => {
  const { page } = ada;
  await ada.open("/projects/new");
  await expect(page.getByRole("textbox", { name: "Title" })).toBeFocused();
});

test("a secret that is shown once is where one is", async () => {
  const { page } = ada;
  await page.setViewportSize({ width: 390, height: 700 });
  await ada.open("/tokens");
  await page.getByRole("textbox", { name: "Title" }).fill("Pipeline");
  await page.getByRole("button", { name: "Create token" }).click();
  const secret = page.getByText(/^tpt_[0-9a-f]+$/);
  await expect(secret).toBeInViewport();
  await page.setViewportSize({ width: 1280, height: 720 });
});

test("what is typed before the search is there goes into it", async () => {
  const { page } = ada;
  await ada.open("/projects");
  // Its code takes a while to come.
  await page.route("**/pkg/*", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
  await page.keyboard.press("Control+k");
  await page.keyboard.type("tim");
  const search = page.getByRole("combobox", { name: "Search" });
  await expect(search).toBeFocused();
  await page.keyboard.type("eline");
  await expect(search).toHaveValue("timeline");
  await expect(page.getByRole("option", { name: "Go to the timeline" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("searchbox", { name: "Search" })).toHaveValue("");
  await page.unroute("**/pkg/*");
  // The focus is where it was, so that single keys act as before.
  await page.keyboard.type("gt");
  await expect(steps.heading(page, "Timeline")).toBeVisible();
});

test("a search that finds nothing says so", async () => {
  const { page } = ada;
  await ada.open("/projects");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("no such thing anywhere");
  await expect(page.getByText("Nothing is called “no such thing anywhere”, as far as you see.")).toBeVisible();
  await page.getByRole("combobox", { name: "Search" }).fill("log out");
  await expect(page.getByRole("option", { name: "Sign out" })).toBeVisible();
  await page.keyboard.press("Escape");
});

test("without script, a form that failed leads to what is wrong with it", async ({ browser }) => {
  const plain = await towpath.visitor(browser, false);
  await plain.signIn(ADA, "/tokens");
  const { page } = plain;
  await page.setViewportSize({ width: 390, height: 700 });
  for (const _ of [1, 2]) {
    await steps.submit(page, "Create token");
    await expect(page.getByRole("alert")).toBeInViewport();
    expect(page.url().match(/__err=/g)).toHaveLength(1);
  }
});

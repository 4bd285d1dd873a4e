// The first page, search, and the page of a build: what should run where, and how one gets to a build by its commit.
import { expect, type Locator, type Page, test } from "@playwright/test";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT, openShop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { heading, stage } from "../support/steps.ts";
import { ADA, RUI, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

const towpath = Installation.declare();
const { revision } = origin("1.4.2");
let digest: string;
let ada: Visitor;
let rui: Visitor;

// 1.4.2 is in staging and waits to enter prod; Rui may let it.
test.beforeAll(async ({ browser }) => {
  await using folder = await Folder.make("images");
  const { server } = towpath;
  const { admin, token } = await openShop(server);
  await admin.call("create_project", { "form[slug]": "bank", "form[title]": "Bank" });
  const mailer = { "form[slug]": "mailer", "form[title]": "Mailer", "form[kind]": "environment", "form[workflow]": ":default" };
  await admin.call("create_integration", { project: "shop", ...mailer });
  digest = await pushed(server, token, await dockerArchive(folder, origin("1.4.2")), `${CHECKOUT}/qa:1.4.2`);
  const move = { project: "shop", integration: "checkout", digest };
  await admin.call("promote", { ...move, from: "qa", to: "staging", reason: "Tested by QA" });
  await admin.call("promote", { ...move, from: "staging", to: "prod", reason: "Release of the week" });
  ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
  rui = await towpath.visitor(browser);
  await rui.signIn(RUI);
});

const grid = (page: Page): Locator => page.getByRole("grid", { name: "Shop: services by environment" });

test("the matrix tells what should run, and what waits", async () => {
  const { page } = ada;
  await ada.open("/");
  await expect(grid(page).getByRole("columnheader")).toHaveText(["Service", "QA", "Staging", "Production"]);
  await expect(grid(page).getByRole("link", { name: /^Checkout in QA: *1\.4\.2 / })).toBeVisible();
  const prod = grid(page).getByRole("link", { name: /^Checkout in Production: *empty *1 *promotion waits$/ });
  await expect(prod).toBeVisible();
  await prod.click();
  await expect(page).toHaveURL(`${BOARD}#stage-prod`);
  await expect(stage(page, "prod")).toBeVisible();
});

test("a project that is not set up says what it needs next", async () => {
  const { page } = ada;
  await ada.open("/");
  const bank = page.getByRole("region", { name: "Bank" });
  await bank.getByRole("link", { name: "Add an environment" }).click();
  await expect(heading(page, "New environment")).toBeVisible();
});

test("what waits for a decision stands beside it, and the decision shows in the matrix", async () => {
  const { page } = rui;
  await rui.open("/");
  const inbox = page.getByRole("complementary", { name: "For you to decide 1" });
  await expect(inbox.getByRole("link", { name: "See all" })).toBeVisible();
  await inbox.getByRole("link", { name: /^#2 shop\/checkout 1\.4\.2 to prod/ }).click();
  await page.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByText("applied").first()).toBeVisible();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Home" }).click();
  await expect(page.getByText("Nothing waits for you.")).toBeVisible();
  await expect(grid(page).getByRole("link", { name: /^Checkout in Production: *1\.4\.2 / })).toBeVisible();
});

test("the filter stands in the address", async () => {
  const { page } = ada;
  await ada.open("/");
  await page.getByRole("textbox", { name: "Name" }).fill("check");
  await steps.submit(page, "Filter");
  await expect(page).toHaveURL("/?q=check");
  await expect(grid(page)).toBeVisible();
  await expect(page.getByRole("region", { name: "Bank" })).toBeHidden();
  await steps.choose(page, "Project", "bank");
  await steps.submit(page, "Filter");
  await expect(page).toHaveURL("/?project=bank&q=check");
  await expect(page.getByText("Nothing matches")).toBeVisible();
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(page).toHaveURL("/");
  await expect(grid(page)).toBeVisible();
});

test("the arrow keys move in the grid, which is one stop for Tab", async () => {
  const { page } = ada;
  await ada.open("/");
  await grid(page).getByRole("link", { name: "Checkout", exact: true }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(grid(page).getByRole("link", { name: /^Checkout in QA/ })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(grid(page).getByRole("link", { name: /^Mailer in QA/ })).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(grid(page).getByRole("link", { name: "Mailer", exact: true })).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(grid(page).getByRole("link", { name: "Checkout", exact: true })).toBeFocused();
  await page.keyboard.press("End");
  const last = grid(page).getByRole("link", { name: /^Checkout in Production/ });
  await expect(last).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(last).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(grid(page).locator(":focus")).toHaveCount(0);
  await page.keyboard.press("Shift+Tab");
  await expect(last).toBeFocused();
  await page.keyboard.press("Control+Home");
  await expect(grid(page).getByRole("link", { name: "Checkout", exact: true })).toBeFocused();
});

test("the palette finds a build by its commit and opens it", async () => {
  const { page } = ada;
  await ada.open("/inbox");
  await page.keyboard.press("Control+k");
  const field = page.getByRole("combobox", { name: "Search" });
  await expect(field).toBeFocused();
  await field.pressSequentially(revision.slice(0, 10), { delay: 15 });
  const option = page.getByRole("option", { name: /1\.4\.2.*shop\/checkout.*current in qa, staging, prod/ });
  await expect(option).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/builds/${digest}`);
  await expect(heading(page, "Build 1.4.2")).toBeVisible();
  await expect(page.getByRole("dialog")).toBeHidden();

  // What was opened stands first the next time, before anything is typed.
  await page.keyboard.press("/");
  await expect(page.getByRole("group", { name: "Recent" }).getByRole("option", { name: /^1\.4\.2/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("only the answer to what is typed now counts", async () => {
  const { page } = ada;
  await ada.open("/inbox");
  let held: (() => void) | undefined;
  await page.route("**/fn/search", async (route) => {
    // The first question is answered last.
    if (route.request().postData() === "q=shop") await new Promise<void>((answer) => (held = answer));
    await route.continue();
  });
  await page.keyboard.press("/");
  const field = page.getByRole("combobox", { name: "Search" });
  await field.fill("shop");
  await expect.poll(() => held !== undefined).toBe(true);
  await field.fill("sign out");
  await expect(page.getByRole("option", { name: "Sign out", exact: true })).toBeVisible();
  const late = page.waitForResponse("**/fn/search");
  held?.();
  await late;
  await expect(page.getByRole("option", { name: "Sign out", exact: true })).toBeVisible();
  await expect(page.getByRole("option", { name: /^Shop/ })).toBeHidden();
  await page.unroute("**/fn/search");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/search?q=sign%20out");
});

test("a build tells its life from its arrival to production, and who let it pass", async () => {
  const { page } = ada;
  await ada.open(`/builds/${digest}`);
  const current = page.getByRole("list", { name: "Current in" });
  await expect(current.getByRole("link")).toHaveText([/^qa /, /^staging /, /^prod /]);
  const chain = page.getByRole("region", { name: "Chain of custody" }).locator(".chain__link");
  await expect(chain).toContainText([
    /Received.*Ada Admin by the token “CI”/,
    /Placed in qa/,
    /Promoted to staging.*Tested by QA.*needed no approval/,
    /Promoted to prod.*Release of the week.*Approved by Rui Manager/,
  ]);
  const commit = page.getByRole("link", { name: revision });
  await expect(commit).toHaveAttribute("href", `https://git.example/shop/checkout/commit/${revision}`);
  await expect(page.getByText(`docker pull ${new URL(towpath.server.url).host}/shop/checkout/prod@${digest}`)).toBeVisible();
});

test("without script the box leads to the same by its page", async ({ browser }) => {
  const visitor = await towpath.visitor(browser, false);
  const { page } = visitor;
  await visitor.signIn(ADA);
  await expect(page.getByRole("link", { name: /^Checkout in QA: *1\.4\.2 / })).toBeVisible();
  const box = page.getByRole("searchbox", { name: "Search" });
  await box.fill(revision.slice(0, 7));
  await box.press("Enter");
  await expect(page).toHaveURL(`/search?q=${revision.slice(0, 7)}`);
  await page.getByRole("region", { name: "Builds" }).getByRole("link", { name: "1.4.2" }).click();
  await expect(heading(page, "Build 1.4.2")).toBeVisible();
  await visitor.open("/?project=shop&q=check");
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue("check");
  await expect(page.getByRole("link", { name: /^Checkout in Staging/ })).toBeVisible();
});

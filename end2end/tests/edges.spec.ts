// What bad input, missing rights and other sites get.
import { expect, type Page, test } from "@playwright/test";
import { expectFits } from "../support/axe.ts";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { Session } from "../support/sessions.ts";
import { BOARD, CHECKOUT, invite, makeToken, openShop, type Shop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { card, heading, stage } from "../support/steps.ts";
import { ADA, type Credentials, RUI, type Visitor } from "../support/visitors.ts";

const MEI: Credentials = { name: "Mei Viewer", email: "mei@example.org", password: "quiet water runs deep" };

const towpath = Installation.declare();
let shop: Shop;
let digest: string;
let ada: Visitor;

test.beforeAll(async ({ browser }) => {
  await using folder = await Folder.make("images");
  const { server } = towpath;
  shop = await openShop(server);
  await invite(server, shop.admin, MEI, "viewer");
  digest = await pushed(server, shop.token, await dockerArchive(folder, origin("1.4.2")), `${CHECKOUT}/qa:1.4.2`);
  ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
});

test("a slug is judged as it is typed, by the server's own rules", async () => {
  const { page } = ada;
  await ada.open("/projects/new");
  const slug = page.getByRole("textbox", { name: "Slug" });
  for (const [typed, answer] of [
    ["admin", "“admin” is reserved. Choose another name."],
    ["Shop", "Start with a lowercase letter."],
    ["shop", "There is a project of this name already."],
  ] as const) {
    await slug.fill("");
    await slug.pressSequentially(typed);
    await expect(page.getByText(answer)).toBeVisible();
    await expect(slug).toHaveAttribute("aria-invalid", "true");
  }
  await slug.fill("canal");
  await expect(slug).not.toHaveAttribute("aria-invalid");
});

test("and again by the server, with the focus on what is wrong", async () => {
  const { page } = ada;
  await ada.open("/projects/new");
  await steps.name(page, "global", "Everything");
  await page.getByRole("textbox", { name: "Slug" }).press("Enter");
  const summary = page.getByRole("alert");
  await expect(summary).toBeFocused();
  await summary.getByRole("link", { name: "“global” is reserved. Choose another name." }).click();
  await expect(page.getByRole("textbox", { name: "Slug" })).toBeFocused();
  await expect(page.getByRole("textbox", { name: "Title" })).toHaveValue("Everything");
});

test("a click sends the form, whatever the field that it leaves has to say", async () => {
  const { page } = ada;
  await ada.open("/projects/new");
  await steps.name(page, "Not a slug", "Canal");
  await steps.submit(page, "Create project");
  await expect(page.getByRole("alert")).toContainText("Correct one thing");
});

test("a name is taken once", async () => {
  const { page } = ada;
  await ada.open("/projects/shop/environments/new");
  await steps.name(page, "qa", "Another QA");
  await steps.choose(page, "Release stream", "qa");
  await page.getByRole("textbox", { name: "Slug" }).press("Enter");
  const taken = "There is an environment of this name in the project already.";
  await expect(page.getByRole("alert")).toContainText(taken);
});

test("an integration takes a workflow of its own type only", async ({ browser }) => {
  const { page } = ada;
  await ada.open("/projects/shop/integrations/new");
  const workflow = page.getByRole("combobox", { name: "Promotion workflow" });
  await page.getByRole("radio", { name: /^Release stream/ }).check();
  await expect(workflow.getByRole("option", { name: "Release" })).toHaveCount(0);

  const plain = await towpath.visitor(browser, false);
  await plain.signIn(ADA, "/projects/shop/integrations/new");
  await steps.name(plain.page, "search", "Search");
  await plain.page.getByRole("radio", { name: /^Release stream/ }).check();
  await steps.choose(plain.page, "Promotion workflow", "release");
  await steps.submit(plain.page, "Create integration");
  await expect(plain.page.getByRole("alert")).toContainText("workflow of environments");
  await expect(plain.page.getByRole("radio", { name: /^Release stream/ })).toBeChecked();
});

test("what is not there is not found, with the status that says so", async () => {
  for (const path of [
    "/nowhere",
    "/projects/nowhere",
    "/projects/Not-a-slug",
    "/projects/shop/integrations/nowhere",
    "/projects/shop/promotions/99",
    "/projects/shop/promotions/x",
    `/builds/sha256:${"0".repeat(64)}`,
    "/builds/latest",
    `${BOARD}/promote?digest=${digest}&from=prod&to=qa`,
    `${BOARD}/roll-back?bucket=qa&to=00000000-0000-7000-8000-000000000000`,
  ]) {
    expect(await ada.open(path), path).toBe(404);
    await expect(heading(ada.page, "Not found")).toBeAttached();
  }
});

test("who may only look reads what is missing, and who can grant it", async ({ browser }) => {
  const mei = await towpath.visitor(browser);
  const { page } = mei;
  await mei.signIn(MEI);
  expect(await mei.open("/people")).toBe(403);
  await expect(heading(page, "You may not do this")).toBeAttached();
  expect(await mei.open("/projects/shop/environments/new")).toBe(403);
  await mei.open(`${BOARD}/promote?digest=${digest}&from=qa&to=staging`);
  await expect(page.getByText(/You need the permission “promote” here/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Promote to staging" })).toBeHidden();
  await expect(page.getByRole("link", { name: "Who may promote in this project?" })).toBeVisible();
  await mei.open(BOARD);
  const menu = card(page, "qa");
  await steps.unfold(menu, "Move to…");
  await expect(menu.locator('[aria-disabled="true"]', { hasText: "Promote to staging" })).toContainText("You need the permission");
  await expect(menu.getByRole("link", { name: "Promote to staging" })).toBeHidden();
  await expect(menu.getByRole("link", { name: /With other services/ })).toBeHidden();
  await expect(menu.getByRole("link", { name: "Who may promote in this project?" })).toBeVisible();
  await page.keyboard.press("Escape");
  await card(page, "qa").focus();
  await page.keyboard.press("Space");
  await steps.expectVerdicts(page, { staging: "forbidden" });
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await expect(page.getByRole("status").filter({ hasText: "Not moved to staging." })).toBeAttached();
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("who has no role in a project does not find it", async ({ browser }) => {
  await shop.admin.call("create_project", { "form[slug]": "canal", "form[title]": "Canal" });
  const mei = await towpath.visitor(browser);
  await mei.signIn(MEI);
  await expect(mei.page.getByText("Canal")).toBeHidden();
  expect(await mei.open("/projects/canal")).toBe(404);
});

test("a board that is behind says so, and nothing happens twice", async () => {
  const { page } = ada;
  await ada.open(BOARD);
  const rui = await Session.signIn(towpath.server, RUI);
  const move = { project: "shop", integration: "checkout", digest, from: "qa", to: "staging" };
  await steps.unfold(card(page, "qa"), "Move to…");
  await page.getByRole("link", { name: "Promote to staging" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await rui.call("promote", { ...move, reason: "Was quicker" });
  await steps.giveReason(dialog, "Too late", "Promote to staging");
  await expect(dialog.getByRole("alert")).toContainText("It is already current in staging.");
  await expect(dialog.getByRole("textbox", { name: "Reason" })).toHaveValue("Too late");
});

test("Escape puts a build back, and a drop beside the stages does too", async () => {
  const { page } = ada;
  await ada.open(BOARD);
  await card(page, "qa").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Escape");
  await steps.expectVerdicts(page, { qa: "none", staging: "none", prod: "none" });
  await card(page, "qa").hover();
  await page.mouse.down();
  await stage(page, "prod").hover();
  await steps.expectVerdicts(page, { prod: "blocked" });
  await heading(page, "Checkout").hover();
  await page.mouse.up();
  await steps.expectVerdicts(page, { qa: "none", staging: "none", prod: "none" });
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("links that were never made, or were used, work no more", async ({ browser }) => {
  const visitor = await towpath.visitor(browser);
  expect(await visitor.open("/join/never")).toBe(410);
  expect(await visitor.open(towpath.server.adminLink)).toBe(410);
  await expect(heading(visitor.page, "This link works no more")).toBeAttached();
});

test("signing in leads to pages of this site only", async ({ browser }) => {
  for (const next of ["//evil.example/", "https://evil.example/", "/\\evil.example"]) {
    const visitor = await towpath.visitor(browser, false);
    const { page } = visitor;
    await visitor.open(`/sign-in?next=${encodeURIComponent(next)}`);
    await page.getByRole("textbox", { name: "E-mail" }).fill(ADA.email);
    await page.getByLabel("Password").fill(ADA.password);
    await steps.submit(page, "Sign in");
    await expect(page, next).toHaveURL("/");
    await expect(heading(page, "Home")).toBeVisible();
  }
});

test("who is not signed in is led to signing in, and back", async ({ browser }) => {
  const visitor = await towpath.visitor(browser);
  const { page } = visitor;
  await visitor.open("/timeline?kind=build_placed");
  await expect(page).toHaveURL("/sign-in?next=%2Ftimeline%3Fkind%3Dbuild_placed");
  await page.getByRole("textbox", { name: "E-mail" }).fill(ADA.email);
  await page.getByLabel("Password").fill(ADA.password);
  await steps.submit(page, "Sign in");
  await expect(page).toHaveURL("/timeline?kind=build_placed");
  await expect(heading(page, "Timeline")).toBeVisible();
});

test("another site cannot make a browser act here", async () => {
  const { page } = ada;
  const body = forgery(towpath.server.url);
  await page.route("http://evil.example/", (route) => route.fulfill({ contentType: "text/html", body }));
  await page.goto("http://evil.example/");
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith("/fn/create_project")),
    page.getByRole("button", { name: "Win a barge" }).click(),
  ]);
  expect(answer.status()).toBe(403);
  await expect(page.getByText("it did not come from a page of this Towpath")).toBeVisible();
  expect(await ada.open("/projects/forged")).toBe(404);
});

test("passwords cannot be tried for ever", async ({ browser }) => {
  const wrong = { ...MEI, password: "a wrong password" };
  for (let attempt = 0; attempt < 10; attempt++) {
    await expect(Session.signIn(towpath.server, wrong)).rejects.toThrow(/answered/);
  }
  const visitor = await towpath.visitor(browser);
  const { page } = visitor;
  await visitor.open("/sign-in");
  await page.getByRole("textbox", { name: "E-mail" }).fill(MEI.email);
  await page.getByLabel("Password").fill(MEI.password);
  await page.getByLabel("Password").press("Enter");
  await expect(page.getByRole("alert")).toContainText(/Too many tries\. Wait .* and try again\./);
});

test("a long list of integrations has pages, and the list of projects shows the first of them", async () => {
  for (let number = 10; number < 62; number += 1) {
    const fields = { slug: `part-${number}`, title: `Part ${number}`, kind: "environment", workflow: ":none" };
    const form = Object.fromEntries(Object.entries(fields).map(([name, value]) => [`form[${name}]`, value]));
    await shop.admin.call("create_integration", { project: "shop", ...form });
  }
  const { page } = ada;
  await ada.open("/projects/shop");
  const pages = page.getByRole("navigation", { name: "Pages of integrations" });
  const last = page.getByRole("link", { name: "Part 61", exact: true });
  await expect(page.getByRole("link", { name: "Part 10", exact: true })).toBeVisible();
  await expect(last).toBeHidden();
  await pages.getByRole("link", { name: "Next" }).click();
  await expect(last).toBeVisible();
  await expect(pages.getByRole("link", { name: "Next" })).toBeHidden();
  await pages.getByRole("link", { name: "First" }).click();
  await expect(page.getByRole("link", { name: "Part 10", exact: true })).toBeVisible();
  await ada.open("/projects");
  await page.getByRole("link", { name: "and 45 more" }).click();
  await expect(heading(page, "Shop")).toBeVisible();
});

test("no script runs but that of our files, and the watch over the console would see it", async () => {
  await ada.open("/");
  await addInlineScript(ada.page);
  expect(await ada.page.evaluate(() => "stolen" in globalThis)).toBe(false);
  expect(ada.takeFaults().join()).toContain("Content Security Policy");
});

test("a request that is lost is seen by the watch over the browser", async () => {
  const { page } = ada;
  await ada.open("/");
  await page.route("**/lost", (route) => route.abort("connectionreset"));
  await page.evaluate(() => fetch("/lost").catch(() => {}));
  expect(ada.takeFaults().join()).toMatch(/GET \S+\/lost: net::ERR_CONNECTION_RESET/);
});

test("words without a blank make no page wider", async () => {
  const { page } = ada;
  await using folder = await Folder.make("images");
  const tag = "t".repeat(120);
  const archive = await dockerArchive(folder, origin("1.9.0"));
  const long = await pushed(towpath.server, shop.token, archive, `${CHECKOUT}/qa:${tag}`);
  const address = `${towpath.server.url}/api/v1/projects/shop/integrations/checkout/builds/${long}/checks`;
  const scanner = await makeToken(shop.admin, "Scanner", "shop", ["view", "report"]);
  const check = { name: "a".repeat(64), state: "success", summary: "s".repeat(300), link: "https://ci.example.org/7" };
  const reported = await fetch(address, {
    method: "POST",
    headers: { authorization: `Bearer ${scanner}`, "content-type": "application/json" },
    body: JSON.stringify(check),
  });
  expect(reported.ok, await reported.text()).toBe(true);
  await shop.admin.call("place_hold", { "form[on]": "bucket:shop/checkout/staging", "form[reason]": "r".repeat(900) });
  for (const path of [BOARD, `/builds/${long}`, `${BOARD}/moment`, "/holds", "/timeline", "/inbox", "/"]) {
    await ada.open(path);
    if (path === BOARD) await steps.unfold(card(page, "qa"), "Move to…");
    for (const width of [320, 390, 1440]) await expectFits(page, width);
  }
});

function forgery(url: string): string {
  return `<title>A friendly site</title>
    <form method="post" action="${url}/fn/create_project">
      <input name="form[slug]" value="forged"><input name="form[title]" value="Forged">
      <button>Win a barge</button>
    </form>`;
}

async function addInlineScript(page: Page): Promise<void> {
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "globalThis.stolen = document.cookie";
    document.head.append(script);
  });
}

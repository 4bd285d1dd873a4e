// The same by plain forms: what a browser without script can do, which is all but dragging.
import { expect, test } from "@playwright/test";
import { digestOf, pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { card, event, heading, stage } from "../support/steps.ts";
import { ADA, RUI, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

const towpath = Installation.declare();
let folder: Folder;
let ada: Visitor;
let rui: Visitor;
let token: string;
let first: string;

test.beforeAll(async () => {
  folder = await Folder.make("images");
});
test.afterAll(() => folder[Symbol.asyncDispose]());

test("joining by a link keeps what was typed, but never the password", async ({ browser }) => {
  ada = await towpath.visitor(browser, false);
  const { page } = ada;
  await ada.open(towpath.server.adminLink);
  await page.getByRole("textbox", { name: "Name" }).fill(ADA.name);
  await page.getByRole("textbox", { name: "E-mail" }).fill("no address");
  await page.getByLabel("Password").fill("short");
  await steps.submit(page, "Join");
  await expect(page.getByRole("alert")).toContainText("Correct 2 things");
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue(ADA.name);
  await expect(page.getByRole("textbox", { name: "E-mail" })).toHaveValue("no address");
  await expect(page.getByLabel("Password")).toHaveValue("");
  await page.getByRole("alert").getByRole("link", { name: "Use at least 12 characters." }).click();
  await expect(page).toHaveURL(/#field-password$/);
  await page.getByRole("textbox", { name: "E-mail" }).fill(ADA.email);
  await page.getByLabel("Password").fill(ADA.password);
  await steps.submit(page, "Join");
  await expect(heading(page, "Home")).toBeVisible();
});

test("signing out and in, with a wrong password between", async () => {
  const { page } = ada;
  await steps.unfold(page, ADA.name);
  await steps.submit(page, "Sign out");
  await expect(heading(page, "Sign in")).toBeVisible();
  await page.getByRole("textbox", { name: "E-mail" }).fill(ADA.email);
  await page.getByLabel("Password").fill("not the password");
  await steps.submit(page, "Sign in");
  await expect(page.getByRole("alert")).toContainText("The e-mail address or the password is wrong.");
  await expect(page.getByRole("textbox", { name: "E-mail" })).toHaveValue(ADA.email);
  await ada.signIn(ADA, "/tokens");
  await expect(heading(page, "Tokens")).toBeVisible();
});

test("a project with its environments, its workflow and an integration", async () => {
  const { page } = ada;
  await steps.createProject(ada, "shop", "Shop");
  await steps.createEnvironment(ada, "qa", "QA", "qa");
  await steps.createEnvironment(ada, "staging", "Staging", "staging");
  await steps.createEnvironment(ada, "prod", "Production", "production");

  await ada.open("/projects/shop/environments/new");
  await steps.name(page, "Not a slug", "Kept");
  await steps.choose(page, "Release stream", "dev");
  await steps.submit(page, "Create environment");
  await expect(page.getByRole("alert")).toContainText("Correct one thing");
  await expect(page.getByRole("textbox", { name: "Title" })).toHaveValue("Kept");
  await expect(page.getByRole("textbox", { name: "Slug" })).toHaveValue("Not a slug");
  await expect(page.getByRole("combobox", { name: "Release stream" })).toHaveValue("dev");

  const stages = [{ bucket: "qa" }, { bucket: "staging" }, { bucket: "prod", approvals: 1 }];
  await steps.createWorkflow(ada, "release", "Release", stages);
  await steps.createIntegration(ada, "checkout", "Checkout", ":default");
});

test("a workflow that is not accepted keeps its stages", async () => {
  const { page } = ada;
  await ada.open("/projects/shop/workflows/new");
  await steps.name(page, "twice", "Twice");
  for (const row of [1, 2]) {
    const group = page.getByRole("group", { name: `Stage ${row}` });
    await group.getByRole("combobox", { name: "Bucket" }).selectOption("qa");
  }
  await page.getByRole("group", { name: "Stage 2" }).getByRole("spinbutton", { name: "Approvals" }).fill("2");
  await steps.submit(page, "Create workflow");
  await expect(page.getByRole("alert")).toContainText("Each bucket can be one stage only.");
  const kept = page.getByRole("group", { name: "Stage 2" });
  await expect(kept.getByRole("combobox", { name: "Bucket" })).toHaveValue("qa");
  await expect(kept.getByRole("spinbutton", { name: "Approvals" })).toHaveValue("2");
});

test("a token's secret is shown on the page that follows, and on no other", async () => {
  const { page } = ada;
  token = await steps.createToken(ada, "CI", "shop", ["Pull", "Push"]);
  expect(token).toMatch(/^tpt_/);
  await page.reload();
  expect(await page.content()).not.toContain(token);
});

test("a build is promoted by the form behind the card's menu", async () => {
  const { page } = ada;
  const archive = await dockerArchive(folder, origin("1.4.2"));
  first = await pushed(towpath.server, token, archive, `${CHECKOUT}/qa:1.4.2`);
  await ada.open(BOARD);
  await steps.unfold(card(page, "qa"), "Move to…");
  await page.getByRole("link", { name: "Promote to staging" }).click();
  await expect(heading(page, "Promote 1.4.2 to staging")).toBeVisible();
  await steps.giveReason(page, " ", "Promote to staging");
  await expect(page.getByRole("alert")).toContainText("Fill this in.");
  await steps.giveReason(page, "Tested by QA", "Promote to staging");
  await expect(card(page, "staging")).toContainText("1.4.2");
});

test("into prod it waits, and another person approves", async ({ browser }) => {
  const { page } = ada;
  await steps.unfold(card(page, "staging"), "Move to…");
  await page.getByRole("link", { name: "Promote to prod" }).click();
  await steps.giveReason(page, "Release of the week", "Promote to prod");
  await expect(heading(page, "#2 Promote 1.4.2 to prod")).toBeVisible();
  const link = await steps.invite(ada, RUI.email, "release-manager", "project:shop");
  await page.reload();
  expect(await page.content()).not.toContain(link);

  rui = await towpath.visitor(browser, false);
  await steps.join(rui, link, RUI);
  await rui.open("/inbox");
  await rui.page.getByRole("link", { name: "Review #2" }).click();
  await steps.submit(rui.page, "Reject");
  await expect(rui.page.getByRole("alert")).toBeVisible();
  // Somebody else has the same page open, and decides after it.
  const late = await rui.page.context().newPage();
  await late.goto(rui.page.url().replace(/\?.*/, ""));
  await rui.page.getByRole("textbox", { name: "Comment" }).fill("Looks good to me");
  await steps.submit(rui.page, "Approve");
  await expect(rui.page.getByText("It became current in prod")).toBeVisible();
  expect(await digestOf(towpath.server, token, `${CHECKOUT}/prod:current`)).toBe(first);
  await late.getByRole("textbox", { name: "Comment" }).fill("Not before Monday");
  await steps.submit(late, "Reject");
  await expect(late.getByText("It came too late, and was not taken")).toBeVisible();
  await expect(late.getByText("This promotion is applied already.").first()).toBeVisible();
  await late.close();
});

test("qa is rolled back, and its arrivals are resumed", async () => {
  const { page } = rui;
  const second = await dockerArchive(folder, origin("1.5.0"));
  await pushed(towpath.server, token, second, `${CHECKOUT}/qa:1.5.0`);
  await rui.open(BOARD);
  await steps.unfold(stage(page, "qa"), "History");
  await page.getByRole("link", { name: "Roll back qa to 1.4.2" }).click();
  await steps.giveReason(page, "It does not start", "Roll qa back");
  await expect(card(page, "qa")).toContainText("1.4.2");
  await expect(stage(page, "qa")).toContainText("Arrivals are paused");
  await steps.submit(page, "Resume arrivals");
  await expect(stage(page, "qa")).not.toContainText("Arrivals are paused");
});

test("the timeline is filtered by its form", async () => {
  const { page } = rui;
  await rui.open("/timeline");
  await steps.choose(page, "Kind", "promotion_decided");
  await steps.submit(page, "Filter");
  await expect(page).toHaveURL(/kind=promotion_decided/);
  await expect(event(page, /Rui Manager approved #2/)).toBeVisible();
  await expect(event(page, /promoted/)).toHaveCount(0);
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(event(page, /Rui Manager rolled qa/)).toContainText("It does not start");
});

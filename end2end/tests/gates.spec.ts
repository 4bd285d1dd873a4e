// Stages whose gates are judged by time, history and what a promotion names.
import { expect, test } from "@playwright/test";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { openShop, type Shop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { board, card, heading, stage } from "../support/steps.ts";
import { ADA, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

const towpath = Installation.declare();
const BOARD = "/projects/shop/integrations/parcel";
let shop: Shop;
let ada: Visitor;

test.beforeAll(async ({ browser }) => {
  shop = await openShop(towpath.server);
  ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
});

test("conditions are set in words, and what makes no sense is told beside its field", async () => {
  const { page } = ada;
  await ada.open("/projects/shop/workflows/new");
  await steps.name(page, "careful", "Careful");
  const first = page.getByRole("group", { name: "Stage 1" });
  await first.getByRole("combobox", { name: "Bucket" }).selectOption("qa");
  const second = page.getByRole("group", { name: "Stage 2" });
  await second.getByRole("combobox", { name: "Bucket" }).selectOption("staging");
  await steps.unfold(second, "More conditions");
  const soak = second.getByRole("textbox", { name: "Time in the stage before" });
  await soak.fill("soon");
  await soak.blur();
  await expect(second.getByText("Write a length of time such as 30m, 2h or 1d 12h, up to 365d.")).toBeVisible();
  await soak.fill("30m");
  await second.getByRole("textbox", { name: "Form of a reference" }).fill("(");
  await steps.submit(page, "Create workflow");
  await expect(page.getByRole("alert")).toContainText("This is no regular expression: unclosed group.");
  const reference = second.getByRole("textbox", { name: "Form of a reference" });
  await expect(reference).toHaveAttribute("aria-invalid", "true");
  await reference.fill("OPS-[0-9]+");
  await expect(page.getByRole("list", { name: "Stages" })).toContainText("30 minutes in the stage before");
  await steps.submit(page, "Create workflow");
  await expect(heading(page, "Shop")).toBeVisible();
  const created = page.getByRole("listitem").filter({ hasText: "Careful" }).first();
  await expect(created).toContainText("a reference like OPS-[0-9]+");
  await steps.createIntegration(ada, "parcel", "Parcel", "careful");
});

test("a stage tells what it waits for, asks for the reference, and says when it opens by itself", async () => {
  await using folder = await Folder.make("images");
  const image = await dockerArchive(folder, origin("1.4.2"));
  await pushed(towpath.server, shop.token, image, "shop/parcel/qa:1.4.2");
  const { page } = ada;
  await ada.open(BOARD);
  await expect(board(page, "parcel")).toBeVisible();
  await card(page, "qa").focus();
  await page.keyboard.press("Space");
  await steps.expectVerdicts(page, { qa: "source", staging: "waits" });
  await expect(stage(page, "staging")).toContainText("for 30 minutes in the stage before");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  const dialog = page.getByRole("dialog", { name: "Promote 1.4.2 to staging" });
  await expect(dialog).toContainText("It enters by itself in time");
  await steps.giveReason(dialog, "The spring release", "Promote to staging");
  await expect(dialog.getByRole("alert")).toContainText("The stage asks for a reference of the form OPS-[0-9]+.");
  await dialog.getByRole("textbox", { name: "Reference" }).fill("OPS-7");
  await dialog.getByRole("button", { name: "Promote to staging" }).click();
  await expect(heading(page, /#1/)).toBeVisible();
  const gates = page.getByRole("listitem");
  // The timeline tells of it below, too.
  await expect(gates.filter({ hasText: "30 minutes in the stage before" }).first()).toContainText(/Passes by itself in (30|29) minutes/);
  await expect(gates.filter({ hasText: "a reference like" }).first()).toContainText("passed");
  await expect(page.getByRole("definition").filter({ hasText: "OPS-7" })).toBeVisible();
});

test("without script the reference is asked for, and kept with what was typed", async ({ browser }) => {
  const plain = await towpath.visitor(browser, false);
  await plain.signIn(ADA);
  const { page } = plain;
  await plain.open("/projects/shop/promotions/1");
  await page.getByRole("button", { name: "Take back" }).click();
  await plain.open(BOARD);
  await steps.unfold(card(page, "qa"), "Move to…");
  await page.getByRole("link", { name: "Promote to staging" }).click();
  await page.getByRole("textbox", { name: "Reference" }).fill("see OPS-7");
  await steps.giveReason(page, "The spring release", "Promote to staging");
  await expect(page.getByRole("alert")).toContainText("“see OPS-7” is not of the form OPS-[0-9]+.");
  await expect(page.getByRole("textbox", { name: "Reason" })).toHaveValue("The spring release");
  await expect(page.getByRole("textbox", { name: "Reference" })).toHaveValue("see OPS-7");
});

test("a workflow is changed on its page, which says what that touches", async () => {
  const { page } = ada;
  await ada.open("/projects/shop");
  await page.getByRole("link", { name: "Careful", exact: true }).click();
  await expect(heading(page, "Careful")).toBeVisible();
  await expect(page.getByText("Followed by parcel.")).toBeVisible();
  await expect(page.getByText("1 integration takes the new way at once: parcel.")).toBeVisible();
  const second = page.getByRole("group", { name: "Stage 2" });
  // What a stage has is seen at once.
  const soak = second.getByRole("textbox", { name: "Time in the stage before" });
  await expect(soak).toHaveValue("30m");
  await soak.fill("");
  await second.getByRole("textbox", { name: "Form of a reference" }).fill("");
  await second.getByRole("spinbutton", { name: "Approvals" }).fill("1");
  await expect(page.getByRole("list", { name: "Stages" }).last()).toContainText("1 approval by a release manager");
  await steps.submit(page, "Save as the next version");
  await expect(heading(page, "Shop")).toBeVisible();
  await ada.open(BOARD);
  await expect(stage(page, "staging")).toContainText("1 approval by a release manager");
  await ada.open("/timeline?kind=workflow_changed");
  const told = "changed the workflow careful to version 2 in shop: staging with 1 approval by a release manager";
  await expect(page.getByText(told)).toBeVisible();
});

test("who looked at an older version is told, and loses nothing", async ({ browser }) => {
  const plain = await towpath.visitor(browser, false);
  await plain.signIn(ADA);
  const { page } = plain;
  await plain.open("/projects/shop/workflows/careful");
  await ada.open("/projects/shop/workflows/careful");
  await ada.page.getByRole("textbox", { name: "Title" }).fill("Very careful");
  await steps.submit(ada.page, "Save as the next version");
  await expect(heading(ada.page, "Shop")).toBeVisible();
  await page.getByRole("textbox", { name: "Title" }).fill("Careless");
  await steps.submit(page, "Save as the next version");
  await expect(page.getByRole("alert")).toContainText("It was changed in the meantime. Reload the page and look again.");
  await expect(page.getByRole("textbox", { name: "Title" })).toHaveValue("Careless");
});

// Live pages: what one person does, others see without reloading, and what they had begun stays as it is.
import { expect, test } from "@playwright/test";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT, openShop, type Shop } from "../support/shop.ts";
import { card, event, giveReason, heading, stage, unfold } from "../support/steps.ts";
import { ADA, RUI, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

const towpath = Installation.declare();
let folder: Folder;
let shop: Shop;
let ada: Visitor;
let rui: Visitor;
const digests: Record<string, string> = {};

test.beforeAll(async ({ browser }) => {
  folder = await Folder.make("images");
  shop = await openShop(towpath.server);
  await push("1.0.0");
  await push("1.1.0");
  ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
  rui = await towpath.visitor(browser);
  await rui.signIn(RUI);
});
test.afterAll(() => folder[Symbol.asyncDispose]());

test("a promotion of another person appears on the board, and what was begun there stays", async () => {
  const { page } = ada;
  await ada.open(BOARD);
  await unfold(stage(page, "qa"), "History");
  const history = stage(page, "qa").locator("details[open]", { hasText: "History" });
  await unfold(card(page, "qa"), "Move to…");
  await card(page, "qa").getByRole("link", { name: "Promote to staging" }).click();
  const dialog = page.getByRole("dialog", { name: "Promote 1.1.0 to staging" });
  const reason = dialog.getByRole("textbox", { name: "Reason" });
  await reason.pressSequentially("Half a sen");
  await expect(dialog).toContainText("Nothing");

  await shop.manager.call("promote", move("1.0.0", "qa", "staging"));
  await expect(card(page, "staging")).toContainText("1.0.0");
  await expect(card(page, "staging")).toContainText("Rui Manager promoted it");
  await expect(dialog).toContainText("1.0.0");
  await expect(dialog).not.toContainText("Nothing");
  await expect(reason).toHaveValue("Half a sen");
  await expect(reason).toBeFocused();
  await expect(history).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "Rui Manager promoted 1.0.0 to staging." })).toBeAttached();

  await reason.pressSequentially("tence");
  await expect(reason).toHaveValue("Half a sentence");
  await dialog.getByRole("button", { name: "Promote to staging" }).click();
  await expect(card(page, "staging")).toContainText("1.1.0");
  await expect(history).toBeVisible();
});

test("a card that did not change is the same one, and a new one is marked for a moment", async () => {
  const { page } = ada;
  await ada.open(BOARD);
  for (const bucket of ["qa", "staging"]) await card(page, bucket).evaluate((element) => (element.id = "kept"));
  await card(page, "staging").focus();
  await expect(card(page, "staging")).not.toHaveClass(/build-card--arrived/);
  await push("1.2.0");
  await expect(card(page, "qa")).toContainText("1.2.0");
  await expect(card(page, "qa")).toHaveClass(/build-card--arrived/);
  await expect(card(page, "qa")).not.toHaveId("kept");
  await expect(card(page, "staging")).toHaveId("kept");
  await expect(card(page, "staging")).toBeFocused();
});

test("a build stays in the hand while its verdicts change, until its card is replaced", async () => {
  const { page } = ada;
  await ada.open(BOARD);
  await card(page, "staging").focus();
  await page.keyboard.press("Space");
  await expect(stage(page, "prod")).toHaveAttribute("data-verdict", "waits");
  await shop.manager.call("promote", move("1.1.0", "staging", "prod"));
  await expect(stage(page, "prod")).toHaveAttribute("data-verdict", "blocked");
  await expect(stage(page, "prod")).toContainText("Promotion #3 asks for the same and has not ended.");
  await expect(stage(page, "staging")).toHaveAttribute("data-verdict", "source");

  await shop.manager.call("promote", move("1.2.0", "qa", "staging"));
  await expect(stage(page, "staging")).toHaveAttribute("data-verdict", "none");
  const words = "1.1.0 is no longer current in staging, so it was put down.";
  await expect(page.getByRole("status").filter({ hasText: words })).toBeAttached();
  await expect(card(page, "staging")).toContainText("1.2.0");
  await expect(card(page, "staging")).toBeFocused();
});

test("the inbox and its count, the promotion and the timeline follow", async ({ browser }) => {
  const inbox = rui.page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Inbox/ });
  await rui.open("/inbox");
  await expect(rui.page.getByText("Nothing waits for you")).toBeVisible();
  await shop.admin.call("promote", move("1.2.0", "staging", "prod"));
  await expect(rui.page.getByRole("link", { name: "Review #5" })).toBeVisible();
  await expect(inbox).toHaveAccessibleName("Inbox 1 waiting");

  await ada.open("/projects/shop/promotions/5");
  await expect(ada.page.getByRole("listitem").filter({ hasText: "1 approval by a release manager" }).first()).toContainText("waiting");
  const timeline = await towpath.visitor(browser);
  await timeline.signIn(ADA, "/timeline");
  await timeline.awake();
  await expect(event(timeline.page, /asked to promote 1\.2\.0 from staging/)).toBeVisible();

  await rui.page.getByRole("link", { name: "Review #5" }).click();
  await rui.page.getByRole("button", { name: "Approve" }).click();
  await expect(rui.page.getByText("It became current in prod")).toBeVisible();
  await expect(inbox).toHaveAccessibleName("Inbox");
  await expect(ada.page.getByText("It became current in prod")).toBeVisible();
  await expect(ada.page.getByRole("button", { name: "Take back" })).toBeHidden();

  const { page } = timeline;
  await expect(event(page, /approved #5/)).toHaveCount(0);
  await page.getByRole("button", { name: "2 new events" }).click();
  await expect(event(page, /approved #5/)).toBeVisible();
  await expect(event(page, /promoted 1\.2\.0 from staging to prod/)).toBeFocused();
  await expect(page.getByRole("button", { name: /new event/ })).toBeHidden();
  await page.goto("about:blank");
});

test("with a finger a build is picked up by one tap and put down by another", async ({ browser }) => {
  const phone = await towpath.visitor(browser, true, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    storageState: await ada.page.context().storageState(),
  });
  const { page } = phone;
  await phone.open(BOARD);
  await push("1.3.0");
  await expect(card(page, "qa")).toContainText("1.3.0");

  await page.getByRole("button", { name: "Pick up 1.3.0" }).tap();
  await expect(stage(page, "staging")).toHaveAttribute("data-verdict", "enter");
  await page.getByRole("button", { name: "Cancel" }).tap();
  await expect(stage(page, "staging")).toHaveAttribute("data-verdict", "none");

  await page.getByRole("button", { name: "Pick up 1.3.0" }).tap();
  await stage(page, "prod").getByRole("heading", { name: "prod" }).tap();
  const refusal = "Not moved to prod. The workflow release does not lead from qa to prod.";
  await expect(page.getByRole("status").filter({ hasText: refusal })).toBeAttached();
  await stage(page, "staging").getByRole("button", { name: "Put here" }).tap();
  const dialog = page.getByRole("dialog", { name: "Promote 1.3.0 to staging" });
  await giveReason(dialog, "From the train", "Promote to staging");
  await expect(card(page, "staging")).toContainText("1.3.0");
  await phone.leave();
});

test("what one carries by keyboard on their board, another sees on theirs", async () => {
  const { page } = ada;
  await ada.open(BOARD);
  await rui.open(BOARD);
  await page.evaluate(() => (document.documentElement.id = "kept"));
  await push("1.3.1");
  for (const someone of [ada, rui]) await expect(card(someone.page, "qa")).toContainText("1.3.1");

  await card(rui.page, "qa").focus();
  for (const key of ["Space", "ArrowRight", "Space"]) await rui.page.keyboard.press(key);
  const dialog = rui.page.getByRole("dialog", { name: "Promote 1.3.1 to staging" });
  await dialog.getByRole("textbox", { name: "Reason" }).fill("Seen from afar");
  const asked = Date.now();
  await dialog.getByRole("button", { name: "Promote to staging" }).click();
  await card(page, "staging").filter({ hasText: "1.3.1" }).waitFor();
  test.info().annotations.push({ type: "seen by another after", description: `${Date.now() - asked} ms` });

  for (const someone of [ada, rui]) {
    await expect(card(someone.page, "staging")).toContainText("Rui Manager promoted it");
    await expect(card(someone.page, "qa")).toContainText("1.3.1");
  }
  await expect(page.locator("html"), "the page was not read anew").toHaveId("kept");
});

test("the page says when it is not live, and comes back by itself after the server did", async () => {
  const { page } = ada;
  await rui.page.goto("about:blank");
  await ada.open(BOARD);
  await expect(heading(page, "Checkout")).toBeVisible();
  await towpath.server.restart(async () => {
    await expect(page.getByText(/^Not live\. Last read \d\d:\d\d; trying again\.$/)).toBeVisible({ timeout: 20_000 });
  });
  await expect(page.getByText("Live again.")).toBeVisible({ timeout: 20_000 });
  await push("1.4.0");
  await expect(card(page, "qa")).toContainText("1.4.0");
  // That a server is away is in the console too.
  ada.takeFaults();
});

function move(version: string, from: string, to: string): Record<string, string> {
  return { project: "shop", integration: "checkout", digest: digests[version]!, from, to, reason: "It works" };
}

async function push(version: string): Promise<void> {
  const archive = await dockerArchive(folder, origin(version));
  digests[version] = await pushed(towpath.server, shop.token, archive, `${CHECKOUT}/qa:${version}`);
}

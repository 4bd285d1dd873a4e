// What is one's own: theme, keys, password, sessions; the members of a project; and what a page says when the
// server is gone, the site was updated or the session has ended.
import { expect, type Locator, type Page, test } from "@playwright/test";
import { expectAccessible, expectFits } from "../support/axe.ts";
import { Installation } from "../support/installation.ts";
import { Session } from "../support/sessions.ts";
import { invite as join, openShop, type Shop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { event, heading } from "../support/steps.ts";
import { ADA, type Credentials, RUI, type Visitor } from "../support/visitors.ts";

const MEI: Credentials = { name: "Mei Viewer", email: "mei@example.org", password: "lock gate and sluice" };

const towpath = Installation.declare();
let shop: Shop;
let ada: Visitor;

test.beforeAll(async ({ browser }) => {
  shop = await openShop(towpath.server);
  await join(towpath.server, shop.admin, MEI, "viewer");
  ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
});

for (const scripted of [true, false]) {
  const how = scripted ? "with script" : "without script";

  test(`a theme is chosen in the account menu and there on the first paint, ${how}`, async ({ browser }) => {
    const rui = await towpath.visitor(browser, scripted);
    const { page } = rui;
    await rui.signIn(RUI, "/inbox");
    await steps.unfold(page, RUI.name);
    const kept = themeKept(page);
    await page.getByRole("button", { name: "Dark" }).click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await kept;
    await expect(page).toHaveURL("/inbox");
    await expect(ground(page)).resolves.toBe("oklch(0.205 0.013 235)");
    // The bytes of the page say so, before any script or style.
    for (const path of ["/inbox", "/sign-in"]) {
      const response = await page.request.get(path);
      expect(await response.text()).toMatch(/<html lang="en" data-theme="dark">/);
    }
    await rui.open("/account");
    await expect(page.getByRole("button", { name: "Dark" }).first()).toHaveAttribute("aria-pressed", "true");
    await page.getByRole("main").getByRole("button", { name: "System" }).click();
    await expect(page.locator("html")).not.toHaveAttribute("data-theme");
  });
}

test("another tab follows the theme at its next page", async ({ browser }) => {
  const rui = await towpath.visitor(browser);
  await rui.signIn(RUI);
  const other = await rui.page.context().newPage();
  await other.goto("/inbox");
  await rui.open("/account");
  const kept = themeKept(rui.page);
  await rui.page.getByRole("main").getByRole("button", { name: "Light" }).click();
  await kept;
  await expect(other.locator("html")).not.toHaveAttribute("data-theme");
  await other.getByRole("link", { name: "Timeline" }).click();
  await expect(other.locator("html")).toHaveAttribute("data-theme", "light");
  await rui.page.getByRole("main").getByRole("button", { name: "System" }).click();
});

test("another name is shown at once, and the timeline has both", async () => {
  const { page } = ada;
  await ada.open("/account");
  const name = page.getByRole("textbox", { name: "Name" });
  await name.fill(" ");
  await steps.submit(page, "Save name");
  await expect(page.getByRole("alert")).toBeFocused();
  await name.fill("Ada Lovelace");
  await steps.submit(page, "Save name");
  await expect(page.locator("summary").filter({ hasText: "Ada Lovelace" })).toBeVisible();
  await name.fill(ADA.name);
  await steps.submit(page, "Save name");
  await expect(page.locator("summary").filter({ hasText: ADA.name })).toBeVisible();
  await ada.open("/timeline?kind=name_changed");
  await expect(event(page, "changed their name from Ada Admin to Ada Lovelace")).toBeVisible();
});

test("a new password ends the session of another browser", async ({ browser }) => {
  const [here, elsewhere] = [await towpath.visitor(browser), await towpath.visitor(browser)];
  await here.signIn(MEI);
  await elsewhere.signIn(MEI);
  const { page } = here;
  await here.open("/account");
  await page.getByLabel("Current password").fill("not the password");
  await page.getByLabel("New password").fill("a wholly new password");
  await steps.submit(page, "Change password");
  await expect(page.getByRole("alert")).toContainText("This is not your password.");
  await page.getByLabel("Current password").fill(MEI.password);
  await page.getByLabel("New password").fill("a wholly new password");
  await steps.submit(page, "Change password");
  await expect(page.getByText("Your password is changed")).toBeVisible();
  await expect(page.getByLabel("New password")).toHaveValue("");

  await elsewhere.page.getByRole("link", { name: "Inbox", exact: true }).click();
  await expect(heading(elsewhere.page, "Sign in")).toBeVisible();
  await elsewhere.signIn({ ...MEI, password: "a wholly new password" });
});

test("sessions are listed in words, and one is ended without script", async ({ browser }) => {
  const [here, elsewhere] = [await towpath.visitor(browser, false), await towpath.visitor(browser)];
  await here.signIn(RUI);
  await elsewhere.signIn(RUI);
  const { page } = here;
  await here.open("/account");
  const sessions = page.getByRole("listitem").filter({ hasText: "Signed in" });
  await expect(sessions.first()).toContainText("this one");
  await expect(sessions.first()).toContainText("Chrome on Linux");
  await steps.unfold(page, "End all other sessions");
  await steps.submit(page, "End all others");
  await expect(sessions).toHaveCount(1);
  await elsewhere.page.reload();
  await expect(heading(elsewhere.page, "Sign in")).toBeVisible();
});

test("keys lead to pages and tell of themselves, but not while typing", async () => {
  const { page } = ada;
  await ada.open("/account");
  for (const [key, title] of [
    ["h", "Home"],
    ["p", "Projects"],
    ["i", "Inbox"],
    ["t", "Timeline"],
  ] as const) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await expect(heading(page, title)).toBeVisible();
  }
  await page.getByRole("textbox", { name: "Bucket" }).click();
  await page.keyboard.type("gi?");
  await expect(page.getByRole("textbox", { name: "Bucket" })).toHaveValue("gi?");
  await expect(page).toHaveURL("/timeline");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(sheet.getByText("Inbox")).toBeVisible();
  await expectAccessible(page);
  for (const width of [390, 320]) await expectFits(page, width);
  await page.keyboard.press("g");
  await page.keyboard.press("h");
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await expect(page).toHaveURL("/timeline");
});

test("single keys are switched off by keyboard alone, and stay so, but Ctrl+K", async () => {
  const { page } = ada;
  await ada.open("/account");
  const choice = page.getByRole("group", { name: "Single-key shortcuts" });
  await reach(page, choice.getByRole("button", { name: "Off" }));
  await page.keyboard.press("Enter");
  await expect(choice.getByRole("button", { name: "Off" })).toHaveAttribute("aria-pressed", "true");
  await expect.poll(async () => (await page.request.get("/account")).text()).toContain("data-no-shortcuts");
  await ada.open("/inbox");
  for (const key of ["?", "/", "g", "t"]) await page.keyboard.press(key);
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page).toHaveURL("/inbox");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Search" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await ada.open("/account");
  await reach(page, choice.getByRole("button", { name: "On" }));
  await page.keyboard.press("Space");
  await expect(choice.getByRole("button", { name: "On" })).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
});

for (const scripted of [true, false]) {
  test(`an invitation into a project is made and withdrawn ${scripted ? "with" : "without"} script`, async ({ browser }) => {
    const admin = await towpath.visitor(browser, scripted);
    const { page } = admin;
    await admin.signIn(ADA, "/projects/shop");
    await page.getByRole("link", { name: "Members" }).click();
    await expect(heading(page, "Members of Shop")).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: RUI.name }).first()).toContainText("Release manager in the project shop");
    await expect(page.getByRole("listitem").filter({ hasText: ADA.name }).first()).toContainText("Admin in the whole installation");
    const email = scripted ? "guest@example.org" : "visitor@example.org";
    await page.getByRole("textbox", { name: "E-mail" }).fill(email);
    await steps.choose(page, "Role", "viewer");
    await steps.submit(page, "Invite");
    const link = (await page.getByRole("region", { name: "One-time link, shown once" }).innerText()).trim();
    const open = page.getByRole("listitem").filter({ hasText: email });
    await steps.unfold(open, "Withdraw");
    await open.getByRole("button", { name: "Withdraw" }).click();
    await expect(open).toHaveCount(0);
    const guest = await towpath.visitor(browser);
    expect(await guest.open(link)).toBe(410);
  });
}

test("a member who may not manage people sees the members and who can help", async ({ browser }) => {
  const rui = await towpath.visitor(browser);
  const { page } = rui;
  await rui.signIn(RUI, "/projects/shop/members");
  await expect(page.getByText("You can look at the members here, not change them")).toBeVisible();
  await expect(page.getByRole("button", { name: "Invite" })).toBeHidden();
  await expect(page.getByText(ADA.email)).toBeHidden();
  expect(await rui.open("/projects/shop/environments/new")).toBe(403);
  await expect(page.getByText(`Ask ${ADA.name}.`)).toBeVisible();
  await expectAccessible(page);
});

test("a page tells when the server cannot be reached, keeps what was typed, and comes back", async () => {
  const { page } = ada;
  await ada.open("/projects/new");
  await steps.name(page, "canal", "Canal");
  await page.context().setOffline(true);
  const notice = page.getByRole("status").filter({ hasText: "The server cannot be reached" });
  await expect(notice).toBeVisible();
  await steps.submit(page, "Create project");
  await expect(page.getByRole("alert")).toContainText("The server could not be reached");
  await expectAccessible(page);
  for (const width of [390, 320]) await expectFits(page, width);
  await page.context().setOffline(false);
  await expect(notice).toBeHidden();
  await expect(page.getByRole("textbox", { name: "Title" })).toHaveValue("Canal");
  ada.takeFaults();
});

test("a form whose session has ended keeps what was typed, until one has signed in elsewhere", async ({ browser }) => {
  const rui = await towpath.visitor(browser);
  const { page } = rui;
  await rui.signIn(RUI, "/tokens");
  await page.getByRole("textbox", { name: "Title" }).fill("CI of checkout");
  await endAllSessions(RUI);
  await steps.submit(page, "Create token");
  const notice = page.getByRole("status").filter({ hasText: "Your session has ended" });
  await expect(notice).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Title" })).toHaveValue("CI of checkout");
  const [tab] = await Promise.all([
    page.context().waitForEvent("page"),
    notice.getByRole("link", { name: /^Sign in/ }).click(),
  ]);
  await tab.getByRole("textbox", { name: "E-mail" }).fill(RUI.email);
  await tab.getByLabel("Password").fill(RUI.password);
  await tab.getByRole("button", { name: "Sign in" }).click();
  await expect(heading(tab, "Home")).toBeVisible();
  await tab.close();
  await steps.submit(page, "Create token");
  await expect(page.getByRole("region", { name: "Token, shown once" })).toBeVisible();
});

test("a page of an earlier site says once that there is another, and waits to be told", async () => {
  const { page } = ada;
  await ada.open("/inbox");
  await page.evaluate(() => document.querySelector("meta[name=towpath-site]")?.setAttribute("content", "earlier"));
  await page.getByRole("link", { name: "Timeline" }).click();
  const notice = page.getByRole("status").filter({ hasText: "Towpath was updated" });
  await expect(notice.getByRole("button", { name: "Reload" })).toBeVisible();
  await expectAccessible(page);
  await notice.getByRole("button", { name: "Reload" }).click();
  await ada.awake();
  await expect(notice).toBeHidden();
  await expect(heading(page, "Timeline")).toBeVisible();
});

test("a filter says which of its parts names nothing", async () => {
  await ada.open("/timeline?bucket=moon");
  await expect(ada.page.getByText("No bucket “moon” had a build yet.")).toBeVisible();
});

test("a narrow bar has all ways in one menu, large enough for a thumb", async ({ browser }) => {
  for (const scripted of [true, false]) {
    const rui = await towpath.visitor(browser, scripted);
    const { page } = rui;
    await page.setViewportSize({ width: 320, height: 640 });
    await rui.signIn(RUI);
    const bar = page.getByRole("banner");
    await expect(bar.getByRole("link", { name: "Timeline" })).toBeHidden();
    for (const target of [bar.locator("summary").filter({ hasText: "Menu" }), bar.getByRole("link", { name: "Inbox" })]) {
      const box = await target.boundingBox();
      expect(Math.min(box!.width, box!.height)).toBeGreaterThanOrEqual(44);
    }
    await steps.unfold(bar, "Menu");
    await expectFits(page, 320);
    await bar.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Timeline" }).click();
    await expect(heading(page, "Timeline")).toBeVisible();
    await steps.unfold(bar, "Menu");
    await steps.submit(page, "Sign out");
    await expect(heading(page, "Sign in")).toBeVisible();
  }
});

test("the timeline prints as a plain document", async () => {
  const { page } = ada;
  await ada.open("/timeline?kind=project_created");
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("banner")).toBeHidden();
  await expect(page.getByRole("button", { name: "Filter" })).toBeHidden();
  await expect(page.getByText("Only the kind Project created.")).toBeVisible();
  await page.emulateMedia({ media: "screen" });
  await expect(page.getByText("Only the kind Project created.")).toBeHidden();
});

/** Goes to a control by Tab. */
async function reach(page: Page, control: Locator): Promise<void> {
  const focused = () => control.evaluate((element) => element === document.activeElement);
  for (let stops = 0; !(await focused()); stops++) {
    expect(stops, "stops on the way").toBeLessThan(60);
    await page.keyboard.press("Tab");
  }
}

/** Waits for the answer to a choice of theme: the page shows it at once, and what is opened after goes by the cookie. */
async function themeKept(page: Page): Promise<void> {
  await page.waitForResponse((response) => response.url().endsWith("/fn/choose_theme"));
}

/** The colour of the page's ground. */
function ground(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

/** As from another browser of theirs. */
async function endAllSessions(who: Credentials): Promise<void> {
  const session = await Session.signIn(towpath.server, who);
  await session.call("end_other_sessions", {});
}

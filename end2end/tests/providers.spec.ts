// Signing in by a provider: with script and without, on both engines, against a real one.
import { expect, type Page, test } from "@playwright/test";
import { expectAccessible } from "../support/axe.ts";
import { Installation } from "../support/installation.ts";
import { freePort } from "../support/ports.ts";
import { IdentityProvider } from "../support/providers.ts";
import { createProject, heading, join, submit, unfold } from "../support/steps.ts";
import { ADA, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

const GROUPS = `
  [[providers.groups]]
  group = "shop-developers"
  role = "developer"
  place = "project:shop"
`;

for (const [engine, scripted] of [["sqlite", true], ["postgres", false]] as const) {
  test.describe(`on ${engine}, ${scripted ? "with" : "without"} script`, () => {
    let provider: IdentityProvider;
    const towpath = Installation.declare(engine, async () => {
      provider = new IdentityProvider(await freePort());
      return provider.configuration(GROUPS);
    });
    let ada: Visitor;
    let mei: Visitor;
    // Looking closely at a page takes script.
    const look = async (page: Page) => scripted && expectAccessible(page);

    test.beforeAll(async ({ browser }) => {
      await provider.start(towpath.server.url);
      ada = await towpath.visitor(browser, scripted);
      await join(ada, towpath.server.adminLink, ADA);
      await createProject(ada, "shop", "Shop");
    });
    test.afterAll(() => provider.stop());

    test("whoever has no role yet is told so, and whom to ask", async ({ browser }) => {
      mei = await towpath.visitor(browser, scripted);
      const { page } = mei;
      await mei.open("/sign-in");
      await look(page);
      await page.getByRole("link", { name: "Sign in with Keystone" }).click();
      await enter(page, "mei");
      await expect(page.getByText("You have no role here yet")).toBeVisible();
      await expect(page.getByText("platform@example.org")).toBeVisible();
      await mei.awake();
      await look(page);
      await signOut(mei);
    });

    test("a group gives a role, which shows where it comes from", async () => {
      provider.put("mei", ["shop-developers", "others"]);
      const { page } = mei;
      await mei.open("/projects/shop/members");
      await expect(page).toHaveURL("/sign-in?next=%2Fprojects%2Fshop%2Fmembers");
      await page.getByRole("link", { name: "Sign in with Keystone" }).click();
      await enter(page, "mei");
      await expect(page).toHaveURL("/projects/shop/members");
      const line = page.getByRole("listitem").filter({ hasText: "Mei of Keystone" }).first();
      await expect(line).toContainText("Developer in the project shop");
      await expect(line).toContainText("from the group shop-developers of keystone");
      await mei.awake();
      await signOut(mei);
    });

    test("who has left the group has lost the role", async () => {
      provider.put("mei", []);
      const { page } = mei;
      await mei.open("/sign-in");
      await page.getByRole("link", { name: "Sign in with Keystone" }).click();
      await enter(page, "mei");
      await expect(page.getByText("You have no role here yet")).toBeVisible();
      expect(await mei.open("/projects/shop")).toBe(404);
      await ada.open("/timeline?kind=role_revoked");
      await expect(ada.page.getByText("who had it from the group shop-developers of keystone")).toBeVisible();
    });

    test("an admin tries the provider, and sees what it would grant", async () => {
      provider.put("rui", ["shop-developers"]);
      const { page } = ada;
      await ada.open("/people");
      await page.getByRole("link", { name: "Sign-in", exact: true }).click();
      await expect(heading(page, "Sign-in")).toBeVisible();
      await look(page);
      await page.getByRole("link", { name: "Test this provider" }).click();
      await enter(page, "rui");
      await expect(heading(page, "Sign-in")).toBeVisible();
      await expect(page.getByText("Developer in the project shop").first()).toBeVisible();
      await expect(page.getByText("rui@keystone.example").first()).toBeVisible();
      await ada.awake();
      await look(page);
      await ada.open("/people");
      await expect(page.getByText("Rui of Keystone")).toHaveCount(0);
    });

    test("an account that is there is connected on its own page", async () => {
      const { page } = ada;
      await ada.open("/account");
      await page.getByRole("link", { name: "Connect keystone" }).click();
      // The provider still knows who tried it.
      await expect(page).toHaveURL("/account");
      await expect(page.getByRole("listitem").filter({ hasText: "keystone" })).toContainText("connected");
      await ada.awake();
      await look(page);
    });

    test("a sign-in that is refused says why", async () => {
      await mei.open("/sign-in?refused=denied");
      await expect(mei.page.getByRole("alert")).toContainText("You are not signed in");
      await look(mei.page);
    });
  });
}

/** What the provider asks: who one is, and whether Towpath may know. */
async function enter(page: Page, name: string): Promise<void> {
  await page.getByPlaceholder("Enter any login").fill(name);
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

/** Signs out here, and then at the provider, to which the browser is led. */
async function signOut(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  await unfold(page, "Mei of Keystone");
  await submit(page, "Sign out");
  await page.getByRole("button", { name: "Yes, sign me out" }).click();
  await expect(page).toHaveURL("/sign-in");
  await visitor.awake();
}

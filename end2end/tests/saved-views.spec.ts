// Filters of Home are kept by a name, begun with, shared with a project, renamed and deleted: with script and without.
import { expect, test } from "@playwright/test";
import { expectAccessible, expectFits } from "../support/axe.ts";
import { Installation } from "../support/installation.ts";
import { openShop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { heading } from "../support/steps.ts";
import { ADA, RUI, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

for (const scripted of [true, false]) {
  test.describe(scripted ? "with script" : "without script", () => {
    const towpath = Installation.declare();
    let ada: Visitor;
    let rui: Visitor;

    test.beforeAll(async ({ browser }) => {
      const { admin } = await openShop(towpath.server);
      const form = { "form[title]": "Billing", "form[kind]": "environment", "form[workflow]": ":default" };
      await admin.call("create_integration", { project: "shop", "form[slug]": "billing", ...form });
      ada = await towpath.visitor(browser, scripted);
      await ada.signIn(ADA);
      rui = await towpath.visitor(browser, scripted);
      await rui.signIn(RUI);
    });

    test("what is filtered is saved by a name, and everything needs none", async () => {
      const { page } = ada;
      await ada.open("/");
      await expect(page.getByText("Save this view…")).toHaveCount(0);
      await page.getByRole("textbox", { name: "Name" }).fill("check");
      await steps.submit(page, "Filter");
      await expect(page).toHaveURL(/\?(project=&)?q=check$/);
      await expect(page.getByRole("rowheader", { name: "Billing" })).toHaveCount(0);
      await steps.unfold(page, "Save this view…");
      await steps.submit(page, "Save view");
      await expect(page.getByRole("alert")).toContainText("Fill this in.");
      await page.getByRole("textbox", { name: "Name of the view" }).fill("Checkouts");
      await steps.choose(page, "Shared with", "shop");
      await page.getByRole("checkbox", { name: "Begin with it" }).check();
      await steps.submit(page, "Save view");
      const views = page.getByRole("navigation", { name: "Saved views" });
      await expect(views.getByRole("link", { name: "Checkouts" })).toHaveAttribute("aria-current", "page");
      await expect(page.getByText("Save this view…")).toHaveCount(0);
      if (scripted) await expectAccessible(page);
      if (scripted) await expectFits(page, 320);
    });

    test("one begins with it, and everything is a step away", async () => {
      const { page } = ada;
      await ada.open("/");
      const views = page.getByRole("navigation", { name: "Saved views" });
      await expect(views.getByRole("link", { name: "Checkouts" })).toHaveAttribute("aria-current", "page");
      await expect(page.getByRole("rowheader", { name: "Billing" })).toHaveCount(0);
      await views.getByRole("link", { name: "Everything" }).click();
      await expect(page.getByRole("rowheader", { name: "Billing" })).toBeVisible();
      await expect(views.getByRole("link", { name: "Everything" })).toHaveAttribute("aria-current", "page");
    });

    test("the project's people have it, too, until it is taken back", async () => {
      await rui.open("/");
      const hers = rui.page.getByRole("navigation", { name: "Saved views" });
      await hers.getByRole("link", { name: "Checkouts by Ada Admin" }).click();
      await expect(rui.page.getByRole("rowheader", { name: "Billing" })).toHaveCount(0);
      await hers.getByRole("link", { name: "Manage views" }).click();
      await expect(heading(rui.page, "Saved views")).toBeVisible();
      await expect(rui.page.getByText("Shared by Ada Admin with shop")).toBeVisible();
      await expect(rui.page.getByText("Change…")).toHaveCount(0);

      const { page } = ada;
      await ada.open("/saved-views");
      await expect(page.getByText("your start")).toBeVisible();
      await steps.unfold(page, "Change…");
      await page.getByRole("textbox", { name: "Name of the view" }).fill("Only mine");
      await steps.choose(page, "Shared with", "");
      await page.getByRole("checkbox", { name: "Begin with it" }).uncheck();
      await steps.submit(page, "Save");
      await expect(page.getByRole("link", { name: "Only mine" })).toBeVisible();
      await expect(page.getByText("your start")).toHaveCount(0);
      if (scripted) await expectAccessible(page);
      await rui.open("/");
      await expect(rui.page.getByRole("link", { name: /Checkouts|Only mine/ })).toHaveCount(0);
      await page.getByRole("button", { name: /^Begin with/ }).click();
      await expect(page.getByText("your start")).toBeVisible();
      await steps.unfold(page, "Delete…");
      await page.getByRole("button", { name: /^Delete/ }).click();
      await expect(page.getByText("No saved view yet")).toBeVisible();
      await ada.open("/");
      await expect(page.getByRole("rowheader", { name: "Billing" })).toBeVisible();
    });
  });
}

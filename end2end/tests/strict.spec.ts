// Stages that want more of people: what passes their gates is applied by hand, and rollbacks are approved, too.
import { expect, test } from "@playwright/test";
import { expectAccessible, expectFits } from "../support/axe.ts";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT, openShop, type Shop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { event, heading, stage } from "../support/steps.ts";
import { ADA, RUI, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

for (const scripted of [true, false]) {
  test.describe(scripted ? "with script" : "without script", () => {
    const towpath = Installation.declare();
    let shop: Shop;
    let ada: Visitor;
    let rui: Visitor;

    test.beforeAll(async ({ browser }) => {
      shop = await openShop(towpath.server);
      ada = await towpath.visitor(browser, scripted);
      await ada.signIn(ADA);
      rui = await towpath.visitor(browser, scripted);
      await rui.signIn(RUI);
    });

    /** Asks Rui for prod, and gives the number of that promotion. */
    async function ask(version: string): Promise<number> {
      await using folder = await Folder.make("images");
      const image = await dockerArchive(folder, origin(version));
      const digest = await pushed(towpath.server, shop.token, image, `${CHECKOUT}/qa:${version}`);
      const way = { project: "shop", integration: "checkout", digest, reason: `Release ${version}` };
      await shop.admin.call("promote", { ...way, from: "qa", to: "staging" });
      return (await shop.admin.call("promote", { ...way, from: "staging", to: "prod" })) as number;
    }

    async function approve(number: number): Promise<void> {
      await rui.open(`/projects/shop/promotions/${number}`);
      await steps.submit(rui.page, "Approve");
    }

    test("an admin lets prod be entered by hand, and its rollbacks be approved", async () => {
      const { page } = ada;
      await ada.open("/projects/shop/workflows/release");
      const third = page.getByRole("group", { name: "Stage 3" });
      await third.getByRole("checkbox", { name: "Applied by hand" }).check();
      await third.getByRole("checkbox", { name: "Rollbacks need the approvals, too" }).check();
      if (scripted) await expect(page.getByText("applied by hand, rollbacks need the approvals, too")).toBeVisible();
      await steps.submit(page, "Save as the next version");
      await ada.open("/timeline?kind=workflow_changed");
      await expect(event(page, /prod by hand; prod rolled back by approval/)).toBeVisible();
    });

    test("what is approved is ready, stands in the inbox, and is applied by hand", async () => {
      const { page } = ada;
      const number = await ask("1.4.1");
      await approve(number);
      await expect(rui.page.getByText("ready", { exact: true })).toBeVisible();
      await ada.open(BOARD);
      await expect(stage(page, "prod")).toContainText("Ready: a person has to apply it.");
      await ada.open("/inbox");
      const inbox = page.getByRole("region", { name: "For you to apply" });
      await expect(inbox).toContainText("Needs a person to apply it.");
      if (scripted) await expectAccessible(page);
      await inbox.getByRole("link", { name: `#${number} shop/checkout` }).click();
      await expect(page.getByRole("heading", { name: "Ready to be applied" })).toBeVisible();
      if (scripted) await expectAccessible(page);
      if (scripted) await expectFits(page, 320);
      await steps.submit(page, `Apply #${number}`);
      await expect(page.getByText("It became current in prod")).toBeVisible();
      await ada.open("/inbox");
      await expect(page.getByText("For you to apply")).toBeHidden();
    });

    test("a rollback is asked for, shows what it reaches, and is made by the approval", async () => {
      const { page } = ada;
      const number = await ask("1.4.2");
      await approve(number);
      await ada.open(`/projects/shop/promotions/${number}`);
      await steps.submit(page, `Apply #${number}`);
      await expect(page.getByText("It became current in prod")).toBeVisible();
      await ada.open(`${BOARD}/buckets/prod`);
      await page.getByRole("link", { name: "Roll back prod to 1.4.1" }).click();
      await expect(page.getByText("It waits for 1 approval by a release manager.")).toBeVisible();
      await page.getByRole("textbox", { name: "Reason" }).fill("Errors since 1.4.2");
      await steps.submit(page, "Ask to roll prod back");
      await expect(heading(page, /Roll prod back to 1\.4\.1/)).toBeVisible();
      await expect(page.getByText("Reaches")).toBeVisible();
      await expect(page.getByText("shop/prod with checkout")).toBeVisible();
      if (scripted) await expectAccessible(page);
      const back = Number(/promotions\/(\d+)/.exec(page.url())?.[1]);
      await ada.open(BOARD);
      await expect(stage(page, "prod")).toContainText(`#${back} · back to 1.4.1`);
      await approve(back);
      await expect(rui.page.getByText("It became current in prod")).toBeVisible();
      await ada.open("/timeline?kind=rolled_back");
      await expect(event(page, /rolled prod .*back to 1\.4\.1.* by #/)).toBeVisible();
    });
  });
}

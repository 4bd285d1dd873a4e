// Deleting what is set up: what is in use says what uses it; an integration goes and comes back, with and without script.
import { expect, test } from "@playwright/test";
import { expectAccessible, expectFits } from "../support/axe.ts";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT, openShop } from "../support/shop.ts";
import { card, heading, submit } from "../support/steps.ts";
import { ADA, RUI } from "../support/visitors.ts";

const towpath = Installation.declare();

test.beforeAll(async () => {
  const { token } = await openShop(towpath.server);
  await using folder = await Folder.make("images");
  const archive = await dockerArchive(folder, origin("1.4.2"));
  await pushed(towpath.server, token, archive, `${CHECKOUT}/qa:1.4.2`);
});

test("what is in use names what uses it, with links there", async ({ browser }) => {
  const ada = await towpath.visitor(browser);
  const { page } = ada;
  await ada.signIn(ADA, "/projects/shop/environments/qa");
  await page.getByRole("link", { name: "Delete this environment…" }).click();
  await expect(heading(page, "Delete the environment QA")).toBeVisible();
  await expect(page.getByText("qa is in use")).toBeVisible();
  await expect(page.getByRole("button", { name: "Delete qa" })).toHaveCount(0);
  await page.getByRole("main").getByRole("link", { name: "The workflow shop/release names it" }).click();
  await page.getByRole("link", { name: "Delete this workflow…" }).click();
  await page.getByRole("main").getByRole("link", { name: "The integration shop/checkout follows it" }).click();
  await expect(page).toHaveURL(BOARD);
});

for (const scripted of [true, false]) {
  const how = scripted ? "with script" : "without script";

  test(`an integration is deleted by its name and restored, ${how}`, async ({ browser }) => {
    const ada = await towpath.visitor(browser, scripted);
    const { page } = ada;
    await ada.signIn(ADA, BOARD);
    await page.getByRole("link", { name: "Delete this integration…" }).click();
    await expect(page.getByText("Builds are current in this integration")).toBeVisible();
    if (scripted) {
      await expectAccessible(page);
      await expectFits(page, 320);
    }
    await page.getByLabel("Type checkout to go on").fill("payments");
    await submit(page, "Delete checkout");
    await expect(
      page.getByText("Type checkout to say that this is the integration you mean.").first(),
    ).toBeVisible();
    await page.getByLabel("Type checkout to go on").fill("checkout");
    await submit(page, "Delete checkout");
    await expect(page).toHaveURL("/projects/shop");
    await expect(page.getByRole("main").getByRole("link", { name: "Checkout" })).toHaveCount(0);
    expect(await ada.open(BOARD)).toBe(404);
    await expect(page.getByText("which was deleted on")).toBeVisible();

    await ada.open("/projects/shop");
    await page.getByRole("link", { name: "Deleted integrations" }).click();
    await submit(page, "Restore checkout");
    await expect(page).toHaveURL(BOARD);
    await expect(card(page, "qa")).toContainText("1.4.2");
  });
}

test("who may not configure is told whom to ask", async ({ browser }) => {
  const rui = await towpath.visitor(browser);
  await rui.signIn(RUI, BOARD);
  await expect(rui.page.getByRole("link", { name: "Delete this integration…" })).toHaveCount(0);
  expect(await rui.open(`${BOARD}/delete`)).toBe(403);
});

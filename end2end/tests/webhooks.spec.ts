// Webhooks out and in, as people set them up: with script and without, the same.
import { expect, test } from "@playwright/test";
import { expectAccessible, expectFits } from "../support/axe.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, openShop } from "../support/shop.ts";
import { heading, submit, unfold } from "../support/steps.ts";
import { ADA } from "../support/visitors.ts";

const towpath = Installation.declare();

test.beforeAll(async () => {
  await openShop(towpath.server);
});

for (const scripted of [true, false]) {
  const how = scripted ? "with script" : "without script";
  const title = scripted ? "Deployer" : "Archive";

  test(`an address is subscribed, tried, given a new key and let go, ${how}`, async ({ browser }) => {
    const ada = await towpath.visitor(browser, scripted);
    const { page } = ada;
    await ada.signIn(ADA, "/projects/shop");
    await page.getByRole("link", { name: "Webhooks" }).click();
    await expect(heading(page, "Webhooks of Shop")).toBeVisible();
    await page.getByRole("textbox", { name: "Title" }).fill(title);
    await page.getByRole("textbox", { name: "Address" }).fill("https://10.0.0.1/in");
    await page.getByRole("combobox", { name: "Signature" }).selectOption("hmac");
    await submit(page, "Subscribe");
    await expect(page.getByText("10.0.0.1 is not on the public internet").first()).toBeVisible();
    await page.getByRole("textbox", { name: "Address" }).fill("https://localhost/in?key=topsecret");
    await submit(page, "Subscribe");
    await expect(page.getByText(/^whsec_/)).toBeVisible();
    if (scripted) {
      await expectAccessible(page);
      await expectFits(page, 320);
    }
    await page.getByRole("link", { name: title }).click();
    await expect(heading(page, title)).toBeVisible();
    await expect(page.getByText(/whsec_/)).toHaveCount(0);
    expect(await page.content()).not.toContain("topsecret");
    await submit(page, "Send a test");
    const line = page.getByRole("listitem").filter({ hasText: "failed" });
    await expect(line).toContainText("localhost is not on the public internet");
    await unfold(line, "Request and answer");
    await expect(page.getByText(/"type":"test"/)).toBeVisible();
    await unfold(page, "Rotate the key…");
    await submit(page, "Rotate the key");
    await expect(page.getByText(/^whsec_/)).toBeVisible();
    await unfold(page, "Delete…");
    await submit(page, `Delete ${title}`);
    await expect(heading(page, "Webhooks of Shop")).toBeVisible();
    await expect(page.getByRole("link", { name: title })).toHaveCount(0);
  });

  test(`a hook is made, called and looked at, ${how}`, async ({ browser }) => {
    const ada = await towpath.visitor(browser, scripted);
    const { page } = ada;
    await ada.signIn(ADA, `${BOARD}/hooks`);
    await page.getByRole("textbox", { name: "Title" }).fill(title);
    await page.getByRole("combobox", { name: "Whose webhooks come" }).selectOption("distribution");
    await submit(page, "Make the hook");
    const secret = await page.getByText(/^[0-9a-f]{64}$/).innerText();
    await page.getByRole("link", { name: title }).click();
    await expect(heading(page, title)).toBeVisible();
    const address = await page.getByText(/\/hooks\//).innerText();
    const target = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: `sha256:${"0".repeat(64)}`, tag: "1.0" };
    const body = JSON.stringify({ events: [{ action: "push", target }] });
    const send = async (bearer: string) => {
      const headers = { authorization: `Bearer ${bearer}`, "content-type": "application/json" };
      return (await fetch(`${towpath.server.url}${new URL(address).pathname}`, { method: "POST", headers, body })).status;
    };
    expect(await send(secret)).toBe(202);
    expect(await send("wrong")).toBe(401);
    await page.reload();
    const line = page.getByRole("listitem").filter({ hasText: "not here" });
    await expect(line).toContainText("push it there, then replay this");
    await expect(page.getByText("The signature, or the secret, is wrong.")).toBeVisible();
    if (scripted) {
      await expectAccessible(page);
      await expectFits(page, 320);
    }
    await unfold(page, "Request");
    await submit(page, "Replay it");
    await expect(line).toContainText("replayed");
    await unfold(page, "Delete…");
    await submit(page, `Delete ${title}`);
    await expect(heading(page, "Hooks of checkout")).toBeVisible();
    expect(await send(secret)).toBe(401);
  });
}

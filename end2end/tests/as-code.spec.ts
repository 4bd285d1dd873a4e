// What was set up by hand is copied as the document that declares it.
import { expect, test } from "@playwright/test";
import { Installation } from "../support/installation.ts";
import { BOARD, openShop } from "../support/shop.ts";
import { ADA } from "../support/visitors.ts";

const towpath = Installation.declare();

const PAGES = [
  ["/projects/shop", "kind: project"],
  ["/projects/shop/environments/prod", "kind: environment"],
  ["/projects/shop/workflows/release", "kind: workflow"],
  [BOARD, "kind: integration"],
] as const;

test("each page gives what it shows as YAML", async ({ browser }) => {
  await openShop(towpath.server);
  const ada = await towpath.visitor(browser, true, { permissions: ["clipboard-read", "clipboard-write"] });
  await ada.signIn(ADA);
  const { page } = ada;
  for (const [path, kind] of PAGES) {
    await ada.open(path);
    await page.getByRole("link", { name: "Copy as YAML" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Copied" })).toBeVisible();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toContain(kind);
    expect(text).toContain("shop");
  }
});

test("without script it is a file", async ({ browser }) => {
  const plain = await towpath.visitor(browser, false);
  await plain.signIn(ADA);
  await plain.open("/projects/shop/environments/qa");
  const href = await plain.page.getByRole("link", { name: "Copy as YAML" }).getAttribute("href");
  const answer = await plain.page.request.get(`${towpath.server.url}${href}`);
  expect(answer.status()).toBe(200);
  expect(await answer.text()).toContain("slug: qa");
});

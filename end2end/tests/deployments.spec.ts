// What deployers report, beside what should run.
import { expect, test } from "@playwright/test";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT, makeToken, openShop, type Shop } from "../support/shop.ts";
import { card } from "../support/steps.ts";
import { ADA, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

const towpath = Installation.declare();
let shop: Shop;
let ada: Visitor;
let deployer: string;
let digest: string;

test.beforeAll(async ({ browser }) => {
  await using folder = await Folder.make("images");
  shop = await openShop(towpath.server);
  digest = await pushed(towpath.server, shop.token, await dockerArchive(folder, origin("1.4.2")), `${CHECKOUT}/qa:1.4.2`);
  deployer = await makeToken(shop.admin, "Deployer", "shop", ["view", "report"]);
  ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
});

async function report(outcome: string, of = digest): Promise<number> {
  const answer = await fetch(`${towpath.server.url}/api/v1/projects/shop/environments/qa/deployments`, {
    method: "POST",
    headers: { authorization: `Bearer ${deployer}`, "content-type": "application/json" },
    body: JSON.stringify({ service: "checkout", digest: of, outcome, link: "https://ci.example.org/7" }),
  });
  return answer.status;
}

test("the board follows what a deployer reports", async () => {
  const { page } = ada;
  await ada.open(BOARD);
  await expect(card(page, "qa")).toContainText("Should run.");
  expect(await report("started")).toBe(201);
  await expect(card(page, "qa")).toContainText("1.4.2 is being deployed");
  await expect(card(page, "qa").getByRole("link", { name: "Details" })).toHaveAttribute("href", "https://ci.example.org/7");
  expect(await report("succeeded")).toBe(201);
  await expect(card(page, "qa")).toContainText("Runs, deployed");
  expect(await report("succeeded")).toBe(200);
});

test("home and the build's page tell what runs where, and what runs instead", async () => {
  const { page } = ada;
  await ada.open("/");
  const row = page.getByRole("row", { name: /Checkout/ });
  await expect(row).toContainText("runs");
  await using folder = await Folder.make("images");
  const archive = await dockerArchive(folder, origin("1.5.0"));
  const next = await pushed(towpath.server, shop.token, archive, `${CHECKOUT}/qa:1.5.0`);
  await expect(row).toContainText("runs 1.4.2");
  expect(await report("failed", next)).toBe(201);
  await expect(row).toContainText("1.5.0 failed");
  await ada.open(`/builds/${digest}`);
  await expect(page.getByRole("list", { name: "Runs in" })).toContainText("qa");
  await ada.open("/timeline?kind=deployment_reported");
  await expect(page.getByText("reported that 1.5.0").first()).toContainText("failed to be deployed as checkout in qa");
});

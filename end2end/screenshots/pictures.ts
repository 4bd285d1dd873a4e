// The pictures of README and guide: a shop in the middle of a working day.
import { resolve } from "node:path";
import { stat } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT, openShop } from "../support/shop.ts";
import { heading } from "../support/steps.ts";
import { RUI, type Visitor } from "../support/visitors.ts";

const IMAGES = resolve(import.meta.dirname, "../../docs/images");
const LIMIT = 200 * 1024;

const towpath = Installation.declare();
let rui: Visitor;

test.beforeAll(async ({ browser }) => {
  await using folder = await Folder.make("images");
  const { server } = towpath;
  const { admin, manager, token } = await openShop(server);
  const move = (digest: string, from: string, to: string, reason: string) =>
    admin.call("promote", { project: "shop", integration: "checkout", digest, from, to, reason });
  const build = async (version: string) =>
    pushed(server, token, await dockerArchive(folder, origin(version)), `${CHECKOUT}/qa:${version}`);

  const first = await build("1.4.1");
  await move(first, "qa", "staging", "All checks are green");
  await move(first, "staging", "prod", "Release of last week");
  const approval = { choice: "approve", digest: first, comment: "Seen on staging, looks good" };
  await manager.call("decide", { project: "shop", number: "2", ...approval });
  const second = await build("1.4.2");
  await move(second, "qa", "staging", "Fixes the rounding of totals");
  await move(second, "staging", "prod", "The fix for the invoices of this week");
  await build("1.5.0");

  rui = await towpath.visitor(browser);
  await rui.signIn(RUI);
});

const PICTURES: [name: string, path: string, title: string][] = [
  ["home", "/", "Home"],
  ["board", BOARD, "Checkout"],
  ["promotion", "/projects/shop/promotions/4", "#4 Promote 1.4.2 to prod"],
  ["timeline", `/timeline?integration=${encodeURIComponent(CHECKOUT)}`, "Timeline"],
];

for (const [name, path, title] of PICTURES) {
  test(name, async () => {
    await rui.open(path);
    await expect(heading(rui.page, title)).toBeVisible();
    await rui.page.setViewportSize({ width: 1280, height: 740 });
    const file = `${IMAGES}/${name}.png`;
    await rui.page.screenshot({ path: file });
    expect((await stat(file)).size).toBeLessThanOrEqual(LIMIT);
  });
}

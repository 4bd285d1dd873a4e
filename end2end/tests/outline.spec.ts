// The outline of the main pages, as assistive technology reads it: roles, names and states. What changes from run to
// run (digests, times, ports) stands as a pattern in the snapshots; `--update-snapshots` would write it out.
import { expect, test } from "@playwright/test";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT, openShop } from "../support/shop.ts";
import { heading } from "../support/steps.ts";
import { RUI, type Visitor } from "../support/visitors.ts";

const towpath = Installation.declare();
let digest: string;
let rui: Visitor;

// 1.4.2 is in prod, 1.5.0 is in staging and waits to enter prod, where Rui may let it, and 1.6.0 is in qa.
test.beforeAll(async ({ browser }) => {
  await using folder = await Folder.make("images");
  const { server } = towpath;
  const { admin, manager, token } = await openShop(server);
  const build = async (version: string) =>
    pushed(server, token, await dockerArchive(folder, origin(version)), `${CHECKOUT}/qa:${version}`);
  const move = (digest: string, from: string, to: string, reason: string) =>
    admin.call("promote", { project: "shop", integration: "checkout", digest, from, to, reason });

  digest = await build("1.4.2");
  await move(digest, "qa", "staging", "Tested by QA");
  await move(digest, "staging", "prod", "Release of the week");
  const approval = { choice: "approve", digest, comment: "Looks good to me" };
  await manager.call("decide", { project: "shop", number: "2", ...approval });
  const second = await build("1.5.0");
  await move(second, "qa", "staging", "Tested again");
  await move(second, "staging", "prod", "Release of this week");
  await build("1.6.0");

  rui = await towpath.visitor(browser);
  await rui.signIn(RUI);
});

const PAGES: [name: string, path: string | (() => string), heading: string][] = [
  ["home", "/", "Home"],
  ["project", "/projects/shop", "Shop"],
  ["board", BOARD, "Checkout"],
  ["promotion", "/projects/shop/promotions/4", "#4 Promote 1.5.0 to prod"],
  ["build", () => `/builds/${digest}`, "Build 1.4.2"],
  ["timeline", "/timeline?integration=shop%2Fcheckout", "Timeline"],
  ["inbox", "/inbox", "Inbox"],
];

test("the outline of the bar", async () => {
  await rui.open("/");
  await expect(rui.page.getByRole("banner")).toMatchAriaSnapshot({ name: "bar.aria.yml" });
});

for (const [name, path, title] of PAGES) {
  test(`the outline of ${name}`, async () => {
    const { page } = rui;
    await rui.open(typeof path === "string" ? path : path());
    await expect(heading(page, title)).toBeVisible();
    await expect(page.getByRole("main")).toMatchAriaSnapshot({ name: `${name}.aria.yml` });
  });
}

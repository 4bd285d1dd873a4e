// A workflow that forks and joins: its board is drawn as a graph, and read downwards in narrow windows.
import { expect, test } from "@playwright/test";
import { expectAccessible, expectFits } from "../support/axe.ts";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { makeToken, openShop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { card, expectVerdicts, stage } from "../support/steps.ts";
import { ADA } from "../support/visitors.ts";

const towpath = Installation.declare();

test("stages stand by level and lane, and a build goes along both ways", async ({ browser }) => {
  await using folder = await Folder.make("images");
  const { admin } = await openShop(towpath.server);
  const perf = { "form[slug]": "perf", "form[title]": "Performance", "form[stream]": "staging" };
  await admin.call("create_environment", { project: "shop", ...perf });
  const row = (at: number, bucket: string, from: string, wasIn = "") => ({
    [`form[stages][${at}][bucket]`]: bucket,
    [`form[stages][${at}][from]`]: from,
    [`form[stages][${at}][was_in]`]: wasIn,
  });
  await admin.call("create_workflow", {
    project: "shop",
    "form[slug]": "diamond",
    "form[title]": "Diamond",
    "form[kind]": "environment",
    ...row(0, "qa", ""),
    ...row(1, "perf", ""),
    ...row(2, "staging", "qa"),
    ...row(3, "prod", "perf, staging", "perf, staging"),
  });
  const form = { "form[slug]": "web", "form[title]": "Web", "form[kind]": "environment", "form[workflow]": "diamond" };
  await admin.call("create_integration", { project: "shop", ...form });
  const token = await makeToken(admin, "All of the shop", "shop", ["pull", "push"]);
  await pushed(towpath.server, token, await dockerArchive(folder, origin("1.4.2")), "shop/web/qa:1.4.2");

  const ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
  const { page } = ada;
  await page.setViewportSize({ width: 1440, height: 900 });
  // Its page tells from where builds come, and its form says so, too.
  await ada.open("/projects/shop/workflows/diamond");
  await expect(page.getByRole("list", { name: "Stages" }).first()).toContainText("from perf and staging");
  await expect(page.getByRole("textbox", { name: "Comes from" }).nth(1)).toHaveValue("perf, staging");
  await page.getByRole("textbox", { name: "Comes from" }).nth(1).fill("perf, moon");
  await steps.submit(page, "Save as the next version");
  await expect(page.getByRole("alert")).toContainText("“moon” is no other stage of this workflow.");
  await ada.open("/projects/shop/integrations/web");
  const place = async (bucket: string) => {
    const box = await stage(page, bucket).boundingBox();
    return box ?? { x: 0, y: 0, width: 0, height: 0 };
  };
  const [qa, upper, lower, prod] = [await place("qa"), await place("perf"), await place("staging"), await place("prod")];
  expect(upper.x).toBeGreaterThan(qa.x + qa.width);
  expect(lower.x).toBe(upper.x);
  expect(lower.y).toBeGreaterThan(upper.y + upper.height - 1);
  expect(prod.x).toBeGreaterThan(upper.x + upper.width);
  expect([upper.y, prod.y]).toEqual([qa.y, qa.y]);
  await expectAccessible(page);

  // The keys go from stage to stage in their order, whichever lane they stand in.
  await card(page, "qa").focus();
  await page.keyboard.press("Space");
  await expectVerdicts(page, { perf: "enter", staging: "enter" });
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  const dialog = page.getByRole("dialog", { name: "Promote 1.4.2 to staging" });
  await steps.giveReason(dialog, "Tested by QA", "Promote to staging");
  await expect(card(page, "staging")).toContainText("1.4.2");

  await expectFits(page, 320);
  await page.setViewportSize({ width: 390, height: 900 });
  await expect(stage(page, "prod").getByText("From perf and staging")).toBeVisible();
  expect((await place("staging")).x).toBe((await place("qa")).x);
});

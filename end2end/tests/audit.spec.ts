// Proof of what happened: the timeline says how far it is signed, and a receipt holds without the server.
import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { attempt } from "../support/commands.ts";
import { Folder } from "../support/folders.ts";
import { Installation } from "../support/installation.ts";
import { CLI } from "../support/server.ts";
import { openShop } from "../support/shop.ts";
import { ADA } from "../support/visitors.ts";

const towpath = Installation.declare();

for (const scripted of [true, false]) {
  test(`a receipt from the timeline is verified offline, ${scripted ? "with" : "without"} script`, async ({ browser }) => {
    const { server } = towpath;
    if (scripted) await openShop(server);
    const ada = await towpath.visitor(browser, scripted);
    await ada.signIn(ADA);
    await ada.open("/timeline?kind=installation_created");
    await expect(ada.page.getByText(/Signed up to event \d+/)).toBeVisible();
    const link = ada.page.getByRole("link", { name: "Receipt of event 1", exact: true });
    const [download] = await Promise.all([ada.page.waitForEvent("download"), link.click()]);
    expect(download.suggestedFilename()).toBe("towpath-receipt-1.json");
    await using folder = await Folder.make("receipts");
    const file = folder.at("receipt.json");
    await download.saveAs(file);

    const key = await server.command("audit", "key");
    const verify = ["audit", "verify-receipt", file, "--key", key];
    const proved = await attempt(CLI, verify, { env: { TOWPATH_CONFIG: folder.at("config") } });
    expect(proved.stdout).toContain("installation_created");
    expect(proved.code, proved.stderr).toBe(0);
    expect(await server.command("audit", "verify")).toMatch(/^The first \d+ of \d+ events are as they were signed;/);
  });
}

test("the timeline is taken away as a file, as it is filtered", async ({ browser }) => {
  const ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
  await ada.open("/timeline?kind=environment_created");
  const link = ada.page.getByRole("link", { name: "Export as CSV" });
  const [download] = await Promise.all([ada.page.waitForEvent("download"), link.click()]);
  expect(download.suggestedFilename()).toBe("towpath-timeline.csv");
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
  expect(lines[0]).toBe('"seq","at","kind","who","token","what","why","mark"');
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.slice(1).every((line) => line.includes('"environment_created"'))).toBe(true);
});

// How long the browser takes to judge every stage when a build is picked up, on a board of 50 stages with 20 gates each.
import { expect, test } from "@playwright/test";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { openShop } from "../support/shop.ts";
import { board, card } from "../support/steps.ts";
import { ADA } from "../support/visitors.ts";

const STAGES = 50;
const GATES = 20;
const TIMES = 50;

const towpath = Installation.declare();

test("verdicts on every stage", async ({ browser }) => {
  const { server } = towpath;
  const shop = await openShop(server);
  const signedIn = await fetch(`${server.url}/api/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: ADA.email, password: ADA.password }),
  });
  const { session } = (await signedIn.json()) as { session: string };
  const create = async (path: string, body: unknown) => {
    const answer = await fetch(`${server.url}/api/v1${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${session}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  const names = Array.from({ length: STAGES - 1 }, (_, number) => `stage-${number + 1}`);
  for (const slug of names) await create("/projects/shop/environments", { slug, title: slug, stream: "dev" });
  const kinds = [
    { gate: "soak", time: "1h" },
    { gate: "maximum_age", age: "30d" },
    { gate: "approvals", count: 2 },
    { gate: "window", zone: "Europe/Berlin", hours: ["Mon-Fri 09:00-17:00"] },
    { gate: "was_in", buckets: ["qa"] },
  ];
  const gates = Array.from({ length: GATES }, (_, number) => kinds[number % kinds.length]);
  const stages = [{ bucket: "qa" }, ...names.map((bucket) => ({ bucket, gates }))];
  const edges = names.map((to) => ({ from: "qa", to }));
  await create("/projects/shop/workflows", { slug: "wide", title: "Wide", kind: "environment", stages, edges });
  const workflow = { follows: "own", workflow: "wide" };
  await create("/projects/shop/integrations", { slug: "wide", title: "Wide", kind: "environment", workflow });
  await using folder = await Folder.make("images");
  await pushed(server, shop.token, await dockerArchive(folder, origin("1.0.0")), "shop/wide/qa:1.0.0");

  const ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
  const { page } = ada;
  await ada.open("/projects/shop/integrations/wide");
  await expect(board(page, "wide")).toBeVisible();
  await card(page, "qa").focus();
  await page.keyboard.press("Space");
  await expect(page.locator("[data-verdict=waits]")).toHaveCount(STAGES - 1);
  await page.keyboard.press("Escape");
  const times = await page.evaluate(
    async ({ stages, times }) => {
      const held = document.activeElement as HTMLElement;
      const press = (key: string) => held.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      const judged = () => document.querySelectorAll("[data-verdict=waits]").length;
      const settled = async (count: number) => {
        // What a key causes is done before the browser draws; a pause would count the drawing, too.
        for (let turn = 0; judged() !== count && turn < 10_000; turn += 1) await null;
        while (judged() !== count) await new Promise((resolve) => setTimeout(resolve));
      };
      const took: number[] = [];
      for (let time = 0; time < times; time += 1) {
        await settled(0);
        const begin = performance.now();
        press(" ");
        await settled(stages - 1);
        took.push(performance.now() - begin);
        press("Escape");
      }
      return took.sort((one, other) => one - other);
    },
    { stages: STAGES, times: TIMES },
  );
  const at = (share: number) => (times[Math.ceil(times.length * share) - 1] ?? Number.NaN).toFixed(1);
  console.log(`\nVerdicts on ${STAGES} stages with ${GATES} gates each, from the key to all of them on the page, ${TIMES} times:`);
  console.log(`| p50 | ${at(0.5)} ms |\n| p95 | ${at(0.95)} ms |`);
});

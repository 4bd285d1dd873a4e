// The same facts give the same verdict in the browser's WebAssembly and on the server.
import { expect, test } from "@playwright/test";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { makeToken, openShop, type Shop } from "../support/shop.ts";
import { board, card, stage } from "../support/steps.ts";
import { ADA } from "../support/visitors.ts";

const towpath = Installation.declare();
let shop: Shop;
let token: string;

interface Outlook {
  outlook: "enters" | "waits" | "refused";
  needs?: string[];
  problem?: { detail: string };
}

async function call<T>(path: string, body: unknown): Promise<T> {
  const answer = await fetch(`${towpath.server.url}/api/v1${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** The stage that a build meets after `qa`, each with gates of its own kind. */
const GATES = {
  free: [],
  people: [{ gate: "approvals", count: 2, bar_pusher: true }, { gate: "approvals", count: 1 }],
  stay: [{ gate: "soak", time: "2h" }],
  fresh: [{ gate: "maximum_age", age: "30d" }],
  shut: [{ gate: "window", zone: "Pacific/Kiritimati", hours: [openedYesterday()] }],
  open: [{ gate: "window", zone: "Europe/Berlin", hours: ["00:00-24:00"] }],
  been: [{ gate: "was_in", buckets: ["qa", "free"] }],
  checked: [
    { gate: "check", name: "tests" },
    { gate: "check", name: "scan" },
    { gate: "check", name: "smoke", bucket: "qa" },
  ],
  held: [],
  several: [{ gate: "check", name: "tests" }, { gate: "soak", time: "1d" }, { gate: "approvals", count: 1 }],
} as const;

/** Hours of a day of the week on which it is not now, anywhere. */
function openedYesterday(): string {
  const day = new Date(Date.now() + 3 * 86_400_000).toLocaleDateString("en", { weekday: "short", timeZone: "UTC" });
  return `${day} 10:00-11:00`;
}

test("every stage says before the drop what the server answers to the same question", async ({ browser }) => {
  shop = await openShop(towpath.server);
  const session = await fetch(`${towpath.server.url}/api/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: ADA.email, password: ADA.password }),
  });
  token = ((await session.json()) as { session: string }).session;
  const names = Object.keys(GATES);
  for (const slug of names) {
    await call("/projects/shop/environments", { slug, title: slug, stream: "dev" });
  }
  await call("/projects/shop/workflows", {
    slug: "fan",
    title: "Fan",
    kind: "environment",
    stages: [{ bucket: "qa" }, ...Object.entries(GATES).map(([bucket, gates]) => ({ bucket, gates }))],
    edges: names.map((to) => ({ from: "qa", to })),
  });
  await call("/projects/shop/integrations", {
    slug: "parcel",
    title: "Parcel",
    kind: "environment",
    workflow: { follows: "own", workflow: "fan" },
  });
  await call("/holds", { on: "bucket:shop/parcel/held", reason: "Payments are down" });
  await using folder = await Folder.make("images");
  const ci = await makeToken(shop.admin, "CI2", "shop", ["view", "pull", "push"]);
  const image = await dockerArchive(folder, origin("1.4.2"));
  const digest = await pushed(towpath.server, ci, image, "shop/parcel/qa:1.4.2");
  const at = `/projects/shop/integrations/parcel/builds/${digest}/checks`;
  await call(at, { name: "tests", state: "success" });
  await call(at, { name: "scan", state: "failure" });

  const ada = await towpath.visitor(browser, true, { viewport: { width: 1440, height: 900 } });
  await ada.signIn(ADA);
  const { page } = ada;
  await ada.open("/projects/shop/integrations/parcel");
  await expect(board(page, "parcel")).toBeVisible();
  await card(page, "qa").focus();
  await page.keyboard.press("Space");
  const told = new Set<string>();
  for (const to of [...names, "staging", "prod"]) {
    const body = { digest, from: "qa", to, dry_run: true };
    const outlook = await call<Outlook>("/projects/shop/integrations/parcel/promotions", body);
    told.add(outlook.outlook);
    const words = {
      enters: () => "May enter at once",
      waits: () => `Waits for ${outlook.needs?.join(" and ")}`,
      refused: () => outlook.problem?.detail ?? "no problem is told",
    }[outlook.outlook]();
    await expect(stage(page, to), to).toContainText(words);
  }
  expect([...told].sort()).toEqual(["enters", "refused", "waits"]);
});

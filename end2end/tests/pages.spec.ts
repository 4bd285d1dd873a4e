// Every page: axe finds nothing in light and in dark, and nothing scrolls sideways, in wide windows and narrow ones.
import { expect, type Page, test } from "@playwright/test";
import { expectAccessible, expectFits } from "../support/axe.ts";
import { push, pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT, openShop } from "../support/shop.ts";
import { card, heading, name, stage, submit, unfold } from "../support/steps.ts";
import { ADA, RUI, type Visitor } from "../support/visitors.ts";

// Nothing here changes what the next test sees: each worker takes a part, on an installation of its own.
test.describe.configure({ mode: "parallel" });

const towpath = Installation.declare();
let invitation: string;
let digest: string;
let subscription: string;
let registry: string;
let hook: string;
let ada: Visitor;
let rui: Visitor;

// A shop with something of everything that pages can show.
test.beforeAll(async ({ browser }) => {
  await using folder = await Folder.make("images");
  const { server } = towpath;
  const { admin, token } = await openShop(server);
  digest = await pushed(server, token, await dockerArchive(folder, origin("1.4.2")), `${CHECKOUT}/qa:1.4.2`);
  const stray = `docker-archive:${await dockerArchive(folder, origin("6.6.6"))}`;
  await push(server, token, stray, `${CHECKOUT}/prod:6.6.6`);
  await push(server, token, stray, `${CHECKOUT}:6.6.6`);
  const move = { project: "shop", integration: "checkout", digest };
  await admin.call("promote", { ...move, from: "qa", to: "staging", reason: "Tested by QA" });
  await admin.call("promote", { ...move, from: "staging", to: "prod", reason: "Release of the week" });
  await pushed(server, token, await dockerArchive(folder, origin("1.5.0")), `${CHECKOUT}/qa:1.5.0`);
  await admin.call("create_rule", {
    project: "shop",
    "form[slug]": "branches",
    "form[title]": "Branches",
    "form[kind]": "environment",
    "form[is_default]": "on",
    "form[criteria][0][key]": "image_tag",
    "form[criteria][0][operator]": "glob",
    "form[criteria][0][value]": "6.*",
    "form[criteria][0][bucket]": "qa",
  });
  const freeze = { "form[on]": "stream:production", "form[reason]": "Nothing goes live between the years" };
  await admin.call("place_hold", { ...freeze, "form[from]": new Date(Date.now() + 86_400_000).toISOString() });
  await admin.call("place_hold", { "form[on]": "bucket:shop/checkout/staging", "form[reason]": "Payments are down" });
  const pin = { "form[service]": "checkout", "form[digest]": digest, "form[until]": "7d", "form[reason]": "A canary" };
  await admin.call("ask_pin", { project: "shop", environment: "staging", ...pin });
  const webhook = { "form[title]": "Deployer", "form[address]": "https://localhost/in", "form[format]": "standard" };
  await admin.call("create_subscription", { project: "shop", ...webhook });
  const listed = (await admin.call("view_subscriptions", { project: "shop" })) as { subscriptions: { id: string }[] };
  subscription = listed.subscriptions[0]?.id ?? "";
  await admin.call("test_subscription", { subscription });
  const elsewhere = { "form[name]": "ghcr", "form[address]": "ghcr.io", "form[below]": "acme" };
  await admin.call("connect_registry", { project: "shop", ...elsewhere });
  const connected = (await admin.call("view_registries", { project: "shop" })) as { registries: { id: string }[] };
  registry = connected.registries[0]?.id ?? "";
  const step = { "form[bucket]": "prod", "form[does]": "copy", "form[registry]": "ghcr" };
  const there = { "form[repository]": "acme/checkout", "form[tags]": "{bucket} {bucket}-{number}" };
  await admin.call("set_outside_step", { project: "shop", integration: "checkout", ...step, ...there });
  const job = { "form[title]": "Release job", "form[source]": "distribution" };
  const secret = (await admin.call("create_hook", { project: "shop", integration: "checkout", ...job })) as string;
  const made = (await admin.call("view_hooks", { project: "shop", integration: "checkout" })) as { hooks: { id: string }[] };
  hook = made.hooks[0]?.id ?? "";
  for (const authorization of [`Bearer ${secret}`, "Bearer wrong"]) {
    const headers = { authorization, "content-type": "application/json" };
    await fetch(`${server.url}/hooks/${hook}`, { method: "POST", headers, body: '{"events": []}' });
  }
  // A publisher of an issuer that is not there, and a job of a CI that nobody trusts.
  await admin.call("add_publisher", {
    project: "shop",
    "form[title]": "CI of acme/shop",
    "form[system]": "other",
    "form[issuer]": "https://issuer.example",
    "form[claims][sub]": "job",
    "form[by_rule]": "on",
  });
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const shownJob = { iss: "https://issuer.example", aud: server.url, sub: "another", jti: "1", iat: now, exp: now + 300 };
  const shown = `${part({ alg: "RS256", kid: "1" })}.${part(shownJob)}.${part({})}`;
  const refused = await fetch(`${server.url}/api/v1/publishing/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ project: "shop", token: shown }),
  });
  expect(refused.status).toBe(401);
  const guest = { "form[email]": "mei@example.org", "form[role]": "viewer", "form[place]": "project:shop" };
  invitation = (await admin.call("invite", guest)) as string;

  ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
  await ada.page.setViewportSize({ width: WIDE, height: 900 });
  rui = await towpath.visitor(browser);
  await rui.signIn(RUI);
});

const WIDE = 1440;
const NARROW = [768, 390, 320];

const PAGES: [path: string | (() => string), heading: string | RegExp, status?: number][] = [
  ["/", "Home"],
  ["/?q=nothing", "Home"],
  ["/projects", "Projects"],
  ["/projects?archived=1", "Archived projects"],
  ["/search", "Search"],
  ["/search?q=checkout", "Search"],
  ["/search?q=1.&kind=builds", "Search"],
  ["/projects/new", "New project"],
  ["/projects/shop", "Shop"],
  ["/projects/global", "Global"],
  ["/projects/shop/archive", "Archive Shop"],
  ["/projects/shop/deleted", "Deleted integrations"],
  ["/projects/shop/storage", "Storage of Shop"],
  [`${BOARD}/delete`, "Delete the integration Checkout"],
  ["/projects/shop/environments/staging/delete", "Delete the environment Staging"],
  ["/projects/shop/environments/new", "New environment"],
  ["/projects/shop/environments/staging", "Staging"],
  ["/projects/shop/integrations/checkout/carry-over", "Carry checkout over"],
  ["/projects/shop/integrations/checkout/carry-over?slug=web&title=Web&services=on", "Carry checkout over"],
  ["/projects/shop/environments/staging/stream", "Move staging to another stream"],
  ["/projects/shop/environments/staging/stream?to=production", "Move staging to another stream"],
  ["/projects/shop/environments/staging/pins/new", "Pin a build in Staging"],
  ["/projects/shop/environments/staging/pins/new?service=checkout", "Pin a build of checkout in Staging"],
  ["/projects/shop/promotions/3", "#3 Pin 1.4.2 in staging"],
  ["/projects/shop/workflows/new", "New workflow"],
  ["/projects/shop/workflows/release", "Release"],
  ["/projects/shop/rules/new", "New CI rule"],
  ["/projects/shop/rules/branches", "Branches"],
  [`${BOARD}/unclassified`, "Unclassified"],
  [`${BOARD}/retention`, "Retention of checkout"],
  [`${BOARD}/retention?last=1`, "Retention of checkout"],
  [`${BOARD}/reclassify`, "Reclassify checkout"],
  ["/projects/shop/integrations/new", "New CI integration"],
  [`${BOARD}/ci`, "Push to checkout from CI"],
  [`${BOARD}/ci?system=jenkins&bucket=qa`, "Push to checkout from CI"],
  [`${BOARD}/hooks`, "Hooks of checkout"],
  [() => `${BOARD}/hooks/${hook}`, "Release job"],
  [BOARD, "Checkout"],
  [() => `${BOARD}/promote?digest=${digest}&from=qa&to=staging`, "Promote 1.4.2 to staging"],
  [`${BOARD}/difference?from=prod&to=qa`, "Difference"],
  [`${BOARD}/difference?from=moon&to=qa`, "Difference"],
  [`${BOARD}/moment`, "State at a moment"],
  [`${BOARD}/moment?at=yesterday`, "State at a moment"],
  [`${BOARD}/buckets/qa`, "History of qa"],
  [`${BOARD}/buckets/prod`, "History of prod"],
  ["/projects/shop/promotions/2", "#2 Promote 1.4.2 to prod"],
  [() => `/builds/${digest}`, "Build 1.4.2"],
  ["/account", "Account"],
  ["/confirm", "Confirm that it is you"],
  ["/gallery", "Gallery"],
  ["/projects/shop/members", "Members of Shop"],
  ["/projects/shop/publishers", "Publishers of Shop"],
  ["/projects/shop/trust-roots", "Trust roots of Shop"],
  ["/projects/shop/trust-roots/new?kind=key", "Trust a key"],
  ["/projects/shop/trust-roots/new?kind=identity", "Trust an identity"],
  ["/projects/shop/publishers/new", "Trust a CI"],
  ["/projects/shop/publishers/new?system=github", "Trust GitHub Actions"],
  ["/projects/shop/publishers/new?system=other", "Trust another issuer"],
  ["/inbox", "Inbox"],
  ["/timeline", "Timeline"],
  ["/saved-views", "Saved views"],
  ["/tokens", "Tokens"],
  ["/subscriptions", "Webhooks of the installation"],
  ["/projects/shop/subscriptions", "Webhooks of Shop"],
  [() => `/subscriptions/${subscription}`, "Deployer"],
  ["/registries", "Registries of the installation"],
  ["/projects/shop/registries", "Registries of Shop"],
  [() => `/registries/${registry}`, "ghcr"],
  ["/projects/shop/integrations/checkout/outside-steps", "Steps elsewhere of checkout"],
  ["/people", "People"],
  ["/people/sign-in", "Sign-in"],
  ["/refused-attempts", "Refused attempts"],
  ["/refused-attempts?kind=permission", "Refused attempts"],
  ["/groups", "Groups"],
  ["/roles", "Roles"],
  ["/roles/new", "New role"],
  ["/roles/new?from=developer", "New role"],
  ["/roles/developer", "Developer"],
  ["/service-accounts", "Service accounts of the installation"],
  ["/projects/shop/service-accounts", "Service accounts of Shop"],
  ["/projects/shop/environments/qa/read-tokens", "Read tokens of QA"],
  ["/rights", "Who may do what"],
  ["/rights?action=approve&place=project:shop&at=2999-01-01", "Who may do what"],
  ["/rights?action=approve&place=environment:shop/prod", "Who may do what"],
  ["/streams", "Release streams"],
  ["/projects/shop/release-sets", "Release sets"],
  ["/projects/shop/release-sets/new", "Compare two stages"],
  ["/projects/shop/release-sets/new?from=qa&to=staging", "Compare two stages"],
  ["/projects/shop/release-sets/new?from=qa&to=qa&at=now", "Compare two stages"],
  ["/projects/shop/insights", "Insights"],
  ["/projects/shop/insights?days=0", "Insights"],
  ["/projects/shop/production-changes", "Production changes"],
  ["/projects/shop/production-changes?from=2026-02-02&to=2026-01-01", "Production changes"],
  ["/proposals", "Proposals"],
  ["/holds", "Holds"],
  ["/holds?ended=1", "Ended holds"],
  ["/holds/new", "New hold"],
  ["/holds/1", "Hold 1"],
  ["/docs", "First steps"],
  ["/docs/proxy", "Behind a proxy"],
  ["/docs/registries", "Registries elsewhere"],
  ["/docs/trusted-publishing", "Trusted publishing"],
  ["/docs/signatures", "Signatures and provenance"],
  ["/projects/nowhere", "Not found", 404],
];

for (const [path, title, status = 200] of PAGES) {
  test(`${title} (${typeof path === "string" ? path : "of a build"})`, async () => {
    expect(await ada.open(typeof path === "string" ? path : path())).toBe(status);
    await expect(heading(ada.page, title)).toBeVisible();
    await expectUsable(ada.page);
  });
}

test("pages for who is not signed in", async ({ browser }) => {
  const visitor = await towpath.visitor(browser);
  await visitor.open("/sign-in");
  await expectUsable(visitor.page);
  await visitor.open("/sign-out");
  await expect(heading(visitor.page, "Signed out")).toBeVisible();
  await expectUsable(visitor.page);
  await visitor.open(invitation);
  await expect(heading(visitor.page, "Join Towpath")).toBeVisible();
  await expectUsable(visitor.page);
  expect(await visitor.open("/join/none")).toBe(410);
  await expectUsable(visitor.page);
});

test("what waits for a decision", async () => {
  await rui.open("/inbox");
  await expect(rui.page.getByRole("link", { name: "Review #2" })).toBeVisible();
  await expectUsable(rui.page);
  await rui.open("/projects/shop/promotions/2");
  await expect(rui.page.getByRole("button", { name: "Approve" })).toBeVisible();
  await expectUsable(rui.page);
});

test("rolling back", async () => {
  const { page } = ada;
  await ada.open(BOARD);
  await unfold(stage(page, "qa"), "History");
  await page.getByRole("link", { name: "Roll back qa to 1.4.2" }).click();
  await expect(heading(page, "Roll qa back to 1.4.2")).toBeVisible();
  await expectUsable(page);
});

test("the board with all of it open, and with a build in the hand", async () => {
  const { page } = ada;
  await ada.open(BOARD);
  for (const [bucket, words] of [
    ["qa", "History"],
    ["prod", "Refused arrivals"],
  ] as const) {
    await unfold(stage(page, bucket), words);
  }
  await unfold(page, "How to push");
  await unfold(card(page, "qa"), "Move to…");
  await expectUsable(page);
  await card(page, "qa").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await expect(stage(page, "staging")).toHaveAttribute("data-verdict", "waits");
  await expectAccessible(page);
  await page.keyboard.press("Space");
  await expect(page.getByRole("dialog", { name: "Promote 1.5.0 to staging" })).toBeVisible();
  await expectUsable(page);
});

test("the palette with what it finds", async () => {
  const { page } = ada;
  await ada.open("/");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search" }).fill("checkout");
  await expect(page.getByRole("option", { name: /^Checkout shop\/checkout/ }).first()).toBeVisible();
  await expectUsable(page);
});

test("a form with mistakes", async () => {
  const { page } = ada;
  await ada.open("/projects/new");
  await name(page, "Not a slug", "");
  await submit(page, "Create project");
  await expect(page.getByRole("alert")).toBeFocused();
  await expectUsable(page);
});

for (const { what, path } of [
  { what: "home", path: "/" },
  { what: "the project", path: "/projects/shop" },
  { what: "the board", path: BOARD },
  { what: "the promotion", path: "/projects/shop/promotions/2" },
  { what: "the build", path: () => `/builds/${digest}` },
  { what: "the timeline", path: "/timeline" },
  { what: "the inbox", path: "/inbox" },
]) {
  test(`${what} in narrow windows`, async () => {
    const { page } = rui;
    await rui.open(typeof path === "string" ? path : path());
    for (const width of NARROW) {
      await page.setViewportSize({ width, height: 800 });
      await expectAccessible(page);
    }
  });
}

async function expectUsable(page: Page): Promise<void> {
  await expectAccessible(page);
  for (const width of [WIDE, ...NARROW]) await expectFits(page, width);
}

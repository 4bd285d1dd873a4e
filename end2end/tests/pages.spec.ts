// Every page: axe finds nothing in light and dark, and nothing scrolls sideways in a narrow window.
import { expect, test } from "@playwright/test";
import { expectAccessible, expectFits } from "../support/axe.ts";
import { push, pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT, openShop } from "../support/shop.ts";
import { heading, unfold, card } from "../support/steps.ts";
import { RUI, type Visitor } from "../support/visitors.ts";

let invitation: string;
let digest: string;
let rui: Visitor;

const towpath = Installation.declare("sqlite", async ({ server }) => {
  await using folder = await Folder.make("images");
  const { admin, manager, token } = await openShop(server);
  digest = await pushed(server, token, await dockerArchive(folder, origin("1.4.2")), `${CHECKOUT}/qa:1.4.2`);
  const refused = `docker-archive:${await dockerArchive(folder, origin("6.6.6"))}`;
  await push(server, token, refused, `${CHECKOUT}/prod:6.6.6`);
  await push(server, token, refused, `${CHECKOUT}:6.6.6`);
  const move = { project: "shop", integration: "checkout", digest };
  await admin.call("promote", { ...move, from: "qa", to: "staging", reason: "Tested by QA" });
  await admin.call("promote", { ...move, from: "staging", to: "prod", reason: "Release of the week" });
  await manager.call("promote", { ...move, from: "staging", to: "prod", reason: "Again" }).catch(() => {});
  await admin.call("decide", { project: "shop", number: "2", choice: "approve", digest, comment: "" }).catch(() => {});
  await pushed(server, token, await dockerArchive(folder, origin("1.5.0")), `${CHECKOUT}/qa:1.5.0`);
  invitation = (await admin.call("invite", {
    "form[email]": "mei@example.org",
    "form[role]": "viewer",
    "form[place]": "project:shop",
  })) as string;
});

interface Shown {
  path: () => string;
  heading: string | RegExp;
  status?: number;
}

const PAGES: Record<string, Shown> = {
  home: { path: () => "/", heading: "Projects" },
  "new project": { path: () => "/projects/new", heading: "New project" },
  project: { path: () => "/projects/shop", heading: "Shop" },
  "the global project": { path: () => "/projects/global", heading: /global/i },
  "new environment": { path: () => "/projects/shop/environments/new", heading: "New environment" },
  "new workflow": { path: () => "/projects/shop/workflows/new", heading: "New workflow" },
  "new integration": { path: () => "/projects/shop/integrations/new", heading: "New CI integration" },
  board: { path: () => BOARD, heading: "Checkout" },
  promote: {
    path: () => `${BOARD}/promote?digest=${digest}&from=staging&to=prod`,
    heading: "Promote 1.4.2 to prod",
  },
  promotion: { path: () => "/projects/shop/promotions/2", heading: "#2 Promote 1.4.2 to prod" },
  build: { path: () => `/builds/${digest}`, heading: "Build 1.4.2" },
  inbox: { path: () => "/inbox", heading: "Inbox" },
  timeline: { path: () => "/timeline", heading: "Timeline" },
  tokens: { path: () => "/tokens", heading: "Tokens" },
  people: { path: () => "/people", heading: "People" },
  streams: { path: () => "/streams", heading: "Release streams" },
  "not found": { path: () => "/projects/nowhere", heading: "Not found", status: 404 },
};

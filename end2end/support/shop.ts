// A shop that is open already, for tests that are not about setting it up: an admin, a release manager, and the
// integration `shop/checkout` with three environments, of which prod needs an approval.
import { Session } from "./sessions.ts";
import type { Server } from "./server.ts";
import { ADA, type Credentials, RUI } from "./visitors.ts";

export const BOARD = "/projects/shop/integrations/checkout";
export const CHECKOUT = "shop/checkout";

export interface Shop {
  admin: Session;
  manager: Session;
  /** Pushes and pulls everything in the shop. */
  token: string;
}

export async function openShop(server: Server): Promise<Shop> {
  const admin = await Session.join(server, server.adminLink, ADA);
  await admin.call("create_project", named("shop", "Shop"));
  for (const [slug, title, stream] of [
    ["qa", "QA", "qa"],
    ["staging", "Staging", "staging"],
    ["prod", "Production", "production"],
  ] as const) {
    await admin.call("create_environment", { project: "shop", ...named(slug, title), "form[stream]": stream });
  }
  await admin.call("create_workflow", {
    project: "shop",
    ...named("release", "Release"),
    "form[kind]": "environment",
    "form[is_default]": "on",
    ...stage(0, "qa", ""),
    ...stage(1, "staging", ""),
    ...stage(2, "prod", "1"),
  });
  await admin.call("create_integration", {
    project: "shop",
    ...named("checkout", "Checkout"),
    "form[kind]": "environment",
    "form[workflow]": ":default",
  });
  const token = await makeToken(admin, "CI", "shop", ["view", "pull", "push", "promote"]);
  return { admin, manager: await invite(server, admin, RUI, "release-manager"), token };
}

export async function makeToken(owner: Session, title: string, scope: string, actions: string[]): Promise<string> {
  const chosen = actions.map((action, index) => [`form[actions][${index}]`, action]);
  const form = { "form[title]": title, "form[scope]": scope, "form[days]": "30", ...Object.fromEntries(chosen) };
  return (await owner.call("create_token", form)) as string;
}

/** Makes an account of someone with a role on the shop. */
export async function invite(server: Server, admin: Session, who: Credentials, role: string): Promise<Session> {
  const form = { "form[email]": who.email, "form[role]": role, "form[place]": "project:shop" };
  return Session.join(server, (await admin.call("invite", form)) as string, who);
}

function named(slug: string, title: string): Record<string, string> {
  return { "form[slug]": slug, "form[title]": title };
}

function stage(row: number, bucket: string, approvals: string): Record<string, string> {
  const at = `form[stages][${row}]`;
  return { [`${at}[bucket]`]: bucket, [`${at}[approvals]`]: approvals, [`${at}[arrivals]`]: "", [`${at}[role]`]: "" };
}

// What people do on the pages, told as they would tell it: with script and without, the same.
import { expect, type Locator, type Page } from "@playwright/test";
import type { Credentials, Visitor } from "./visitors.ts";

/** Makes an account by the form behind a one-time link. */
export async function join(visitor: Visitor, link: string, who: Credentials): Promise<void> {
  const { page } = visitor;
  await visitor.open(link);
  await page.getByRole("textbox", { name: "Name" }).fill(who.name);
  const email = page.getByRole("textbox", { name: "E-mail" });
  if (await email.isEditable()) await email.fill(who.email);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Join" }).click();
  await expect(heading(page, "Home")).toBeVisible();
}

export async function createProject(visitor: Visitor, slug: string, title: string): Promise<void> {
  await visitor.open("/projects/new");
  await name(visitor.page, slug, title);
  await submit(visitor.page, "Create project");
  await expect(heading(visitor.page, title)).toBeVisible();
}

export async function createEnvironment(visitor: Visitor, slug: string, title: string, stream: string): Promise<void> {
  const { page } = visitor;
  await visitor.open("/projects/shop/environments/new");
  await name(page, slug, title);
  await choose(page, "Release stream", stream);
  await submit(page, "Create environment");
  await expect(page.getByRole("listitem").filter({ hasText: title })).toBeVisible();
}

export interface Gated {
  bucket: string;
  /** How many release managers must approve. */
  approvals?: number;
}

export async function createWorkflow(visitor: Visitor, slug: string, title: string, stages: Gated[]): Promise<void> {
  const { page } = visitor;
  await visitor.open("/projects/shop/workflows/new");
  await name(page, slug, title);
  for (const [row, { bucket, approvals }] of stages.entries()) {
    const stage = page.getByRole("group", { name: `Stage ${row + 1}` });
    await stage.getByRole("combobox", { name: "Bucket" }).selectOption(bucket);
    if (approvals) {
      await stage.getByRole("spinbutton", { name: "Approvals" }).fill(String(approvals));
      await stage.getByRole("combobox", { name: "Approved by" }).selectOption("release-manager");
    }
  }
  await submit(page, "Create workflow");
  await expect(page.getByRole("list", { name: "Stages" }).first()).toBeVisible();
}

export async function createIntegration(visitor: Visitor, slug: string, title: string, workflow: string): Promise<void> {
  const { page } = visitor;
  await visitor.open("/projects/shop/integrations/new");
  await name(page, slug, title);
  await page.getByRole("radio", { name: /^Environment/ }).check();
  await choose(page, "Promotion workflow", workflow);
  await submit(page, "Create integration");
  await expect(board(page, slug)).toBeVisible();
}

/** Makes a token for a project, and reads its secret. */
export async function createToken(visitor: Visitor, title: string, scope: string, actions: string[]): Promise<string> {
  const { page } = visitor;
  await visitor.open("/tokens");
  await page.getByRole("textbox", { name: "Title" }).fill(title);
  await choose(page, "Where", scope);
  for (const action of actions) await page.getByRole("checkbox", { name: action }).check();
  await submit(page, "Create token");
  return (await page.getByRole("region", { name: "Token, shown once" }).innerText()).trim();
}

/** Invites someone, and reads the link that is for them. */
export async function invite(visitor: Visitor, email: string, role: string, place: string): Promise<string> {
  const { page } = visitor;
  await visitor.open("/people");
  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await choose(page, "Role", role);
  await choose(page, "Where", place);
  await submit(page, "Invite");
  return (await page.getByRole("region", { name: "One-time link, shown once" }).innerText()).trim();
}

/** Fills in what is asked for before a promotion or a rollback, and sends it. */
export async function giveReason(within: Page | Locator, reason: string, button: string): Promise<void> {
  await within.getByRole("textbox", { name: "Reason" }).fill(reason);
  await within.getByRole("button", { name: button }).click();
}

/** Opens a menu or a part of the page that is closed at first. */
export async function unfold(within: Page | Locator, words: string): Promise<void> {
  await within.locator("summary").filter({ hasText: words }).click();
}

export async function name(page: Page, slug: string, title: string): Promise<void> {
  await page.getByRole("textbox", { name: "Title" }).fill(title);
  await page.getByRole("textbox", { name: "Slug" }).fill(slug);
}

export async function choose(page: Page, field: string, value: string): Promise<void> {
  await page.getByRole("combobox", { name: field }).selectOption(value);
}

export async function submit(page: Page, button: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
}

export function heading(page: Page, name: string | RegExp): Locator {
  return page.getByRole("heading", { level: 1, name, exact: true });
}

export function board(page: Page, integration: string): Locator {
  return page.getByRole("region", { name: `Board of ${integration}` });
}

export function stage(page: Page, bucket: string): Locator {
  return page.getByRole("listitem", { name: bucket, exact: true });
}

/** The build that is current in a stage. */
export function card(page: Page, bucket: string): Locator {
  return stage(page, bucket).getByRole("article");
}

/** What the stage says of a drop while a build is carried. */
export async function expectVerdicts(page: Page, verdicts: Record<string, string>): Promise<void> {
  for (const [bucket, verdict] of Object.entries(verdicts)) {
    await expect(stage(page, bucket)).toHaveAttribute("data-verdict", verdict);
  }
}

export function event(page: Page, sentence: string | RegExp): Locator {
  return page.getByRole("listitem").filter({ hasText: sentence }).filter({ hasNot: page.getByRole("list") });
}

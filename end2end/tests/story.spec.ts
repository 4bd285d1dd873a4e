// The whole way of an image, from a push to production and back, by two people and the clients of others.
import { expect, type Page, test } from "@playwright/test";
import { run } from "../support/commands.ts";
import { digestOf, Docker, push, pushed } from "../support/clients.ts";
import { ENGINES } from "../support/databases.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, ociIndex, origin, words } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { Session } from "../support/sessions.ts";
import { BOARD, CHECKOUT, makeToken } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { card, event, heading, stage } from "../support/steps.ts";
import { ADA, RUI, type Visitor } from "../support/visitors.ts";

const FIRST = origin("1.4.2");
const SECOND = origin("1.5.0");

for (const engine of ENGINES) {
  test.describe(`on ${engine}`, () => {
    test.describe.configure({ mode: "serial" });
    const towpath = Installation.declare(engine);
    let folder: Folder;
    let ada: Visitor;
    let rui: Visitor;
    let token: string;
    let first: string;
    let second: string;

    test.beforeAll(async () => {
      folder = await Folder.make("images");
    });
    test.afterAll(() => folder[Symbol.asyncDispose]());

    test("the first start prints a link that makes the first admin, once", async ({ browser }) => {
      ada = await towpath.visitor(browser);
      const link = towpath.server.adminLink;
      for (const _ of ["looked at", "looked at again"]) {
        expect(await ada.open(link)).toBe(200);
        await expect(heading(ada.page, "Become an admin")).toBeVisible();
      }
      await steps.join(ada, link, ADA);
      expect(await ada.open(link)).toBe(410);
      await expect(ada.page.getByText("This link has been used, was withdrawn or has expired. Ask for a new one.")).toBeVisible();
    });

    test("an empty installation says what to do, step by step", async () => {
      const { page } = ada;
      await ada.open("/");
      await page.getByRole("link", { name: "Create the first project" }).click();
      await steps.name(page, "shop", "Shop");
      await steps.submit(page, "Create project");
      await page.getByRole("link", { name: "Add an environment" }).click();
      await expect(heading(page, "New environment")).toBeVisible();
      await steps.createEnvironment(ada, "qa", "QA", "qa");
      await steps.createEnvironment(ada, "staging", "Staging", "staging");
      await steps.createEnvironment(ada, "prod", "Production", "production");
      await page.getByRole("link", { name: "Add a workflow" }).click();
      await expect(heading(page, "New workflow")).toBeVisible();
      const stages = [{ bucket: "qa" }, { bucket: "staging" }, { bucket: "prod", approvals: 1 }];
      await steps.createWorkflow(ada, "release", "Release", stages);
      await page.getByRole("link", { name: "Add an integration" }).click();
      await expect(heading(page, "New CI integration")).toBeVisible();
      await steps.createIntegration(ada, "checkout", "Checkout", "release");
      for (const bucket of ["qa", "staging", "prod"]) {
        await expect(stage(page, bucket).getByText("Nothing here yet")).toBeVisible();
      }
      await expect(stage(page, "prod").getByText("1 approval by a release manager")).toBeVisible();
    });

    test("a token's secret is shown once", async () => {
      token = await steps.createToken(ada, "CI of checkout", "shop", ["Pull", "Push", "Promote"]);
      expect(token).toMatch(/^tpt_[0-9a-f]{48}$/);
      await ada.open("/tokens");
      await expect(ada.page.getByRole("listitem").filter({ hasText: "CI of checkout" })).toContainText("active");
      expect(await ada.page.content()).not.toContain(token);
    });

    test("the command that the board shows pushes an image of several layers", async () => {
      const { page } = ada;
      await ada.open(BOARD);
      const shown = await page.getByRole("region", { name: "skopeo", exact: true }).innerText();
      const archive = await dockerArchive(folder, FIRST);
      const command = shown.trim().replace("app.tar", archive);
      await run("sh", ["-ec", command], { env: { TOWPATH_TOKEN: token } });
      first = await digestOf(towpath.server, token, `${CHECKOUT}/qa:1.4.2`);
      await ada.open(BOARD);
      await expect(card(page, "qa")).toContainText(FIRST.revision.slice(0, 7));
      await expect(card(page, "qa")).toContainText("main");
      await expect(card(page, "qa")).toContainText(FIRST.title);
      await card(page, "qa").getByRole("link", { name: "1.4.2" }).click();
      await expect(heading(page, "Build 1.4.2")).toBeVisible();
      await steps.unfold(page, "Labels");
      const source = page.getByRole("row", { name: /image\.source/ });
      await expect(source).toContainText(FIRST.source);
    });

    test("what is pushed into prod is refused, and kept beside it", async () => {
      const source = `docker-archive:${await dockerArchive(folder, origin("6.6.6"))}`;
      const { code, stderr } = await push(towpath.server, token, source, `${CHECKOUT}/prod:6.6.6`);
      expect(code).not.toBe(0);
      expect(stderr).toContain("promote it from staging");
      await ada.open(BOARD);
      const prod = stage(ada.page, "prod");
      await expect(prod.getByText("Nothing here yet")).toBeVisible();
      await steps.unfold(prod, "Refused arrivals");
      const refused = prod.getByRole("listitem").filter({ hasText: "6.6.6" });
      await expect(refused).toContainText("promote it from staging");
    });

    test("a card that is dragged shows what each stage says, and is promoted by a drop", async () => {
      const { page } = ada;
      await ada.open(BOARD);
      await card(page, "qa").hover();
      await page.mouse.down();
      await stage(page, "prod").hover();
      await steps.expectVerdicts(page, { qa: "source", staging: "enter", prod: "blocked" });
      await expect(stage(page, "staging")).toContainText("May enter at once");
      await stage(page, "staging").hover();
      await page.mouse.up();
      await steps.expectVerdicts(page, { qa: "none", staging: "none", prod: "none" });
      const dialog = page.getByRole("dialog", { name: "Promote 1.4.2 to staging" });
      await expect(dialog).toContainText("Nothing");
      await steps.giveReason(dialog, "Tested by QA", "Promote to staging");
      await expect(dialog).toBeHidden();
      await expect(card(page, "staging")).toContainText("1.4.2");
      await expect(card(page, "staging")).toContainText("Ada Admin promoted it");
    });

    test("by keyboard it is asked into prod, where the promotion waits", async () => {
      const { page } = ada;
      await card(page, "staging").focus();
      await page.keyboard.press("Space");
      await steps.expectVerdicts(page, { qa: "blocked", staging: "source", prod: "waits" });
      await page.keyboard.press("ArrowRight");
      await expect(page.getByRole("status").filter({ hasText: "Over prod." })).toContainText("1 approval");
      await page.keyboard.press("Space");
      const dialog = page.getByRole("dialog", { name: "Promote 1.4.2 to prod" });
      await expect(dialog).toContainText("1 approval by a release manager");
      await steps.giveReason(dialog, "Release of the week", "Promote to prod");
      await expect(heading(page, "#2 Promote 1.4.2 to prod")).toBeVisible();
      await expect(page.getByRole("listitem").filter({ hasText: "1 approval by a release manager" }).first()).toContainText("waiting");
      await expect(page.getByRole("button", { name: "Approve" })).toBeHidden();
      const why = "You asked for this promotion, so someone else has to approve it.";
      await expect(page.getByText(why)).toBeVisible();
      await ada.open(BOARD);
      await expect(stage(page, "prod").getByRole("link", { name: "#2 · 1.4.2" })).toBeVisible();
    });

    test("who is invited as release manager approves it, and it is applied in that moment", async ({ browser }) => {
      const link = await steps.invite(ada, RUI.email, "release-manager", "project:shop");
      rui = await towpath.visitor(browser);
      const { page } = rui;
      await steps.join(rui, link, RUI);
      await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Inbox 1 waiting" }).click();
      await page.getByRole("link", { name: "Review #2" }).click();
      await expect(page.getByText("Release of the week").first()).toBeVisible();
      await page.getByRole("textbox", { name: "Comment" }).fill("Looks good to me");
      await page.getByRole("button", { name: "Approve" }).click();
      await expect(page.getByText("It became current in prod")).toBeVisible();
      await expect(page.getByText("Looks good to me").first()).toBeVisible();
      await rui.open(BOARD);
      await expect(card(page, "prod")).toContainText("1.4.2");
    });

    test("deployers get from prod what was pushed to qa, and it runs", async () => {
      expect(await digestOf(towpath.server, token, `${CHECKOUT}/prod:current`)).toBe(first);
      expect(await digestOf(towpath.server, token, `${CHECKOUT}/prod:1.4.2`)).toBe(first);
      await using docker = await Docker.start();
      const { registry } = towpath.server;
      await docker.run("login", "--username", "token", "--password", token, registry);
      const image = `${registry}/${CHECKOUT}/prod:current`;
      await docker.run("pull", "--quiet", image);
      expect(await docker.run("run", "--rm", "--network", "none", image)).toBe(words(FIRST));
    });

    test("a second build goes the same way by the card's menu", async () => {
      const { page } = rui;
      const archive = await dockerArchive(folder, SECOND);
      second = await pushed(towpath.server, token, archive, `${CHECKOUT}/qa:1.5.0`);
      await rui.open(BOARD);
      await promoteByMenu(page, "qa", "staging", "Tested again");
      await expect(card(page, "staging")).toContainText("1.5.0");
    });

    test("a manager does not approve what they asked for themselves, and may take it back", async () => {
      const { page } = rui;
      await promoteByMenu(page, "staging", "prod", "Too early");
      await expect(heading(page, "#4 Promote 1.5.0 to prod")).toBeVisible();
      await expect(page.getByRole("button", { name: "Approve" })).toBeHidden();
      await page.getByRole("button", { name: "Take back" }).click();
      await expect(page.getByText("Rui Manager took it back")).toBeVisible();
    });

    test("it reaches prod when a machine asks by REST, and the manager approves", async () => {
      const wish = { digest: second, from: "staging", to: "prod", reason: "Now it is time" };
      const answer = await fetch(`${towpath.server.url}/api/v1${BOARD}/promotions`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(wish),
      });
      expect(answer.status).toBe(201);
      expect(await answer.json()).toMatchObject({ number: 5, state: "waiting", needs: ["1 approval by a release manager"] });
      await rui.open("/projects/shop/promotions/5");
      await rui.page.getByRole("button", { name: "Approve" }).click();
      await expect(rui.page.getByText("It became current in prod")).toBeVisible();
      expect(await digestOf(towpath.server, token, `${CHECKOUT}/prod:current`)).toBe(second);
    });

    test("prod is rolled back to the earlier build, with a reason", async () => {
      const { page } = rui;
      await rui.open(BOARD);
      await steps.unfold(stage(page, "prod"), "History");
      await page.getByRole("link", { name: "Roll back prod to 1.4.2" }).click();
      await expect(page.getByText(/Nothing is erased, and nothing is deployed by this alone/)).toBeVisible();
      await steps.giveReason(page, "Payments fail", "Roll prod back");
      await expect(card(page, "prod")).toContainText("1.4.2");
      await expect(card(page, "prod")).toContainText("Rui Manager rolled back to it");
      expect(await digestOf(towpath.server, token, `${CHECKOUT}/prod:current`)).toBe(first);
    });

    test("an image for several platforms is pushed as a whole, with its index", async () => {
      const index = await ociIndex(folder, origin("1.6.0"));
      const { code, stderr } = await push(towpath.server, token, `oci:${index.path}`, `${CHECKOUT}/qa:1.6.0`, "--all");
      expect(code, stderr).toBe(0);
      expect(await digestOf(towpath.server, token, `${CHECKOUT}/qa:current`)).toBe(index.digest);
      await ada.open(`/builds/${index.digest}`);
      await expect(ada.page.getByText("linux/amd64, linux/arm64")).toBeVisible();
    });

    test("the timeline tells all of it in sentences", async () => {
      const { page } = ada;
      await ada.open("/timeline?integration=shop%2Fcheckout");
      for (const sentence of [
        /Ada Admin created the integration shop\/checkout/,
        /Ada Admin placed 1\.4\.2 in qa in shop\/checkout, which was empty/,
        /Ada Admin was refused 6\.6\.6 in prod in shop\/checkout: it takes builds by promotion only; promote it from staging/,
        /Ada Admin promoted 1\.4\.2 from qa to staging in shop\/checkout by #1/,
        /Ada Admin asked to promote 1\.4\.2 from staging to prod in shop\/checkout as #2; it waits for 1 approval by a release manager/,
        /Rui Manager approved #2 of 1\.4\.2 to prod in shop\/checkout/,
        /Rui Manager took back #4 of 1\.5\.0 to prod/,
        /Rui Manager rolled prod in shop\/checkout back to 1\.4\.2, in place of 1\.5\.0/,
      ]) {
        await expect(event(page, sentence)).toBeVisible();
      }
      const rolledBack = event(page, /rolled prod/);
      await expect(rolledBack).toContainText("Payments fail");
      await expect(rolledBack).toContainText("UTC");
      await expect(event(page, /placed 1\.4\.2/)).toContainText("with the token CI of checkout");
    });

    test("its filter stands in the address, which can be handed on", async () => {
      const { page } = ada;
      await ada.open("/timeline");
      await steps.choose(page, "Kind", "rolled_back");
      await page.getByRole("textbox", { name: "Bucket" }).fill("prod");
      await steps.submit(page, "Filter");
      await expect(page).toHaveURL("/timeline?bucket=prod&kind=rolled_back");
      await expect(event(page, /rolled prod/)).toHaveCount(1);
      await expect(event(page, /promoted/)).toHaveCount(0);
      await rui.open("/timeline?bucket=prod&kind=rolled_back");
      await expect(event(rui.page, /rolled prod/)).toHaveCount(1);
      await expect(rui.page.getByRole("combobox", { name: "Kind" })).toHaveValue("rolled_back");
    });

    test("it goes on, page by page, without a gap", async () => {
      const { page } = ada;
      const session = await Session.signIn(towpath.server, ADA);
      const titles = Array.from({ length: 60 }, (_, index) => `robot-${index}`);
      for (const title of titles) await makeToken(session, title, "shop", ["pull"]);

      await ada.open("/timeline?kind=token_created");
      const robots = async () => (await event(page, /robot/).allInnerTexts()).map((text) => /robot-\d+/.exec(text)![0]);
      const newest = await robots();
      expect(newest).toHaveLength(50);
      await page.getByRole("link", { name: "Older" }).click();
      await expect(event(page, /CI of checkout/)).toBeVisible();
      expect([...newest, ...(await robots())]).toEqual(titles.toReversed());
      await page.getByRole("link", { name: "Newest" }).click();
      await expect(event(page, "robot-59")).toBeVisible();
    });

    test("a new admin link comes from the command line", async ({ browser }) => {
      const link = await towpath.server.command("admin-link");
      const visitor = await towpath.visitor(browser);
      expect(await visitor.open(link)).toBe(200);
      await expect(heading(visitor.page, "Become an admin")).toBeVisible();
    });
  });
}

/** Moves the current build of a stage on by the menu on its card. */
async function promoteByMenu(page: Page, from: string, to: string, reason: string): Promise<void> {
  await steps.unfold(card(page, from), "Move to…");
  await card(page, from).getByRole("link", { name: `Promote to ${to}` }).click();
  await steps.giveReason(page.getByRole("dialog"), reason, `Promote to ${to}`);
}

// The first minutes: a sample to look around in, a light that waits for the first push, and putting a project away.
import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { expectAccessible, expectFits } from "../support/axe.ts";
import { Containers, digestOf, Docker, push, pushed, remote } from "../support/clients.ts";
import { run } from "../support/commands.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { BOARD, CHECKOUT, makeToken, openShop } from "../support/shop.ts";
import { Session } from "../support/sessions.ts";
import * as steps from "../support/steps.ts";
import { card, event, heading, stage, submit } from "../support/steps.ts";
import { ADA, type Visitor } from "../support/visitors.ts";

for (const scripted of [true, false]) {
  test.describe(scripted ? "a sample, with script" : "a sample, without script", () => {
    test.describe.configure({ mode: "serial" });
    const towpath = Installation.declare();
    let ada: Visitor;

    test("a button loads it, and it says that it is one", async ({ browser }) => {
      ada = await towpath.visitor(browser, scripted);
      const { page } = ada;
      await steps.join(ada, towpath.server.adminLink, ADA);
      await submit(page, "Load a sample project");
      await expect(heading(page, "Sample project")).toBeVisible();
      await expect(page.getByText("This is a sample")).toBeVisible();
      if (scripted) await expectAccessible(page);
    });

    test("its boards have a history, a refusal, a rollback and promotions that wait", async () => {
      const { page } = ada;
      await ada.open("/projects/sample/integrations/storefront");
      await expect(card(page, "qa")).toContainText("1.1.0");
      await expect(stage(page, "prod")).toContainText("1 approval");
      await ada.open("/projects/sample/integrations/mailer");
      await expect(card(page, "production")).toContainText("1.0.0");
      await ada.open("/timeline?project=sample");
      await expect(event(page, "rolled qa in sample/storefront back to 1.1.0").first()).toBeVisible();
      await ada.open("/timeline?project=sample&kind=arrival_refused");
      await expect(event(page, "was refused 3.1.0").first()).toBeVisible();
    });

    test("loading it twice is refused", async () => {
      const session = await Session.signIn(towpath.server, ADA);
      await expect(session.call("load_sample", {})).rejects.toThrow(/409.*loaded already/);
    });

    if (!scripted) return;

    test("clients pull its images, which run", async () => {
      await using folder = await Folder.make("pulled");
      const { server } = towpath;
      const token = await makeToken(await Session.signIn(server, ADA), "Puller", "sample", ["pull"]);
      const name = "sample/mailer/production:current";
      const credentials = ["--src-tls-verify=false", "--src-creds", `token:${token}`];
      const layout = folder.at("layout");
      await run("skopeo", ["copy", "--preserve-digests", ...credentials, remote(server, name), `oci:${layout}:mailer`]);
      const index = JSON.parse(await readFile(`${layout}/index.json`, "utf8"));
      expect(index.manifests[0].digest).toBe(await digestOf(server, token, name));

      await using containers = await Containers.make();
      const options = ["--tls-verify=false", "--creds", `token:${token}`];
      const image = await containers.run("podman", "pull", "--quiet", ...options, `${server.registry}/${name}`);
      const [inspected] = JSON.parse(await containers.run("podman", "inspect", image));
      expect(inspected.Config.Labels["towpath.sample"]).toBe("true");

      await using docker = await Docker.start();
      await docker.run("login", "--username", "token", "--password", token, server.registry);
      const said = await docker.run("run", "--rm", "--network", "none", `${server.registry}/${name}`);
      expect(said).toBe("I am mailer 1.0.0, a sample image that Towpath made.");
    });
  });
}

test.describe("the first push", () => {
  const towpath = Installation.declare();
  let token: string;

  test.beforeAll(async () => {
    token = (await openShop(towpath.server)).token;
  });

  test("is waited for beside the exact command", async ({ browser }) => {
    const ada = await towpath.visitor(browser);
    await ada.signIn(ADA, BOARD);
    const { page } = ada;
    await expect(page.getByText("Waiting for the first push…")).toBeVisible();
    const region = page.getByRole("region", { name: "skopeo", exact: true });
    await expect(region).toContainText(`docker://${towpath.server.registry}/${CHECKOUT}/qa:1.4.2`);
    await expectFits(page, 320);
    await expectAccessible(page);
  });

  test("turns the light green without reloading", async ({ browser }) => {
    await using folder = await Folder.make("images");
    const ada = await towpath.visitor(browser);
    await ada.signIn(ADA, BOARD);
    const { page } = ada;
    const light = page.getByRole("status").filter({ hasText: "first push" });
    await expect(light).toHaveText("Waiting for the first push…");
    await pushed(towpath.server, token, await dockerArchive(folder, origin("1.4.2")), `${CHECKOUT}/qa:1.4.2`);
    const arrived = page.getByRole("status").filter({ hasText: "1.4.2 has arrived" });
    await expect(arrived).toBeVisible();
    await expectAccessible(page);
    await expect(card(page, "qa")).toContainText("1.4.2");
  });

  test("begins with a token for the project", async ({ browser }) => {
    const ada = await towpath.visitor(browser, false);
    await ada.signIn(ADA, BOARD);
    const { page } = ada;
    await steps.unfold(page, "How to push");
    await page.getByRole("link", { name: "Make a token" }).click();
    await expect(page.getByRole("combobox", { name: "Where" })).toHaveValue("shop");
  });
});

for (const scripted of [true, false]) {
  test.describe(scripted ? "archiving, with script" : "archiving, without script", () => {
    const towpath = Installation.declare();

    test("puts a project away until it is restored", async ({ browser }) => {
      await using folder = await Folder.make("images");
      const { server } = towpath;
      const { token } = await openShop(server);
      const first = await pushed(server, token, await dockerArchive(folder, origin("1.0.0")), `${CHECKOUT}/qa:1.0.0`);
      const ada = await towpath.visitor(browser, scripted);
      await ada.signIn(ADA, "/projects/shop");
      const { page } = ada;
      await page.getByRole("link", { name: "Archive this project…" }).click();
      await expect(heading(page, "Archive Shop")).toBeVisible();
      if (scripted) await expectAccessible(page);
      await submit(page, "Archive shop");
      await expect(page.getByText("This project is archived")).toBeVisible();
      if (scripted) await expectAccessible(page);

      const source = `docker-archive:${await dockerArchive(folder, origin("1.0.1"))}`;
      const { code, stderr } = await push(server, token, source, `${CHECKOUT}/qa:1.0.1`);
      expect(code).not.toBe(0);
      expect(stderr).toContain("The project shop is archived");
      expect(await digestOf(server, token, `${CHECKOUT}/qa:current`)).toBe(first);
      await ada.open(BOARD);
      await expect(page.getByText("This project is archived")).toBeVisible();

      await ada.open("/");
      await expect(page.getByText("No project is in use")).toBeVisible();
      await ada.open("/projects");
      await expect(page.getByRole("link", { name: "Shop", exact: true })).toHaveCount(0);
      await page.getByRole("link", { name: "Archived projects", exact: true }).click();
      await page.getByRole("link", { name: "Shop", exact: true }).click();
      await submit(page, "Restore shop");
      await expect(page.getByText("This project is archived")).toHaveCount(0);
      // The form that had the focus is gone, and what stood around it has it.
      if (scripted) await expect(page.locator(":focus")).toHaveRole("heading");
      await ada.open("/projects");
      await expect(page.getByRole("link", { name: "Shop", exact: true })).toBeVisible();
      await pushed(server, token, source.slice("docker-archive:".length), `${CHECKOUT}/qa:1.0.1`);
    });
  });
}

test.describe("the guide", () => {
  const towpath = Installation.declare();

  test("is read by whoever finds the server, page by page", async ({ browser }) => {
    const guest = await towpath.visitor(browser);
    const { page } = guest;
    await guest.open("/docs");
    await expect(heading(page, "First steps")).toBeVisible();
    await expectAccessible(page);
    await expectFits(page, 320);
    await page.getByRole("navigation", { name: "The guide" }).getByRole("link", { name: "Roles and permissions" }).click();
    await expect(heading(page, "Roles and permissions")).toBeVisible();
    await expectAccessible(page);
    await expectFits(page, 320);
    expect(await guest.open("/docs/nothing")).toBe(404);
  });
});

// `towpath push`, with images as other people's tools write them, over a line that breaks, and as CI runs it.
import { createHash, randomBytes } from "node:crypto";
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { tar } from "../support/archives.ts";
import { Containers, digestOf, Docker } from "../support/clients.ts";
import { attempt, type Ended, ended, run } from "../support/commands.ts";
import { Folder } from "../support/folders.ts";
import { dockerArchive, ociIndex, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { Proxy } from "../support/proxies.ts";
import { freePort } from "../support/ports.ts";
import { CLI } from "../support/server.ts";
import { CHECKOUT, makeToken, openShop, type Shop } from "../support/shop.ts";
import { ADA } from "../support/visitors.ts";

const towpath = Installation.declare();
let folder: Folder;
let shop: Shop;
let token: string;

test.beforeAll(async () => {
  folder = await Folder.make("images");
  shop = await openShop(towpath.server);
  token = await makeToken(shop.admin, "CI", "shop", ["view", "pull", "push", "report"]);
  await shop.admin.call("create_rule", {
    project: "shop",
    "form[slug]": "branches",
    "form[title]": "Branches",
    "form[kind]": "environment",
    "form[is_default]": "on",
    "form[criteria][0][key]": "branch",
    "form[criteria][0][operator]": "starts_with",
    "form[criteria][0][value]": "feature/",
    "form[criteria][0][bucket]": "qa",
  });
});
test.afterAll(() => folder[Symbol.asyncDispose]());

interface Received {
  outcome: string;
  bucket?: string;
  rule?: string;
  build: { digest: string; platforms: string[]; origin: Record<string, { value: string }> };
}

/** Runs `towpath push`, where neither git nor a CI says anything but what is given. */
function push(image: string, more: string[] = [], env: Record<string, string> = {}, url = towpath.server.url): Promise<Ended> {
  const given = { TOWPATH_SERVER: url, TOWPATH_TOKEN: token, GIT_DIR: "/nonexistent", GITHUB_ACTIONS: "", ...env };
  return attempt(CLI, ["push", image, "--to", CHECKOUT, "--output", "json", ...more], { env: given });
}

async function pushed(...args: Parameters<typeof push>): Promise<Received> {
  const { code, stdout, stderr } = await push(...args);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

test("a job on GitHub pushes an archive of docker save, and the rule leads its branch", async ({ browser }) => {
  const archive = await dockerArchive(folder, origin("1.0.0"));
  const event = folder.at("event.json");
  const id = "ffac537e6cbbf934b08745a378932722df287a53";
  const author = { name: "Dev O'Neil", email: "dev@example.org" };
  await writeFile(event, JSON.stringify({ head_commit: { id, message: "Mend <b>it</b> $(true)", author } }));
  const job = {
    GITHUB_ACTIONS: "true",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_REPOSITORY: "acme/shop",
    GITHUB_SHA: id,
    GITHUB_REF: "refs/heads/feature/x",
    GITHUB_EVENT_NAME: "push",
    GITHUB_EVENT_PATH: event,
    GITHUB_ACTOR: "dev-o",
    GITHUB_RUN_ID: "42",
  };
  const received = await pushed(archive, [], job);
  expect(received).toMatchObject({ outcome: "placed", bucket: "qa", rule: "branches" });
  expect((await pushed(archive, [], job)).outcome).toBe("already_there");
  const visitor = await towpath.visitor(browser);
  await visitor.signIn(ADA, `/builds/${received.build.digest}`);
  const { page } = visitor;
  await expect(page.getByText("Mend <b>it</b> $(true)")).toBeVisible();
  await expect(page.getByText("Dev O'Neil <dev@example.org>")).toBeVisible();
  await expect(page.getByRole("link", { name: "42", exact: true })).toHaveAttribute("href", "https://github.com/acme/shop/actions/runs/42");
});

test("what it pushes can be pulled and run by others", async () => {
  const archive = await dockerArchive(folder, origin("1.1.0"));
  const { build } = await pushed(archive, ["--tag", "1.1.0"]);
  expect(await digestOf(towpath.server, token, `${CHECKOUT}:1.1.0`)).toBe(build.digest);
  const from = `docker://${towpath.server.registry}/${CHECKOUT}@${build.digest}`;
  const to = `docker-archive:${folder.at("back.tar")}:back:1`;
  await run("skopeo", ["copy", "--src-tls-verify=false", "--src-creds", `token:${token}`, from, to]);
});

test("an index of several platforms keeps its digest, and one platform can be taken out of it", async () => {
  const index = await ociIndex(folder, origin("1.2.0"));
  const whole = await pushed(index.path, ["--tag", "1.2.0"]);
  expect(whole.build).toMatchObject({ digest: index.digest, platforms: ["linux/amd64", "linux/arm64"] });
  const one = await pushed(`oci:${index.path}`, ["--tag", "1.2.0-arm64", "--platform", "linux/arm64"]);
  expect(one.build.platforms).toEqual(["linux/arm64"]);
  const none = await push(index.path, ["--tag", "x", "--platform", "linux/s390x"]);
  expect(none).toMatchObject({ code: 5, stderr: expect.stringContaining("linux/amd64, linux/arm64") });
});

test("archives of skopeo, buildah and umoci are read", async () => {
  await using containers = await Containers.make();
  const saved = await dockerArchive(folder, origin("1.3.0"));
  const skopeo = folder.at("skopeo.tar");
  await run("skopeo", ["copy", `docker-archive:${saved}`, `oci-archive:${skopeo}`]);
  expect((await pushed(skopeo, ["--tag", "1.3.0"])).outcome).toBe("unclassified");
  const buildah = folder.at("buildah.tar");
  const name = await containers.run("buildah", "pull", "--quiet", `docker-archive:${saved}`);
  await containers.run("buildah", "push", name, `docker-archive:${buildah}:app:1`);
  await pushed(`docker-archive:${buildah}`, ["--tag", "1.3.1"]);
  const umoci = folder.at("umoci");
  await run("umoci", ["init", "--layout", umoci]);
  for (const tag of ["one", "two"]) await run("umoci", ["new", "--image", `${umoci}:${tag}`]);
  await pushed(`oci:${umoci}:two`, ["--tag", "1.3.2"]);
  expect(await push(umoci, ["--tag", "x"])).toMatchObject({ code: 2, stderr: expect.stringContaining("one, two") });
  const packed = folder.at("packed.tar.gz");
  await run("sh", ["-c", `gzip -c '${saved}' > '${packed}'`]);
  expect((await pushed(packed, ["--tag", "1.3.3"])).build.digest).toBe((await pushed(saved, ["--tag", "1.3.4"])).build.digest);
});

test("an image of the local daemon is pushed by its name", async () => {
  await using docker = await Docker.start();
  await docker.run("load", "--input", await dockerArchive(folder, origin("1.4.0")));
  const received = await pushed("checkout:1.4.0", ["--tag", "1.4.0"], { DOCKER_HOST: `unix://${docker.socket}` });
  expect(received.build.platforms).toEqual(["linux/amd64"]);
  const missing = await push("nothing:1", ["--tag", "x"], { DOCKER_HOST: `unix://${docker.socket}` });
  expect(missing).toMatchObject({ code: 5, stderr: expect.stringContaining("no image “nothing:1”") });
});

test("an image of another registry keeps its digest", async () => {
  await using other = await Distribution.start();
  const index = await ociIndex(folder, origin("1.5.0"));
  const target = `docker://${other.host}/team/checkout:1.5.0`;
  await run("skopeo", ["copy", "--all", "--dest-tls-verify=false", `oci:${index.path}`, target]);
  const received = await pushed(target, ["--tag", "1.5.0"]);
  expect(received.build.digest).toBe(index.digest);
  expect(await push(`docker://${other.host}/team/nothing:1`, ["--tag", "x"])).toMatchObject({ code: 5 });
});

test("an upload goes on where the line broke", async () => {
  const layer = tar([{ name: "noise", content: randomBytes(40 * 1024 * 1024) }]);
  const diff = `sha256:${createHash("sha256").update(layer).digest("hex")}`;
  const config = JSON.stringify({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [diff] } });
  const manifest = JSON.stringify([{ Config: "config.json", RepoTags: ["noise:1"], Layers: ["layer.tar"] }]);
  const archive = folder.at("noise.tar");
  const entries = [
    { name: "layer.tar", content: layer },
    { name: "config.json", content: config },
    { name: "manifest.json", content: manifest },
  ];
  await writeFile(archive, tar(entries));
  const port = Number(towpath.server.registry.split(":")[1]);
  await using proxy = await Proxy.before(port, 20 * 1024 * 1024);
  const { code, stdout, stderr } = await push(archive, ["--tag", "noise"], {}, proxy.url);
  expect(code, stderr).toBe(0);
  expect(proxy.lost).toBe(1);
  expect(stderr).toContain("broke off");
  const { build } = JSON.parse(stdout) as Received;
  expect(await digestOf(towpath.server, token, `${CHECKOUT}:noise`)).toBe(build.digest);
});

/** The registry of the Distribution project, without TLS and sign-in. */
class Distribution implements AsyncDisposable {
  private constructor(
    readonly host: string,
    private readonly stop: () => Promise<void>,
  ) {}

  static async start(): Promise<Distribution> {
    const place = await Folder.make("distribution");
    await mkdir(place.at("data"));
    const port = await freePort();
    const config = place.at("config.yml");
    await writeFile(
      config,
      `version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: ${place.at("data")}\nhttp:\n  addr: 127.0.0.1:${port}\n`,
    );
    const child = spawn("docker-registry", ["serve", config], { stdio: "ignore" });
    const exit = ended(child, "exit").catch(() => 0);
    const host = `127.0.0.1:${port}`;
    await expect.poll(() => fetch(`http://${host}/v2/`).then((answer) => answer.status, () => 0)).toBe(200);
    return new Distribution(host, async () => {
      child.kill("SIGKILL");
      await exit;
      await place[Symbol.asyncDispose]();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

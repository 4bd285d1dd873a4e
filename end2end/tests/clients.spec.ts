// The registry as its clients meet it: each real one pushes once, and what is wrong is refused in their words.
import { expect, test } from "@playwright/test";
import { Containers, digestOf, Docker, push, pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { digest, dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { Registry } from "../support/registry.ts";
import { CHECKOUT, makeToken, openShop, type Shop } from "../support/shop.ts";
import { unfold } from "../support/steps.ts";
import { ADA } from "../support/visitors.ts";

const QA = `${CHECKOUT}/qa`;

const towpath = Installation.declare();
let folder: Folder;
let shop: Shop;

test.beforeAll(async () => {
  folder = await Folder.make("images");
  shop = await openShop(towpath.server);
});
test.afterAll(() => folder[Symbol.asyncDispose]());

test("docker pushes and pulls", async () => {
  await using docker = await Docker.start();
  const { registry } = towpath.server;
  const image = `${registry}/${QA}:docker`;
  await docker.run("load", "--input", await dockerArchive(folder, origin("2.0.0")));
  await docker.run("tag", "checkout:2.0.0", image);
  await docker.run("login", "--username", "token", "--password", shop.token, registry);
  await docker.run("push", "--quiet", image);
  const digest = await digestOf(towpath.server, shop.token, `${QA}:docker`);
  await docker.run("image", "rm", "--force", image, "checkout:2.0.0");
  await docker.run("pull", "--quiet", `${registry}/${QA}@${digest}`);
});

for (const program of ["podman", "buildah"] as const) {
  test(`${program} pushes and pulls`, async () => {
    await using containers = await Containers.make();
    const archive = await dockerArchive(folder, origin(`2.1.0-${program}`));
    const image = `${towpath.server.registry}/${QA}:${program}`;
    const name = await containers.run(program, "pull", "--quiet", `docker-archive:${archive}`);
    const options = ["--tls-verify=false", "--creds", `token:${shop.token}`];
    await containers.run(program, "push", ...options, name, `docker://${image}`);
    await containers.run(program, "rmi", "--all", "--force");
    await containers.run(program, "pull", "--quiet", ...options, image);
  });
}

test("the same image again changes nothing, another under its tag is refused", async () => {
  const { server } = towpath;
  const [one, other] = [await dockerArchive(folder, origin("3.0.0")), await dockerArchive(folder, origin("3.0.1"))];
  const first = await pushed(server, shop.token, one, `${QA}:3`);
  expect(await pushed(server, shop.token, one, `${QA}:3`)).toBe(first);
  const { code, stderr } = await push(server, shop.token, `docker-archive:${other}`, `${QA}:3`);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/denied/i);
  expect(await digestOf(server, shop.token, `${QA}:3`)).toBe(first);
});

test("a token that is revoked, too narrow or made up is refused", async ({ browser }) => {
  const { server } = towpath;
  const source = `docker-archive:${await dockerArchive(folder, origin("3.1.0"))}`;
  const narrow = await makeToken(shop.admin, "Reader", "shop", ["pull"]);
  const denied = await push(server, narrow, source, `${QA}:3.1.0`);
  expect(denied.code).not.toBe(0);
  expect(denied.stderr).toContain("This token is not scoped for “push” here");

  const revoked = await makeToken(shop.admin, "Old", "shop", ["pull", "push"]);
  const ada = await towpath.visitor(browser);
  await ada.signIn(ADA, "/tokens");
  const row = ada.page.getByRole("listitem").filter({ has: ada.page.getByText("Old", { exact: true }) });
  await unfold(row, "Revoke…");
  await row.getByRole("button", { name: "Revoke Old" }).click();
  await expect(row).toContainText("revoked");
  for (const token of [revoked, `tpt_${"0".repeat(48)}`, "password"]) {
    const { code, stderr } = await push(server, token, source, `${QA}:3.1.0`);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/unauthorized|invalid username\/password/i);
  }
});

test("names that lead nowhere, or cannot be, are told apart", async () => {
  const registry = new Registry(towpath.server, shop.token);
  for (const [path, status, code] of [
    ["shop/nowhere/qa/manifests/1", 404, "NAME_UNKNOWN"],
    ["nowhere/checkout/qa/manifests/1", 404, "NAME_UNKNOWN"],
    ["shop/checkout/nowhere/manifests/1", 404, "NAME_UNKNOWN"],
    ["shop/checkout/QA/manifests/1", 400, "NAME_INVALID"],
    ["shop/checkout/qa/manifests/none", 404, "MANIFEST_UNKNOWN"],
    ["shop/checkout/prod/manifests/current", 404, "MANIFEST_UNKNOWN"],
    [`shop/checkout/qa/blobs/${digest("nothing")}`, 404, "BLOB_UNKNOWN"],
    ["shop/checkout/qa/blobs/sha256:short", 400, "DIGEST_INVALID"],
  ] as const) {
    expect(await registry.refusal("GET", path), path).toMatchObject({ status, code });
  }
});

test("without credentials the way to them is told", async () => {
  const response = await fetch(`${towpath.server.url}/v2/`);
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toContain(`Bearer realm="${towpath.server.url}/`);
});

test("an upload that is cut short or is not what it says leaves nothing", async () => {
  const registry = new Registry(towpath.server, shop.token);
  const content = "what was to be sent, whole";
  const name = digest(content);
  for (const sent of [content.slice(0, 10), "something else"]) {
    const upload = await registry.startUpload(QA);
    const answer = await registry.refusal("PUT", `${upload}?digest=${name}`, sent);
    expect(answer).toMatchObject({ status: 400, code: "DIGEST_INVALID" });
    expect(await registry.refusal("GET", `${QA}/blobs/${name}`)).toMatchObject({ status: 404 });
  }
  const upload = await registry.startUpload(QA);
  expect((await registry.call("PUT", `${upload}?digest=${name}`, content)).status).toBe(201);
  expect(await (await registry.call("GET", `${QA}/blobs/${name}`)).text()).toBe(content);
});

test("a manifest is taken only when it is sound, complete and small enough", async () => {
  const registry = new Registry(towpath.server, shop.token);
  const part = { mediaType: "application/vnd.oci.image.config.v1+json", digest: digest("nowhere"), size: 7 };
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config: part, layers: [] });
  const refusal = (reference: string, body: string) =>
    registry.refusal("PUT", `${QA}/manifests/${reference}`, body, { "content-type": mediaType });
  expect(await refusal("9.0.0", "{")).toMatchObject({ status: 400, code: "MANIFEST_INVALID" });
  expect(await refusal("9.0.0", manifest)).toMatchObject({ status: 400, code: "MANIFEST_BLOB_UNKNOWN" });
  expect(await refusal(digest("other"), manifest)).toMatchObject({ status: 400, code: "DIGEST_INVALID" });
  expect(await refusal("9.0.0", " ".repeat(9 * 1024 * 1024))).toMatchObject({ status: 413 });
  expect(await refusal("current", manifest)).toMatchObject({ code: expect.stringMatching(/DENIED|MANIFEST/) });
});

// Signatures: trusting a key on its page, a stage that asks for its signature, and the build's page that shows it.
import { expect, test } from "@playwright/test";
import { Buffer } from "node:buffer";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { expectAccessible } from "../support/axe.ts";
import { pushed } from "../support/clients.ts";
import { Folder } from "../support/folders.ts";
import { digest as digestOf, dockerArchive, origin } from "../support/images.ts";
import { Installation } from "../support/installation.ts";
import { Registry } from "../support/registry.ts";
import { openShop, type Shop } from "../support/shop.ts";
import * as steps from "../support/steps.ts";
import { card, heading } from "../support/steps.ts";
import { ADA, type Visitor } from "../support/visitors.ts";

test.describe.configure({ mode: "serial" });

const towpath = Installation.declare();
const REPOSITORY = "shop/parcel/qa";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const key = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
let shop: Shop;
let ada: Visitor;
let image: string;

test.beforeAll(async ({ browser }) => {
  shop = await openShop(towpath.server);
  ada = await towpath.visitor(browser);
  await ada.signIn(ADA);
});

async function upload(registry: Registry, content: string): Promise<{ digest: string; size: number }> {
  const digest = digestOf(content);
  const location = new URL(await registry.startUpload(REPOSITORY), towpath.server.url);
  location.searchParams.set("digest", digest);
  const answer = await registry.call("PUT", location.href, content, { "content-type": "application/octet-stream" });
  expect(answer.status).toBe(201);
  return { digest, size: Buffer.byteLength(content) };
}

/** Signs an image as cosign does, under a tag of its digest. */
async function signImage(by: KeyObject): Promise<void> {
  const registry = new Registry(towpath.server, shop.token);
  const payload = JSON.stringify({
    critical: {
      identity: { "docker-reference": "" },
      image: { "docker-manifest-digest": image },
      type: "cosign container image signature",
    },
    optional: null,
  });
  const annotations = { "dev.cosignproject.cosign/signature": sign("sha256", Buffer.from(payload), by).toString("base64") };
  const layer = { mediaType: "application/vnd.dev.cosign.simplesigning.v1+json", annotations };
  const config = { mediaType: "application/vnd.oci.image.config.v1+json", ...(await upload(registry, "{}")) };
  const layers = [{ ...layer, ...(await upload(registry, payload)) }];
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers });
  const path = `${REPOSITORY}/manifests/${image.replace(":", "-")}.sig`;
  const answer = await registry.call("PUT", path, manifest, { "content-type": MANIFEST });
  expect(answer.status).toBe(201);
}

test("a key is trusted on its page, and what is no key is told beside its field", async () => {
  const { page } = ada;
  await ada.open("/projects/shop/trust-roots");
  await expect(page.getByText("Nobody’s signature counts yet")).toBeVisible();
  await page.getByRole("link", { name: "Trust a key" }).click();
  await expect(heading(page, "Trust a key")).toBeVisible();
  await page.getByRole("textbox", { name: "Name" }).fill("release-key");
  const field = page.getByRole("textbox", { name: "Public key" });
  await field.fill("ssh-ed25519 AAAA");
  await steps.submit(page, "Trust this key");
  await expect(page.getByRole("alert")).toContainText("This is no public key that can be used");
  await field.fill(key.publicKey.export({ type: "spki", format: "pem" }).toString());
  await steps.submit(page, "Trust this key");
  await expect(heading(page, "Trust roots of Shop")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "release-key" })).toContainText("ECDSA key, SHA-256");
  await expectAccessible(page);
});

test("a stage waits for the signature and opens by itself when it comes", async () => {
  const at = (row: number, name: string) => `form[stages][${row}][${name}]`;
  await shop.admin.call("create_workflow", {
    project: "shop",
    "form[slug]": "signed",
    "form[title]": "Signed",
    "form[kind]": "environment",
    [at(0, "bucket")]: "qa",
    [at(1, "bucket")]: "staging",
    [at(1, "signed_by")]: "release-key",
  });
  const integration = { "form[slug]": "parcel", "form[title]": "Parcel", "form[kind]": "environment" };
  await shop.admin.call("create_integration", { project: "shop", ...integration, "form[workflow]": "signed" });
  await using folder = await Folder.make("images");
  image = await pushed(towpath.server, shop.token, await dockerArchive(folder, origin("1.4.2")), `${REPOSITORY}:1.4.2`);
  const wish = { project: "shop", integration: "parcel", digest: image, from: "qa", to: "staging", reason: "Tested" };
  await shop.admin.call("promote", wish);
  const { page } = ada;
  await ada.open(`/builds/${image}`);
  await expect(page.getByText("Waits to enter staging: needs a signature by release-key")).toBeVisible();
  await signImage(generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey);
  const said = page.getByRole("listitem").filter({ hasText: "Signature" });
  await expect(said).toContainText("release-key: does not count, as it was made with another key");
  await signImage(key.privateKey);
  await expect(said.filter({ hasText: "vouched for" })).toContainText("release-key: signed by the key");
  await ada.open("/projects/shop/integrations/parcel");
  await expect(card(page, "staging")).toContainText("1.4.2");
});

test("what is said about a build can be downloaded", async () => {
  const { page } = ada;
  await ada.open(`/builds/${image}`);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: /^download/ }).first().click();
  expect((await download).suggestedFilename()).toMatch(/^evidence-[0-9a-f]{12}\.json$/);
  await expectAccessible(page);
});

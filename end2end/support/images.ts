// Real images, made from nothing: a static program and some files in layers, with the labels of a build.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { tar } from "./archives.ts";
import { run } from "./commands.ts";
import { Folder } from "./folders.ts";

export interface Origin {
  version: string;
  /** A whole commit id. */
  revision: string;
  title: string;
  source: string;
  "ref.name": string;
}

/** Where a build of the shop's checkout comes from. */
export function origin(version: string): Origin {
  return {
    version,
    revision: createHash("sha1").update(version).digest("hex"),
    title: "Checkout of the shop",
    source: "https://git.example/shop/checkout",
    "ref.name": "main",
  };
}

/** What the program in an image says. */
export function words(origin: Origin): string {
  return `checkout ${origin.version} is open`;
}

interface Layer {
  content: Buffer;
  digest: string;
}

const IMAGE = "application/vnd.oci.image";

/** Writes an image as `docker save` would, of three layers, and answers with its path. */
export async function dockerArchive(folder: Folder, origin: Origin): Promise<string> {
  const layers = await makeLayers(folder, origin);
  const config = JSON.stringify(describe(origin, "amd64", layers));
  const configName = `${digest(config).slice("sha256:".length)}.json`;
  const names = layers.map((_, index) => `${index}/layer.tar`);
  const manifest = [{ Config: configName, RepoTags: [`checkout:${origin.version}`], Layers: names }];
  const path = folder.at(`checkout-${origin.version}.tar`);
  const files = layers.map((layer, index) => ({ name: names[index]!, content: layer.content }));
  await writeFile(
    path,
    tar([
      ...files,
      { name: configName, content: config },
      { name: "manifest.json", content: JSON.stringify(manifest) },
    ]),
  );
  return path;
}

export interface Index {
  path: string;
  /** The digest of the index, which is what is pushed as a whole. */
  digest: string;
}

/** Writes an image for two platforms as an OCI layout (image-spec 1.1, “Image Layout”). */
export async function ociIndex(folder: Folder, origin: Origin): Promise<Index> {
  const path = folder.at(`checkout-${origin.version}-oci`);
  const blobs = join(path, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });
  const put = async (mediaType: string, content: Buffer | string) => {
    const name = digest(content);
    await writeFile(join(blobs, name.slice("sha256:".length)), content);
    return { mediaType, digest: name, size: Buffer.byteLength(content) };
  };
  const layers = await makeLayers(folder, origin);
  const platform = async (architecture: string) => {
    const config = await put(`${IMAGE}.config.v1+json`, JSON.stringify(describe(origin, architecture, layers)));
    const parts = [];
    // Compressed already, or clients would do it while they push, and the digests would be others.
    for (const layer of layers) parts.push(await put(`${IMAGE}.layer.v1.tar+gzip`, gzipSync(layer.content)));
    const mediaType = `${IMAGE}.manifest.v1+json`;
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config, layers: parts });
    return { ...(await put(mediaType, manifest)), platform: { os: "linux", architecture } };
  };
  const mediaType = `${IMAGE}.index.v1+json`;
  const manifests = [await platform("amd64"), await platform("arm64")];
  const index = await put(mediaType, JSON.stringify({ schemaVersion: 2, mediaType, manifests, annotations: labels(origin) }));
  await writeFile(join(path, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await writeFile(join(path, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [index] }));
  return { path, digest: index.digest };
}

async function makeLayers(folder: Folder, origin: Origin): Promise<Layer[]> {
  const program = await compile(folder, origin);
  return [
    tar([{ name: "checkout", content: program, executable: true }]),
    // Larger than what clients send in one piece by accident, and the same in all versions, so that it is shared.
    tar([{ name: "catalogue", content: "apples and pears\n".repeat(60_000) }]),
    tar([{ name: "version", content: `${origin.version}\n` }]),
  ].map((content) => ({ content, digest: digest(content) }));
}

/** A program without libraries, so that it runs in an image that holds nothing else. */
async function compile(folder: Folder, origin: Origin): Promise<Buffer> {
  const [source, program] = [folder.at(`${origin.version}.c`), folder.at(origin.version)];
  await writeFile(source, `#include <stdio.h>\nint main(void) { return puts("${words(origin)}") < 0; }\n`);
  await run("cc", ["-static", "-Os", "-s", "-o", program, source]);
  return readFile(program);
}

function describe(origin: Origin, architecture: string, layers: Layer[]) {
  const created = "2026-01-01T00:00:00Z";
  return {
    created,
    architecture,
    os: "linux",
    config: { Cmd: ["/checkout"], Labels: labels(origin) },
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.digest) },
    history: layers.map(() => ({ created, created_by: "a test" })),
  };
}

function labels(origin: Origin): Record<string, string> {
  const named = Object.entries(origin).map(([name, value]) => [`org.opencontainers.image.${name}`, value]);
  return Object.fromEntries(named);
}

export function digest(content: Buffer | string): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

// The registry clients of other people, each with storage of its own.
import { spawn } from "node:child_process";
import { access, mkdir } from "node:fs/promises";
import { attempt, type Ended, ended, run } from "./commands.ts";
import { Folder } from "./folders.ts";
import type { Server } from "./server.ts";

/** `docker://localhost:PORT/NAME`. */
export function remote(server: Server, name: string): string {
  return `docker://${server.registry}/${name}`;
}

/** Pushes an image by skopeo; the answer may be a refusal. */
export function push(server: Server, token: string, source: string, name: string, ...options: string[]): Promise<Ended> {
  const credentials = ["--dest-tls-verify=false", "--dest-creds", `token:${token}`];
  return attempt("skopeo", ["copy", ...options, ...credentials, source, remote(server, name)]);
}

/** Pushes an image by skopeo, and gives the digest under which it was pushed. */
export async function pushed(server: Server, token: string, archive: string, name: string): Promise<string> {
  const { code, stderr } = await push(server, token, `docker-archive:${archive}`, name);
  if (code !== 0) throw new Error(`skopeo could not push ${name}:\n${stderr}`);
  return digestOf(server, token, name);
}

/** The digest to which a name leads now. */
export function digestOf(server: Server, token: string, name: string): Promise<string> {
  const credentials = ["--tls-verify=false", "--creds", `token:${token}`];
  return run("skopeo", ["inspect", ...credentials, "--format", "{{.Digest}}", remote(server, name)]);
}

/** buildah and podman share their storage and its options. */
export class Containers implements AsyncDisposable {
  private constructor(private readonly folder: Folder) {}

  static async make(): Promise<Containers> {
    return new Containers(await Folder.make("containers"));
  }

  run(program: "buildah" | "podman", ...args: string[]): Promise<string> {
    const storage = ["--root", this.folder.at("root"), "--runroot", this.folder.at("run"), "--storage-driver", "vfs"];
    return run(program, [...storage, ...args], { env: { BUILDAH_ISOLATION: "chroot" } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder[Symbol.asyncDispose]();
  }
}

/** A Docker engine that lives as long as a test. It takes 127.0.0.0/8 without TLS. */
export class Docker implements AsyncDisposable {
  private constructor(
    private readonly folder: Folder,
    private readonly daemon: { stop: () => Promise<void> },
  ) {}

  static async start(): Promise<Docker> {
    const folder = await Folder.make("docker");
    await mkdir(folder.at("config"));
    const socket = folder.at("socket");
    const child = spawn(
      "dockerd",
      [
        ...["--iptables=false", "--bridge=none", "--storage-driver=vfs"],
        ...["--data-root", folder.at("data"), "--exec-root", folder.at("exec")],
        ...["--host", `unix://${socket}`, "--pidfile", folder.at("pid")],
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    const exit = ended(child, "exit");
    let log = "";
    const ready = new Promise<void>((resolve) => {
      child.stderr.on("data", (text) => {
        log += text;
        if (log.includes("API listen on")) resolve();
      });
    });
    await Promise.race([
      ready,
      exit.then((code) => {
        throw new Error(`dockerd ended with ${code}:\n${log}`);
      }),
    ]);
    await access(socket);
    const stop = async () => {
      child.kill("SIGTERM");
      await exit;
    };
    return new Docker(folder, { stop });
  }

  /** Where it listens. */
  get socket(): string {
    return this.folder.at("socket");
  }

  run(...args: string[]): Promise<string> {
    return run("docker", ["--host", `unix://${this.socket}`, "--config", this.folder.at("config"), ...args]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon.stop();
    await this.folder[Symbol.asyncDispose]();
  }
}

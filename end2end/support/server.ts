// The real server: an installation of its own on a free port, started and ended by process id.
import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { ended, run } from "./commands.ts";
import { Database, type Engine } from "./databases.ts";
import { Folder } from "./folders.ts";
import { freePort } from "./ports.ts";

const TARGET = resolve(process.env.CARGO_TARGET_DIR ?? resolve(import.meta.dirname, "../../target"));
const BINARY = resolve(process.env.TOWPATH_TEST_SERVER ?? `${TARGET}/debug/towpath-server`);
/** The command `towpath`, which is built beside the server. */
export const CLI = resolve(BINARY, "../towpath");
// The site belongs to the checkout, wherever the build's cache is.
const SITE = resolve(import.meta.dirname, "../../target/site");

/** So often is another port tried where someone else took the free one first. */
const TRIES = 5;

export class Server {
  private constructor(
    private child: ChildProcess,
    private exit: Promise<number>,
    private readonly environment: Record<string, string>,
    private readonly folder: Folder,
    private readonly database: Database,
    /** The line that it greeted with. */
    readonly greeting: string,
    /** Host and port, as image references name them. */
    readonly registry: string,
  ) {}

  /** Starts one, with a configuration's file of this content. */
  static async start(engine: Engine = "sqlite", file = ""): Promise<Server> {
    const folder = await Folder.make("server");
    await writeFile(folder.at("towpath.toml"), file);
    const database = await Database.make(engine);
    for (let attempt = 1; ; attempt++) {
      const port = await freePort();
      const environment = settings(port, folder, database);
      const { child, exit, greeting } = await launch(environment, folder);
      if (greeting !== undefined) {
        return new Server(child, exit, environment, folder, database, greeting, `localhost:${port}`);
      }
      const log = await readFile(folder.at("log"), "utf8");
      if (attempt === TRIES || !log.includes("listening on")) throw new Error(`${BINARY} did not start:\n${log}`);
    }
  }

  get url(): string {
    return `http://${this.registry}`;
  }

  /** The one-time link that the first start prints. */
  get adminLink(): string {
    const link = /make the first admin: (\S+)/.exec(this.greeting)?.[1];
    if (!link) throw new Error(`no link in “${this.greeting}”`);
    return link;
  }

  /** Runs a command of the server's program on this installation. */
  command(...words: string[]): Promise<string> {
    return run(BINARY, words, { env: this.environment });
  }

  /** Ends it and starts it again on the same port and data, with something to do while it is away. */
  async restart(meanwhile: () => Promise<void>): Promise<void> {
    this.child.kill("SIGTERM");
    const code = await this.exit;
    if (code !== 0) throw new Error(`the server ended with ${code}`);
    await meanwhile();
    const { child, exit, greeting } = await launch(this.environment, this.folder);
    if (greeting === undefined) throw new Error("the server did not start again");
    this.child = child;
    this.exit = exit;
  }

  /** Ends it, and expects that it ended by itself and that nothing broke in its lifetime. */
  async stop(): Promise<void> {
    this.child.kill("SIGTERM");
    const code = await this.exit;
    const log = await readFile(this.folder.at("log"), "utf8");
    await this.database[Symbol.asyncDispose]();
    await this.folder[Symbol.asyncDispose]();
    const broken = log.split("\n").filter((line) => line.includes('"level":"ERROR"') || line.includes("panicked"));
    if (code !== 0) throw new Error(`the server ended with ${code}:\n${log}`);
    if (broken.length > 0) throw new Error(`something broke in the server:\n${broken.join("\n")}`);
  }
}

interface Launched {
  child: ChildProcess;
  exit: Promise<number>;
  /** Absent where it ended at once. */
  greeting: string | undefined;
}

async function launch(environment: Record<string, string>, folder: Folder): Promise<Launched> {
  const child = spawn(BINARY, [], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  const exit = ended(child, "exit");
  // Whoever waits for it hears of it; before that a failure must not end the test run.
  exit.catch(() => {});
  child.stderr!.pipe(createWriteStream(folder.at("log"), { flags: "a" }));
  const greeting = await Promise.race([firstLine(child), exit.then(() => undefined)]);
  return { child, exit, greeting };
}

function settings(port: number, folder: Folder, database: Database): Record<string, string> {
  const settings: Record<string, string> = {
    TOWPATH_LISTEN: `127.0.0.1:${port}`,
    TOWPATH_PUBLIC_URL: `http://localhost:${port}`,
    TOWPATH_CONFIG: folder.at("towpath.toml"),
    TOWPATH_DATA: folder.at("data"),
    TOWPATH_SITE: SITE,
    TOWPATH_LOG_FORMAT: "json",
    // Where a test forgot a connection that is under way, this ends it soon.
    TOWPATH_SHUTDOWN_SECONDS: "5",
  };
  if (database.url) settings.TOWPATH_DATABASE_URL = database.url;
  return settings;
}

/** The first line of standard output; never, where it ends without one. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => createInterface({ input: child.stdout! }).once("line", resolve));
}

// The databases that an installation runs on: SQLite in its folder, or a database of its own on the Postgres
// server that TOWPATH_TEST_POSTGRES names.
import { randomBytes } from "node:crypto";
import { run } from "./commands.ts";

export const ENGINES = process.env.TOWPATH_TEST_POSTGRES ? (["sqlite", "postgres"] as const) : (["sqlite"] as const);
export type Engine = "sqlite" | "postgres";

export class Database implements AsyncDisposable {
  private constructor(
    /** What the server is told, where it is not its default. */
    readonly url: string | undefined,
    private readonly name: string,
  ) {}

  static async make(engine: Engine): Promise<Database> {
    if (engine === "sqlite") return new Database(undefined, "");
    const name = `towpath_${randomBytes(6).toString("hex")}`;
    await sql(`create database ${name}`);
    const url = new URL(server());
    url.pathname = name;
    return new Database(url.href, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.name) await sql(`drop database ${this.name} with (force)`);
  }
}

function sql(command: string): Promise<string> {
  return run("psql", [server(), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--command", command]);
}

function server(): string {
  const url = process.env.TOWPATH_TEST_POSTGRES;
  if (!url) throw new Error("TOWPATH_TEST_POSTGRES names no Postgres server");
  return url;
}

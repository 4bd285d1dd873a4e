// Running other programs, with what they said when they fail.
import { type ChildProcess, spawn } from "node:child_process";

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Setting {
  cwd?: string;
  /** Added to the environment. */
  env?: Record<string, string>;
}

/** Runs a program to its end, whatever that is. */
export async function attempt(program: string, args: string[], setting: Setting = {}): Promise<Ended> {
  const child = spawn(program, args, {
    cwd: setting.cwd,
    env: { ...process.env, ...setting.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  return { code: await ended(child, "close"), stdout, stderr };
}

/** Runs a program that must succeed; the answer is what it wrote to standard output, without the last newline. */
export async function run(program: string, args: string[], setting: Setting = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(program, args, setting);
  if (code !== 0) {
    throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${stderr}${stdout}`);
  }
  return stdout.trimEnd();
}

/** The exit code, once the program has ended (`exit`) and, with `close`, all that it wrote has been read. */
export function ended(child: ChildProcess, event: "exit" | "close"): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on(event, (code, signal) => (signal ? reject(new Error(`ended by ${signal}`)) : resolve(code ?? -1)));
  });
}

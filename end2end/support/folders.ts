// Folders that tests write to, away from the checkout.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class Folder implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async make(name: string): Promise<Folder> {
    return new Folder(await mkdtemp(join(tmpdir(), `towpath-${name}-`)));
  }

  at(...names: string[]): string {
    return join(this.path, ...names);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

// An installation for the tests of one file: started before them, stopped after them, and watched.
import { type Browser, type BrowserContextOptions, test } from "@playwright/test";
import type { Engine } from "./databases.ts";
import { Server } from "./server.ts";
import { Visitor } from "./visitors.ts";

export class Installation {
  private running: Server | undefined;
  private readonly visitors: Visitor[] = [];

  /** Called where tests are declared. `file` makes the configuration's file, before the server starts. */
  static declare(engine: Engine = "sqlite", file = async () => ""): Installation {
    const installation = new Installation();
    test.beforeAll(async () => {
      installation.running = await Server.start(engine, await file());
    });
    test.afterEach(() => installation.visitors.forEach((visitor) => visitor.expectNoFaults()));
    test.afterAll(async () => {
      for (const visitor of installation.visitors.splice(0)) await visitor.leave();
      await installation.running?.stop();
    });
    return installation;
  }

  get server(): Server {
    if (!this.running) throw new Error("the server runs only while tests do");
    return this.running;
  }

  /** Someone new, who stays until the story is over. */
  async visitor(browser: Browser, scripted = true, device: BrowserContextOptions = {}): Promise<Visitor> {
    const visitor = await Visitor.come(browser, this.server, scripted, device);
    this.visitors.push(visitor);
    return visitor;
  }
}

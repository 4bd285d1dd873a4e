// People at their browsers, and what they must never see: errors in the console, broken scripts, lost requests.
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type ConsoleMessage,
  expect,
  type Page,
  type Request,
} from "@playwright/test";
import type { Server } from "./server.ts";

export interface Credentials {
  name: string;
  email: string;
  password: string;
}

export const ADA: Credentials = { name: "Ada Admin", email: "ada@example.org", password: "correct horse battery" };
export const RUI: Credentials = { name: "Rui Manager", email: "rui@example.org", password: "staple barge towline" };

export class Visitor {
  private readonly faults: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly scripted: boolean,
    private readonly site: string,
  ) {
    // What another page of theirs meets counts as well.
    context.on("weberror", (error) => this.faults.push(String(error.error())));
    context.on("console", (message) => this.hear(message));
    context.on("requestfailed", (request) => this.miss(request));
  }

  static async come(browser: Browser, server: Server, scripted = true, device: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({
      baseURL: server.url,
      javaScriptEnabled: scripted,
      viewport: { width: 1280, height: 900 },
      // Nothing is looked at in the middle of a movement.
      reducedMotion: "reduce",
      ...device,
    });
    return new Visitor(await context.newPage(), context, scripted, server.url);
  }

  /** Goes to an address, and waits until its script runs. The answer is the status. */
  async open(path: string): Promise<number | undefined> {
    const response = await this.page.goto(path);
    await this.awake();
    return response?.status();
  }

  /** Waits until the script of the page runs, where script is on. */
  async awake(): Promise<void> {
    if (this.scripted) await expect(this.page.locator("html")).toHaveAttribute("data-hydrated", "", { timeout: 30_000 });
  }

  async signIn(who: Credentials, next = "/"): Promise<void> {
    await this.open(next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`);
    await this.page.getByRole("textbox", { name: "E-mail" }).fill(who.email);
    await this.page.getByLabel("Password").fill(who.password);
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await expect(this.page).toHaveURL(next);
    await this.awake();
  }

  /** What went wrong in the browser since the last time; for a test that wants it to. */
  takeFaults(): string[] {
    return this.faults.splice(0);
  }

  /** Fails where anything went wrong in the browser since the last time. */
  expectNoFaults(): void {
    expect(this.takeFaults(), "errors in the browser").toEqual([]);
  }

  async leave(): Promise<void> {
    await this.context.close();
  }

  /** A page that is left gives up what it still waits for; anything else must come to its end. */
  private miss(request: Request): void {
    const reason = request.failure()?.errorText;
    // Where script is off, the browser does not take what it was told to load for it.
    const unwanted = !this.scripted && request.resourceType() === "script";
    if (!this.isOurs(request.frame().url())) return;
    if (reason !== "net::ERR_ABORTED" && !unwanted) this.faults.push(`${request.method()} ${request.url()}: ${reason}`);
  }

  /** Whether a page is of this site. What others do, such as the sign-in page of a provider, is theirs. */
  private isOurs(page: string): boolean {
    return page === "about:blank" || page.startsWith(this.site);
  }

  private hear(message: ConsoleMessage): void {
    if (!this.isOurs(message.page()?.url() ?? this.site)) return;
    if (["error", "warning"].includes(message.type()) && !isAnswer(message)) {
      this.faults.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    }
  }
}

/** A refusal is an answer of the server, which Chromium reports although the page tells of it: for pages and
 * server functions, not for files. */
function isAnswer(message: ConsoleMessage): boolean {
  const { pathname } = new URL(message.location().url || "about:blank");
  const refused = /status of 4\d\d|status of 503/.test(message.text());
  return refused && (pathname.startsWith("/fn/") || !pathname.includes("."));
}

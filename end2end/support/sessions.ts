// A signed-in caller of the server functions without a browser, to set up what a test is not about.
import type { Server } from "./server.ts";
import type { Credentials } from "./visitors.ts";

export class Session {
  private cookie = "";

  private constructor(private readonly server: Server) {}

  /** Joins by a one-time link. */
  static async join(server: Server, link: string, who: Credentials): Promise<Session> {
    const session = new Session(server);
    const secret = link.slice(link.lastIndexOf("/") + 1);
    await session.call("join", { secret, "form[name]": who.name, "form[email]": who.email, "form[password]": who.password });
    return session;
  }

  static async signIn(server: Server, who: Credentials): Promise<Session> {
    const session = new Session(server);
    await session.call("sign_in", { email: who.email, password: who.password, next: "/" });
    return session;
  }

  /** Calls a server function as the script of a page does; the answer is what it answers. */
  async call(name: string, fields: Record<string, string>): Promise<unknown> {
    const response = await fetch(`${this.server.url}/fn/${name}`, {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        origin: this.server.url,
        cookie: this.cookie,
      },
      body: new URLSearchParams(fields),
      redirect: "manual",
    });
    const body = await response.text();
    if (!response.ok && response.status !== 302) throw new Error(`${name} was answered ${response.status}: ${body}`);
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]!);
    this.cookie = cookies.find((cookie) => cookie.startsWith("towpath=")) ?? this.cookie;
    return body ? JSON.parse(body) : undefined;
  }
}

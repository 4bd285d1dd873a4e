// A line that breaks: passes bytes on to a server, and loses the connection once after so many of them.
import { createServer, connect, type Server as Listener, type AddressInfo } from "node:net";

export class Proxy implements AsyncDisposable {
  /** How many connections were lost. */
  lost = 0;

  private constructor(private readonly listener: Listener) {}

  static async before(port: number, bytes: number): Promise<Proxy> {
    const listener = createServer();
    const proxy = new Proxy(listener);
    listener.on("connection", (client) => {
      const server = connect(port, "localhost");
      let passed = 0;
      client.on("data", (data) => {
        passed += data.length;
        if (passed > bytes && proxy.lost === 0) {
          proxy.lost++;
          client.destroy();
          server.destroy();
          return;
        }
        server.write(data);
      });
      server.on("data", (data) => client.write(data));
      for (const [one, other] of [[client, server], [server, client]] as const) {
        one.on("error", () => other.destroy());
        one.on("end", () => other.end());
      }
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.listener.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.listener.close(resolve));
  }
}

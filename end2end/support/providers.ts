// A real OpenID Connect provider, of another make than the server's side of it. Everyone signs in with their name and any
// password, and then agrees to what is asked for.
import type { Server as HttpServer } from "node:http";
import Provider, { type Configuration, type ResponseType } from "oidc-provider";

const CLIENT = "towpath";
const SECRET = "a secret of the tests";

export class IdentityProvider {
  private http: HttpServer | undefined;
  private readonly groups = new Map<string, string[]>();

  constructor(private readonly port: number) {}

  get issuer(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The file by which a server knows it, with more lines for its table. */
  configuration(more = ""): string {
    return `
      outgoing_allow = "http://127.0.0.1"
      contact = "platform@example.org"
      [[providers]]
      slug = "keystone"
      text = "Sign in with Keystone"
      issuer = "${this.issuer}"
      client_id = "${CLIENT}"
      client_secret = "${SECRET}"
      scopes = ["openid", "profile", "email", "groups"]
      ${more}
    `;
  }

  /** Begins to answer, for a server at this address. */
  async start(server: string): Promise<void> {
    const provider = new Provider(this.issuer, this.settings(server));
    // What it asks people is asked by pages of its own, which are for development; it warns of that.
    await new Promise<void>((resolve) => {
      this.http = provider.listen(this.port, "127.0.0.1", resolve);
    });
  }

  /** From now on, and from the next sign-in on, someone is in these groups. */
  put(name: string, groups: string[]): void {
    this.groups.set(name, groups);
  }

  async stop(): Promise<void> {
    this.http?.closeAllConnections();
    await new Promise((resolve) => this.http?.close(resolve));
  }

  private settings(server: string): Configuration {
    return {
      clients: [
        {
          client_id: CLIENT,
          client_secret: SECRET,
          redirect_uris: [`${server}/sign-in/with/keystone/callback`],
          post_logout_redirect_uris: [`${server}/sign-in`],
          response_types: ["code" as ResponseType],
          grant_types: ["authorization_code"],
        },
      ],
      pkce: { required: () => true },
      scopes: ["openid", "profile", "email", "groups"],
      claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"], groups: ["groups"] },
      cookies: { keys: ["of the tests"] },
      features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
      findAccount: (_, name) => ({
        accountId: name,
        claims: () =>
          Promise.resolve({
            sub: name,
            name: `${name[0]!.toUpperCase()}${name.slice(1)} of Keystone`,
            email: `${name}@keystone.example`,
            email_verified: true,
            groups: this.groups.get(name) ?? [],
          }),
      }),
    };
  }
}

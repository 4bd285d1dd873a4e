// The registry's protocol by hand, for what no good client would send.
import { Buffer } from "node:buffer";
import type { Server } from "./server.ts";

export interface Refusal {
  status: number;
  code: string;
  message: string;
}

export class Registry {
  constructor(
    private readonly server: Server,
    private readonly token: string,
  ) {}

  /** Calls an address below `/v2/`. */
  call(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<Response> {
    const authorization = `Basic ${Buffer.from(`token:${this.token}`).toString("base64")}`;
    const address = new URL(path, `${this.server.url}/v2/`);
    return fetch(address, { method, body, headers: { authorization, ...headers } });
  }

  /** The first error of an answer that is one (distribution-spec 1.1, “Error Codes”). */
  async refusal(method: string, path: string, body?: string, headers?: Record<string, string>): Promise<Refusal> {
    const response = await this.call(method, path, body, headers);
    if (response.ok) throw new Error(`${method} ${path} was accepted with ${response.status}`);
    const { errors } = (await response.json()) as { errors: [{ code: string; message: string }] };
    return { status: response.status, ...errors[0] };
  }

  /** Begins an upload; the answer is where it goes on. */
  async startUpload(name: string): Promise<string> {
    const response = await this.call("POST", `${name}/blobs/uploads/`);
    const location = response.headers.get("location");
    if (response.status !== 202 || !location) throw new Error(`no upload began: ${response.status}`);
    return location;
  }
}

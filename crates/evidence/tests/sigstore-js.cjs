// Makes sigstore-js.json anew, by a real client against services of its own:
//   npm install @sigstore/sign@5.1.0 @sigstore/mock@0.13.0 && node sigstore-js.cjs > sigstore-js.json
const mock = require("@sigstore/mock");
const nock = require("nock");
const sign = require("@sigstore/sign");
const { bundleToJSON } = require("@sigstore/bundle");
const { createHash, generateKeyPairSync } = require("node:crypto");

const FULCIO = "https://fulcio.sigstore.dev";
const REKOR = "https://rekor.sigstore.dev";
const STATEMENT = "application/vnd.in-toto+json";

function serve(base, { path, fn }) {
  nock(base).persist().post(path).reply(async (_, body) => {
    const answer = await fn(typeof body === "string" ? body : JSON.stringify(body));
    return [answer.statusCode, answer.response, { "Content-Type": answer.contentType ?? "text/plain" }];
  });
}

function token() {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const sub = "https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main";
  const claims = { iss: "https://token.actions.githubusercontent.com", sub, aud: "sigstore" };
  return `${part({ alg: "RS256" })}.${part(claims)}.x`;
}

function pem(kind, bytes) {
  const lines = Buffer.from(bytes).toString("base64").match(/.{1,64}/g);
  return `-----BEGIN ${kind}-----\n${lines.join("\n")}\n-----END ${kind}-----\n`;
}

async function main() {
  const keys = () => generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const [authority, log] = [keys(), keys()];
  const ca = await mock.initializeCA(authority, await mock.initializeCTLog(authority));
  serve(FULCIO, mock.fulcioHandler(ca, { strict: true }));
  serve(REKOR, mock.rekorHandler(await mock.initializeTLog(REKOR, log), { strict: true }));
  const signer = () =>
    new sign.FulcioSigner({ fulcioBaseURL: FULCIO, identityProvider: { getToken: async () => token() } });
  const witness = (entryType) => new sign.RekorWitness({ rekorBaseURL: REKOR, entryType });
  const data = Buffer.from("test");
  const sha256 = createHash("sha256").update(data).digest("hex");
  const statement = JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "image", digest: { sha256 } }],
    predicateType: "https://sigstore.dev/cosign/sign/v1",
    predicate: {},
  });
  // This log keeps entries of the kind “dsse” as they are proposed, which a real one does not.
  const statements = new sign.DSSEBundleBuilder({ signer: signer(), witnesses: [witness("intoto")] });
  const messages = new sign.MessageSignatureBundleBuilder({ signer: signer(), witnesses: [witness()] });
  const bundles = {
    statement: bundleToJSON(await statements.create({ data: Buffer.from(statement), type: STATEMENT })),
    message: bundleToJSON(await messages.create({ data })),
  };
  const certificates = pem("CERTIFICATE", ca.rootCertificate);
  const root = { certificates, log: log.publicKey.export({ type: "spki", format: "pem" }) };
  process.stdout.write(`${JSON.stringify({ root, bundles })}\n`);
}

main();

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { run } from "../../src/host/run.ts";
import { Folder } from "../data/temporary.ts";
import { configWith, RunningServer } from "./running_server.ts";

/** Makes a certificate for this host that vouches for itself, in place of one that is there. */
function certify(folder: Folder): Deno.HttpClient {
  run("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
    ...["-addext", "basicConstraints=critical,CA:FALSE"],
    ...["-keyout", folder.at("key.pem"), "-out", folder.at("certificate.pem")],
  ]);
  return Deno.createHttpClient({ caCerts: [folder.text("certificate.pem")] });
}

Deno.test("a new certificate is shown after a reload, to new connections alone; a bad one never", async () => {
  using folder = new Folder();
  using first = certify(folder);
  const tls = { certificate: folder.at("certificate.pem"), key: folder.at("key.pem") };
  const changes = { listen: { tls } };
  await using running = new RunningServer(changes);
  const ask = async (client: Deno.HttpClient) => {
    const answer = await fetch(`${running.url}/healthz`, {
      client,
      headers: { connection: "close" },
    });
    return [answer.status, await answer.text()];
  };
  assertMatch(running.url, /^https:/);
  assertEquals((await ask(first))[0], 200);
  Deno.writeTextFileSync(folder.at("key.pem"), "no key");
  const refused = await assertRejects(() => running.server.reload(configWith(changes)), Failure);
  assertMatch(refused.message, /cannot listen on 127\.0\.0\.1/);
  assertEquals((await ask(first))[0], 200);
  // What is under way goes on
  const renewed = Promise.withResolvers<void>();
  const slow = running.ask("/measurements", {
    method: "POST",
    client: first,
    headers: { "content-type": "application/json" },
    body: ReadableStream.from(async function* () {
      yield new TextEncoder().encode("{");
      await renewed.promise;
      yield new TextEncoder().encode("}");
    }()),
  } as RequestInit);
  using second = certify(folder);
  await running.server.reload(configWith(changes));
  assertEquals((await ask(second))[0], 200);
  await assertRejects(() => ask(first), TypeError);
  renewed.resolve();
  assertEquals((await slow).status, 422);
});

Deno.test("over TLS a log-in's cookie goes over nothing else, and so does its end", async () => {
  using folder = new Folder();
  using client = certify(folder);
  const tls = { certificate: folder.at("certificate.pem"), key: folder.at("key.pem") };
  await using running = new RunningServer({ listen: { tls } });
  const key = running.key({ scopes: ["read"] });
  const cookieOf = async (path: string, init: RequestInit & { readonly json?: unknown }) => {
    const { headers } = await running.ask(path, { ...init, client } as typeof init);
    return headers.get("set-cookie")!;
  };
  const set = await cookieOf("/sessions", { method: "POST", json: { key } });
  const [cookie = "", ...attributes] = set.split("; ");
  const [gone = "", ...others] = (await cookieOf("/sessions/current", {
    method: "DELETE",
    headers: { cookie },
  })).split("; ");
  const always = ["HttpOnly", "SameSite=Strict", "Secure"];
  assertEquals(attributes, ["Path=/", "Max-Age=43200", ...always]);
  assertEquals([gone, ...others], ["spider_session=", "Path=/", "Max-Age=0", ...always]);
});

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

/**
 * Serves plugins on a public address and on this host, and fetches from both: prints what came of each
 * attempt, as JSON. To be run where 11.0.0.1 is an address of this host.
 */
import { Failure } from "../../src/host/failure.ts";
import { Fetcher } from "../../src/plugin/fetch.ts";
import { Origins } from "../../src/plugin/origins.ts";

const asked: string[] = [];

function serve(hostname: string, redirect?: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname, port: 0, onListen() {} }, (request) => {
    asked.push(hostname);
    return redirect !== undefined && new URL(request.url).pathname === "/away"
      ? new Response(null, { status: 302, headers: { location: redirect } })
      : new Response("export {};");
  });
}

const inside = serve("127.0.0.1");
const within = `http://127.0.0.1:${inside.addr.port}`;
/** Answers before it was asked, and breaks the connection off. */
async function breaksOff(redirect: string): Promise<Deno.TcpListener> {
  const listener = Deno.listen({ hostname: "11.0.0.1", port: 0 });
  await Promise.resolve();
  (async () => {
    for await (const connection of listener) {
      asked.push("11.0.0.1");
      const head = `HTTP/1.1 302 Found\r\nLocation: ${redirect}\r\nContent-Length: 0\r\n\r\n`;
      await connection.write(new TextEncoder().encode(head)).catch(() => {});
      connection.close();
    }
  })();
  return listener;
}

const outside = serve("11.0.0.1", `${within}/secret`);
const home = `http://11.0.0.1:${outside.addr.port}`;
const byName = `http://localhost:${inside.addr.port}`;

/** What comes of fetching URLs one after the other. */
async function outcome(urls: readonly string[]): Promise<string> {
  const fetcher = new Fetcher(new Origins(urls[0]!, [within, byName, home]));
  try {
    for (const url of urls) await fetcher.fetch(url, AbortSignal.timeout(5000));
    return "all came";
  } catch (error) {
    if (error instanceof Failure) return error.message.replaceAll(/:\d{4,5}\b/g, ":PORT");
    throw error;
  }
}

const outcomes: string[] = [];
for (
  const urls of [
    [`${home}/a.ts`, `${home}/b.ts`],
    [`${within}/a.ts`, `${home}/b.ts`, `${byName}/c.ts`],
    [`${home}/a.ts`, `${within}/b.ts`],
    [`${home}/a.ts`, `${byName}/b.ts`],
    [`${home}/away`],
  ]
) {
  asked.length = 0;
  outcomes.push(`${await outcome(urls)}; asked ${asked.join(", ")}`);
}
const listener = await breaksOff(`${within}/secret`);
let secrets = 0;
for (let i = 0; i < 50; i++) {
  asked.length = 0;
  await outcome([`http://11.0.0.1:${(listener.addr as Deno.NetAddr).port}/a`]);
  if (asked.includes("127.0.0.1")) secrets++;
}
listener.close();
outcomes.push(`${secrets} of those that broke off had it asked`);
console.log(JSON.stringify(outcomes));
await Promise.all([inside.shutdown(), outside.shutdown()]);

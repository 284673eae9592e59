import { assertEquals } from "@std/assert";
import { Folder } from "../../data/temporary.ts";
import { endpointIn } from "../endpoints/plugin.ts";
import { RunningServer } from "../running_server.ts";

Deno.test("a server lives from the first, and is ready when its endpoints are loaded", async () => {
  using folder = new Folder();
  const go = folder.at("go");
  const plugin = endpointIn(
    folder,
    "late",
    `async init() {
    const exists = () => { try { return Deno.statSync(${
      JSON.stringify(go)
    }).isFile; } catch { return false; } };
    while (!exists()) await new Promise((resolve) => setTimeout(resolve, 10));
  },
  handler: () => [200, "here"],`,
  );
  await using running = new RunningServer({ plugins: { late: { plugin } } });
  // Whoever balances load has no key
  running.key();
  assertEquals((await running.ask("/healthz")).text, '{"status":"ok"}');
  const early = await running.ask("/readyz");
  const header = (name: string) => early.headers.get(name);
  assertEquals(
    [early.status, header("content-type"), header("retry-after"), header("cache-control")],
    [503, "application/problem+json", "1", "no-store"],
  );
  assertEquals(JSON.parse(early.text), {
    type: "about:blank",
    title: "Service Unavailable",
    status: 503,
    detail: "this server is starting: its endpoints are being loaded",
  });
  folder.put("go", new Uint8Array());
  await running.server.ready;
  const ready = await running.ask("/readyz");
  assertEquals([ready.status, ready.text], [200, '{"status":"ready"}']);
});

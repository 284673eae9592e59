import { assertEquals } from "@std/assert";
import { Folder } from "../../data/temporary.ts";
import { until } from "../../until.ts";
import { RunningServer } from "../running_server.ts";
import { endpointIn } from "./plugin.ts";

Deno.test("an endpoint is told that nobody waits for its answer any more", async () => {
  using folder = new Folder();
  const note = (what: string) => `Deno.writeTextFileSync(${JSON.stringify(folder.at(what))}, "")`;
  const plugin = endpointIn(
    folder,
    "slow",
    `handler: ({ signal }) => new Promise((resolve) => {
      signal.addEventListener("abort", () => { ${note("gone")}; resolve([200, ""]); });
      ${note("begun")};
    }),`,
  );
  await using running = new RunningServer({ plugins: { slow: { plugin } } });
  const client = new AbortController();
  const asked = fetch(`${running.url}/slow`, { signal: client.signal }).then(() => 1, () => 0);
  await until("it has begun", () => folder.has("begun"));
  client.abort();
  assertEquals(await asked, 0);
  await until("it is told", () => folder.has("gone"));
});

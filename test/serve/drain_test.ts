/** What a server that is told to end does with what is under way. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Folder } from "../data/temporary.ts";
import { until } from "../until.ts";
import { endpointIn } from "./endpoints/plugin.ts";
import { RunningServer } from "./running_server.ts";

Deno.test("a request under way is answered, no other is taken, and each endpoint's close is waited for", async () => {
  using folder = new Folder();
  const before = `const exists = (path) => {
  try { return Deno.statSync(path).isFile; } catch { return false; }
};
const file = async (path) => {
  while (!exists(path)) await new Promise((resolve) => setTimeout(resolve, 10));
};`;
  const endpoint = (name: string) => ({
    plugin: endpointIn(
      folder,
      name,
      `async handler() {
    Deno.writeTextFileSync(${JSON.stringify(folder.at(`${name}.asked`))}, "");
    await file(${JSON.stringify(folder.at("answer"))});
    return [200, "${name}"];
  },
  async close() {
    await new Promise((resolve) => setTimeout(resolve, 100));
    Deno.writeTextFileSync(${JSON.stringify(folder.at(`${name}.closed`))}, "");
  },`,
      before,
    ),
  });
  const running = new RunningServer({ plugins: { one: endpoint("one"), two: endpoint("two") } });
  await running.server.ready;
  const asked = running.ask("/one");
  await until("it is asked", () => folder.has("one.asked"));
  let isClosed = false;
  const closed = running[Symbol.asyncDispose]().then(() => void (isClosed = true));
  await until("nothing more is taken", async () => {
    const connection = await fetch(`${running.url}/healthz`).catch(() => null);
    await connection?.body?.cancel();
    return connection === null;
  });
  assertEquals([isClosed, folder.has("one.closed"), folder.has("two.closed")], [
    ...[false, false, false],
  ]);
  folder.put("answer", new Uint8Array());
  const { status, text } = await asked;
  assertEquals([status, text], [200, "one"]);
  await closed;
  assert(folder.has("one.closed") && folder.has("two.closed"));
  await assertRejects(() => running.ask("/healthz"));
});

import { assertEquals, assertMatch } from "@std/assert";
import { Folder } from "../../data/temporary.ts";
import { restore } from "../../../src/host/restore.ts";
import { StateDirectory } from "../../host/state_directory.ts";
import { isRunning } from "../../process_state.ts";
import { outcome, start } from "../../spider.ts";
import { until } from "../../until.ts";
import { endpointIn } from "./plugin.ts";

Deno.test("an endpoint that hangs ends with its server, also where that is killed", async () => {
  using folder = new Folder();
  using _state = new StateDirectory();
  endpointIn(
    folder,
    "stuck",
    `handler: () => { Deno.writeTextFileSync(${
      JSON.stringify(folder.at("pid"))
    }, String(Deno.pid)); while (true); },`,
  );
  const config = folder.put(
    "serve.yaml",
    new TextEncoder().encode(
      "listen: { port: 0 }\ndatabase: serve.db\nlog: { file: log }\nplugins: { stuck: { plugin: ./stuck.ts } }\n",
    ),
  );
  const server = start(["serve", "--config", config]);
  server.stdin.close();
  const url = () => /listening on (\S+)/.exec(folder.has("log") ? folder.text("log") : "")?.[1];
  await until("it listens", () => url() !== undefined);
  const asked = fetch(`${url()}/stuck`).then(() => "answered", () => "broken off");
  await until("it hangs", () => folder.has("pid") && folder.text("pid") !== "");
  const pid = Number(folder.text("pid"));
  server.kill("SIGKILL");
  await outcome(server);
  assertEquals(await asked, "broken off");
  await until("its process has ended", () => !isRunning(pid));
  const [removed = ""] = restore();
  assertMatch(removed, /Removed .*\/spider-endpoint-[\w-]+/);
});

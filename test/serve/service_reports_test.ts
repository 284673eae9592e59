import { assert, assertEquals, assertMatch } from "@std/assert";
import { ServiceManager } from "../../src/host/service_manager.ts";
import { sleep } from "../../src/host/sleep.ts";
import { ServiceReports } from "../../src/serve/service_reports.ts";
import { Folder } from "../data/temporary.ts";
import { NotifySocket } from "../host/notify_socket.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { until } from "../until.ts";
import { ServerProcess } from "./server_process.ts";

/** Microseconds after which the manager would end a server that it does not hear of. */
const WATCHDOG = 100_000;

Deno.test("a server tells its manager when it listens, reads its configuration again, and ends", async () => {
  using folder = new Folder();
  using _state = new StateDirectory();
  using socket = new NotifySocket(folder.at("notify"));
  const config = folder.put("serve.yaml", new TextEncoder().encode("listen: { port: 0 }\n"));
  const variables = [`NOTIFY_SOCKET=${socket.name}`, `WATCHDOG_USEC=${WATCHDOG}`];
  const here = { exec: (line: readonly string[]) => ["env", ...variables, ...line] };
  const server = new ServerProcess(here, folder, ["--config", config]);
  await socket.heard("READY");
  assertMatch(server.log, /listening on http:\/\/127\.0\.0\.1:\d+\n/, "ready, and does not listen");
  await socket.heard("STATUS");
  const { STATUS: status = "" } = socket.told().find((state) => "STATUS" in state)!;
  assertMatch(status, /^listening on http:.*; 0 measurements wait or run$/);
  await socket.heard("WATCHDOG", 2);

  server.child.kill("SIGSTOP");
  // What it has told before it stopped
  await sleep(WATCHDOG / 1000);
  const before = socket.count("WATCHDOG");
  await sleep(3 * WATCHDOG / 1000);
  assertEquals(socket.count("WATCHDOG"), before, "a server that hangs gives a sign of life");
  server.child.kill("SIGCONT");
  await socket.heard("WATCHDOG", before);

  server.child.kill("SIGHUP");
  await socket.heard("READY", 1);
  const order = socket.told().filter((state) => "READY" in state || "RELOADING" in state);
  assertEquals(order.map((state) => Object.keys(state)), [
    ...[["READY"], ["RELOADING", "MONOTONIC_USEC"], ["READY"]],
  ]);
  assertMatch(server.log, /the configuration was read again/);

  assertEquals(await server.end("SIGTERM"), 0);
  const last = socket.told().findLast((state) => !("WATCHDOG" in state))!;
  assertEquals(last.STOPPING, "1");
});

Deno.test("a server whose database does not answer gives no sign of life, and says why", async () => {
  using folder = new Folder();
  using socket = new NotifySocket(folder.at("notify"));
  Deno.env.set("NOTIFY_SOCKET", socket.name);
  Deno.env.set("WATCHDOG_USEC", "20000");
  const manager = ServiceManager.take()!;
  const lines: string[] = [];
  let fails = false;
  using _reports = new ServiceReports({
    manager,
    log: { write: (level, text) => lines.push(`${level} ${text}`) },
    doing: () => {
      if (fails) throw new Error("the disk fails");
      return "well";
    },
  });
  await socket.heard("WATCHDOG", 2);
  fails = true;
  const before = socket.count("WATCHDOG");
  await until("it has tried", () => lines.length > 3);
  assertEquals(socket.count("WATCHDOG"), before);
  assertMatch(lines[0]!, /^error .*since the server fails: the disk fails$/);
  fails = false;
  await socket.heard("WATCHDOG", before);
});

Deno.test("a manager that is gone is told of once in the log", async () => {
  using folder = new Folder();
  Deno.env.set("NOTIFY_SOCKET", folder.at("nothing"));
  Deno.env.set("WATCHDOG_USEC", "10000");
  const lines: string[] = [];
  let asked = 0;
  using _reports = new ServiceReports({
    manager: ServiceManager.take()!,
    log: { write: (level, text) => lines.push(`${level} ${text}`) },
    doing: () => `${asked++}`,
  });
  await until("it was tried again", () => asked > 3);
  assertEquals(lines, ["warning the service manager cannot be told anything: ENOENT"]);
  assert(asked > 3);
});

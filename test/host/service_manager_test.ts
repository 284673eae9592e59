import { assert, assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { monotonicMicroseconds, ServiceManager } from "../../src/host/service_manager.ts";
import { Folder } from "../data/temporary.ts";
import { NotifySocket } from "./notify_socket.ts";

/** The manager that variables name. */
function managerOf(variables: Readonly<Record<string, string>>): ServiceManager | null {
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  return ServiceManager.take();
}

Deno.test("a manager is told states at a path, and at a name without a file", () => {
  using folder = new Folder();
  for (const name of [folder.at("notify"), `@spider-test-${Deno.pid}`]) {
    using socket = new NotifySocket(name);
    const manager = managerOf({ NOTIFY_SOCKET: name })!;
    assertEquals(manager.watchdog, null);
    assertEquals(manager.tell({ READY: 1, STATUS: "two\nlines" }), null);
    assertEquals(socket.told(), [{ READY: "1", STATUS: "two lines" }]);
  }
  const gone = managerOf({ NOTIFY_SOCKET: folder.at("nothing") })!;
  assertEquals(gone.tell({ READY: 1 }), "ENOENT");
});

Deno.test("what is started later knows nothing of the manager", () => {
  const variables = {
    NOTIFY_SOCKET: "/nothing",
    WATCHDOG_USEC: "3000000",
    WATCHDOG_PID: String(Deno.pid),
  };
  assertEquals(managerOf(variables)?.watchdog, 3000);
  const { stdout } = new Deno.Command("env").outputSync();
  const left = new TextDecoder().decode(stdout);
  for (const name of Object.keys(variables)) assert(!left.includes(name), left);
  assertEquals(ServiceManager.take(), null);
  const other = managerOf({ ...variables, WATCHDOG_PID: String(Deno.pid + 1) });
  assertEquals(other?.watchdog, null, "a watchdog of another process");
});

Deno.test("a socket that nobody can be told anything at is named", () => {
  for (const name of ["notify", "vsock:2:1234", `/${"x".repeat(107)}`]) {
    assertThrows(() => managerOf({ NOTIFY_SOCKET: name }), Failure, "NOTIFY_SOCKET must be");
  }
});

Deno.test("the manager's clock is that of the kernel since its start", () => {
  const first = monotonicMicroseconds();
  const [uptime] = Deno.readTextFileSync("/proc/uptime").split(" ");
  assert(first > 0n && monotonicMicroseconds() > first);
  // That one counts suspended time too, in hundredths of a second
  assert(Number(first) / 1e6 <= Number(uptime) + 0.01, `${first} ${uptime}`);
});

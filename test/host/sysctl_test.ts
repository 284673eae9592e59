import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { restore } from "../../src/host/restore.ts";
import { rootTest } from "../lab/root.ts";
import { hold } from "./hold.ts";
import { TestNamespace } from "./test_namespace.ts";
import { StateDirectory } from "./state_directory.ts";

const SACK = "net.ipv4.tcp_sack";
const PORTS = "net.ipv4.ip_local_port_range";

const get = (sandbox: TestNamespace, name: string) =>
  sandbox.exec("sysctl", "-n", name).trim().replace(/\s+/g, " ");
const put = (sandbox: TestNamespace, name: string, value: string) =>
  sandbox.exec("sysctl", "-qw", `${name}=${value}`);

/** Sets the states one after the other inside, and what the settings were in each. */
function set(sandbox: TestNamespace, ...states: unknown[]) {
  const script = fileURLToPath(new URL("inside.ts", import.meta.url));
  const deno = [Deno.execPath(), "run", "-A", script];
  return JSON.parse(sandbox.exec(...deno, "sysctls", JSON.stringify(states)));
}

rootTest("settings are made, those of another state put back, and all at the end", () => {
  using _state = new StateDirectory();
  using sandbox = new TestNamespace();
  put(sandbox, PORTS, "40000 50000");
  put(sandbox, SACK, "1");
  const found = set(sandbox, { [SACK]: 0, [PORTS]: "20000   30000" }, { [SACK]: 1 }, {});
  assertEquals(found, [["0", "20000 30000"], ["1", "40000 50000"], ["1", "40000 50000"]]);
  assertEquals([get(sandbox, SACK), get(sandbox, PORTS)], ["1", "40000 50000"]);
});

rootTest("a name with a dot in an interface's is written with slashes", () => {
  using _state = new StateDirectory();
  using sandbox = new TestNamespace();
  sandbox.ip("link set dev one name one.7");
  assertEquals(set(sandbox, { "net/ipv4/conf/one.7/rp_filter": 2 }), [["2"]]);
});

rootTest("a setting that is not there, or that the kernel refuses, changes nothing", () => {
  using state = new StateDirectory();
  using sandbox = new TestNamespace();
  put(sandbox, SACK, "1");
  for (
    const [different, said] of [
      [{ "net.ipv4.tcp_nonsense": 1 }, /no setting net\.ipv4\.tcp_nonsense/],
      [{ "net.ipv4.tcp_available_congestion_control": "reno" }, /cannot set .*available/],
      [{ [PORTS]: "9 1" }, /cannot set net\.ipv4\.ip_local_port_range to 9 1/],
      [{ "net.ipv4.tcp_sack/../tcp_ecn": 1 }, /no name of a kernel setting/],
    ] as const
  ) {
    const { failure } = set(sandbox, { [SACK]: 0, ...different });
    assertMatch(failure, said);
    assertEquals(get(sandbox, SACK), "1");
    assertEquals(state.journals().length, 1, "the sandbox's own");
  }
});

rootTest("what a killed process had set is put back by the next, in its namespace", async () => {
  using _state = new StateDirectory();
  using sandbox = new TestNamespace();
  put(sandbox, SACK, "1");
  const here = Deno.readTextFileSync("/proc/sys/net/ipv4/tcp_sack");
  const holder = await hold(["sysctl", SACK, "0"], sandbox.name);
  assertEquals(get(sandbox, SACK), "0");
  assertEquals(restore(), [], "it still lives");
  await holder.kill();
  assertEquals(restore(), [
    `Removed our setting of ${SACK} (it was 1), which process ${holder.pid} had left.`,
  ]);
  assertEquals(get(sandbox, SACK), "1");
  assertEquals(Deno.readTextFileSync("/proc/sys/net/ipv4/tcp_sack"), here);
});

rootTest("an empty list is put back as such", async () => {
  using _state = new StateDirectory();
  using sandbox = new TestNamespace();
  const reserved = "net.ipv4.ip_local_reserved_ports";
  const holder = await hold(["sysctl", reserved, "7000-7010"], sandbox.name);
  assertEquals(get(sandbox, reserved), "7000-7010");
  await holder.end();
  assertEquals(get(sandbox, reserved), "");
});

rootTest("what somebody else has made of a setting since is theirs", async () => {
  using _state = new StateDirectory();
  using sandbox = new TestNamespace();
  const name = "net.ipv4.tcp_ecn";
  put(sandbox, name, "2");
  const holder = await hold(["sysctl", name, "0"], sandbox.name);
  put(sandbox, name, "1");
  await holder.end();
  assertEquals(get(sandbox, name), "1");
});

rootTest("two processes cannot hold one setting, except in namespaces of their own", async () => {
  using _state = new StateDirectory();
  using sandbox = new TestNamespace();
  using other = new TestNamespace();
  const holder = await hold(["sysctl", SACK, "0"], sandbox.name);
  assertMatch(
    set(sandbox, { [SACK]: 1 }).failure,
    new RegExp(`process ${holder.pid}, holds ${SACK}.*--isolate`),
  );
  assertEquals(get(sandbox, SACK), "0");
  assertEquals(set(other, { [SACK]: 0 }), [["0"]]);
  await holder.kill();
  assertMatch(set(sandbox, { [SACK]: 1 }).failure, /was killed.*doctor --restore/);
  assert(restore().length > 0);
  assertEquals(set(sandbox, { [SACK]: 0 }), [["0"]]);
});

import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { restore } from "../../src/host/restore.ts";
import { rootTest } from "../lab/root.ts";
import { hold } from "./hold.ts";
import { TestNamespace } from "./test_namespace.ts";
import { StateDirectory } from "./state_directory.ts";

const script = fileURLToPath(new URL("inside.ts", import.meta.url));

/** Opens and closes the ECN route of an interface inside; its mark or its failure. */
function tryOut(sandbox: TestNamespace, interfaceName: string) {
  return JSON.parse(sandbox.exec(Deno.execPath(), "run", "-A", script, "ecn", interfaceName));
}

function withRoutes(): TestNamespace {
  const sandbox = new TestNamespace();
  sandbox.ip(
    "route add default nexthop via 10.1.0.2 dev one weight 2 nexthop via 10.2.0.2 dev two",
  );
  sandbox.ip("-6 route add default nexthop via fd01::2 dev one nexthop via fd02::2 dev two");
  sandbox.ip("route add 10.8.0.0/16 via inet6 fd01::9 dev one mtu lock 1200 initcwnd 20");
  sandbox.ip("route add 10.7.0.0/16 via 10.7.7.7 dev one onlink metric 5");
  sandbox.ip("nexthop add id 7 via 10.1.0.3 dev one");
  sandbox.ip("route add 10.6.0.0/16 nhid 7");
  sandbox.ip("route add blackhole 10.9.0.0/16");
  sandbox.ip("-6 route add unreachable fd99::/32");
  return sandbox;
}

rootTest("marked packets take the same way and ask for ECN, others do not", async () => {
  using _state = new StateDirectory();
  using sandbox = withRoutes();
  const before = sandbox.state();
  const holder = await hold<number>(["ecn", "one"], sandbox.name);
  const mark = `mark ${holder.made}`;
  const ways = {
    "192.0.2.1": "via 10.1.0.2",
    "10.1.0.9": "dev one",
    "10.8.0.1": "via inet6 fd01::9",
    "10.7.0.1": "via 10.7.7.7",
    "10.6.0.1": "via 10.1.0.3",
    "2001:db8::1": "via fd01::2",
  };
  for (const [target, way] of Object.entries(ways)) {
    const marked = sandbox.ip(`route get ${target} oif one ${mark}`);
    assert(marked.includes(way), marked);
    assertMatch(marked, /features ecn/);
    const plain = sandbox.ip(`route get ${target} oif one`);
    assert(plain.includes(way), plain);
    assert(!plain.includes("features ecn"), plain);
  }
  assertMatch(sandbox.ip(`route get 10.8.0.1 ${mark}`), /mtu lock 1200 initcwnd 20/);
  const table = sandbox.ip(`-4 route show table ${8300 + holder.made}`);
  assertMatch(table, /^blackhole 10\.9\.0\.0\/16/m);
  await holder.end();
  assertEquals(sandbox.state(), before);
});

/** The rules of a family as `ip` writes them, without their priorities. */
function rules(sandbox: TestNamespace, family = 4): string[] {
  return sandbox.ip(`-${family} rule`).trim().split("\n").map((line) =>
    line.replace(/^\d+:\s*/, "")
  );
}

/** Looks up a route for sockets without and with the mark; the words that say where it leads. */
function ways(sandbox: TestNamespace, mark: number, words: string): [string, string] {
  const look = (more: string) => sandbox.ip(`route get ${words}${more}`).replaceAll(/\s+/g, " ");
  const where = (said: string) =>
    said.replaceAll(/ (table|mark|uid) \S+/g, "").replace(/ cache.*$/, "").trim();
  const marked = look(` mark ${mark}`);
  assert(marked.includes("features ecn"), marked);
  const plain = look("");
  assert(!plain.includes("features ecn"), plain);
  return [where(plain), where(marked)];
}

rootTest(
  "a user's rules are copied before them, in their order, with the tables they look up",
  async () => {
    using _state = new StateDirectory();
    using sandbox = withRoutes();
    sandbox.ip("route add default via 10.2.0.9 dev two table 100");
    sandbox.ip("route add 198.51.100.0/24 via 10.2.0.8 dev two table 200");
    sandbox.ip("rule add from 10.1.0.1 lookup 100");
    sandbox.ip("rule add to 10.99.0.0/16 lookup 100 priority 32000");
    sandbox.ip("rule add lookup 200 priority 31000");
    sandbox.ip("rule add fwmark 0x8000 lookup 100 priority 30000");
    const before = sandbox.state();
    const holder = await hold<number>(["ecn", "any"], sandbox.name);
    const mark = `0x${holder.made.toString(16)}`;
    const table = (at: number) => 8300 + holder.made + 256 * at;
    assertEquals(rules(sandbox).slice(0, 6), [
      "from all lookup local",
      "from all fwmark 0x8000 lookup 100",
      `from all fwmark ${mark} lookup ${table(0)} proto 83`,
      `from all to 10.99.0.0/16 fwmark ${mark} lookup ${table(1)} proto 83`,
      `from 10.1.0.1 fwmark ${mark} lookup ${table(1)} proto 83`,
      `from all fwmark ${mark} lookup ${table(2)} proto 83`,
    ]);
    for (
      const [target, via] of [
        ["192.0.2.1 from 10.1.0.1", "10.2.0.9"],
        ["198.51.100.7 from 10.1.0.1", "10.2.0.8"],
        ["10.99.0.1", "10.2.0.9"],
        ["10.8.0.1", "inet6 fd01::9"],
      ] as const
    ) {
      const [plain, marked] = ways(sandbox, holder.made, target);
      assertEquals(marked, plain);
      assert(plain.includes(`via ${via}`), plain);
    }
    await holder.end();
    assertEquals(sandbox.state(), before);
  },
);

rootTest("two at once take different marks, and leave out those that other rules use", async () => {
  using _state = new StateDirectory();
  using sandbox = withRoutes();
  sandbox.ip("rule add fwmark 0xe0/0xe1 lookup 100 priority 500");
  sandbox.ip("route add blackhole 10.99.0.0/16 table 8525");
  const before = sandbox.state();
  const holders = await Promise.all(
    [1, 2, 3].map(() => hold<number>(["ecn", "one"], sandbox.name)),
  );
  const marks = holders.map((holder) => holder.made);
  assertEquals(new Set(marks).size, 3);
  // 0xe1's table is taken, and the rule's mask covers every even mark.
  for (const mark of marks) assertNotEquals(mark, 0xe1);
  for (const mark of marks) assertEquals(mark % 2, 1);
  await Promise.all(holders.map((holder) => holder.end()));
  assertEquals(sandbox.state(), before);
});

rootTest("after kill -9 another process, in another namespace, restores", async () => {
  using state = new StateDirectory();
  using sandbox = withRoutes();
  const before = sandbox.state();
  const holder = await hold<number>(["ecn", "one"], sandbox.name);
  await holder.kill();
  assertNotEquals(sandbox.state(), before);
  // A foreign route in our table, and a foreign rule for our mark, stay.
  const table = 8300 + holder.made;
  sandbox.ip(`route add blackhole 10.98.0.0/16 table ${table}`);
  sandbox.ip(`rule add fwmark ${holder.made} lookup ${table} priority 77`);

  assertEquals(restore().length, 4);
  assertMatch(sandbox.ip(`route show table ${table}`), /^blackhole 10\.98\.0\.0\/16 $/m);
  assertMatch(sandbox.ip("rule"), /^77:/m);
  sandbox.ip(`route del blackhole 10.98.0.0/16 table ${table}`);
  sandbox.ip("rule del priority 77");
  assertEquals(sandbox.state(), before);
  // The one that is left is the sandbox's own.
  assertEquals(state.journals().length, 1);
});

rootTest("after kill -9, when the namespace is gone too, there is nothing to do", async () => {
  using state = new StateDirectory();
  using sandbox = withRoutes();
  const holder = await hold<number>(["ecn", "one"], sandbox.name);
  await holder.kill();
  sandbox.delete();
  // The sandbox itself is in a journal of this process, which lives.
  assertEquals(restore(), []);
  assertEquals(state.journals().length, 1);
});

rootTest("a host that asks for ECN on every connection is refused with what to do", () => {
  using _state = new StateDirectory();
  using sandbox = withRoutes();
  const before = sandbox.state();
  const set = (value: number) =>
    sandbox.exec("sh", "-c", `echo ${value} > /proc/sys/net/ipv4/tcp_ecn`);
  set(1);
  assertMatch(tryOut(sandbox, "one").failure, /tcp_ecn is 1.*sysctl -w net.ipv4.tcp_ecn=2/);
  for (const value of [0, 2]) {
    set(value);
    assertEquals(typeof tryOut(sandbox, "one"), "number");
  }
  assertEquals(sandbox.state(), before);
});

rootTest("an interface that no route leads through is refused, and nothing is left", () => {
  using state = new StateDirectory();
  using sandbox = withRoutes();
  const before = sandbox.state();
  assertMatch(tryOut(sandbox, "lo").failure, /no route leads through lo/);
  assertEquals(sandbox.state(), before);
  assertEquals(state.journals().length, 1);
});

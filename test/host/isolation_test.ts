import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { restore } from "../../src/host/restore.ts";
import { run } from "../../src/host/run.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { rootTest } from "../lab/root.ts";
import { spider } from "../spider.ts";
import { hold } from "./hold.ts";
import { TestNamespace } from "./test_namespace.ts";
import { StateDirectory } from "./state_directory.ts";

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** All that an isolation adds to a host. */
function state(sandbox: TestNamespace): string {
  return [sandbox.state(), sandbox.ip("-o link"), sandbox.exec("nft", "list", "ruleset")].join("");
}

/** The outcome of an attempt to isolate an interface. */
function isolate(sandbox: TestNamespace, device: string) {
  const deno = [Deno.execPath(), "run", "-A", script("inside.ts")];
  return JSON.parse(sandbox.exec(...deno, "isolate", device));
}

rootTest("a clone has the looks of its interface, and a process that ends removes it", async () => {
  using _state = new StateDirectory();
  using sandbox = new TestNamespace();
  sandbox.ip("route add 10.3.0.0/24 via 10.1.0.7 dev one metric 5 mtu 1200");
  sandbox.ip("-6 route add fd03::/64 via fd01::7 dev one");
  sandbox.ip("route add default via 10.2.0.7 dev two");
  sandbox.exec("sysctl", "-qw", "net.ipv4.tcp_syn_retries=3");
  const before = state(sandbox);
  const holder = await hold(["isolation", "one"], sandbox.name);
  const inside = (...words: string[]) =>
    run("nsenter", [
      `--net=/proc/${holder.pid}/root/run/netns/spider-iso-${holder.pid}-20000`,
      ...words,
    ]);
  const link = (text: string) => text.match(/link\/ether \S+/)?.[0];
  const addresses = (text: string) => text.match(/inet6? \S+/g)?.sort();
  assertEquals(link(inside("ip", "addr", "show", "one")), link(sandbox.ip("addr show one")));
  assertEquals(
    addresses(inside("ip", "addr", "show", "one")),
    addresses(sandbox.ip("addr show one")),
  );
  const routes = inside("ip", "route");
  assertMatch(routes, /10\.3\.0\.0\/24 via 10\.1\.0\.7 dev one metric 5 mtu 1200/);
  assertMatch(routes, /10\.1\.0\.0\/24 dev one/);
  assert(!routes.includes("default"), "that way leads through another interface");
  assertMatch(inside("ip", "-6", "route"), /fd03::\/64 via fd01::7 dev one/);
  const settings = ["tcp_sack", "tcp_syn_retries", "ip_local_port_range"];
  assertEquals(
    inside("sysctl", "-n", ...settings.map((name) => `net.ipv4.${name}`)).trim().split(/\s+/),
    ["0", "3", "20000", "20999"],
  );
  assertEquals(sandbox.exec("sysctl", "-n", "net.ipv4.tcp_sack").trim(), "1");
  await holder.end();
  assertEquals(state(sandbox), before);
});

rootTest("what a killed process left of it is removed, and nothing else", async () => {
  using _state = new StateDirectory();
  using sandbox = new TestNamespace();
  sandbox.exec("nft", "add", "table", "netdev", "spider_mine");
  sandbox.exec("nft", "add", "table", "inet", "spider_20000");
  const before = state(sandbox);
  const holder = await hold(["isolation", "one"], sandbox.name);
  await holder.kill();
  const said = restore();
  assertEquals(said.map((line) => line.replace(/ ?\S+, which.*/, "")), [
    "Removed the nftables table",
    "Removed the link",
    "Removed the network namespace",
  ]);
  assertEquals(state(sandbox), before);
  assertEquals(restore(), []);
});

rootTest("interfaces that cannot be cloned are refused with the reason", () => {
  using _state = new StateDirectory();
  using sandbox = new TestNamespace();
  const before = state(sandbox);
  assertMatch(isolate(sandbox, "lo").failure, /lo cannot be cloned.*--isolate/);
  sandbox.ip("rule add from 10.1.0.1 table 77");
  assertMatch(isolate(sandbox, "one").failure, /rule for IPv4 routes of priority \d+/);
  sandbox.ip("rule del from 10.1.0.1 table 77");
  sandbox.ip("route add 10.9.0.0/24 nexthop via 10.1.0.7 nexthop via 10.2.0.7");
  assertMatch(isolate(sandbox, "one").failure, /has several next hops/);
  sandbox.ip("route del 10.9.0.0/24");
  assertEquals(isolate(sandbox, "one"), "made");
  assertEquals(state(sandbox), before);
});

rootTest("a host without nftables is told so before anything is made", () => {
  using _state = new StateDirectory();
  using sandbox = new TestNamespace();
  const before = state(sandbox);
  const folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${folder}/nft`, "#!/bin/sh\nexit 127\n", { mode: 0o755 });
  const inside = ["env", `PATH=${folder}:${Deno.env.get("PATH")}`, Deno.execPath(), "run", "-A"];
  const said = sandbox.exec(...inside, script("inside.ts"), "isolate", "one");
  Deno.removeSync(folder, { recursive: true });
  assertMatch(JSON.parse(said).failure, /nft is not installed: install nftables/);
  assertEquals(state(sandbox), before);
  assertEquals(restore(), []);
});

rootTest("the host's own connections go on beside a clone, and so do their errors", async () => {
  using _state = new StateDirectory();
  await using lab = await TargetLab.open({ boxes: ["reset"] });
  const inside = (...command: string[]) => {
    const [program, ...args] = lab.exec(command);
    return run(program, args);
  };
  // The caller of an isolation keeps its ports from the host: a lab's client chooses from them too
  inside("sysctl", "-qw", "net.ipv4.ip_local_reserved_ports=20000-20999");
  const holder = await hold(["isolation", lab.interface], lab.client);
  const targets = [4, 6].flatMap((family) => [
    ...lab.addresses("transparent", family as 4 | 6, 2),
    ...lab.addresses("reset", family as 4 | 6, 1),
  ]);
  const outcomes = JSON.parse(
    inside(Deno.execPath(), "run", "-A", script("../lab/knock.ts"), ...targets),
  );
  const family = ["answered", "answered", "ConnectionRefused"];
  assertEquals(outcomes, [...family, ...family]);
  await holder.end();
});

rootTest("spiders whose arms no namespace can hold say so", async () => {
  using _state = new StateDirectory();
  await using lab = await TargetLab.open();
  const within = (line: readonly string[]) => lab.exec(line);
  const ended = await spider(["measure", "ecn", "--isolate"], { within });
  assertEquals(ended.code, 2);
  assertMatch(ended.err, /nothing to isolate: leave out --isolate/);
});

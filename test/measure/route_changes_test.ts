import { assert, assertEquals, assertMatch } from "@std/assert";
import { run } from "../../src/host/run.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { Folder } from "../data/temporary.ts";
import { ECN_TRUTH } from "../lab/ecn_truth.ts";
import { rootTest } from "../lab/root.ts";
import { addTunnel, clientIp } from "../lab/tunnel.ts";
import { outcome, type ProgramRun, results, start } from "../spider.ts";
import { until } from "../until.ts";

/** A measurement of ECN whose input stays open. */
class Running {
  readonly child: Deno.ChildProcess;
  readonly #lab: TargetLab;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly ended: Promise<ProgramRun>;

  constructor(lab: TargetLab, within = (line: readonly string[]): readonly string[] => line) {
    this.#lab = lab;
    this.child = start(["measure", "ecn"], { within: (line) => lab.exec(within(line)) });
    this.#writer = this.child.stdin.getWriter();
    this.ended = outcome(this.child);
  }

  async feed(targets: readonly string[]): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(targets.join("\n") + "\n"));
  }

  /** Waits until sockets with the mark have routes, and gives the number of their table. */
  async table(family: 4 | 6): Promise<number> {
    const rule = () => clientIp(this.#lab, `-${family} rule`).match(/fwmark \S+ lookup (\d+)/);
    await until("the rule is there", () => rule() !== null);
    return Number(rule()![1]);
  }

  async end(): Promise<ProgramRun> {
    await this.#writer.close();
    return await this.ended;
  }

  /** Gives up the input of a run that has ended. */
  async abort(): Promise<void> {
    await this.#writer.abort().catch(() => {}); // its reader is gone
  }
}

/** Checks that a run ended well, with the truth of transparent targets. */
function assertAllTransparent({ code, out, err }: ProgramRun, count: number): void {
  assertEquals(code, 0, err);
  const found = results(out);
  assertEquals(found.length, count, err);
  for (const { conditions } of found) {
    assertEquals([...conditions].sort(), [...ECN_TRUTH.transparent.tcp].sort());
  }
}

rootTest("what asks for ECN follows the routes of the host as they change", async () => {
  await using lab = await TargetLab.open();
  addTunnel(lab);
  const before = clientIp(lab, "route show table all");
  const running = new Running(lab);
  const targets = ([4, 6] as const).flatMap((family) => lab.addresses("transparent", family, 20));
  await running.feed(targets.slice(0, 1));
  const tables = { 4: await running.table(4), 6: await running.table(6) };
  const shows = (family: 4 | 6, text: string) =>
    clientIp(lab, `-${family} route show table ${tables[family]}`).includes(text);
  const steps = [
    [4, "add 10.99.0.0/16 via 100.64.0.2", "10.99.0.0/16 via 100.64.0.2 dev eth0"],
    [4, "replace 10.99.0.0/16 via 10.30.0.2 mtu 1300", "10.99.0.0/16 via 10.30.0.2 dev tun0"],
    [4, "append 10.98.0.0/16 nexthop via 100.64.0.2 nexthop via 10.30.0.2 weight 3", "weight 3"],
    [4, "add prohibit 10.97.0.0/16", "prohibit 10.97.0.0/16"],
    [6, "add fd99::/16 via fd53:7069:6465:ff::2", "fd99::/16 via fd53:7069:6465:ff::2 dev eth0"],
    [6, "append fd99::/16 via fd30::2", "nexthop via fd30::2 dev tun0"],
    [6, "del fd99::/16 via fd53:7069:6465:ff::2", "fd99::/16 via fd30::2 dev tun0"],
    [6, "add unreachable fd97::/16", "unreachable fd97::/16"],
  ] as const;
  for (const [family, words, shown] of steps) {
    clientIp(lab, `-${family} route ${words}`);
    await until(`${words} is followed`, () => shows(family, shown));
  }
  assert(!shows(4, "10.99.0.0/16 via 100.64.0.2"), "the route that was replaced is gone");
  assert(shows(4, "mtu 1300 features ecn"));
  const undone = [
    [4, "del 10.99.0.0/16", "10.99.0.0/16"],
    [4, "del 10.98.0.0/16", "10.98.0.0/16"],
    [4, "del prohibit 10.97.0.0/16", "10.97.0.0/16"],
    [6, "del fd99::/16", "fd99::/16"],
    [6, "del unreachable fd97::/16", "fd97::/16"],
  ] as const;
  for (const [family, words, shown] of undone) {
    clientIp(lab, `-${family} route ${words}`);
    await until(`${words} is followed`, () => !shows(family, shown));
  }
  await running.feed(targets.slice(1));
  assertAllTransparent(await running.end(), targets.length);
  assertEquals(clientIp(lab, "route show table all"), before);
});

/** Routes that lead through an interface, as lines for `ip -batch`. */
function routes(verb: string, count: number): string {
  return Array.from(
    { length: count },
    (_, at) => `route ${verb} 10.${100 + (at >> 16)}.${at >> 8 & 255}.${at & 255} via 10.30.0.2`,
  ).join("\n");
}

for (
  const [what, words, sentence] of [
    [
      "a route that asks for ECN by itself",
      "10.99.0.0/16 via 100.64.0.2 features ecn",
      /asks for ECN by itself/,
    ],
    [
      "a table that is looked up and was empty",
      "default via 100.64.0.2 table default",
      /table default got routes/,
    ],
  ] as const
) {
  rootTest(`${what} and comes during the run ends it`, async () => {
    await using lab = await TargetLab.open();
    const running = new Running(lab);
    await running.feed(lab.addresses("transparent", 4, 1));
    await running.table(4);
    clientIp(lab, `route add ${words}`);
    const { code, err } = await running.ended;
    assertEquals(code, 1);
    assertMatch(err, sentence);
    assertEquals(clientIp(lab, "rule").includes("fwmark"), false);
    await running.abort();
  });
}

rootTest("many routes and frequent changes start no process", async () => {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  addTunnel(lab);
  run("ip", ["-n", lab.client, "-batch", "-"], routes("add", 5000));
  // Every program that the host's part runs is started through setsid
  const log = folder.at("log");
  const setsid = folder.at("setsid");
  Deno.writeTextFileSync(setsid, `#!/bin/sh\necho "$@" >> ${log}\nexec /usr/bin/setsid "$@"\n`);
  Deno.chmodSync(setsid, 0o755);
  Deno.writeTextFileSync(log, "");
  const path = `PATH=${folder.path}:${Deno.env.get("PATH")}`;
  const running = new Running(lab, (line) => ["env", path, ...line]);
  const targets = lab.addresses("transparent", 4, 200);
  await running.feed(targets.slice(0, 1));
  const table = await running.table(4);
  await running.table(6);
  const count = () => clientIp(lab, `route show table ${table}`).split("\n").length;
  assertEquals(count(), clientIp(lab, "route").split("\n").length);
  const started = Deno.readTextFileSync(log);
  for (let at = 1; at < targets.length; at += 10) {
    await running.feed(targets.slice(at, at + 10));
    const place = `10.199.${at}.0/24`;
    clientIp(lab, `route add ${place} via 10.30.0.2`);
    clientIp(lab, `address add 10.198.${at}.1/32 dev tun0`);
    const shown = () => clientIp(lab, `route show table ${table} ${place}`) !== "";
    await until("it is followed", shown);
    clientIp(lab, `route del ${place}`);
    await until("it is followed", () => !shown());
  }
  assertEquals(Deno.readTextFileSync(log), started);
  assertAllTransparent(await running.end(), targets.length);
});

rootTest("more changes than the kernel can tell of are made up for", async () => {
  await using lab = await TargetLab.open();
  addTunnel(lab);
  const running = new Running(lab);
  const targets = lab.addresses("transparent", 4, 40);
  await running.feed(targets.slice(0, 1));
  const table = await running.table(4);
  const copies = () => clientIp(lab, `route show table ${table}`).split("\n").length;
  const first = copies();
  running.child.kill("SIGSTOP");
  run("ip", ["-n", lab.client, "-batch", "-"], routes("add", 30_000));
  running.child.kill("SIGCONT");
  await until("all are copied", () => copies() === first + 30_000);
  running.child.kill("SIGSTOP");
  run("ip", ["-n", lab.client, "-batch", "-"], routes("del", 30_000));
  running.child.kill("SIGCONT");
  await until("all copies are gone", () => copies() === first);
  await running.feed(targets.slice(1));
  assertAllTransparent(await running.end(), targets.length);
});

rootTest(
  "a route that asks for ECN by itself is found when the kernel could not tell of it",
  async () => {
    await using lab = await TargetLab.open();
    addTunnel(lab);
    const running = new Running(lab);
    await running.feed(lab.addresses("transparent", 4, 1));
    await running.table(4);
    running.child.kill("SIGSTOP");
    const asking = "route add 10.99.0.0/16 via 100.64.0.2 features ecn";
    run("ip", ["-n", lab.client, "-batch", "-"], `${routes("add", 30_000)}\n${asking}`);
    running.child.kill("SIGCONT");
    const { code, err } = await running.ended;
    assertEquals(code, 1);
    assertMatch(err, /10\.99\.0\.0\/16 .*asks for ECN by itself/);
    await running.abort();
  },
);

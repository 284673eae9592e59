import { assertEquals, assertMatch } from "@std/assert";
import { run } from "../../src/host/run.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { rootTest } from "../lab/root.ts";
import { outcome, type ProgramRun, results, spider, start } from "../spider.ts";
import { until } from "../until.ts";

/** Replaces libcurl by an empty file, in this mount namespace, and runs a command. */
const HIDE_LIBCURL = `
library=$(ldconfig -p | sed -n 's/^.*libcurl[.]so[.]4 .* => //p' | head -n 1)
mount --bind /dev/null "$(readlink -f "$library")"
exec "$@"`;

/** One line on standard error, which matches, and status 1. */
function assertFailure({ code, err }: ProgramRun, said: RegExp): void {
  const complaint = err.trimEnd().split("\n").filter((line) => line.startsWith("spider: "));
  assertEquals([code, complaint.length], [1, 1], err);
  assertMatch(complaint[0]!, said);
}

/** At most that what was begun afterwards was not observed. */
function assertNoVerdict({ out }: ProgramRun): void {
  for (const { conditions } of results(out)) assertEquals(conditions[0], "pathspider.not_observed");
}

rootTest("interfaces that cannot be measured on", async () => {
  await using lab = await TargetLab.open();
  run("ip", ["-n", lab.client, "link", "add", "down0", "type", "veth"]);
  const measure = (...args: string[]) => lab.spider(["measure", "ecn", ...args]);
  assertFailure(await measure("-i", "nowhere0"), /no interface nowhere0.*eth0/);
  assertFailure(await measure("-i", "down0"), /down0 is down.*ip link set/);
  run("ip", ["-n", lab.client, "route", "del", "default"]);
  run("ip", ["-n", lab.client, "-6", "route", "del", "default"]);
  assertFailure(await measure(), /no default route.*--interface/);
});

rootTest("a libcurl that is not there is named with its package", async () => {
  await using lab = await TargetLab.open();
  const hidden = ["unshare", "--mount", "sh", "-ec", HIDE_LIBCURL, "sh"];
  const input = lab.addresses("transparent", 4, 1).join();
  const ended = await spider(["measure", "h2", "--connect", "https"], {
    within: (line) => lab.exec([...hidden, ...line]),
    input,
  });
  assertFailure(ended, /libcurl could not be loaded: install it .*apt install libcurl4/);
});

rootTest("no privilege to capture", async () => {
  await using lab = await TargetLab.open();
  const without = ["setpriv", "--bounding-set", "-net_raw,-net_admin", "--inh-caps", "-all"];
  const within = (line: readonly string[]) => lab.exec([...without, ...line]);
  const input = lab.addresses("transparent", 4, 1).join();
  for (const command of [["measure", "ecn"], ["observe"]]) {
    assertFailure(await spider(command, { within, input }), /not permitted: run as root/);
  }
});

rootTest(
  "targets of a family without a source address are skipped, the others measured",
  async () => {
    await using lab = await TargetLab.open();
    const [four] = lab.addresses("transparent", 4, 1);
    const [six] = lab.addresses("transparent", 6, 1);
    run("ip", ["-n", lab.client, "-6", "addr", "flush", "dev", lab.interface, "scope", "global"]);
    const ended = await lab.spider(["measure", "ecn"], { input: `${six}\n${four}\n` });
    assertEquals(ended.code, 0);
    assertMatch(ended.err, /line 1: there is no IPv6 address on eth0/);
    assertEquals(results(ended.out).map(({ dip }) => dip), [four]);
    assertEquals(run("ip", ["-n", lab.client, "rule"]).includes("fwmark"), false);
  },
);

for (const [what, command] of [["goes down", "link set eth0 down"], ["loses its address", ""]]) {
  rootTest(
    `an interface that ${what} during the run gives no verdict on what was in flight`,
    async () => {
      await using lab = await TargetLab.open({ boxes: ["drop"] });
      const within = (line: readonly string[]) => lab.exec(line);
      const child = start(["measure", "ecn"], { within });
      const writer = child.stdin.getWriter();
      const dead = lab.addresses("drop", 4, 20).join("\n");
      await writer.write(new TextEncoder().encode(dead + "\n"));
      await until("it measures", () => run("ip", ["-n", lab.client, "rule"]).includes("fwmark"));
      const words = command || `addr flush dev ${lab.interface}`;
      run("ip", ["-n", lab.client, ...words.split(" ")]);
      const ended = await outcome(child);
      await writer.abort().catch(() => {}); // its reader is gone
      assertFailure(ended, /eth0 is down|no IPv4 address on eth0/);
      assertNoVerdict(ended);
      assertEquals(run("ip", ["-n", lab.client, "rule"]).includes("fwmark"), false);
    },
  );
}

rootTest("an address that is replaced during the run gives no verdict either", async () => {
  await using lab = await TargetLab.open({ boxes: ["drop"] });
  const child = start(["measure", "ecn"], { within: (line) => lab.exec(line) });
  const writer = child.stdin.getWriter();
  const dead = lab.addresses("drop", 4, 20).join("\n");
  await writer.write(new TextEncoder().encode(dead + "\n"));
  await until("it measures", () => run("ip", ["-n", lab.client, "rule"]).includes("fwmark"));
  const words = ["address add 100.64.0.6/32 dev eth0", "address del 100.64.0.1/29 dev eth0"];
  run("ip", ["-n", lab.client, "-batch", "-"], words.join("\n"));
  writer.close().catch(() => {}); // its reader may be gone
  const ended = await outcome(child);
  assertFailure(ended, /100\.64\.0\.1 went away from eth0/);
  assertNoVerdict(ended);
});

rootTest("a standard error that cannot be written does no harm", async () => {
  await using lab = await TargetLab.open();
  const silent = (line: readonly string[]) => ["sh", "-c", 'exec "$@" 2>/dev/full', "sh", ...line];
  const { code, out } = await spider(["measure", "ecn", "--verbose"], {
    within: (line) => lab.exec(silent(line)),
    input: `nonsense\n${lab.addresses("transparent", 4, 1)}\n`,
  });
  assertEquals([code, results(out).length], [0, 1]);
});

rootTest("a host that asks for ECN everywhere cannot measure it", async () => {
  await using lab = await TargetLab.open();
  run("ip", ["netns", "exec", lab.client, "sysctl", "-qw", "net.ipv4.tcp_ecn=1"]);
  const input = lab.addresses("transparent", 4, 3).join("\n");
  assertFailure(await lab.spider(["measure", "ecn"], { input }), /tcp_ecn is 1.*sysctl -w/);
});

rootTest("input and output that cannot be used", async () => {
  await using lab = await TargetLab.open();
  const measure = (...args: string[]) => lab.spider(["measure", "ecn", ...args]);
  assertFailure(await measure("--input", "/nowhere/targets"), /cannot read \/nowhere\/targets/);
  assertFailure(await measure("--output", "/nowhere/results"), /cannot write \/nowhere\/results/);
  assertFailure(await measure("-w", "10000", "--input", "/dev/null"), /ulimit -n/);
});

rootTest("this host itself is no target on another interface than lo", async () => {
  await using lab = await TargetLab.open();
  const { code, out, err } = await lab.spider(["measure", "ecn"], { input: "127.0.0.1\n::1\n" });
  assertEquals([code, out], [0, ""]);
  assertMatch(
    err,
    /line 1: "127\.0\.0\.1" is this host itself.*\n.*line 2: "::1" is this host itself/,
  );
});

/** The command `spider scan` as a whole, in a lab. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
// @ts-types="../../src/types/csv.d.ts"
import { parse } from "@std/csv";
import { parquetReadObjects } from "hyparquet";
import { Folder } from "../data/temporary.ts";
import { inProcess } from "../in_process.ts";
import { rootTest } from "../lab/root.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { outcome, results, start } from "../spider.ts";
import { until } from "../until.ts";

const DROP = "ecn-drop-syn";

/** A machine that is busy reads answers late: seconds that no stall of it should last. */
const COOLDOWN = "6";

/** What every scan of a lab is asked for. */
const LAB = ["-p", "80", "--no-default-blocklist", "--gap", "10", "--cooldown", COOLDOWN];

Deno.test("what cannot be scanned is said in a sentence", async () => {
  const prefix = "192.0.2.0/24";
  const cases: readonly (readonly [number, readonly string[], RegExp])[] = [
    [2, ["ecn"], /^there is nothing to scan: give prefixes, or a list of targets as --input\n/],
    [2, ["ecn", prefix, "--input", "l"], /^prefixes and --input exclude each other; give one\n/],
    [
      ...[2, ["ecn", prefix, "--shards", "2", "--shard", "2"]] as const,
      /^--shard must be less than --shards 2, not 2: they count from 0\n/,
    ],
    [2, ["ecn", prefix, "--json"], /^--json writes to standard output, where the results go: /],
    [2, ["ecn", prefix, "--source-ip", "me"], /^--source-ip must be an IPv4 or IPv6 address, /],
    [2, ["ecn", prefix, "--resume"], /^--resume needs the --output FILE of the /],
    [2, ["ecn", prefix, "--connect", "tls"], /^--connect must be one of tcp, /],
    [1, ["ecn", prefix, "--connect", "http"], /^the connection type http needs connections, /],
    [1, ["h2", prefix], /^the spider h2 connects over http, https, of which none can be scanned: /],
    [2, ["dnsresolv", prefix], /^the spider dnsresolv measures names, and a scan knows addresses /],
  ];
  for (const [status, args, message] of cases) {
    const { code, out, err } = await inProcess(["scan", ...args]);
    assert(err.startsWith("spider: "), err);
    assertMatch(err.slice("spider: ".length), message);
    assertEquals([code, out], [status, ""], args.join(" "));
  }
});

rootTest("a scan says what differs, how it was found, and what it came to", async () => {
  await using lab = await TargetLab.open({ boxes: [DROP] });
  using folder = new Folder();
  const dropping = lab.addresses(DROP, 4, 2);
  const { code, out, err } = await lab.spider([
    ...["scan", "ecn", "10.20.128.0/28", ...dropping, ...LAB],
    ...["--output", folder.at("r.ndjson"), "--json", "--status-updates-file", folder.at("s.csv")],
    ...["--metadata-file", folder.at("m.json"), "--contact", "noc@example.org"],
  ]);
  assertEquals(code, 0, err);
  const found = results(folder.text("r.ndjson"));
  assertEquals(new Set(found.map(({ dip }) => dip)).size, 18);
  for (const { dip, dp, conditions, method, spider } of found) {
    const drops = dropping.includes(dip as string);
    assertEquals(
      [dp, method, spider!.name, conditions[0]],
      [80, drops ? "measure" : "scan", "ecn", `ecn.connectivity.${drops ? "broken" : "works"}`],
    );
  }
  const report = JSON.parse(out);
  assertEquals(report, JSON.parse(folder.text("m.json")));
  assertEquals(
    [report.status, report.contact, report.results, report.targets.probed, report.probes.sent],
    ["complete", "noc@example.org", 18, 18, 36],
  );
  assertEquals(report.probes.arms, {
    no_ecn: { sent: 18, answered: 18 },
    ecn: { sent: 18, answered: 16 },
  });
  assertEquals(report.confirming, { waiting: 0, done: 2 });
  const manifest = JSON.parse(folder.text("r.ndjson.manifest.json"));
  assertEquals([manifest.status, manifest.conditions], ["complete", report.conditions]);
  const [names = [], ...rows] = parse(folder.text("s.csv"));
  const last = Object.fromEntries(rows.at(-1)!.map((value, at) => [names[at]!, value]));
  assertEquals(
    [last["sent-total"], last["recv-success-total"], last["arm-ecn-answered"]],
    ["36", "34", "16"],
  );
  assertEquals([last["percent-complete"], last["confirm-done"]], ["100.000000", "2"]);
  assertStringIncludes(err, "18 targets, 36 probes in ");
  assertStringIncludes(err, "2 targets measured with connections\n18 results:\n");
});

rootTest("a scan writes tables that others read", async () => {
  await using lab = await TargetLab.open({ boxes: [DROP] });
  using folder = new Folder();
  const [dropping = ""] = lab.addresses(DROP, 4, 1);
  const [clean = ""] = lab.addresses("transparent", 6, 1);
  const file = folder.at("table");
  const scan = async (...args: readonly string[]) => {
    const { code, err } = await lab.spider([
      ...["scan", "ecn", dropping, clean, ...LAB, "--no-confirm"],
      ...["--output", file, ...args],
    ]);
    assertEquals(code, 0, err);
  };

  await scan("--output-format", "csv", "--zmap-fields");
  const [names = [], ...rows] = parse(folder.text("table"));
  const answers = rows.map((row) =>
    Object.fromEntries(row.map((value, at) => [names[at]!, value]))
  );
  const seen = answers.map(({ saddr, sport, classification, success, arm, method }) =>
    [saddr, sport, arm, classification, success, method].join(" ")
  );
  assertEquals(
    seen.sort(),
    [
      `${clean} 80 ecn synack 1 scan`,
      `${clean} 80 no_ecn synack 1 scan`,
      `${dropping} 80 ecn  0 scan`,
      `${dropping} 80 no_ecn synack 1 scan`,
    ].sort(),
  );
  const answered = answers.filter(({ classification }) => classification !== "");
  for (const { daddr, dport, timestamp_ts } of answered) {
    assert(daddr !== "" && Number(dport) >= 1024 && Number(timestamp_ts) > 1_700_000_000);
  }

  await scan("--output-format", "parquet", "--output-flows");
  const table = await parquetReadObjects({ file: Deno.readFileSync(file).buffer });
  assertEquals(
    table.map(({ dip, dp, method }) => `${dip} ${dp} ${method}`).sort(),
    [
      `${clean} 80 scan`,
      `${dropping} 80 scan`,
    ].sort(),
  );
  const broken = table.find(({ dip }) => dip === dropping)!;
  assertEquals((broken.conditions as string[])[0], "ecn.connectivity.broken");
  assertEquals((broken.flow_results as unknown[]).length, 2);
});

rootTest("a dry run of a scan says what it would send, and sends and writes nothing", async () => {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  const { code, out, err } = await lab.spider([
    ...["scan", "ecn", "10.20.128.0/24", ...LAB, "--seed", "7", "--rate", "20000", "--dry-run"],
    ...["--output", folder.at("r.ndjson")],
  ]);
  assertEquals(code, 0, err);
  assertMatch(err, /^This sends 20,000 packets a second, where 10,000 are usual: ask [^\n]*\n$/);
  assertMatch(out, /^spider +ecn over tcp\narms +no_ecn, ecn\nsent by +eth0\n/);
  assertMatch(out, /\ntargets +256\nprobes +512\n/);
  assertMatch(out, /\nfirst +10\.20\.128\.\d+:80, [^\n]*\n/);
  assert(out.endsWith("Nothing was sent.\n"));
  assert(!folder.has("r.ndjson"));
});

rootTest(
  "a scan that is interrupted goes on behind its results, and writes no target twice",
  async () => {
    await using lab = await TargetLab.open();
    using folder = new Folder();
    const scan = (rate: string) => [
      ...["scan", "ecn", "10.20.128.0/22", ...LAB, "--rate", rate],
      ...["--output", folder.at("r.ndjson")],
    ];
    // Slow enough to be far from its end, however busy the machine is
    const child = start(scan("50"), { within: (line) => lab.exec(line) });
    const ended = outcome(child);
    child.stdin.close();
    await until(
      "there are results",
      () => folder.has("r.ndjson") && folder.text("r.ndjson").includes("\n"),
    );
    child.kill("SIGINT");
    const { code, err } = await ended;
    assertEquals(code, 130, err);
    assertStringIncludes(err, "warning: interrupted, so not every target was probed");
    const before = results(folder.text("r.ndjson")).length;
    assert(before > 0 && before < 1024, `${before}`);
    const manifest = () => JSON.parse(folder.text("r.ndjson.manifest.json"));
    assertEquals(manifest().status, "interrupted");

    const resumed = await lab.spider([...scan("5000"), "--resume"]);
    assertEquals(resumed.code, 0, resumed.err);
    const all = results(folder.text("r.ndjson")).map(({ dip }) => dip);
    assertEquals([all.length, new Set(all).size], [1024, 1024]);
    assertEquals([manifest().status, manifest().earlier.length], ["complete", 1]);
  },
);

rootTest("a disk that is full ends a scan in order, with a sentence", async () => {
  await using lab = await TargetLab.open();
  for (const form of ["ndjson", "parquet"]) {
    const { code, err } = await lab.spider([
      ...["scan", "ecn", "10.20.128.0/28", ...LAB, "--output", "/dev/full"],
      ...["--output-format", form],
    ]);
    assertEquals(code, 1, err);
    assertStringIncludes(err, "spider: cannot write /dev/full: the disk is full");
  }
});

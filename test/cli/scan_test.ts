/** The command `spider scan` as a whole, in a lab. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeHex } from "@std/encoding/hex";
// @ts-types="../../src/types/csv.d.ts"
import { parse } from "@std/csv";
import { parquetReadObjects } from "hyparquet";
import { addressText } from "../../src/host/address.ts";
import { run } from "../../src/host/run.ts";
import { Folder } from "../data/temporary.ts";
import { inProcess } from "../in_process.ts";
import { rootTest } from "../lab/root.ts";
import { linkAddress, TargetLab } from "../lab/target_lab.ts";
import { outcome, results, start } from "../spider.ts";
import { until } from "../until.ts";
import { DROP, inLab, LAB } from "./scan_lab.ts";

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
    [2, ["ecn", "192.0.2.0/33"], /^"192\.0\.2\.0\/33": the length of its prefix is not 0 to 32\n/],
    [
      ...[2, ["ecn", prefix, "--source-ip", "192.0.2.1"]] as const,
      /^--source-ip 192\.0\.2\.1 is not an address of this host, which has /,
    ],
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

async function whole(lab: TargetLab): Promise<void> {
  using folder = new Folder();
  const dropping = lab.addresses(DROP, 4, 2);
  const { code, out, err } = await lab.spider([
    ...["scan", "ecn", "10.20.128.0/28", ...dropping, ...LAB],
    ...["--output", folder.at("r.ndjson"), "--json", "--status-updates-file", folder.at("s.csv")],
    ...["--metadata-file", folder.at("m.json"), "--contact", "noc@example.org"],
    ...["--page", "https://example.org/scan"],
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
  const { contact, page } = manifest.scan;
  assertEquals([contact, page], ["noc@example.org", "https://example.org/scan"]);
  const [names = [], ...rows] = parse(folder.text("s.csv"));
  const last = Object.fromEntries(rows.at(-1)!.map((value, at) => [names[at]!, value]));
  assertEquals(
    [last["sent-total"], last["recv-success-total"], last["arm-ecn-answered"]],
    ["36", "34", "16"],
  );
  assertEquals([last["percent-complete"], last["confirm-done"]], ["100.000000", "2"]);
  assertStringIncludes(err, "18 targets, 36 probes in ");
  assertStringIncludes(err, "2 targets measured with connections\n18 results:\n");
}

async function tables(lab: TargetLab): Promise<void> {
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
}

async function dry(lab: TargetLab): Promise<void> {
  using folder = new Folder();
  const { code, out, err } = await lab.spider([
    ...["scan", "ecn", "10.20.128.0/24", ...LAB, "--seed", "7", "--rate", "20000", "--dry-run"],
    ...["--output", folder.at("r.ndjson")],
  ]);
  assertEquals(code, 0, err);
  assertMatch(err, /^This sends 20,000 packets a second, where 10,000 are usual: ask [^\n]*\n$/);
  assertMatch(
    out,
    /^spider +ecn over tcp\narms +no_ecn, ecn\nsent by +eth0\nnext hop +100\.64\.0\.2\nfrom +100\.64\.0\.1, [^\n]*\nsource ports +\d+ to \d+\n/,
  );
  assertMatch(out, /\ntargets +256\nprobes +512\n/);
  const [, last = "", without = "", wanting = ""] = out.match(
    /\nfirst +10\.20\.128\.(\d+):80, [^\n]*\n {2}no_ecn +(\w+)\n {2}ecn +(\w+)\n/,
  ) ?? [];
  // A port an arm
  assert(without.slice(40, 44) !== wanting.slice(40, 44), out);
  for (const [packet, flags] of [[without, 0x02], [wanting, 0xc2]] as const) {
    const octets = decodeHex(packet);
    const ends = [octets.slice(12, 16), octets.slice(16, 20)].map(addressText);
    assertEquals(ends, ["100.64.0.1", `10.20.128.${last}`]);
    // The port that it goes to, and the flags: SYN, with CWR and ECE or without
    assertEquals([octets[22]! << 8 | octets[23]!, octets[33]], [80, flags]);
  }
  assert(out.endsWith("Nothing was sent.\n"));
  // The last addresses of such prefixes are broadcast or multicast, which no router leads to
  for (
    const [prefix, [router, targets]] of Object.entries(
      {
        "0.0.0.0/0": ["100.64.0.2", 3_702_258_432],
        "128.0.0.0/1": ["100.64.0.2", 1_609_300_736],
        "8000::/1@/48,::1": [linkAddress(6, 0, 2), 2 ** 47],
      } as const,
    )
  ) {
    const { out, err } = await lab.spider([
      ...["scan", "ecn", prefix, "-p", "80", "--dry-run", "--json"],
    ]);
    const { routers, targets: counted } = JSON.parse(out || err);
    assertEquals([routers, counted], [[router], targets], prefix);
  }
  assert(!folder.has("r.ndjson"));
}

async function interrupted(lab: TargetLab): Promise<void> {
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
  assertStringIncludes(
    err,
    "warning: interrupted, so not every target was probed; --resume goes on\n",
  );
  const before = results(folder.text("r.ndjson")).length;
  assert(before > 0 && before < 1024, `${before}`);
  const manifest = () => JSON.parse(folder.text("r.ndjson.manifest.json"));
  assertEquals(manifest().status, "interrupted");

  const resumed = await lab.spider([...scan("5000"), "--resume"]);
  assertEquals(resumed.code, 0, resumed.err);
  const all = results(folder.text("r.ndjson")).map(({ dip }) => dip);
  assertEquals([all.length, new Set(all).size], [1024, 1024]);
  assertEquals([manifest().status, manifest().earlier.length], ["complete", 1]);
}

async function fullDisk(lab: TargetLab): Promise<void> {
  const runs = ["ndjson", "parquet"].map(async (form) => {
    const { code, err } = await lab.spider([
      ...["scan", "ecn", "10.20.128.0/28", ...LAB, "--output", "/dev/full"],
      ...["--output-format", form],
    ]);
    assertEquals(code, 1, err);
    assertStringIncludes(err, "spider: cannot write /dev/full: the disk is full");
  });
  await Promise.all(runs);
}

rootTest("what a scan says, writes and leaves, as a whole", () =>
  inLab({
    "what differs, how it was found, and what it came to": whole,
    "one that is interrupted goes on behind its results, and writes no target twice": interrupted,
    "tables that others read": tables,
    "a dry run sends and writes nothing": dry,
    "a disk that is full ends it in order": fullDisk,
  }));

rootTest(
  "a scan that would write over what it reads, or has no way to its targets, says so",
  async () => {
    await using lab = await TargetLab.open();
    const said = async (...args: readonly string[]) => {
      const { code, out, err } = await lab.spider(["scan", "ecn", ...args, ...LAB]);
      assertEquals([code, out], [1, ""], err);
      return err;
    };
    using folder = new Folder();
    const list = folder.put("list", new TextEncoder().encode("10.20.128.8/29\n"));
    for (const option of ["--blocklist", "--allowlist"]) {
      for (const [written, what] of [["--output", "output"], ["--manifest", "manifest"]] as const) {
        assertStringIncludes(
          await said("10.20.128.0/28", option, list, written, list),
          `spider: ${list} is the input itself; write the ${what} to another file\n`,
        );
      }
    }
    assertEquals(folder.text("list"), "10.20.128.8/29\n");
    const ip = (...line: readonly string[]) => run("ip", ["-n", lab.client, ...line]);
    assertStringIncludes(
      await said("100.64.0.1"),
      "spider: no target can be reached by the way that the scan's packets leave: name another ",
    );
    // Three questions each, so that they do not take three seconds
    for (const version of ["ipv4", "ipv6"]) {
      const time = `net.${version}.neigh.${lab.interface}.retrans_time_ms=20`;
      run("ip", ["netns", "exec", lab.client, "sysctl", "-qw", time]);
    }
    const [, router = ""] = /^(.*:)[^:]*$/.exec(linkAddress(6, 0, 1)) ?? [];
    const routers = [
      ["100.64.0.6", "ARP", "10.20.128.0/28"],
      [`${router}99`, "neighbour discovery", lab.addresses("transparent", 6, 1)[0]!],
    ] as const;
    for (const [router, how, target] of routers) {
      ip("route", "replace", "default", "via", router);
      assertStringIncludes(
        await said(target),
        `spider: the router ${router} does not answer ${how} on eth0: see \`ip neigh show dev eth0\` and `,
      );
    }
    ip("route", "del", "default");
    assertStringIncludes(
      await said("10.20.128.0/28"),
      "spider: nothing leads to 10.20.128.15 (no route leads there, or a rule says `unreachable`): see ",
    );
  },
);

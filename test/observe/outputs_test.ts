// @ts-types="../../src/types/csv.d.ts"
import { parse } from "@std/csv";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { pcap, pcapng } from "../data/captures.ts";
import { A4, B4, ethernet, type Frame, ip4, SYN, tcp, UDP, udp } from "../data/packets.ts";
import { Folder } from "../data/temporary.ts";
import { descriptors } from "../descriptors.ts";
import { isRoot } from "../lab/root.ts";
import { inProcess } from "../in_process.ts";
import { commandLine, outcome, results, spider, start } from "../spider.ts";

const START = 1_700_000_000;

/** SYNs, ten a second, each of a flow of its own, and as many UDP datagrams back. */
function frames(flows: number): Frame[] {
  return Array.from({ length: flows }, (_, at) => [
    { time: START + at / 10, data: ethernet(ip4(tcp({ source: 1 + at, flags: SYN }))) },
    {
      time: START + at / 10 + 0.000005,
      data: ethernet(
        ip4(udp(new Uint8Array(22), 1 + at, 53), { source: B4, destination: A4, protocol: UDP }),
      ),
    },
  ]).flat();
}

/** The records of a file, in an order of their own. */
async function recordsOf(path: string, ...args: string[]): Promise<string[]> {
  const { code, out, err } = await inProcess(["observe", "-i", path, ...args]);
  assertEquals(code, 0, err);
  return out.split("\n").sort();
}

Deno.test("--write keeps the packets that passed the filter, readable by all", async () => {
  using folder = new Folder();
  const raw = frames(50).map((frame) => ({ ...frame, data: frame.data.subarray(14), wire: 999 }));
  const cases: [string, Uint8Array][] = [
    ["a.pcap", pcap(frames(50))],
    ["b.pcapng", pcapng(frames(50), { nanoseconds: true, bigEndian: true })],
    ["raw.pcap", pcap(raw, { linkType: 101 })],
  ];
  for (const [name, content] of cases) {
    const path = folder.put(name, content);
    const kept = folder.at("kept.pcap");
    const direct = await recordsOf(path, "--write", kept, "--filter", "tcp");
    assertEquals(direct.length, 51);
    assertEquals(await recordsOf(kept), direct);
    const again = folder.at("again.pcap");
    await recordsOf(kept, "--write", again);
    assertEquals(Deno.readFileSync(again), Deno.readFileSync(kept));
  }
});

Deno.test("--write and --stats refuse the input and each other, --output too", async () => {
  using folder = new Folder();
  const path = folder.put("a.pcap", pcap(frames(1)));
  Deno.symlinkSync(path, folder.at("link.pcap"));
  for (const option of ["--write", "--stats", "--output"]) {
    for (const name of ["a.pcap", "link.pcap"]) {
      const { code, err } = await inProcess(["observe", "-i", path, option, folder.at(name)]);
      assertEquals(code, 1);
      assertMatch(err, /is the input itself; write the output to another file\n$/);
    }
  }
  assertEquals(Deno.readFileSync(path), pcap(frames(1)));
  const same = folder.at("same");
  const args = ["--write", same, "--stats", `${folder.path}/./same`];
  const { code, err } = await inProcess(["observe", "-i", path, ...args]);
  assertEquals([code, err], [
    2,
    "spider: --write and --stats go to the same place; name another file\n",
  ]);
});

Deno.test("--count takes not one packet more, --duration goes by packet time", async () => {
  using folder = new Folder();
  const path = folder.put("a.pcap", pcap(frames(100)));
  const cases: [string[], number, string][] = [
    [["--count", "7"], 7, "count"],
    [["--count", "7", "--filter", "udp"], 7, "count"],
    [["--duration", "1"], 20, "duration"],
    [["--duration", "1", "--count", "5"], 5, "count"],
    [["--duration", "1000", "--count", "500"], 200, "end"],
  ];
  for (const [args, packets, ended] of cases) {
    const stats = folder.at("stats.json");
    const kept = folder.at("kept.pcap");
    const records = await recordsOf(path, ...args, "--stats", stats, "--write", kept);
    assertEquals(records.length - 1, packets);
    const { packets: read, flows, ended: how } = JSON.parse(folder.text("stats.json"));
    assertEquals([read, flows, how], [packets, packets, ended], args.join(" "));
    assertEquals(await recordsOf(kept), records);
  }
});

Deno.test("--stats says what became of the capture, also when it breaks off", async () => {
  using folder = new Folder();
  const cut = pcap([...frames(2), { time: START + 9, data: new Uint8Array(20) }]).slice(0, -10);
  const path = folder.put("cut.pcap", cut);
  const stats = folder.at("stats.json");
  const { code } = await inProcess(["observe", "-i", path, "--stats", stats]);
  assertEquals(code, 1);
  const { elapsed, ...found } = JSON.parse(folder.text("stats.json"));
  assert(elapsed > 0 && elapsed < 10);
  assertMatch(found.fault, /it ends in the middle of a packet/);
  const expected = {
    source: path,
    link_type: "EN10MB",
    snaplen: 262_144,
    ended: "fault",
    first_packet: START,
    last_packet: START + 0.100005,
    duration: 0.100005,
    packets: 4,
    flows: 4,
    truncated: 0,
    not_ip: 0,
    dropped_by_kernel: null,
    dropped_by_interface: null,
  };
  for (const [key, value] of Object.entries(expected)) assertEquals(found[key], value, key);

  const odd = [...frames(1), { time: START, data: new Uint8Array(14) }];
  const counted = await inProcess(["observe", "-i", folder.put("odd.pcap", pcap(odd))]);
  assertEquals(counted.err, "3 packets, 2 flows, 1 not IP\n");
});

Deno.test("--stats to a name in .prom is what Prometheus reads, and is replaced as a whole", async () => {
  using folder = new Folder();
  const path = folder.put("a.pcap", pcap(frames(2)));
  const [json, prom] = [folder.at("stats.json"), folder.at("stats.prom")];
  folder.put("stats.prom", new TextEncoder().encode("old"));
  await recordsOf(path, "--stats", json);
  await recordsOf(path, "--stats", prom);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name).sort(), [
    ...["a.pcap", "stats.json", "stats.prom"],
  ]);
  const { elapsed: _, ...counted } = JSON.parse(folder.text("stats.json"));
  const text = folder.text("stats.prom");
  const found = Object.fromEntries(
    [...text.matchAll(/^(\w+)\{source="([^"]+)"(?:,link_type="EN10MB")?\} (\S+)$/gm)]
      .map(([, name, source, value]) => {
        assertEquals(source, path);
        return [name, Number(value)];
      }),
  );
  const prefix = "spider_observe_";
  for (const [key, value] of Object.entries(counted)) {
    if (typeof value !== "number") continue;
    const name = {
      octets: "bytes_total",
      snaplen: "snapshot_length_bytes",
      first_packet: "first_packet_timestamp_seconds",
      last_packet: "last_packet_timestamp_seconds",
      duration: null,
    }[key];
    if (name !== null) assertEquals(found[prefix + (name ?? `${key}_total`)], value, key);
  }
  assertEquals([found[`${prefix}running`], found[`${prefix}info`]], [0, 1]);
  // Every metric says what it is, and of what type, before its one value
  const blocks = text.trim().split("\n\n").flatMap((block) => block.split(/\n(?=# HELP)/));
  for (const block of blocks) {
    assertMatch(block, /^# HELP (\w+) .+\.\n# TYPE \1 (counter|gauge)\n\1\{.*\} \S+$/);
    assertEquals(block.includes(" counter\n"), /_total\{/.test(block), block);
  }
  assertEquals(blocks.length, Object.keys(found).length);
  const nowhere = await inProcess(["observe", "-i", path, "--stats", folder.at("none/a.prom")]);
  assertEquals([nowhere.code, nowhere.out], [1, ""]);
  assertMatch(nowhere.err, /^spider: cannot write .*none\/a\.prom.*\n$/);
});

Deno.test("where one output cannot be opened, those that were are closed", async () => {
  using folder = new Folder();
  const path = folder.put("a.pcap", pcap(frames(1)));
  const nowhere = ["--write", folder.at("none/kept.pcap")];
  const args = ["observe", "-i", path, "--output", folder.at("flows"), ...nowhere];
  const { code, err } = await inProcess(args);
  assertEquals(code, 1);
  assertMatch(err, /cannot write .*none\/kept\.pcap: there is no such file or folder\n$/);
  assertEquals([...descriptors()].filter((one) => one.includes(folder.path)), []);
});

Deno.test("--csv has a header and a line a flow, with the fields of the chains that are on", async () => {
  using folder = new Folder();
  const path = folder.put("a.pcap", pcap(frames(3)));
  const flows = results((await inProcess(["observe", "-i", path, "tcp"])).out);
  const { out } = await inProcess(["observe", "-i", path, "--csv", "tcp"]);
  const [header = [], ...rows] = parse(out);
  assertEquals(header, Object.keys(flows[0]!));
  assertEquals(rows, flows.map((flow) => Object.values(flow).map((value) => `${value ?? ""}`)));
});

Deno.test("--summary is an aligned table without colours, --json the same as data", async () => {
  using folder = new Folder();
  const path = folder.put("a.pcap", pcap(frames(100)));
  const { out } = await inProcess(["observe", "-i", path, "--summary"]);
  assertEquals(out.split("\n"), [
    "200 flows, 200 packets, 9,000 octets in 9.9 s from 2023-11-14T22:13:20.000Z",
    "",
    "PROTOCOL  FLOWS  PACKETS  OCTETS   SHARE",
    "udp         100      100   5,000  55.6 %",
    "tcp         100      100   4,000  44.4 %",
    "",
    "TOP TALKER    FLOWS  PACKETS  OCTETS   SENT  RECEIVED",
    "192.0.2.1       200      200   9,000  4,000     5,000",
    "198.51.100.7    200      200   9,000  5,000     4,000",
    "",
  ]);
  const json = await inProcess(["observe", "-i", path, "--summary", "--json"]);
  const summary = JSON.parse(json.out);
  assertEquals([summary.flows, summary.talkers[1].sent], [200, 5000]);
});

Deno.test("options that do not go together are a wrong command line", async () => {
  const cases: [string[], string][] = [
    [["--summary", "--csv"], "--summary and --csv exclude each other; give one"],
    [["--csv", "--parquet"], "--csv and --parquet exclude each other; give one"],
    [["--parquet", "--ipfix"], "--parquet and --ipfix exclude each other; give one"],
    [["--json"], "--json goes with --summary; flow records are JSON without it"],
    [["--summary", "tcp"], "--summary needs no chain; leave out tcp"],
    [["--write", "-"], "--output and --write go to the same place; name another file"],
    [["--write", "x.pcap.gz"], "--write does not pack: write x.pcap, and pack it with gzip"],
    [["--write", "x.pcap.zst"], "--write does not pack: write x.pcap, and pack it with zstd"],
    [["--count", "0"], "--count must be a whole number, 1 or more, not 0"],
  ];
  for (const [args, message] of cases) {
    const { code, err } = await inProcess(["observe", "-i", "/nowhere/a.pcap", ...args]);
    assertEquals([code, err], [2, `spider: ${message}\n`]);
  }
});

Deno.test("a file whose name does not say that it is a capture is named as it can be given", async () => {
  using folder = new Folder();
  folder.put("a.cap", pcap(frames(1)));
  const within = (line: readonly string[]) => ["env", "-C", folder.path, ...line];
  const bare = await spider(["observe", "-i", "a.cap"], { within });
  const message = "there is no interface a.cap, but a file of that name: give ./a.cap to read it";
  assertEquals([bare.code, bare.err], [2, `spider: ${message}\n`]);
  const given = await spider(["observe", "-i", "./a.cap"], { within });
  assertEquals([given.code, given.err], [0, "2 packets, 2 flows\n"]);
});

Deno.test("a collector that is not there is told; what is written beside it is whole", async () => {
  using folder = new Folder();
  const path = folder.put("a.pcap", pcap(frames(2)));
  const expected = await inProcess(["observe", "-i", path, "--csv"]);
  // Nothing has that port, from which a host would answer itself
  const args = ["observe", "-i", path, "--collector", "127.0.0.1:1"];
  const message =
    /^4 packets, 4 flows\nspider: 127\.0\.0\.1:1 did not get .* nothing listens there/;
  const { code, out, err } = await inProcess([...args, "--csv"]);
  assertEquals([code, out], [1, expected.out]);
  assertMatch(err, message);
  const alone = await inProcess(args);
  assertEquals([alone.code, alone.out], [1, ""]);
  assertMatch(alone.err, message);
});

Deno.test("a name that ends as those of packed captures do is a file's", async () => {
  for (const name of ["none.pcap", "none.pcapng.zst", "none.pcap.lz4"]) {
    const { code, err } = await inProcess(["observe", "-i", name]);
    const message = `${name} cannot be read as a capture: there is no such file`;
    assertEquals([code, err], [1, `spider: ${message}\n`]);
  }
});

Deno.test("a reader that goes away ends it quietly, a full disk with a sentence", async () => {
  using folder = new Folder();
  const path = folder.put("a.pcap", pcap(frames(20_000)));
  const line = commandLine(["observe", "-i", path], undefined);
  const head = new Deno.Command("bash", {
    args: ["-c", `"$@" | head -1; exit "\${PIPESTATUS[0]}"`, "-", ...line],
  });
  const { code, stdout, stderr } = await head.output();
  assertEquals([code, new TextDecoder().decode(stdout).split("\n").length], [0, 2]);
  assertMatch(new TextDecoder().decode(stderr), /^[\d,]+ packets, [\d,]+ flows\n$/);
  for (const option of ["--output", "--write"]) {
    const full = await inProcess(["observe", "-i", path, option, "/dev/full"]);
    assertEquals(full.code, 1);
    assertMatch(full.err, /spider: cannot write \/dev\/full: the disk is full\n$/);
  }
});

Deno.test({
  name: "a disk that fills up keeps whole packets and the statistics (needs root)",
  ignore: !isRoot,
  async fn() {
    using folder = new Folder();
    const path = folder.put("a.pcap", pcap(frames(20_000)));
    Deno.mkdirSync(folder.at("small"));
    const run = (command: string, ...args: string[]) =>
      new Deno.Command(command, { args }).output();
    await run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder.at("small"));
    try {
      const kept = folder.at("small/kept.pcap");
      const args = ["--write", kept, "--stats", folder.at("stats.json"), "--count", "39999"];
      const { code, err } = await inProcess(["observe", "-i", path, ...args]);
      assertEquals(code, 1);
      assertMatch(err, /spider: cannot write .*kept.pcap: the disk is full\n$/);
      assertMatch(
        folder.text("stats.json"),
        /"ended": "fault",\n {2}"fault": "cannot write .*the disk is full"/,
      );
      assert((await recordsOf(kept)).length > 10_000);
    } finally {
      await run("umount", folder.at("small"));
    }
  },
});

Deno.test("an interrupted file has status 130, and what was kept is whole", async () => {
  using folder = new Folder();
  const path = folder.at("fifo.pcap");
  await new Deno.Command("mkfifo", { args: [path] }).output();
  const kept = folder.at("kept.pcap");
  const child = start(["observe", "-i", path, "--write", kept, "--stats", folder.at("stats.json")]);
  await child.stdin.close();
  const ended = outcome(child);
  using fifo = await Deno.open(path, { write: true });
  // Twice what a pipe holds: at the end of the writing half of it is read
  const octets = pcap(frames(1000)).subarray(0, 140_000);
  for (let at = 0; at < octets.length;) at += await fifo.write(octets.subarray(at));
  child.kill("SIGINT");
  const { code, out, err } = await ended;
  assertEquals(code, 130, err);
  assertEquals(JSON.parse(folder.text("stats.json")).ended, "interrupted");
  assertEquals(await recordsOf(kept), out.split("\n").sort());
  assert(results(out).length > 900);
});

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { linkAddress, TargetLab } from "../lab/target_lab.ts";
import { run } from "../../src/host/run.ts";
import { rootTest } from "../lab/root.ts";
import { standIn } from "../probe/stand_in.ts";
import { addSecondWay, WAYS } from "../probe/two_ways.ts";
import { inProcess } from "../in_process.ts";
import { outcome, type ProgramRun, spider, start } from "../spider.ts";
import { until } from "../until.ts";

/** Runs with another program for mtr-packet. */
function withStandIn(mode: string, args: readonly string[]): Promise<ProgramRun> {
  return inProcess(args, { env: { MTR_PACKET: standIn(mode).join(" ") } });
}

/** Lines of a table as their words. */
function cells(text: string): string[][] {
  return text.split("\n").filter((line) => line !== "").map((line) => line.trim().split(/ {2,}/));
}

Deno.test("what does not go together is refused before anything is sent", async () => {
  const cases: [string, string][] = [
    ["trace", "needs a HOST"],
    ["trace --json --csv h", "--json and --csv exclude each other"],
    ["trace --watch --json h", "--watch and --json exclude each other"],
    ["ping --watch h", "--watch needs a terminal"],
    ["ping -4 -6 h", "-4 and -6 exclude each other"],
    ["ping --port 80 h", "ICMP has no ports"],
    ["ping --protocol tcp --size 100 h", "--size goes with --protocol icmp or udp"],
    ["ping --protocol upd h", "did you mean udp?"],
    ["ping --source h h", "--source must be an IPv4 or IPv6 address, not h"],
    ["trace --source 192.0.2.1 h", "--source 192.0.2.1 is not an address of this host"],
    ["ping --source 127.0.0.1 -6 h", "--source 127.0.0.1 does not go with -6"],
    ["ping --tos 256 h", "--tos must be a whole number from 0 to 255"],
    ["trace --max-ttl 0 h", "--max-ttl must be a whole number from 1 to 255"],
    ["trace --max-ttl 256 h", "--max-ttl must be a whole number from 1 to 255"],
    ["trace --paths 2 --protocol tcp h", "--paths goes with --protocol udp"],
    ["trace --source-port 2000 h", "--source-port goes with --protocol udp"],
    ["trace --paths 2 -6 h", "--paths goes with IPv4"],
    ["trace --paths 2 2001:db8::1", "2001:db8::1 is IPv6"],
    [
      "trace --protocol udp --port 9 --source-port 9 192.0.2.1 2001:db8::1",
      "over IPv6 mtr-packet cannot hold both ports, and 2001:db8::1 is IPv6",
    ],
    ["trace --protocol udp --port 33434 h", "--port must stay below 33000"],
    [
      "trace --protocol udp --source-port 32999 --paths 2 h",
      "--source-port and --paths must stay below 33000",
    ],
  ];
  for (const [line, message] of cases) {
    const { code, out, err } = await inProcess(line.split(" "));
    assertEquals([code, out], [2, ""], line);
    assertStringIncludes(err, message);
  }
});

Deno.test("without an mtr-packet that is one, it says so in a sentence", async () => {
  const without = (program: string) =>
    inProcess(["ping", "192.0.2.1"], { env: { MTR_PACKET: program } });
  const cases: [string, string][] = [
    ["/nonexistent/mtr-packet", "is not installed: install mtr-tiny (Debian)"],
    ["/bin/cat", "is not mtr-packet, it wrote"],
    ["/bin/false", "ended with status 1: see that it is mtr-packet"],
  ];
  for (const [program, message] of cases) {
    const { code, out, err } = await without(program);
    assertEquals([code, out], [1, ""], program);
    assertStringIncludes(err, message);
    assertEquals(err.trim().split("\n").length, 1);
  }
});

Deno.test("when mtr-packet dies, what was found is printed", async () => {
  const { code, out, err } = await withStandIn("answers-and-dies", [
    ...["ping", "-n", "--csv", "-q", "3", "-i", "0.01", "192.0.2.1"],
  ]);
  assertEquals(code, 1);
  assertMatch(out, /^host,.*\n192\.0\.2\.1,192\.0\.2\.1,,reply,192\.0\.2\.1,1,1,0,1\.5,/);
  assertStringIncludes(err, "ended with status 0");
});

Deno.test("a host without an address is reported, and the others are probed", async () => {
  const { code, out, err } = await withStandIn("three", [
    ...["ping", "-n", "-q", "10", "-i", "0.001", "no such host", "192.0.2.1"],
  ]);
  assertEquals(code, 1);
  assertStringIncludes(err, "no such host has no address: check the name");
  assertEquals(cells(out)[1]?.slice(0, 3), ["192.0.2.1", "0.0 %", "10"]);
});

rootTest("spider trace tells hops, losses and networks in each of its forms", async () => {
  await using lab = await TargetLab.open({ routers: 5, boxes: ["prohibit"] });
  const [target = "", other = ""] = lab.addresses("transparent", 4, 2);
  const [barred = ""] = lab.addresses("prohibit", 4, 1);
  const table = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(table, "100.64.0.0/16 64500\n10.20.0.0/16 64501\n");
    const text = await lab.spider(["trace", "-n", "--asn", table, target]);
    assertEquals([text.code, text.err], [0, ""]);
    const [title, head, ...rows] = cells(text.out);
    assertEquals(title, [`${target} by ICMP over IPv4`]);
    assertEquals(head?.slice(0, 5), ["HOP", "HOST", "AS", "LOSS", "SENT"]);
    assertEquals(rows.map((row) => row.slice(0, 5)), [
      ["1", "100.64.0.2", "AS64500", "0.0 %", "3"],
      ["2", "100.64.0.10", "AS64500", "0.0 %", "3"],
      ["3", "100.64.0.18", "AS64500", "0.0 %", "3"],
      ["4", "100.64.0.26", "AS64500", "0.0 %", "3"],
      ["5", "100.64.0.34", "AS64500", "0.0 %", "3"],
      ["6", target, "AS64501", "0.0 %", "3"],
    ]);
  } finally {
    Deno.removeSync(table);
  }

  const csv = await lab.spider(["trace", "--csv", "-q", "1", target, barred]);
  assertEquals(csv.code, 0);
  const lines = csv.out.trim().split("\n").map((line) => line.split(","));
  assertEquals(lines.map((line) => line.slice(0, 7).join()).slice(5), [
    `${target},${target},1,5,100.64.0.34,,ttl-expired`,
    `${target},${target},1,6,${target},,reply`,
    ...Array.from(
      { length: 5 },
      (_, at) => `${barred},${barred},1,${at + 1},${linkAddress(4, at, 2)},,ttl-expired`,
    ),
    `${barred},${barred},1,6,100.64.0.34,,no-route`,
  ]);

  const json = await lab.spider(["trace", "--json", "-P", "udp", "--paths", "2", target, other]);
  assertEquals(json.code, 0);
  const records = json.out.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(records.map(({ dst_addr, paris_id }) => [dst_addr, paris_id]), [
    [target, 1],
    [target, 2],
    [other, 1],
    [other, 2],
  ]);
  for (const { type, af, proto, src_addr, timestamp, endtime, result } of records) {
    assertEquals([type, af, proto, src_addr], ["traceroute", 4, "UDP", "100.64.0.1"]);
    assert(endtime >= timestamp && timestamp > 1.7e9);
    assertEquals(
      result.slice(0, 5).map((hop: { hop: number; result: { from: string }[] }) =>
        [hop.hop, ...hop.result.map(({ from }) => from)].join()
      ),
      Array.from(
        { length: 5 },
        (_, at) => [at + 1, ...Array(3).fill(linkAddress(4, at, 2))].join(),
      ),
    );
  }

  const paths = await lab.spider(["trace", "-n", "-q", "1", "--paths", "3", target]);
  assertEquals(cells(paths.out)[0], [`${target} by UDP over IPv4, paths 1, 2, 3`]);
});

rootTest("spider trace finds the paths of a load balancer", async () => {
  await using lab = await TargetLab.open({ routers: 5 });
  addSecondWay(lab);
  const [target = ""] = lab.addresses("transparent", 4, 1);
  // One source port takes one way; of 16 hardly all take the same
  const args = ["trace", "-n", "--max-ttl", "4", "--paths", "16", "--source-port", "20000", target];
  const { code, out } = await lab.spider(args);
  assertEquals(code, 0);
  const tables = out.split("\n\n").filter((text) => text !== "").map(cells);
  assertEquals(tables.map((rows) => rows[3]?.[1]).sort(), [...WAYS].sort());
  const numbers = tables.flatMap(([title]) => title?.[0]?.split(/paths? /)[1]?.split(", ") ?? [])
    .map(Number);
  assertEquals(numbers.sort((a, b) => a - b), Array.from({ length: 16 }, (_, at) => at + 1));
});

rootTest("spider ping tells losses and why, of many hosts at once", async () => {
  await using lab = await TargetLab.open({ routers: 5, boxes: ["drop", "prohibit"] });
  const live = lab.addresses("transparent", 4, 200);
  const [six = ""] = lab.addresses("transparent", 6, 1);
  const [silent = ""] = lab.addresses("drop", 4, 1);
  const [barred = ""] = lab.addresses("prohibit", 4, 1);
  const args = [
    "ping",
    "-n",
    "--timeout",
    "1",
    "-q",
    "2",
    "-i",
    "0.1",
    ...live,
    six,
    silent,
    barred,
  ];
  const { code, out } = await lab.spider(args);
  assertEquals(code, 0);
  const [, ...rows] = cells(out);
  assertEquals(
    rows.map((row) => [...row.slice(0, 3), ...(row.at(-1)?.includes("says") ? [row.at(-1)] : [])]),
    [
      ...[...live, six].map((address) => [address, "0.0 %", "2"]),
      [silent, "100.0 %", "2"],
      [barred, "100.0 %", "2", "100.64.0.34 says unreachable"],
    ],
  );

  const json = await lab.spider(["ping", "--json", "-q", "2", "-i", "0.1", six, barred]);
  const [good, bad] = json.out.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(
    [good.type, good.af, good.proto, good.sent, good.rcvd, good.result.length],
    ["ping", 6, "ICMP", 2, 2, 2],
  );
  assert(good.min <= good.avg && good.avg <= good.max);
  assertEquals([bad.rcvd, bad.min, bad.result], [
    0,
    -1,
    Array(2).fill({ error: "no-route", src_addr: "100.64.0.34" }),
  ]);

  const large = await lab.spider(["ping", "-n", "--size", "5000", live[0]!]);
  assertEquals(large.code, 1);
  assertStringIncludes(large.out, "larger than the link takes: choose a smaller --size");
});

/** A lab of five routers, and how many packets to a target its first router has seen. */
class CountingLab implements AsyncDisposable {
  readonly lab: TargetLab;
  readonly target: string;
  readonly #router: readonly [string, ...string[]];

  private constructor(lab: TargetLab) {
    this.lab = lab;
    this.target = lab.addresses("transparent", 4, 1)[0]!;
    this.#router = ["ip", "netns", "exec", lab.routers[0]!, "nft"];
    const [program, ...args] = this.#router;
    run(
      program,
      [...args, "-f", "-"],
      `table ip count {
  chain seen {
    type filter hook prerouting priority raw
    ip daddr ${this.target} counter
  }
}
`,
    );
  }

  static async open(): Promise<CountingLab> {
    return new CountingLab(await TargetLab.open({ routers: 5 }));
  }

  get sent(): number {
    const [program, ...args] = this.#router;
    const listed = run(program, [...args, "list", "table", "ip", "count"]);
    return Number(/counter packets (\d+)/.exec(listed)?.[1]);
  }

  /** What runs in the client. */
  get running(): string {
    return run("ip", ["netns", "pids", this.lab.client]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lab.close();
  }
}

rootTest("Ctrl-C prints what is there, and leaves no mtr-packet behind", async () => {
  await using counting = await CountingLab.open();
  // A process group of its own, to which Ctrl-C goes as a whole
  const within = (line: readonly string[]) => ["setsid", ...counting.lab.exec(line)];
  const child = start(["trace", "-n", "-q", "1000000", "-i", "0.01", counting.target], { within });
  const ended = outcome(child);
  await child.stdin.close();
  await until("probes on the wire", () => counting.sent > 100);
  run("kill", ["-INT", "--", `-${child.pid}`]);
  const { code, out, err } = await ended;
  assertEquals([code, err], [130, ""]);
  const rows = cells(out).slice(2);
  assertEquals(rows.map(([hop]) => hop), ["1", "2", "3", "4", "5", "6"]);
  assert(rows.every(([, , loss]) => loss === "0.0 %"), out);
  await until("mtr-packet to be gone", () => counting.running === "");
});

rootTest("a run that is killed leaves no mtr-packet behind", async () => {
  await using counting = await CountingLab.open();
  const within = (line: readonly string[]) => counting.lab.exec(line);
  const child = start(["ping", "-q", "1000000", "-i", "0.01", counting.target], { within });
  const ended = outcome(child);
  await child.stdin.close();
  await until("probes on the wire", () => counting.sent > 10);
  child.kill("SIGKILL");
  await ended;
  await until("mtr-packet to be gone", () => counting.running === "");
});

rootTest("on a terminal the table is drawn as it grows, and stands at the end", async () => {
  await using lab = await TargetLab.open({ routers: 5 });
  const [target = ""] = lab.addresses("transparent", 4, 1);
  const quoted = (line: readonly string[]) => line.map((word) => `'${word}'`).join(" ");
  const { code, out } = await spider(["trace", "-w", "-n", "-q", "4", "-i", "0.5", target], {
    // script(1) gives it a terminal
    within: (line) => lab.exec(["script", "-qec", quoted(line), "/dev/null"]),
  });
  assertEquals(code, 0);
  // deno-lint-ignore no-control-regex -- what a terminal obeys
  const obeyed = /\x1b\[[?\d]*[A-Za-z]|\r/g;
  const frames = out.split("\x1b[H").map((text) => text.replaceAll(obeyed, ""));
  const sent = frames.map((text) => cells(text).slice(2).map((row) => Number(row[3])));
  assert(sent.some((counts) => counts.length > 0 && counts.every((count) => count < 4)), out);
  assertEquals(sent.at(-1), Array(6).fill(4));
});

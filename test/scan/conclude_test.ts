import { assert, assertEquals } from "@std/assert";
import type { Job } from "../../src/contract/job.ts";
import type { SpiderOf } from "../../src/contract/spider.ts";
import type { PacketSpec, Spider } from "../../src/mod.ts";
import { playSpiderTest } from "../../src/plugin/testing/play_spider.ts";
import type { AnsweredTarget, ArmAnswer } from "../../src/scan/answered_target.ts";
import { askOf } from "../../src/scan/arm_problem.ts";
import { type ConcludedTarget, Concluder, type ConcluderOptions } from "../../src/scan/conclude.ts";
import { templatesOf } from "../../src/scan/templates.ts";
import { random } from "../data/random.ts";
import { canonical, reply } from "./canonical.ts";
import { bundled, type Scanned, scanned, spiderOf } from "./fixture.ts";

const NOW = Date.UTC(2026, 0, 1, 0, 0, 9);
const LOCAL = { 4: "198.51.100.1", 6: "2001:db8::1" } as const;
const REMOTE = { 4: "192.0.2.1", 6: "2001:db8:1::7" } as const;

const ends: ConcluderOptions["ends"] = {
  source: (address) => LOCAL[address.includes(":") ? 6 : 4],
  local: (address, _port, arm) => ({
    address: LOCAL[address.includes(":") ? 6 : 4],
    port: 40_001 + arm,
  }),
};

async function concluder(
  of: Scanned,
  rest: Partial<ConcluderOptions> = {},
): Promise<Concluder> {
  const templates = await templatesOf(of);
  return new Concluder({ ...of, templates, ends, cooldownMs: 8000, ...rest });
}

/** What an arm of a scan sends. */
function sent({ arms, type }: Scanned, config: number, version: 4 | 6, port: number): PacketSpec {
  const arm = arms[config]!;
  const local = ends.local(REMOTE[version], port, config, 0);
  const remote = { address: REMOTE[version], port };
  const packet = type.stateless.packet(local, remote, askOf(arm));
  return arm.forge?.(packet, { dip: remote.address, dp: port }) ?? packet;
}

/** An answer of which only the reply's line is given; null for none. */
function answer(
  of: Scanned,
  config: number,
  line: string | Uint8Array | null,
  version: 4 | 6,
  rest: Partial<ArmAnswer> = {},
): ArmAnswer | null {
  if (line === null) return null;
  const port = of.type.defaultPort;
  const remote = { address: REMOTE[version], port };
  const local = ends.local(remote.address, port, config, 0);
  const packet = typeof line === "string"
    ? reply(`> forged\n${line}`, sent(of, config, version, port), { local, remote })
    : line;
  return canonical(packet, { shape: config + 1, ...rest });
}

function target(of: Scanned, version: 4 | 6, arms: readonly (ArmAnswer | null)[]): AnsweredTarget {
  return { address: REMOTE[version], port: of.type.defaultPort, arms };
}

/** What is concluded of replies, each told by its line. */
async function concluded(
  of: Scanned,
  version: 4 | 6,
  lines: readonly (string | Uint8Array | null)[],
  rest: Partial<ConcluderOptions> = {},
): Promise<ConcludedTarget> {
  const arms = lines.map((line, config) => answer(of, config, line, version));
  const found = await (await concluder(of, rest)).conclude(target(of, version, arms), NOW);
  if ("skipped" in found) throw new Error(found.skipped);
  return found;
}

/** What a measurement concludes of the same packets. */
async function measured(
  { spider, spiderOptions, arms, type }: Scanned,
  version: 4 | 6,
  packets: readonly string[],
  sockets: readonly (string | undefined)[] = [],
): Promise<readonly string[] | null> {
  const test = {
    name: "the same packets",
    job: { dip: REMOTE[version], dp: type.defaultPort },
    connect: type.name,
    arms: Object.fromEntries(arms.map(({ name }, i) => {
      const socket = sockets[i];
      return [name, { packets: packets[i]!, ...(socket === undefined ? {} : { socket }) }];
    })),
  };
  // deno-lint-ignore no-explicit-any -- tests have words for outcomes
  const report = await playSpiderTest(spider as Spider, test as any, spiderOptions, null);
  return report.conditions;
}

const OPTIONS = "mss 1400 sackok ts 7 1 nop ws 9";

Deno.test("over tcpsyn a scan concludes what a measurement does, whatever answers", async () => {
  const replies = [
    `< SA ${OPTIONS}`,
    "< SA evil ttl 40",
    "< SA mss 500 dscp 10 ect0",
    "< RA",
    "< icmp unreachable code 13",
    "< icmp unreachable code 1 from 203.0.113.9",
    `< SA option 30 0011223344 ${"nop ".repeat(9)}option 200`,
    "< SA offset 15",
    "< SA data 00112233",
    null,
  ];
  const versions = [["evilbit", 4], ["tcpopt", 4], ["tcpopt", 6]] as const;
  for (const [name, version] of versions) {
    const of = await bundled(name, name === "tcpopt" ? { option: ["ws"] } : {}, "tcpsyn");
    const concluder_ = await concluder(of);
    // Each beside itself, and beside one that came up, was refused and was not answered
    for (const one of replies) {
      for (const other of new Set([one, replies[0]!, "< RA", null])) {
        const lines = [one, other].map((line) =>
          line?.replace(version === 6 ? "from 203.0.113.9" : "\0", "")
            .replace(version === 6 ? " evil" : "\0", "") ?? null
        );
        const arms = lines.map((line, i) =>
          answer(of, i, line, version, { shape: 1 + i + 2 * replies.indexOf([one, other][i]!) })
        );
        const found = await concluder_.conclude(target(of, version, arms), NOW);
        const packets = lines.map((line) => line === null ? "> forged" : `> forged\n${line}`);
        assertEquals(
          "result" in found ? found.result.conditions : found,
          await measured(of, version, packets),
          `${name}: ${lines.join(" | ")}`,
        );
      }
    }
  }
});

Deno.test("over tcp a scan concludes what a measurement over sockets does", async () => {
  const SYN = "> S mss 1460 sackok ts 1 0 nop ws 7";
  const replies: readonly (readonly [string | null, string, string])[] = [
    [`< SA ${OPTIONS}`, "ok", "\n> ."],
    [`< SA E ${OPTIONS}`.replace("SA E", "SAE"), "ok", "\n> ."],
    ["< SAEC mss 9000 dscp 46", "ok", "\n> ."],
    ["< SA ect0", "ok", "\n> ."],
    ["< RA", "refused", ""],
    ["< icmp unreachable code 3", "refused", ""],
    ["< icmp unreachable code 1", "unreachable", ""],
    [null, "timeout", ""],
  ];
  for (const [name, extra] of [["ecn", "ecn"], ["mss", ""], ["dscp", "dscp 48"]] as const) {
    for (const version of [4, 6] as const) {
      const of = await bundled(name);
      assertEquals(of.type.name, "tcp");
      for (const [line, socket, rest] of replies) {
        const text = version === 6 ? line?.replace("code 3", "code 4") ?? null : line;
        const arms = of.arms.map(() => text);
        const { result } = await concluded(of, version, arms);
        const mss = version === 6 ? "1440" : "1460";
        const packets = of.arms.map((_, i) =>
          `${SYN.replace("1460", mss)} ${name === "mss" || i === 0 ? "" : extra}\n${
            text ?? ""
          }${rest}`
        );
        assertEquals(
          result.conditions,
          await measured(of, version, packets, of.arms.map(() => socket)),
          `${name} over IPv${version}: ${text}`,
        );
      }
    }
  }
});

Deno.test("a probe without an answer times out after the cooldown, and what differs is doubtful", async () => {
  const of = await bundled("ecn");
  const { result, flows, differs } = await concluded(of, 4, ["< SA", null]);
  assertEquals(result, {
    dip: "192.0.2.1",
    dp: 80,
    sip: "198.51.100.1",
    path: ["198.51.100.1", "*", "192.0.2.1"],
    time: { from: "2026-01-01T00:00:00.980Z", to: "2026-01-01T00:00:09.000Z" },
    conditions: ["ecn.connectivity.broken"],
  });
  assertEquals(differs, true);
  const [answered, silent] = flows;
  assertEquals([answered!.spdr_outcome, silent!.spdr_outcome], ["ok", "timeout"]);
  assertEquals(answered!.spdr_stop, "2026-01-01T00:00:01.000Z");
  assertEquals(silent!.spdr_stop, "2026-01-01T00:00:08.980Z");
});

Deno.test("a slow path is no broken one: what is known of the delay decides", async () => {
  const of = await bundled("ecn");
  const concluder_ = await concluder(of);
  const conditions = async (rest: Partial<ArmAnswer>) => {
    const arms = [answer(of, 0, "< SA", 4, rest), null];
    const found = await concluder_.conclude(target(of, 4, arms), NOW);
    return (found as ConcludedTarget).result.conditions;
  };
  assertEquals(await conditions({ after: 100, within: 100 }), ["ecn.connectivity.broken"]);
  assertEquals(await conditions({ after: 5000, within: 5000 }), ["pathspider.not_observed"]);
  assertEquals(await conditions({ after: null, within: 1000 }), ["ecn.connectivity.broken"]);
  assertEquals(await conditions({ after: null, within: 6000 }), ["pathspider.not_observed"]);
});

Deno.test("where the delay is unknown, so is what is measured of it", async () => {
  const of = await scanned(spiderOf({
    chains: ["basic", "tcp", "tcpx", "rtt"],
    conditions: { "x.rtt:N": "round trip" },
    conclude: ([flow]) => [`x.rtt:${flow!.tcpx_rtt_us} ${flow!.rtt_min_us_fwd}`],
  }));
  const concluder_ = await concluder(of);
  const conditions = async (rest: Partial<ArmAnswer>) => {
    const found = await concluder_.conclude(
      target(of, 4, [answer(of, 0, "< SA", 4, rest)]),
      NOW,
    );
    return (found as ConcludedTarget).result.conditions;
  };
  assertEquals(await conditions({ after: 30, within: 30 }), ["x.rtt:30000 30000"]);
  assertEquals(await conditions({ after: 50, within: 50 }), ["x.rtt:50000 50000"]);
  assertEquals(await conditions({ after: null, within: 50 }), ["x.rtt:null null"]);
});

Deno.test("what a spider concludes of answers alone is remembered, and by their octets", async () => {
  let asked = 0;
  const of = await scanned(spiderOf({
    conditions: { "x.window:N": "of the SYN-ACK" },
    conclude([flow]) {
      asked++;
      return [`x.window:${flow!.tcpx_window_rev}`];
    },
  }));
  const concluder_ = await concluder(of);
  const conclude = async (address: string, line: string, rest: Partial<ArmAnswer> = {}) => {
    const arms = [answer(of, 0, line, 4, { shape: 5, ...rest })];
    const found = await concluder_.conclude({ address, port: 80, arms }, NOW);
    return [(found as ConcludedTarget).result.dip, (found as ConcludedTarget).result.conditions];
  };
  assertEquals(await conclude("192.0.2.1", "< SA win 1"), ["192.0.2.1", ["x.window:1"]]);
  assertEquals(await conclude("192.0.2.2", "< SA win 1"), ["192.0.2.2", ["x.window:1"]]);
  assertEquals(asked, 1);
  // The number was given anew
  assertEquals(await conclude("192.0.2.3", "< SA win 2"), ["192.0.2.3", ["x.window:2"]]);
  assertEquals(asked, 2);
});

Deno.test("what a spider concludes of a target itself is asked for each", async () => {
  const reads: readonly SpiderOf<Job>["conclude"][] = [
    ([flow]) => [`x.of:${flow!.dip}`],
    ([flow]) => [`x.of:${Object.values(flow!).includes("192.0.2.1") ? "192.0.2.1" : "192.0.2.2"}`],
    ([flow]) => [`x.of:${JSON.parse(JSON.stringify(flow)).dip}`],
    ([flow]) => [`x.of:${{ ...flow }.dip}`],
  ];
  for (const conclude of reads) {
    const of = await scanned(spiderOf({ conditions: { "x.of:N": "whose" }, conclude }));
    const concluder_ = await concluder(of);
    for (const address of ["192.0.2.1", "192.0.2.2"]) {
      const arms = [answer(of, 0, "< SA", 4, { shape: 5 })];
      const found = await concluder_.conclude({ address, port: 80, arms }, NOW);
      assertEquals((found as ConcludedTarget).result.conditions, [`x.of:${address}`]);
    }
  }
});

Deno.test("a spider's merge and a chain in JavaScript see each target", async () => {
  const of = await scanned(spiderOf({
    chains: ["basic", {
      name: "own",
      fields: { own_ttl: { type: "integer", summary: "of the answer", initial: 0 } },
      ip4(rec: { own_ttl: number }, ip: { ttl: number; source: string }, rev: boolean) {
        if (rev) rec.own_ttl = ip.ttl + Number(ip.source.split(".")[3]);
      },
    } as never],
    conditions: { "x.of:N": "whose" },
    merge: (flow, { remote }) => ({ own_added: `${remote.address} ${flow?.proto}` }),
    conclude: ([flow]) => {
      const { own_ttl, own_added } = flow as unknown as Record<string, unknown>;
      return [`x.of:${own_ttl} ${own_added}`];
    },
  }));
  const concluder_ = await concluder(of);
  for (const [address, ttl] of [["192.0.2.1", 65], ["192.0.2.2", 66]] as const) {
    const arms = [answer(of, 0, "< SA", 4, { shape: 5 })];
    const found = await concluder_.conclude({ address, port: 80, arms }, NOW);
    assertEquals((found as ConcludedTarget).result.conditions, [`x.of:${ttl} ${address} 6`]);
  }
});

Deno.test("a spider that answers later is waited for", async () => {
  const of = await scanned(spiderOf({
    conclude: (async ([flow]: { dip: string }[]) => {
      await Promise.resolve();
      return structuredClone([flow]).length === 1 ? ["x.works"] : [];
    }) as never,
    skip: (async ({ dip }: Job) => {
      await Promise.resolve();
      return dip === "192.0.2.9" ? "not this one" : null;
    }) as never,
  }));
  const { result } = await concluded(of, 4, ["< SA"]);
  assertEquals(result.conditions, ["x.works"]);
  const found = await (await concluder(of)).conclude(
    { address: "192.0.2.9", port: 80, arms: [null] },
    NOW,
  );
  assertEquals(found, { skipped: "not this one" });
});

Deno.test("with --output-flows a line has what a measurement has", async () => {
  const of = await bundled("evilbit");
  const { result } = await concluded(of, 4, ["< SA", "< RA"], { outputFlows: true });
  assertEquals(result.evidence, {
    no_evil: { flows: 1, up: 1 },
    evil: { flows: 1, up: 0, p: 0.5 },
  });
  assertEquals(result.missed_flows, 0);
  const [plain, evil] = result.flow_results!;
  assertEquals(
    [plain!.sp, plain!.dp, plain!.spdr_outcome, evil!.spdr_errno, evil!.pkt_rev],
    [40_001, 80, "ok", "ECONNREFUSED", 1],
  );
});

/** A DNS answer over UDP to what the arms ask, with some octets of answers. */
function dns(records: number, flags = 0x8180): string {
  const hex = (value: number) => value.toString(16).padStart(4, "0");
  const record = "c00c00010001000000780004" + "c0000201";
  return hex(0) + hex(flags) + hex(1) + hex(records) + hex(0) + hex(0) +
    "076578616d706c6503636f6d0000010001" + record.repeat(records);
}

Deno.test("over UDP a scan concludes what a measurement does", async () => {
  const replies: readonly (readonly [string | null, string])[] = [
    [`< udp data ${dns(1)}`, "ok"],
    [`< udp data ${dns(12)}`, "ok"],
    [`< udp data ${dns(0, 0x8183)} sum 0`, "ok"],
    ["< icmp unreachable code 3", "refused"],
    ["< icmp unreachable code 13", "unreachable"],
    ["< icmp unreachable code 1", "timeout"],
    [null, "timeout"],
  ];
  const of = await bundled("udpzero");
  assertEquals(of.type.name, "dnsudp");
  for (const version of [4, 6] as const) {
    for (const [one, socket] of replies) {
      for (const [other, second] of replies) {
        const six = (line: string | null) =>
          version === 4 ? line : line?.replace("code 13", "code 1\0").replace("code 3", "code 4")
            .replace(/code 1$/, "code 3").replace("\0", "") ?? null;
        const lines = [six(one), six(other)];
        const { result } = await concluded(of, version, lines);
        const packets = lines.map((line, i) => {
          const asked = `> udp data ${dns(0, 0x0100)} ${i === 0 ? "" : "sum 0"}`;
          return line === null ? asked : `${asked}\n${line}`;
        });
        assertEquals(
          result.conditions,
          await measured(of, version, packets, [socket, second]),
          `IPv${version}: ${lines.join(" | ")}`,
        );
      }
    }
  }
});

Deno.test("of a DNS answer its records are not known, and who looks at them has no verdict", async () => {
  const of = await scanned(spiderOf({
    connect: ["dnsudp"],
    chains: ["basic", "udp"],
    conditions: { "x.N:M": "what the answer says" },
    conclude: ([flow], _, { look }) => {
      const fields = flow as unknown as Record<string, unknown>;
      const answers = () => (fields.dns_answers as unknown[]).length;
      return [`x.${fields.dns_rcode}:${look === "answers" ? answers() : fields.dns_complete}`];
    },
    options: { look: { type: "string", summary: "at what" } },
  }));
  const conditions = async (records: number, look: string) => {
    const { result } = await concluded({ ...of, spiderOptions: { look } }, 4, [
      `< udp data ${dns(records)}`,
    ]);
    return result.conditions;
  };
  assertEquals(await conditions(0, "answers"), ["x.NOERROR:0"]);
  assertEquals(await conditions(1, "answers"), ["pathspider.not_observed"]);
  assertEquals(await conditions(12, "flags"), ["x.NOERROR:true"]);
  assertEquals(await conditions(12, "answers"), ["pathspider.not_observed"]);
});

Deno.test("a line over UDP and an echo request are up when they are answered", async () => {
  const line = "737069646572203031323334353637383961626364650d0a";
  const udp = await bundled("udpzero", {}, "udp");
  const { result, flows } = await concluded(udp, 4, [`< udp data ${line}`, null]);
  assertEquals(result.conditions, ["udpzero.connectivity.broken"]);
  const lengths = flows.map((flow) => (flow as { udp_answer_length?: unknown }).udp_answer_length);
  assertEquals(lengths, [24, null]);
  for (const version of [4, 6] as const) {
    const icmp = await bundled("dscp", {}, "icmp");
    const works = await concluded(
      icmp,
      version,
      [
        "< icmp reply rest 0 data 0011223344556677",
        "< icmp reply rest 0 data 0011223344556677 dscp 48",
      ].map((text) => echoReply(icmp, text, version)),
    );
    assertEquals(works.result.conditions, [
      "dscp.48.connectivity.works",
      "dscp.0.replymark:0",
      "dscp.48.replymark:48",
    ]);
    const refused = await concluded(icmp, version, ["< icmp prohibited", "< icmp prohibited"]);
    assertEquals(refused.result.conditions[0], "dscp.48.connectivity.offline");
  }
});

/** A reply whose identifier is that of the request. */
function echoReply(of: Scanned, line: string, version: 4 | 6): Uint8Array {
  const local = ends.local(REMOTE[version], 0, 0, 0);
  const remote = { address: REMOTE[version], port: 0 };
  return reply(`> forged\n${line}`, sent(of, 0, version, 0), { local, remote });
}

Deno.test("what chance may have caused is to be measured, and what is alike is not", async () => {
  const of = await bundled("ecn");
  const concluder_ = await concluder(of);
  const lines: readonly (readonly [string | null, string | null, boolean])[] = [
    ["< SA", "< SAE", false],
    ["< SA", null, true],
    [null, "< SA", true],
    ["< SA", "< RA", true],
    ["< RA", "< RA", true],
  ];
  for (const [one, other, wanted] of lines) {
    const found = await concluded(of, 4, [one, other]);
    assertEquals(concluder_.confirmable(found), wanted, `${one} | ${other}`);
  }
  // The names say nothing of it, and yet the arms differ
  const bare = await scanned(spiderOf({ arms: [{ name: "a" }, { name: "b" }] }));
  const differing = await concluded(bare, 4, ["< SA", null]);
  assertEquals((await concluder(bare)).confirmable(differing), true);
  assertEquals(
    (await concluder(bare)).confirmable(await concluded(bare, 4, ["< SA", "< SA"])),
    false,
  );
});

Deno.test("an answer that the dissector cannot read is not observed, with the arm's name", async () => {
  const of = await bundled("udpzero");
  const arms = [
    answer(of, 0, `< udp data ${dns(1)}`, 4),
    // IPv4 whose header goes beyond what was kept
    { ...answer(of, 1, `< udp data ${dns(1)}`, 4)!, octets: Uint8Array.of(0x4f, 0, 0, 60, 0, 0) },
  ];
  const found = await (await concluder(of)).conclude(target(of, 4, arms), NOW) as ConcludedTarget;
  assertEquals(found.result.conditions[0], "pathspider.not_observed");
});

Deno.test("no octets make a conclusion fail, or take long", async () => {
  const next = random(7);
  for (const [name, connect] of [["ecn"], ["udpzero"], ["dscp", "icmp"]] as const) {
    const of = await bundled(name, {}, connect);
    const concluder_ = await concluder(of);
    const good = [
      answer(of, 0, connect === "icmp" ? "< icmp prohibited" : "< icmp unreachable", 4)!,
      answer(of, 1, "< icmp unreachable", 6)!,
    ];
    for (let i = 0; i < 500; i++) {
      const version = i % 2 === 0 ? 4 as const : 6 as const;
      const octets = good[i % 2]!.octets.slice(0, next(2) === 0 ? undefined : next(129));
      for (let flips = next(6); flips > 0 && octets.length > 0; flips--) {
        octets[next(octets.length)] = next(256);
      }
      const arms = of.arms.map(() => ({ ...good[i % 2]!, octets, shape: i }));
      const found = await concluder_.conclude(target(of, version, arms), NOW);
      assert("result" in found && found.result.conditions.length > 0);
    }
  }
});

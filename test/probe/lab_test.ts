import { assert, assertEquals } from "@std/assert";
import { linkAddress, TargetLab } from "../lab/target_lab.ts";
import { runWithin } from "../../src/lab/topology/build.ts";
import { atlasTraceroute } from "../../src/probe/atlas.ts";
import { MtrPacket } from "../../src/probe/mtr_packet.ts";
import type { ProbeOptions } from "../../src/probe/probe_options.ts";
import type { ProbeResult } from "../../src/probe/probe_result.ts";
import { Trace, type TraceOptions } from "../../src/probe/trace.ts";
import { rootTest } from "../lab/root.ts";
import { addSecondWay, WAYS } from "./two_ways.ts";
import { forgedAnswers } from "./forged_answers.ts";

const ROUTERS = 5;

/** Runs a test with the real mtr-packet in the client of a lab of five routers. */
function labTest(name: string, test: (lab: TargetLab, mtr: MtrPacket) => Promise<void>): void {
  rootTest(name, async () => {
    await using lab = await TargetLab.open({ routers: ROUTERS, boxes: ["drop", "prohibit"] });
    await using mtr = await MtrPacket.open({ executable: lab.exec(["mtr-packet"]) });
    await test(lab, mtr);
  });
}

/** The address that each hop answers with to the client, the target last. */
function path(target: string): string[] {
  const family = target.includes(":") ? 6 : 4;
  const routers = Array.from({ length: ROUTERS }, (_, link) => linkAddress(family, link, 2));
  return [...routers, target];
}

function words({ result, responder }: ProbeResult): string {
  return responder === null ? result : `${result} ${responder}`;
}

async function trace(
  mtr: MtrPacket,
  target: string,
  probe: ProbeOptions = {},
  options: Partial<TraceOptions> = {},
): Promise<Trace> {
  const to = { text: target, version: target.includes(":") ? 6 : 4 } as const;
  const found = new Trace(mtr, to, {
    maxTtl: 10,
    queries: 2,
    intervalMs: 1,
    probe: { timeout: 2, ...probe },
    keep: true,
    signal: new AbortController().signal,
    ...options,
  });
  await found.run();
  return found;
}

/** Who answered at each hop; `*` where nobody did. */
function responders({ hops }: Trace): string[] {
  return hops.map((hop) => hop.responders.map(({ address }) => address).join(" ") || "*");
}

labTest("the real mtr-packet tells what became of probes", async (lab, mtr) => {
  assertEquals(await mtr.checkSupport("udp"), true);
  assertEquals(await mtr.checkSupport("no-such-feature"), false);
  assert(/^\d+\.\d+/.test(await mtr.version()));
  const [four = ""] = lab.addresses("transparent", 4, 1);
  const [six = ""] = lab.addresses("transparent", 6, 1);
  const [silent = ""] = lab.addresses("drop", 4, 1);
  const [barred = ""] = lab.addresses("prohibit", 4, 1);
  const cases: [string, ProbeOptions, string][] = [
    [four, {}, `reply ${four}`],
    [six, {}, `reply ${six}`],
    [four, { ttl: 3 }, "ttl-expired 100.64.0.18"],
    [six, { ttl: 3 }, "ttl-expired fd53:7069:6465:ff:2::2"],
    [four, { protocol: "udp", ttl: 2 }, "ttl-expired 100.64.0.10"],
    [four, { protocol: "udp", port: 9, localPort: 4000 }, `reply ${four}`],
    [six, { protocol: "udp", ttl: 2 }, "ttl-expired fd53:7069:6465:ff:1::2"],
    [four, { protocol: "tcp", port: 80 }, `reply ${four}`],
    [four, { protocol: "tcp", port: 9 }, `reply ${four}`],
    [six, { protocol: "tcp", port: 80, ttl: 5 }, "ttl-expired fd53:7069:6465:ff:4::2"],
    [four, { tos: 184, size: 1000, bitPattern: 85, mark: 7 }, `reply ${four}`],
    [four, { localIp: "100.64.0.1" }, `reply ${four}`],
    [silent, { timeout: 1 }, "no-reply"],
    [barred, {}, "no-route 100.64.0.34"],
    [four, { size: 5000 }, "unexpected-error"],
    [four, { size: 60_000 }, "invalid-argument"],
  ];
  const results = await Promise.all(cases.map(([to, options]) => mtr.probe(to, options)));
  assertEquals(results.map(words), cases.map(([, , expected]) => expected));
  assertEquals(results[14]?.reason, "EMSGSIZE");
});

labTest("a mark in the header is what is asked for", async (lab, mtr) => {
  const [first = ""] = lab.routers;
  const [target = ""] = lab.addresses("transparent", 4, 1);
  runWithin(
    first,
    ["nft", "-f", "-"],
    `table ip marks {
  chain seen {
    type filter hook prerouting priority raw
    ip daddr ${target} ip dscp 46 ip ecn 1 counter
  }
}
`,
  );
  await mtr.probe(target, { tos: 46 << 2 | 1 });
  await mtr.probe(target, { tos: 0 });
  const listed = runWithin(first, ["nft", "list", "table", "ip", "marks"]);
  assertEquals(/counter packets (\d+)/.exec(listed)?.[1], "1");
});

labTest("ten thousand probes at once are all answered", async (lab, mtr) => {
  const targets = lab.addresses("transparent", 4, 10_000);
  const results = await Promise.all(targets.map((target) => mtr.probe(target, { timeout: 5 })));
  const wrong = results.filter(({ success, responder }, at) =>
    !success || responder !== targets[at]
  );
  assertEquals(wrong, []);
});

labTest("twice as many as it can wait for are all told lost", async (lab, mtr) => {
  const [target = ""] = lab.addresses("drop", 4, 1);
  const probes = Array.from({ length: 2000 }, () => mtr.probe(target, { timeout: 1 }));
  assertEquals(new Set((await Promise.all(probes)).map(words)), new Set(["no-reply"]));
});

labTest("a thousand TCP probes to a silent target harm nobody", async (lab, mtr) => {
  const [target = ""] = lab.addresses("drop", 4, 1);
  const probe = () => mtr.probe(target, { protocol: "tcp", port: 80, timeout: 1 });
  const results = await Promise.all(Array.from({ length: 1000 }, probe));
  assertEquals(new Set(results.map(words)), new Set(["no-reply"]));
  const [live = ""] = lab.addresses("transparent", 4, 1);
  assertEquals(words(await mtr.probe(live)), `reply ${live}`);
});

labTest("paths are traced hop by hop, by every protocol, in both families", async (lab, mtr) => {
  for (const family of [4, 6] as const) {
    const [target = ""] = lab.addresses("transparent", family, 1);
    for (const protocol of ["icmp", "tcp"] as const) {
      const found = await trace(mtr, target, { protocol });
      assertEquals(responders(found), path(target), `${protocol} over IPv${family}`);
      assert(found.reached && found.ended !== null && found.refused === null);
      assertEquals(found.hops.map(({ times }) => times.received), Array(6).fill(2));
    }
    // The kernel answers for a closed port from the address that it would send from
    const ports = family === 4 ? { port: 32_768 } : {};
    const found = await trace(mtr, target, { protocol: "udp", localPort: 20_000, ...ports });
    assertEquals(responders(found).slice(0, ROUTERS), path(target).slice(0, ROUTERS));
    assert(found.reached);
    assertEquals(found.hops.length, 6);
  }
});

labTest("silent routers are hops without an answer, and the path goes on", async (lab, mtr) => {
  lab.silence(2);
  lab.silence(4);
  for (const family of [4, 6] as const) {
    const [target = ""] = lab.addresses("transparent", family, 1);
    const expected = path(target).map((address, at) => at === 1 || at === 3 ? "*" : address);
    const found = await trace(mtr, target, { timeout: 1 });
    assertEquals(responders(found), expected);
    assertEquals(found.hops.map(({ times }) => times.loss), [0, 100, 0, 100, 0, 0]);
  }
});

labTest("a path ends where a router says that there is no way", async (lab, mtr) => {
  for (const family of [4, 6] as const) {
    const [target = ""] = lab.addresses("prohibit", family, 1);
    const found = await trace(mtr, target);
    assertEquals(found.hops.length, 6);
    const [, , , , fifth, sixth] = found.hops.map((hop) => hop.responders[0]!);
    assertEquals(fifth?.last.result, "ttl-expired");
    assertEquals([sixth?.last.result, sixth?.address], ["no-route", fifth?.address]);
    assertEquals(found.reached, false);
  }
});

labTest(
  "a silent target is traced to the greatest TTL and not called reached",
  async (lab, mtr) => {
    const [target = ""] = lab.addresses("drop", 4, 1);
    const found = await trace(mtr, target, { timeout: 1 }, { maxTtl: 8 });
    assertEquals(responders(found), [...path(target).slice(0, ROUTERS), "*", "*", "*"]);
    assertEquals(found.reached, false);
  },
);

labTest("what this host cannot send is no loss on the path", async (lab, mtr) => {
  const [target = ""] = lab.addresses("transparent", 4, 1);
  const found = await trace(mtr, target, { size: 5000 });
  assertEquals([found.refused?.result, found.refused?.reason], ["unexpected-error", "EMSGSIZE"]);
  assertEquals(found.hops, []);
  // Nor what there is no route for, which mtr-packet calls an invalid argument
  runWithin(lab.client, ["ip", "-6", "route", "delete", "default"]);
  const [six = ""] = lab.addresses("transparent", 6, 1);
  const nowhere = await trace(mtr, six);
  assertEquals([nowhere.refused?.result, nowhere.hops], ["invalid-argument", []]);
  assertEquals(words(await mtr.probe(six, { protocol: "tcp" })), "invalid-argument");
});

labTest("a signal ends a trace, and what it knew by then stands", async (lab, mtr) => {
  const [target = ""] = lab.addresses("drop", 4, 1);
  const stop = new AbortController();
  const to = { text: target, version: 4 } as const;
  const found = new Trace(mtr, to, {
    maxTtl: 8,
    queries: Infinity,
    intervalMs: 10,
    probe: { timeout: 60 },
    keep: false,
    signal: stop.signal,
  });
  const ended = found.run();
  while (found.hops.length < ROUTERS) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  await ended;
  assertEquals(responders(found).slice(0, ROUTERS), path(target).slice(0, ROUTERS));
  assertEquals(found.hops.map(({ times }) => times.loss), Array(ROUTERS).fill(0));
});

labTest("two paths of a load balancer are told apart by the source port", async (lab, mtr) => {
  addSecondWay(lab);
  const [target = ""] = lab.addresses("transparent", 4, 1);
  const seconds = new Set<string>();
  for (let port = 20_000; port < 20_032; port++) {
    const found = await trace(mtr, target, { protocol: "udp", port: 32_768, localPort: port }, {
      maxTtl: 3,
      queries: 5,
    });
    const at = responders(found)[1]!;
    assert(WAYS.some((way) => way === at), `path ${port} is one path: ${at}`);
    seconds.add(at);
  }
  assertEquals(seconds.size, 2);
});

labTest(
  "forged, broken and foreign answers are data, and labels are reported",
  async (lab, mtr) => {
    await using _ = await forgedAnswers(lab);
    const target = (last: number) => `10.20.200.${last}`;
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, at) => mtr.probe(target(at + 1), { timeout: 1, size: 200 })),
    );
    assertEquals(results.map(words), [
      `ttl-expired ${target(1)}`,
      `ttl-expired ${target(2)}`, // a quotation of 8 octets
      "no-reply", // of a packet that was never sent
      "reply 10.20.9.99", // from another address
      `no-route ${target(5)}`,
      "no-reply", // no quotation at all
      `ttl-expired ${target(7)}`, // a broken extension
      `reply ${target(8)}`, // after lies of others
    ]);
    assertEquals(results[0]?.mpls, [
      { label: 16, trafficClass: 0, bottomOfStack: true, ttl: 64 },
      { label: 1048575, trafficClass: 0, bottomOfStack: true, ttl: 255 },
    ]);
    assertEquals(results.slice(1).map(({ mpls }) => mpls.length), Array(7).fill(0));
    const found = await trace(mtr, target(1), { size: 200, timeout: 1 }, { maxTtl: 6, queries: 1 });
    const facts = { name: "x", protocol: "icmp", source: null, size: 200, asn: undefined } as const;
    const { result } = atlasTraceroute(found, 1, facts) as {
      result: { result: { icmpext?: unknown }[] }[];
    };
    assertEquals(result[5]?.result[0]?.icmpext, {
      version: 2,
      obj: [{
        class: 1,
        type: 1,
        mpls: [
          { label: 16, exp: 0, s: 1, ttl: 64 },
          { label: 1048575, exp: 0, s: 1, ttl: 255 },
        ],
      }],
    });
  },
);

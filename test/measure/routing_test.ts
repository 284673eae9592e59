import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TargetLab } from "../lab/target_lab.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { ECN_TRUTH } from "../lab/ecn_truth.ts";
import { rootTest } from "../lab/root.ts";
import {
  addTunnel,
  clientIp,
  FAMILY_WORD,
  routeAsTailscale,
  routeAsWgQuick,
  TUNNEL_ENDS,
} from "../lab/tunnel.ts";
import { outcome, type ProgramRun, results, start } from "../spider.ts";
import { until } from "../until.ts";

const BOXES = ["ecn-drop-syn"] as const;
const KINDS = ["transparent", ...BOXES] as const;
const FAMILIES = [4, 6] as const;

/** Rules and routes of the client, to compare before and after. */
function state(lab: TargetLab): string {
  return ["-4 rule", "-6 rule", "-4 route show table all", "-6 route show table all"]
    .map((words) => clientIp(lab, words)).join("\n");
}

/** Targets with the conditions that are true of them. */
function targets(
  lab: TargetLab,
  families: readonly (4 | 6)[] = FAMILIES,
): Map<string, readonly string[]> {
  return new Map(
    families.flatMap((family) =>
      KINDS.flatMap((kind) =>
        lab.addresses(kind, family, 3).map((address) => [address, ECN_TRUTH[kind].tcp] as const)
      )
    ),
  );
}

/** Measures ECN to the targets, and checks that each has its truth and was sent to from there. */
async function assertTrue(
  lab: TargetLab,
  families: readonly (4 | 6)[],
  sources: readonly string[],
) {
  const truth = targets(lab, families);
  const input = [...truth.keys()].join("\n");
  const ended = await lab.spider(["measure", "ecn"], { input });
  assertEquals(ended.code, 0, ended.err);
  const found = results(ended.out);
  assertEquals(found.length, truth.size, ended.err);
  for (const { dip, conditions } of found) {
    assertEquals([dip, [...conditions].sort()], [dip, [...truth.get(String(dip))!].sort()]);
  }
  assertEquals([...new Set(found.map(({ sip }) => sip))].sort(), [...sources].sort());
}

const TUNNELLED = [TUNNEL_ENDS[4].client, TUNNEL_ENDS[6].client];

for (
  const [name, route] of [["wg-quick", routeAsWgQuick], ["Tailscale", routeAsTailscale]] as const
) {
  rootTest(`with ${name}'s rules measure, locate and trace all go through the tunnel`, async () => {
    using _state = new StateDirectory();
    await using lab = await TargetLab.open({ boxes: BOXES });
    addTunnel(lab);
    route(lab);
    const before = state(lab);
    await assertTrue(lab, FAMILIES, TUNNELLED);
    for (const family of FAMILIES) {
      const [target] = lab.addresses("transparent", family, 1);
      const line = ["locate", "--feature", "dscp:46", "--json", target!];
      const located = await lab.spider(line);
      assertEquals(located.code, 0, located.err);
      const [first] = JSON.parse(located.out).hops;
      assertStringIncludes(JSON.stringify(first), TUNNEL_ENDS[family].router);
      const traced = await lab.spider(["trace", "--numeric", target!]);
      assertStringIncludes(traced.out, TUNNEL_ENDS[family].router, traced.err);
    }
    const doctor = await lab.spider(["doctor", "--json"]);
    assertEquals(doctor.code, 0, doctor.out);
    assertMatch(doctor.out, /IPv4 through tun0 by table (51820|52); IPv6 through tun0/);
    assertEquals(state(lab), before);
  });
}

rootTest("a rule for the host's own address hides the ECN route no longer", async () => {
  await using lab = await TargetLab.open({ boxes: BOXES });
  const { 4: via4, 6: via6 } = { 4: "100.64.0.2", 6: "fd53:7069:6465:ff::2" };
  for (
    const [family, own, via] of [[4, "100.64.0.1", via4], [
      6,
      "fd53:7069:6465:ff::1",
      via6,
    ]] as const
  ) {
    clientIp(lab, `${FAMILY_WORD[family]}rule add from ${own} lookup 100`);
    clientIp(lab, `${FAMILY_WORD[family]}route add default via ${via} table 100`);
  }
  const before = state(lab);
  await assertTrue(lab, FAMILIES, ["100.64.0.1", "fd53:7069:6465:ff::1"]);
  assertEquals(state(lab), before);
});

rootTest(
  "a rule for a source decides where packets leave, of sockets and forged alike",
  async () => {
    await using lab = await TargetLab.open({ boxes: BOXES });
    addTunnel(lab);
    // By the main table all would leave through the tunnel, with the other interface's address
    clientIp(lab, "route replace default via 10.30.0.2 src 100.64.0.1");
    clientIp(lab, "rule add from 100.64.0.1 lookup 100");
    clientIp(lab, "route add default via 100.64.0.2 table 100");
    await assertTrue(lab, [4], ["100.64.0.1"]);
    const input = lab.addresses("transparent", 4, 3).join("\n");
    const forged = await lab.spider(["measure", "evilbit"], { input });
    assertEquals(forged.code, 0, forged.err);
    for (const { conditions } of results(forged.out)) {
      assertEquals(
        conditions.includes("evilbit.connectivity.works"),
        true,
        forged.out + forged.err,
      );
    }
  },
);

rootTest("--source chooses the way that the rules have for it", async () => {
  await using lab = await TargetLab.open();
  addTunnel(lab);
  clientIp(lab, "rule add from 10.30.0.1 lookup 100");
  clientIp(lab, "route add default via 10.30.0.2 table 100");
  const input = lab.addresses("transparent", 4, 3).join("\n");
  const ended = await lab.spider(["measure", "ecn", "--source", "10.30.0.1"], { input });
  assertEquals(ended.code, 0, ended.err);
  for (const { sip, conditions } of results(ended.out)) {
    assertEquals(sip, "10.30.0.1");
    assertEquals(conditions.includes("ecn.connectivity.works"), true, ended.err);
  }
});

/** A run that ended with one sentence, and none of its results is a verdict. */
function assertRefused({ code, out, err }: ProgramRun, sentence: RegExp): void {
  assertEquals(code, 1, out + err);
  assertMatch(err, sentence);
  assertEquals(results(out), []);
}

rootTest(
  "a rule that nothing can come before is named, by a run, doctor and --calibrate",
  async () => {
    await using lab = await TargetLab.open();
    for (const family of FAMILIES) {
      const own = family === 4 ? "100.64.0.1" : "fd53:7069:6465:ff::1";
      clientIp(lab, `${FAMILY_WORD[family]}rule add from ${own} lookup 100 priority 0`);
    }
    const before = state(lab);
    const input = lab.addresses("transparent", 4, 3).join("\n");
    const sentence = /rule `0: from 100\.64\.0\.1 lookup 100` comes before any/;
    assertRefused(await lab.spider(["measure", "ecn"], { input }), sentence);
    assertRefused(await lab.spider(["measure", "ecn", "--calibrate"], { input }), sentence);
    const doctor = await lab.spider(["doctor"]);
    assertEquals(doctor.code, 1);
    assertMatch(doctor.out.replaceAll(/\s+/g, " "), sentence);
    assertEquals(state(lab), before);
  },
);

rootTest("a rule for all packets but some cannot be copied, and is named", async () => {
  await using lab = await TargetLab.open();
  clientIp(lab, "rule add not to 10.99.0.0/16 lookup 100");
  const input = lab.addresses("transparent", 4, 3).join("\n");
  assertRefused(
    await lab.spider(["measure", "ecn"], { input }),
    /rule `32765: not from all to 10\.99\.0\.0\/16 lookup 100` would hide/,
  );
});

rootTest("a host whose rules send nothing is told so", async () => {
  await using lab = await TargetLab.open();
  for (const family of FAMILIES) {
    clientIp(lab, `${FAMILY_WORD[family]}rule add unreachable priority 100`);
  }
  const input = lab.addresses("transparent", 4, 3).join("\n");
  const sentence = /there is no default route.*a rule says `unreachable`/;
  assertRefused(await lab.spider(["measure", "ecn"], { input }), sentence);
  assertRefused(await lab.spider(["measure", "ecn", "--calibrate"], { input }), sentence);
  const doctor = await lab.spider(["doctor"]);
  assertEquals(doctor.code, 1);
  assertMatch(doctor.out.replaceAll(/\s+/g, " "), sentence);
});

rootTest(
  "a rule that comes during the run ends it by name, and one for other packets does not",
  async () => {
    await using lab = await TargetLab.open({ boxes: ["ecn-drop-syn"] });
    const child = start(["measure", "ecn"], { within: (line) => lab.exec(line) });
    const writer = child.stdin.getWriter();
    const ended = outcome(child);
    await writer.write(new TextEncoder().encode(lab.addresses("transparent", 4, 1) + "\n"));
    await until("it measures", () => clientIp(lab, "rule").includes("fwmark"));
    clientIp(lab, "rule add fwmark 0x80000/0xff0000 lookup 52");
    await writer.write(new TextEncoder().encode(lab.addresses("ecn-drop-syn", 4, 1) + "\n"));
    clientIp(lab, "rule add to 10.20.0.0/16 lookup 100");
    const { code, err } = await ended;
    assertEquals(code, 1);
    assertMatch(
      err,
      /rules changed during the run \(`32763: from all to 10\.20\.0\.0\/16 lookup 100`\)/,
    );
    await writer.abort().catch(() => {}); // its reader is gone
    assertEquals(clientIp(lab, "rule").includes("proto 83"), false);
  },
);

rootTest(
  "an outgoing interface that changes during the run ends it, where none was asked for by name",
  async () => {
    await using lab = await TargetLab.open({ boxes: ["drop"] });
    addTunnel(lab);
    const child = start(["measure", "dscp"], { within: (line) => lab.exec(line) });
    const writer = child.stdin.getWriter();
    const ended = outcome(child);
    await writer.write(new TextEncoder().encode(lab.addresses("drop", 4, 1) + "\n"));
    await until("it measures", () => connecting(lab));
    clientIp(lab, "route replace default via 10.30.0.2");
    const { code, err } = await ended;
    assertEquals(code, 1);
    assertMatch(err, /outgoing interface changed from eth0 to tun0/);
    await writer.abort().catch(() => {}); // its reader is gone
  },
);

/** Whether a connection waits for its answer. */
function connecting(lab: TargetLab): boolean {
  return / 02 /.test(lab.inside(() => Deno.readTextFileSync("/proc/thread-self/net/tcp")));
}

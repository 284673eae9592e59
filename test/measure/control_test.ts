import { assert, assertEquals } from "@std/assert";
import { tcp } from "../../src/connect/types/tcp.ts";
import { Reactor } from "../../src/host/reactor.ts";
import { Control } from "../../src/measure/control.ts";
import { NEAR, TargetLab } from "../lab/target_lab.ts";
import { runWithin } from "../../src/lab/topology/build.ts";
import { readManifest } from "../../src/result/run_manifest.ts";
import { Folder } from "../data/temporary.ts";
import { proxyOn } from "../lab/proxy.ts";
import { rootTest } from "../lab/root.ts";
import { results } from "../spider.ts";

Deno.test("where no control was sent nothing is listened to", async () => {
  using reactor = new Reactor();
  using control = new Control(reactor, {
    type: tcp,
    interface: null,
    defaultPort: 80,
    timeoutMs: 1000,
    warn: () => {},
  });
  const aborted = new AbortController();
  // As in a program that has just begun
  const { now } = performance;
  performance.now = () => 0;
  const listened = control.listened(aborted.signal).then(() => aborted.signal.aborted);
  performance.now = now;
  setTimeout(() => aborted.abort());
  assertEquals(await listened, false);
});

/** Measures targets; returns the output, the results, and the manifest's entry. */
async function measure(lab: TargetLab, args: readonly string[], targets: readonly string[]) {
  using folder = new Folder();
  const path = folder.at("results");
  const { code, err } = await lab.spider(["measure", ...args, "--output", path], {
    input: targets.join("\n"),
  });
  assertEquals(code, 0, err);
  const manifest = readManifest(`${path}.manifest.json`)!;
  return { err, manifest, found: results(folder.text("results")) };
}

/** Lets the first router count what goes to addresses for documentation, over IPv4. */
function counting(lab: TargetLab): () => number {
  const [router = ""] = lab.routers;
  runWithin(
    router,
    ["nft", "-f", "-"],
    `table ip control {
  counter sent { }
  chain seen {
    type filter hook prerouting priority raw
    iifname "${NEAR}" ip daddr { 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 } counter name sent
  }
}
`,
  );
  return () => {
    const { nftables } = JSON.parse(
      runWithin(router, ["nft", "-j", "list", "counter", "ip", "control", "sent"]),
    );
    return nftables.find(({ counter }: { counter?: unknown }) => counter)!.counter.packets;
  };
}

rootTest("where nothing answers for everyone, controls are silent and cost no time", async () => {
  await using lab = await TargetLab.open();
  const sent = counting(lab);
  const targets = [4, 6].flatMap((family) => lab.addresses("transparent", family as 4 | 6, 3));
  const { err, manifest, found } = await measure(lab, ["mss", "-v", "--timeout", "90"], targets);
  assertEquals(found.length, targets.length);
  assert(!err.includes("warning"), err);
  assertEquals(manifest.controls, { sent: 2, answered: 0, refused: 0 });
  assertEquals(manifest.intercepted, false);
  assertEquals(sent(), 1);
  const took = Date.parse(manifest.ended) - Date.parse(manifest.started);
  assert(took < 60_000, `${took} ms, and a SYN would be sent for 90,000`);
});

rootTest(
  "a proxy that answers for everyone is reported, and --no-control sends nothing",
  async () => {
    await using lab = await TargetLab.open({ boxes: ["drop"] });
    await using _proxy = await proxyOn(lab, 1, "tcp dport 80");
    const sent = counting(lab);
    const absent = [4, 6].flatMap((family) => lab.addresses("drop", family as 4 | 6, 1));
    const { err, manifest, found } = await measure(lab, ["mss"], absent);
    // What no sensor can tell from a target that works
    for (const { conditions } of found) assert(conditions.includes("mss.connectivity.online"));
    // At once, and in the summary, where it stays in sight
    const warnings = err.match(
      /warning: \S+ port 80 answers, an address that no host can have \(RFC \d+\)/g,
    ) ?? [];
    assertEquals([warnings.length, new Set(warnings).size], [2, 1], err);
    assertEquals([manifest.intercepted, manifest.controls?.answered], [true, 2]);

    const before = sent();
    const without = await measure(lab, ["mss", "--no-control"], absent);
    assertEquals(sent(), before);
    assert(!without.err.includes("no host can have"), without.err);
    assertEquals([without.manifest.intercepted, without.manifest.controls], [undefined, undefined]);
  },
);

rootTest(
  "a proxy on another port is no matter, and one that refuses makes nothing work",
  async () => {
    await using lab = await TargetLab.open();
    const [target = ""] = lab.addresses("transparent", 4, 1);
    {
      await using _proxy = await proxyOn(lab, 1, "tcp dport 443");
      const plain = await measure(lab, ["mss"], [target]);
      assertEquals([plain.manifest.intercepted, plain.err.includes("warning")], [false, false]);
      const tls = await measure(lab, ["ecn", "--connect", "https"], [target]);
      assertEquals(tls.manifest.intercepted, true);
    }
    runWithin(
      lab.routers[0]!,
      ["nft", "-f", "-"],
      `table ip refuse {
  chain refuse {
    type filter hook prerouting priority 0
    ip daddr != { 10.20.0.0/16, 100.64.0.0/16 } tcp flags syn reject with tcp reset
  }
}
`,
    );
    const refused = await measure(lab, ["mss"], [target]);
    assertEquals(refused.manifest.controls, { sent: 1, answered: 0, refused: 1 });
    assertEquals(refused.manifest.intercepted, false);
  },
);

rootTest("over UDP the control is a datagram of the run's own kind", async () => {
  await using lab = await TargetLab.open({ boxes: ["drop"] });
  await using _proxy = await proxyOn(lab, 1, "udp dport 7");
  const [absent = ""] = lab.addresses("drop", 4, 1);
  const { manifest } = await measure(lab, ["udpzero", "--connect", "udp"], [absent]);
  assertEquals([manifest.intercepted, manifest.controls?.answered], [true, 1]);
});

rootTest("a control comes again after every thousand targets", async () => {
  await using lab = await TargetLab.open();
  const targets = lab.addresses("transparent", 4, 2500);
  const { manifest, found } = await measure(lab, ["mss", "-w", "500"], targets);
  assertEquals(found.length, targets.length);
  assertEquals([manifest.controls?.sent, manifest.intercepted], [3, false]);
});

rootTest("addresses that are in use here are no controls", async () => {
  await using lab = await TargetLab.open();
  const sent = counting(lab);
  const blocks = ["192.0.2.0/25", "198.51.100.0/24", "203.0.113.0/24"];
  for (const block of blocks.slice(0, 2)) {
    runWithin(lab.client, ["ip", "route", "add", "blackhole", block, "table", "77"]);
  }
  const targets = ["203.0.113.9", ...lab.addresses("transparent", 4, 2)];
  const { manifest } = await measure(lab, ["mss", "--timeout", "0.5"], targets);
  assertEquals(manifest.controls, { sent: 0, answered: 0, refused: 0 });
  assertEquals(manifest.intercepted, undefined);
  assert(sent() > 0, "only the target's own");
});

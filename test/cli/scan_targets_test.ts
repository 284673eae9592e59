/** Which targets `spider scan` probes, from where, and how fast, in a lab. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run } from "../../src/host/run.ts";
import { Folder } from "../data/temporary.ts";
import { meddle } from "../lab/hardships.ts";
import { rootTest } from "../lab/root.ts";
import type { TargetLab } from "../lab/target_lab.ts";
import { results } from "../spider.ts";
import { inLab, LAB } from "./scan_lab.ts";

/** Scans to the end; its lines, each of a target of its own. */
async function scanned(lab: TargetLab, args: readonly string[], input = "") {
  const { code, out, err } = await lab.spider(["scan", ...args, ...LAB], { input });
  assertEquals(code, 0, err);
  const lines = results(out);
  assertEquals(new Set(lines.map(({ dip, dp }) => `${dip} ${dp}`)).size, lines.length);
  return { lines, err };
}

const encode = (text: string) => new TextEncoder().encode(text);

/** A spider that leaves out addresses that end with an 8. */
const CHOOSY = `export default {
  kind: "spider", name: "choosy", version: "1.0.0", api: "^1", summary: "leaves some of them out",
  connect: ["tcpsyn"], chains: ["basic", "tcp"],
  arms: [{ name: "a" }, { name: "b", socket: { ecn: true } }],
  conditions: { "choosy.done": "both arms were observed" },
  skip: ({ dip }) => dip.endsWith("8") ? "no eights" : null,
  conclude: () => ["choosy.done"],
};
`;

/** A block of targets behind no middlebox, by its number. */
const block = (number: number) => `10.20.128.${number * 16}/28`;

rootTest("what a scan is asked to probe, from where and how fast, it does", () =>
  inLab({
    // It takes longest
    "too few answers end it, and what was found stays": async (lab) => {
      using folder = new Folder();
      const { code, err } = await lab.spider([
        // Nobody has these, and the last router says nothing of them
        ...["scan", "ecn", "10.20.128.48/28", "10.99.0.0/18", ...LAB, "--rate", "400"],
        ...["--min-hitrate", "0.5", "--output", folder.at("r")],
      ]);
      assertEquals(code, 1, err);
      assertMatch(
        err,
        /spider: of what was probed in the last 10 seconds [\d.]+ % answered, less than the 50 % that were asked for: see that the network still lets probes through, and go on with --resume\n/,
      );
      assertEquals(JSON.parse(folder.text("r.manifest.json")).status, "failed");
    },
    "a bandwidth bounds what is sent": async (lab) => {
      using folder = new Folder();
      const { err } = await scanned(lab, [
        ...["ecn", "10.20.129.0/27", "--bandwidth", "20K"],
        ...["--metadata-file", folder.at("m.json")],
      ]);
      const { seconds_sending, probes } = JSON.parse(folder.text("m.json"));
      assertEquals(probes.sent, 64);
      // A SYN takes 60 octets, and Ethernet adds 38: 25 a second. However busy, it is not faster
      assert(seconds_sending > 2, `${seconds_sending}\n${err}`);
    },
    "each address to send from is used, and one's own": async (lab) => {
      run("ip", ["-n", lab.client, "address", "add", "100.64.0.5/29", "dev", lab.interface]);
      const sources = ["100.64.0.1", "100.64.0.5"];
      const { lines } = await scanned(lab, [
        ...["ecn", "10.20.130.0/26", "--source-ip", sources.join()],
      ]);
      assertEquals(lines.length, 64);
      assertEquals([...new Set(lines.map(({ sip }) => sip))].sort(), sources);
    },
    "shards are disjoint, and together whole": async (lab) => {
      const parts = ["0", "1", "2"].map(async (shard) => {
        const args = ["ecn", "10.20.131.0/27", "--seed", "7", "--shards", "3", "--shard", shard];
        return (await scanned(lab, args)).lines.map(({ dip }) => dip as string);
      });
      const all = await Promise.all(parts);
      assert(all.every((part) => part.length > 0));
      assertEquals(all.flat().length, 32);
      assertEquals(new Set(all.flat()).size, 32);
    },
    "a list of both IP versions, with a line that is none": async (lab) => {
      const six = lab.addresses("transparent", 6, 3);
      const [four] = lab.addresses("transparent", 4, 1);
      const list = `${six[0]}\n[${six[1]}]:80\n${six[2]}\n${four}\nnone\n${six[0]}\n`;
      using folder = new Folder();
      const args = ["ecn", "--input", "-", "--manifest", folder.at("m")];
      const { lines, err } = await scanned(lab, args, list);
      assertEquals(lines.map(({ dip }) => dip).sort(), [...six, four].sort());
      assertEquals(new Set(lines.map(({ method }) => method)), new Set(["scan"]));
      assertStringIncludes(err, "warning: 1 line of the input skipped\n  line 5: ");
      // Where there are no ports, those of a list are left out
      const icmp = ["scan", "dscp", "--connect", "icmp", "--input", "-", ...LAB.slice(2)];
      const pinged = await lab.spider(icmp, { input: `${four}:80\n[${six[0]}]:443\n${four}\n` });
      assertEquals(
        results(pinged.out).map(({ dip, dp }) => [dip, dp]).sort(),
        [[four, 0], [six[0], 0]].sort(),
        pinged.err,
      );
      const { targets, skipped } = JSON.parse(folder.text("m"));
      assertEquals([targets.skipped, Object.values(skipped)], [1, [1]]);
    },
    "a second probe to each arm tells what the first one, which was lost, did not": async (lab) => {
      const [prefix, once] = ["10.20.132.0/29", "10.20.132.8/29"];
      const [router = ""] = lab.routers;
      // Of SYNs with ECE and CWR, and of those without, the first to each target
      const arms = [["asking", "=="], ["plain", "!="]] as const;
      meddle(
        router,
        arms.map(([arm, is]) =>
          `ip daddr { ${prefix}, ${once} } tcp flags & (syn | ack) == syn ` +
          `tcp flags & (ecn | cwr) ${is} ecn | cwr ip daddr != @${arm} add @${arm} { ip daddr } drop`
        ),
        arms.map(([arm]) => `set ${arm} { type ipv4_addr; flags dynamic; size 64; }`),
      );
      using folder = new Folder();
      const [{ lines }, { lines: none }] = await Promise.all([
        scanned(lab, [
          ...["ecn", prefix, "--probes", "2", "--metadata-file", folder.at("m.json")],
        ]),
        scanned(lab, ["ecn", once, "--no-confirm"]),
      ]);
      assertEquals(none, []);
      assertEquals(
        lines.map(({ method, conditions: [first] }) => `${method} ${first}`),
        Array(8).fill("scan ecn.connectivity.works"),
      );
      const { probes, received } = JSON.parse(folder.text("m.json"));
      assertEquals(probes, {
        ...{ sent: 32, failed: 0 },
        arms: { no_ecn: { sent: 16, answered: 8 }, ecn: { sent: 16, answered: 8 } },
      });
      assertEquals([received.synack, received.repeated], [16, 0]);
    },
    "a packet that the kernel has no room for is offered again as often as was asked": async (
      lab,
    ) => {
      const [never, again, unwanted] = ["10.20.132.16", "10.20.132.17", "10.20.132.18"];
      using folder = new Folder();
      const choosy = folder.put("choosy.js", encode(CHOOSY));
      // Seven of eight are refused, each with the error of a queue that is full
      for (
        const command of [
          "add table netdev full",
          `add chain netdev full out { type filter hook egress device ${lab.interface} priority 0; }`,
          ...[never, again, unwanted].map((target) =>
            `add rule netdev full out ip daddr ${target} numgen inc mod 8 < 7 drop`
          ),
        ]
      ) run("ip", ["netns", "exec", lab.client, "nft", command]);
      const [refused, taken, skipped] = await Promise.all([
        scanned(lab, ["ecn", never, "--no-confirm", "--retries", "0"]),
        scanned(lab, ["ecn", again, "--no-confirm", "--retries", "9"]),
        scanned(lab, [choosy, unwanted, "--retries", "0", "--output-offline"]),
      ]);
      assertEquals(refused.lines, []);
      assertStringIncludes(
        refused.err,
        "warning: the kernel refused probes to 1 target (ENOBUFS), so nothing is concluded about them",
      );
      assertStringIncludes(
        refused.err,
        "warning: the kernel did not take 2 probes; where it had no room, try a lower --rate or more --retries\n",
      );
      assertEquals(taken.lines.map(({ dip }) => dip), [again]);
      assert(!taken.err.includes("the kernel"), taken.err);
      // It is to be measured, and only then the spider is asked whether it wants to
      assertEquals(skipped.lines, []);
      assertStringIncludes(skipped.err, "\nleft out:\n  1  skipped by the spider\n");
      assert(!skipped.err.includes("no eights"), skipped.err);
    },
    "what comes in while the rest is measured counts as nothing that was dropped": async (lab) => {
      // Port 7 is closed: each flow has an ICMP error, which scans capture, at a time of its own
      const args = ["--connect", "udp", "--output-offline", "--confirm-rate", "40"];
      const { code, out, err } = await lab.spider([
        ...["scan", "udpzero", "10.20.132.64/28", ...args, ...LAB.slice(2, -1), "2"],
      ]);
      assertEquals(code, 0, err);
      const found = results(out).map(({ method, conditions }) => `${method} ${conditions}`);
      assertEquals(found, Array(16).fill("measure udpzero.connectivity.offline"));
      assert(!err.includes("dropped"), err);
    },
    "targets on the link are looked for by the kernel, and this host is left out": async (lab) => {
      const { lines, err } = await scanned(lab, ["ecn", "100.64.0.0/30", "--no-confirm"]);
      // The router answers, with a RST; nobody has the others
      assertEquals(lines.map(({ dip }) => dip), ["100.64.0.2"]);
      assertMatch(err, /\n +2 {2}RST\n/);
      assertMatch(err, /\nleft out:\n {2}\d {2}reached another way than the rest\n/);
    },
    "targets of a /24 wait for each other, and what was reached is said": async (lab) => {
      const { lines, err } = await scanned(lab, ["ecn", block(0), "--prefix-rate", "5"]);
      assertEquals(lines.length, 16);
      assertMatch(
        err,
        /warning: [\d.]+ probes a second were sent, not the 10,000 that were asked for: this host, the interface, or bounds on prefixes let no more pass\n/,
      );
    },
    "prefixes that overlap are probed once, with a warning": async (lab) => {
      const { lines, err } = await scanned(lab, ["ecn", block(1), "10.20.128.16/29"]);
      assertEquals(lines.length, 16);
      assertStringIncludes(
        err,
        "warning: 10.20.128.16/29 is part of 10.20.128.16/28; its addresses are probed once\n",
      );
    },
    "blocklist, allowlist and a number of targets hold": async (lab) => {
      using folder = new Folder();
      folder.put("blocked", encode("10.20.128.32/30 # not these\n"));
      folder.put("allowed", encode("10.20.128.32/29\n"));
      const lists = ["--blocklist", folder.at("blocked"), "--allowlist", folder.at("allowed")];
      const { lines } = await scanned(lab, ["ecn", block(2), ...lists]);
      assertEquals(
        lines.map(({ dip }) => dip).sort(),
        [36, 37, 38, 39].map((last) => `10.20.128.${last}`),
      );
      const { lines: few } = await scanned(lab, ["ecn", block(2), "--max-targets", "25%"]);
      assertEquals(few.length, 4);
    },
  }));

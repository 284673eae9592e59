import { assertEquals, assertMatch } from "@std/assert";
import { boxesOf } from "../lab/boxes.ts";
import { linkAddress, TargetLab } from "../lab/target_lab.ts";
import { atOnce } from "../at_once.ts";
import { rootTest } from "../lab/root.ts";
import { inProcess } from "../in_process.ts";
import { results } from "../spider.ts";

/** What is added to the conditions of targets behind middleboxes on the third of five routers. */
const ADDED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "ecn": {
    "transparent": [],
    "ecn-drop-syn": ["ecn.dropped_at:3-4", "ecn.ect0.unchanged_to:5"],
    "ecn-clear-syn": ["ecn.changed_at:3-4", "ecn.ect0.unchanged_to:5"],
    "ecn-reflect": ["ecn.unchanged_to:5", "ecn.ect0.unchanged_to:5"],
    "ecn-drop-plain-syn": [
      "ecn.baseline.dropped_at:3-4",
      "ecn.unchanged_to:5",
      "ecn.ect0.unchanged_to:3",
    ],
  },
  "dscp --codepoint 46 --codepoint 8": {
    "transparent": ["dscp.46.unchanged_to:5", "dscp.8.unchanged_to:5"],
    "dscp-clear": ["dscp.46.changed_at:3-4", "dscp.8.changed_at:3-4"],
    // The answer carries 8 whatever was sent: that shows nothing of the way there
    "dscp-remark": ["dscp.46.unchanged_to:5"],
    "dscp-reset-syn": ["dscp.46.refused_at:3-4", "dscp.8.refused_at:3-4"],
  },
  "evilbit": {
    "evil-clear": ["evilbit.changed_at:3-4"],
    "evil-drop": ["evilbit.dropped_at:3-4"],
  },
  "tfo": { "strip-fastopen-syn": ["tfo.changed_at:3-4", "tfo.data.changed_at:3-4"] },
  "tcpopt": {
    "transparent": [],
    "strip-ts-syn": ["tsopt.changed_at:3-4"],
    "option-drop:4": ["sack.dropped_at:3-4"],
  },
  "mss": { "mss-clamp:536": ["mss.changed_at:3-4"] },
};

/** Whether a condition comes from localisation. */
function isLocalised(condition: string): boolean {
  return /\.(changed_at|dropped_at|refused_at|unchanged_to):|\.not_localised$/.test(condition);
}

rootTest(
  "--locate says where, for each spider, and leaves clean paths alone",
  () =>
    atOnce(6, Object.entries(ADDED), async ([line, truth]) => {
      const kinds = Object.keys(truth);
      await using lab = await TargetLab.open({ routers: 5, at: 3, boxes: boxesOf(kinds) });
      const families = line === "evilbit" ? [4] as const : [4, 6] as const;
      const jobs = kinds.flatMap((box) =>
        families.flatMap((family) => lab.addresses(box, family, 2).map((dip) => ({ dip, box })))
      );
      const { code, out, err } = await lab.spider(
        ["measure", ...line.split(" "), "--timeout", "2", "--locate"],
        { input: jobs.map((job) => JSON.stringify(job) + "\n").join("") },
      );
      assertEquals(code, 0, err);
      const found = results(out);
      assertEquals(found.length, jobs.length);
      for (const { box, conditions, path, hops, sip, dip } of found) {
        const added = conditions.filter(isLocalised);
        assertEquals(added, truth[String(box)], `${line}, ${box}: ${conditions}`);
        if (added.length === 0) {
          assertEquals([path, hops], [[sip!, "*", dip as string], undefined]);
          continue;
        }
        assertEquals(path.length, 7, `${path}`);
        assertEquals([path[0], path[6]], [sip, dip]);
        const family = String(dip).includes(":") ? 6 : 4;
        const routers = Array.from({ length: 5 }, (_, link) => linkAddress(family, link, 2));
        assertEquals(path.slice(1, 6), routers);
        assertEquals(hops?.map(({ hop }) => hop), [1, 2, 3, 4, 5, 6]);
        assertEquals(hops?.map(({ responders }) => responders[0]), path.slice(1));
      }
      // What was added is counted with the rest
      const [first] = Object.values(truth).flat();
      if (first !== undefined) {
        assertMatch(err, new RegExp(`\\d+ +${first.replaceAll(".", "\\.")}$`, "m"));
      }
    }),
);

Deno.test("--locate goes with spiders that say what to look for, and with results", async () => {
  const { code, err } = await inProcess(["measure", "h2", "--locate"]);
  assertEquals(code, 2);
  assertMatch(err, /the spider h2 does not say what is to be localised; leave out --locate/);
  const both = await inProcess(["measure", "ecn", "--locate", "--calibrate"]);
  assertEquals(both.code, 2);
  assertMatch(both.err, /--locate and --calibrate exclude each other/);
  const udp = await inProcess(["measure", "dscp", "--locate", "--connect", "dnsudp"]);
  assertEquals(udp.code, 2);
  assertMatch(udp.err, /--locate sends TCP SYNs, which say nothing of dnsudp/);
});

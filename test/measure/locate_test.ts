import { assert, assertEquals, assertMatch } from "@std/assert";
import { Lab } from "../../src/lab/lab.ts";
import type { MiddleboxName } from "../../src/lab/middlebox/registry.ts";
import { atOnce } from "../at_once.ts";
import { rootTest } from "../lab/root.ts";
import { results, spider } from "../spider.ts";

/** What is added to the conditions of targets behind middleboxes on the third of five routers. */
const ADDED: Readonly<Record<string, Readonly<Partial<Record<MiddleboxName, readonly string[]>>>>> =
  {
    "ecn": {
      "transparent": [],
      "drop-ecn-syn": ["ecn.dropped_at:3-4", "ecn.ect0.unchanged_to:5"],
      "strip-flags": ["ecn.changed_at:3-4", "ecn.ect0.unchanged_to:5"],
      "reflect": ["ecn.unchanged_to:5", "ecn.ect0.unchanged_to:5"],
      "drop-plain-syn": [
        "ecn.baseline.dropped_at:3-4",
        "ecn.unchanged_to:5",
        "ecn.ect0.unchanged_to:3",
      ],
    },
    "dscp --codepoint 46 --codepoint 8": {
      "transparent": ["dscp.46.unchanged_to:5", "dscp.8.unchanged_to:5"],
      "bleach-dscp": ["dscp.46.changed_at:3-4", "dscp.8.changed_at:3-4"],
      // The answer carries 8 whatever was sent: that shows nothing of the way there
      "remark-dscp": ["dscp.46.unchanged_to:5"],
      "refuse-dscp": ["dscp.46.refused_at:3-4", "dscp.8.refused_at:3-4"],
    },
    "evilbit": {
      "clear-evil": ["evilbit.changed_at:3-4"],
      "drop-evil": ["evilbit.dropped_at:3-4"],
    },
    "tfo": { "strip-fastopen": ["tfo.changed_at:3-4", "tfo.data.changed_at:3-4"] },
    "tcpopt": {
      "transparent": [],
      "strip-ts-syn": ["tsopt.changed_at:3-4"],
      "drop-sack-syn": ["sack.dropped_at:3-4"],
    },
    "mss": { "clamp-mss": ["mss.changed_at:3-4"] },
  };

/** Whether a condition comes from localisation. */
function isLocalised(condition: string): boolean {
  return /\.(changed_at|dropped_at|refused_at|unchanged_to):|\.not_localised$/.test(condition);
}

rootTest(
  "--locate says where, for each spider, and leaves clean paths alone",
  () =>
    atOnce(6, Object.entries(ADDED), async ([line, truth]) => {
      using lab = Lab.open({ routers: 5 });
      lab.placeMiddleboxes(3, "forward");
      const kinds = Object.keys(truth) as MiddleboxName[];
      const families = line === "evilbit" ? [4] as const : [4, 6] as const;
      const jobs = kinds.flatMap((box) =>
        families.flatMap((family) => lab.addresses(box, family, 2).map((dip) => ({ dip, box })))
      );
      const { code, out, err } = await spider(
        ["measure", ...line.split(" "), "--timeout", "2", "--locate"],
        {
          input: jobs.map((job) => JSON.stringify(job) + "\n").join(""),
          within: (command) => lab.exec(command),
        },
      );
      assertEquals(code, 0, err);
      const found = results(out);
      assertEquals(found.length, jobs.length);
      for (const { box, conditions, path, hops, sip, dip } of found) {
        const added = conditions.filter(isLocalised);
        assertEquals(added, truth[box as MiddleboxName], `${line}, ${box}: ${conditions}`);
        if (added.length === 0) {
          assertEquals([path, hops], [[sip!, "*", dip as string], undefined]);
          continue;
        }
        assertEquals(path.length, 7, `${path}`);
        assertEquals([path[0], path[6]], [sip, dip]);
        assert(path.slice(1, 6).every((hop) => /[.:]2$/.test(hop)), `${path}`);
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
  const { code, err } = await spider(["measure", "h2", "--locate"]);
  assertEquals(code, 2);
  assertMatch(err, /the spider h2 does not say what is to be localised; leave out --locate/);
  const both = await spider(["measure", "ecn", "--locate", "--calibrate"]);
  assertEquals(both.code, 2);
  assertMatch(both.err, /--locate and --calibrate exclude each other/);
  const udp = await spider(["measure", "dscp", "--locate", "--connect", "dnsudp"]);
  assertEquals(udp.code, 2);
  assertMatch(udp.err, /--locate sends TCP SYNs, which say nothing of dnsudp/);
});

import { assertEquals, assertMatch } from "@std/assert";
import { TargetLab } from "../lab/target_lab.ts";
import { runWithin } from "../../src/lab/topology/build.ts";
import { rootTest } from "../lab/root.ts";
import { results } from "../spider.ts";
import { addShortcut, SHORTCUT } from "./shortcut.ts";

const LONG = ["100.64.0.2", "100.64.0.10", "100.64.0.18", "100.64.0.26", "100.64.0.34"] as const;

interface Atlas {
  readonly path_lengths?: unknown;
  readonly result: { readonly result: { readonly from?: string }[] }[];
}

rootTest("a TCP trace ends where its longest path does, and tells of the shorter one", async () => {
  await using lab = await TargetLab.open({ routers: 5 });
  addShortcut(lab);
  const [target = ""] = lab.addresses("transparent", 4, 1);
  // In place of chance: the first round goes the long way, the second the short one
  runWithin(lab.routers[0]!, ["sh", "-e"], alternating(target));
  const text = await lab.spider(["trace", "-n", "-P", "tcp", "-q", "2", target]);
  const rows = text.out.split("\n").map((line) => line.trim().split(/ {2,}/)[0] ?? "");
  assertMatch(text.out, /^ {2}6 {2}10\.20\.128\.1/m);
  assertMatch(
    text.out,
    /^The probes took paths of unequal length, whose routers share the rows: the shortest ends at hop 5, the longest ends at hop 6; every TCP probe is a flow of its own\.$/m,
  );
  assertEquals(rows.includes("7"), false);

  const json = await lab.spider(["trace", "--json", "-P", "tcp", "-q", "2", target]);
  const record = results(json.out)[0] as unknown as Atlas;
  assertEquals(record.path_lengths, [5, 6]);
  const seen = record.result.map(({ result }) => new Set(result.map(({ from }) => from)));
  assertEquals(seen.length, 6);
  assertEquals(seen[1], new Set([LONG[1], SHORTCUT]));
  assertEquals(seen[4], new Set([LONG[4], target]));
  assertEquals(seen[5], new Set([target]));
});

rootTest("a trace whose paths are as long as each other tells no more than that", async () => {
  await using lab = await TargetLab.open({ routers: 5 });
  const [target = ""] = lab.addresses("transparent", 4, 1);
  const { out } = await lab.spider(["trace", "-n", "-P", "tcp", target]);
  assertEquals(out.trim().split("\n").length, 8);
});

/** Rules for the first router that send every other connection with the same TTL by the shortcut. */
function alternating(target: string): string {
  const rules = Array.from(
    { length: 8 },
    (_, at) => `ip daddr ${target} tcp flags syn ip ttl ${at + 1} numgen inc mod 2 1 ct mark set 1`,
  );
  return [
    "ip route replace 10.20.0.0/16 via 100.64.0.10",
    `ip route add 10.20.0.0/16 via ${SHORTCUT} table 100`,
    "ip rule add fwmark 1 lookup 100",
    "nft -f - <<'END'",
    `table ip ways { chain in { type filter hook prerouting priority mangle; ${
      [...rules, "ct mark 1 meta mark set 1"].join("; ")
    }; }; }`,
    "END",
  ].join("\n");
}

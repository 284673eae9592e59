import { assertEquals } from "@std/assert";
import { boxesOf } from "../lab/boxes.ts";
import { meddle } from "../lab/hardships.ts";
import { rootTest } from "../lab/root.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { results } from "../spider.ts";

const EACH = 3;
const TIMEOUT = ["--timeout", "2"];

/** What dscp must conclude over ICMP about targets behind each of them: an echo reply repeats the mark. */
const DSCP_TRUTH: Readonly<Record<string, readonly string[]>> = {
  "transparent": ["dscp.48.connectivity.works", "dscp.0.replymark:0", "dscp.48.replymark:48"],
  "dscp-drop": ["dscp.48.connectivity.broken", "dscp.0.replymark:0"],
  "dscp-drop-unmarked": ["dscp.48.connectivity.transient", "dscp.48.replymark:48"],
  "drop": ["dscp.48.connectivity.offline"],
};

/** The same of evilbit, over IPv4; the reply does not repeat the bit. */
const EVIL_TRUTH: Readonly<Record<string, readonly string[]>> = {
  "transparent": ["evilbit.connectivity.works", "evilbit.mark.not_seen"],
  "evil-drop": ["evilbit.connectivity.broken"],
  // It drops SYNs alone
  "evil-drop-unset": ["evilbit.connectivity.works", "evilbit.mark.not_seen"],
};

rootTest("echo requests give true verdicts behind every kind of box, and their flows", async () => {
  const boxes = [...new Set([...Object.keys(DSCP_TRUTH), ...Object.keys(EVIL_TRUTH)])];
  await using lab = await TargetLab.open({ boxes: boxesOf(boxes) });
  const runs = [["dscp", [4, 6], DSCP_TRUTH], ["evilbit", [4], EVIL_TRUTH]] as const;
  for (const [name, families, truths] of runs) {
    const asked = families.flatMap((family) =>
      Object.keys(truths).flatMap((box) =>
        lab.addresses(box, family, EACH).map((dip) => ({ dip, middlebox: box }))
      )
    );
    const args = ["measure", name, "--connect", "icmp", "--output-flows", ...TIMEOUT];
    const { code, out, err } = await lab.spider(args, {
      input: asked.map((job) => JSON.stringify(job) + "\n").join(""),
    });
    assertEquals(code, 0, err);
    const found = results(out);
    assertEquals(found.length, asked.length, err);
    for (const { dip, middlebox, conditions, flow_results } of found) {
      assertEquals(conditions, truths[String(middlebox)], `${name}: ${dip} behind ${middlebox}`);
      const [plain] = flow_results ?? [];
      const isSix = String(dip).includes(":");
      const { proto, dp, icmp_type_fwd, pkt_fwd } = plain!;
      assertEquals([proto, dp, icmp_type_fwd, pkt_fwd], [
        ...isSix ? [58, null, 128] : [1, null, 8],
        1,
      ]);
    }
  }
});

rootTest("a host that refuses echo requests is offline at once, not silent", async () => {
  await using lab = await TargetLab.open();
  meddle(lab.routers[0]!, ["icmp type echo-request reject with icmp type admin-prohibited"]);
  const { out } = await lab.spider(
    ["measure", "dscp", "--connect", "icmp", "--output-flows", ...TIMEOUT],
    { input: lab.addresses("transparent", 4, 1).join("\n") },
  );
  const [result] = results(out);
  assertEquals(result?.conditions, ["dscp.48.connectivity.offline"]);
  const outcomes = result?.flow_results?.map(({ spdr_outcome }) => spdr_outcome);
  assertEquals(outcomes, ["unreachable", "unreachable"]);
});

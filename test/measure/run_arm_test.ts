import { assertEquals } from "@std/assert";
import type { Attempted, ConnectionType } from "../../src/connect/connection_type.ts";
import { connectionTypeNamed } from "../../src/connect/registry.ts";
import type { Outcome } from "../../src/contract/connection.ts";
import type { FlowRecord, Missed } from "../../src/contract/flow.ts";
import { runArm } from "../../src/measure/run_arm.ts";
import type { Watch } from "../../src/observe/watch.ts";

const LOCAL = { address: "192.0.2.1", port: 50_000 };
const REMOTE = { address: "192.0.2.2", port: 80 };

/** What is seen of a connection, look by look: another one comes with each wait for its end. */
async function seenOf(outcome: Outcome, looks: readonly (Partial<FlowRecord> | Missed)[]) {
  const type: ConnectionType = connectionTypeNamed("tcp");
  let waits = 0;
  const look = () => looks[Math.min(waits, looks.length) - 1] as FlowRecord | Missed;
  const connection: Attempted = {
    state: outcome === "timeout" ? 2 : 1,
    outcome,
    errno: "ECONNREFUSED",
    protocol: 6,
    local: LOCAL,
    remote: REMOTE,
    start: 0,
    stop: 0,
    fields: {},
  };
  const arm = { name: "a" };
  const { flow, late } = await runArm({
    spider: {
      kind: "spider",
      name: "s",
      version: "1.0.0",
      api: "^1",
      summary: "A",
      connect: ["tcp"],
      chains: ["tcp"],
      arms: [arm],
      conditions: {},
      conclude: () => [],
    },
    spiderOptions: {},
    connections: [{
      standard: type,
      type: () => type,
      open: () => ({
        connect: ({ onLocal }) => {
          onLocal!(LOCAL, 6, 0);
          return Promise.resolve(connection);
        },
        close: () => {},
      }),
      check: () => {},
    }],
    watcher: {
      expect: () => ({}) as Watch,
      ended: () => Promise.resolve(waits++ >= looks.length),
      peek: look,
      forget: () => {},
    },
    timeoutMs: 1000,
    nameServers: [],
  }, { job: { dip: REMOTE.address }, arm, config: 0, prepared: undefined, sharesPort: false });
  return { flow, waits, late };
}

const SYN = { pkt_fwd: 1, pkt_rev: 0 };
const ANSWERED = { pkt_fwd: 1, pkt_rev: 1 };

Deno.test("packets that the socket knows of are waited for when the kernel hands them over late", async () => {
  const none = await seenOf("refused", ["no packet seen", ANSWERED]);
  assertEquals([none.flow.observed, none.flow.pkt_rev], [true, 1]);
  const half = await seenOf("refused", [SYN, ANSWERED]);
  assertEquals([half.flow.observed, half.flow.pkt_rev], [true, 1]);
  const unanswered = await seenOf("timeout", ["no packet seen", SYN]);
  assertEquals([unanswered.flow.observed, unanswered.flow.pkt_fwd], [true, 1]);
});

Deno.test("what is known to be all is not waited for again", async () => {
  assertEquals((await seenOf("refused", [ANSWERED])).waits, 1);
  assertEquals((await seenOf("timeout", [SYN])).waits, 1);
  assertEquals((await seenOf("refused", ["packets dropped"])).waits, 1);
});

Deno.test("a late answer that this host refused where nothing is captured is no silence", async () => {
  const looks = [SYN];
  const { flow, late } = await seenOf("timeout", looks);
  assertEquals(flow.observed, true);
  looks[0] = { ...SYN, tcp_rst_fwd: true } as typeof SYN;
  const seen = late!.look();
  assertEquals(seen.observed ? null : seen.missed, "answers elsewhere");
});

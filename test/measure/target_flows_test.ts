import { assert, assertEquals } from "@std/assert";
import { connectionTypeNamed } from "../../src/connect/registry.ts";
import type { FlowRecord } from "../../src/contract/flow.ts";
import type { MeasureContext } from "../../src/measure/context.ts";
import { ArmOrder } from "../../src/measure/evidence/order.ts";
import { TargetFlows } from "../../src/measure/target_flows.ts";
import { ConcurrencyLimit } from "../../src/target/concurrency_limit.ts";
import { Pace } from "../../src/target/pace.ts";
import type { Watch } from "../../src/observe/watch.ts";

const LOCAL = { address: "192.0.2.1", port: 50_000 };
const TCP = connectionTypeNamed("tcp");

Deno.test("a set that is not needed any more leaves no watch behind", async () => {
  const arms = [{ name: "a" }, { name: "b" }];
  const watches = new Set<Watch>();
  let silent = false;
  const connect = ({ remote, onLocal }: Parameters<ReturnType<typeof TCP.open>["connect"]>[0]) => {
    onLocal!(LOCAL, 6, 0);
    const end = { local: LOCAL, remote, protocol: 6, start: 0, stop: 0, fields: {}, errno: null };
    const outcome = silent ? "timeout" as const : "ok" as const;
    return Promise.resolve({ ...end, outcome, state: silent ? 2 as const : 0 as const });
  };
  const connections = {
    standard: TCP,
    type: () => TCP,
    open: () => ({ connect, close: () => {} }),
    check: () => {},
  };
  const context = {
    spider: {},
    arms,
    phases: [{ system: undefined, arms: arms.map((arm, config) => ({ ...arm, arm, config })) }],
    order: new ArmOrder(1),
    clock: { now: 0, after: (_: number, call: () => void) => (queueMicrotask(call), () => {}) },
    pace: new Pace(undefined),
    closing: new AbortController().signal,
    confirming: new ConcurrencyLimit(10),
    sharesPorts: true,
    connections: arms.map(() => connections),
    watcher: {
      expect: () => {
        const watch = {} as Watch;
        watches.add(watch);
        return watch;
      },
      ended: () => Promise.resolve(true),
      peek: () => ({ pkt_fwd: 1, pkt_rev: silent ? 0 : 1, tcp_connected: !silent }) as FlowRecord,
      forget: (watch: Watch) => watches.delete(watch),
    },
    timeoutMs: 1000,
    nameServers: [],
  } as unknown as MeasureContext;
  const flows = new TargetFlows(
    context,
    { job: { dip: "192.0.2.2" }, prepared: undefined, number: 0 },
    {
      run: async (work) => {
        for (const one of work) await one();
        return true;
      },
      end: () => {},
    },
    true,
  );
  const turn = (number: number, enough: () => boolean) => {
    const ended: number[] = [];
    const taken = flows.take({
      number,
      sets: 1,
      oneByOne: false,
      enough,
      ended: (results) => Promise.resolve(void ended.push(results.length)),
    });
    return { taken, ended };
  };
  const first = turn(0, () => false);
  assert(await first.taken);
  assertEquals([first.ended, watches.size], [[2], 0]);
  silent = true;
  // Its first arm is silent, and meanwhile other sets settle the target
  const second = turn(1, () => watches.size > 0);
  assert(await second.taken);
  assertEquals([second.ended, watches.size], [[], 0]);
});

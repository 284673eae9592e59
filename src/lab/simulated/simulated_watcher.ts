import type { Chain } from "../../contract/chain.ts";
import type { FlowRecord, Missed } from "../../contract/flow.ts";
import type { Endpoint } from "../../contract/job.ts";
import type { Watching } from "../../measure/run_arm.ts";
import { type ExpectOptions, FlowTable } from "../../observe/flow_table.ts";
import { RECORD_HEADER } from "../../observe/records.ts";
import { type Watch, watchFlow } from "../../observe/watch.ts";
import { SNAPLEN } from "../../observe/watcher.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** Raw IP, as files name it (LINKTYPE_RAW). */
const RAW = 101;
const MICROSECONDS = 1000;

/** Watches the packets of a simulated host, each as soon as it is sent or has come. */
export class SimulatedWatcher implements Watching {
  readonly #clock: VirtualClock;
  readonly #table: FlowTable;
  readonly #watches = new Map<number, Watch>();
  /** What was read last of each flow: unanswered ones are looked at again and again. */
  readonly #last = new Map<number, { readonly text: string; readonly record: FlowRecord }>();

  constructor(clock: VirtualClock, chains: readonly (string | Chain)[]) {
    this.#clock = clock;
    this.#table = new FlowTable({
      chains: ["basic", ...chains],
      idle: 30,
      linger: 5,
      expectedOnly: true,
      input: RECORD_HEADER + SNAPLEN,
    });
  }

  /** Takes a packet, from its IP header on. */
  see(octets: Uint8Array): void {
    const kept = octets.length > SNAPLEN ? octets.subarray(0, SNAPLEN) : octets;
    const input = this.#table.input(1);
    const view = new DataView(input.buffer, input.byteOffset);
    const microseconds = Math.floor(this.#clock.wall * 1000);
    view.setUint32(0, microseconds / 1e6, true);
    view.setUint32(4, microseconds % 1e6, true);
    view.setUint32(8, kept.length, true);
    view.setUint32(12, octets.length, true);
    input.set(kept, RECORD_HEADER);
    this.#table.dissect(RECORD_HEADER + kept.length, RAW, MICROSECONDS);
    for (let flow = this.#table.nextReady(); flow !== 0; flow = this.#table.nextReady()) {
      const watch = this.#watches.get(flow)!;
      watch.complete = true;
      watch.onComplete?.();
    }
  }

  expect(
    local: Endpoint,
    remote: Endpoint,
    protocol: number,
    options: ExpectOptions = {},
  ): Watch | null {
    const expected = { local, remote, protocol, options, drops: () => 0 };
    return watchFlow(this.#watches, this.#table, expected);
  }

  ended(watch: Watch, patience: number): Promise<boolean> {
    if (watch.complete) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = () => {
        watch.onComplete = null;
        cancel();
        resolve(watch.complete);
      };
      const cancel = this.#clock.after(patience, end);
      watch.onComplete = end;
    });
  }

  peek(watch: Watch): FlowRecord | Missed {
    if (watch.mixed) return "ports taken";
    const record = this.#record(watch.flow);
    return record.pkt_fwd + record.pkt_rev === 0 ? "no packet seen" : record;
  }

  forget({ flow }: Watch): void {
    this.#table.release(flow);
    this.#watches.delete(flow);
    this.#last.delete(flow);
  }

  #record(flow: number): FlowRecord {
    const text = this.#table.record(flow);
    const last = this.#last.get(flow);
    if (last?.text === text) return last.record;
    const record = JSON.parse(text) as FlowRecord;
    this.#last.set(flow, { text, record });
    return record;
  }
}

import type { Chain } from "../../contract/chain.ts";
import { Failure } from "../../host/failure.ts";
import type { WasmExports } from "../../host/wasm.ts";
import * as descriptor from "../views/descriptor.ts";
import { type DistantHooks, distantHooks } from "./distant.ts";
import type { FlowNumbers } from "./flow_numbers.ts";
import { type DescribedPackets, HookWalk, VERDICT } from "./hook_walk.ts";

/** Runs chains in JavaScript over the packets that the dissector describes, and answers it. */
export class ChainRunner {
  readonly #wasm: WasmExports;
  /** Place of the descriptors among the words of memory. */
  readonly #list: number;
  readonly #numbers: FlowNumbers | null;
  readonly #inputSize: number;
  /** Null where all chains run elsewhere. */
  readonly #walk: HookWalk | null;
  readonly #distant: readonly (readonly [hooks: DistantHooks, table: number])[];
  #octets = new Uint8Array();
  #words = new Uint32Array();
  #times = new Float64Array();

  /**
   * @param numbers takes what was described too; null when no flow is to be numbered
   * @param inputSize octets of the packet buffer
   * @throws {Failure} when memory does not suffice
   */
  constructor(
    wasm: WasmExports,
    chains: readonly Chain[],
    numbers: FlowNumbers | null,
    inputSize: number,
  ) {
    this.#wasm = wasm;
    this.#inputSize = inputSize;
    this.#numbers = numbers;
    const list = wasm.describePackets(descriptor.MOST) >>> 0;
    if (list === 0) throw new Failure("out of memory: packets could not be described");
    this.#list = list / 4;
    const here = chains.filter((chain) => distantHooks(chain) === undefined);
    this.#walk = here.length === 0 ? null : new HookWalk(wasm, here);
    this.#distant = chains.flatMap((chain) => {
      const hooks = distantHooks(chain);
      return hooks === undefined ? [] : [[hooks, hooks.open()] as const];
    });
  }

  /** Dissects the first octets of the input, and shows the chains every packet of a flow. */
  dissect(octets: number, linkType: number, fraction: number): void {
    for (let at = 0; at < octets;) {
      const next = this.#wasm.dissect(octets, linkType, fraction, at);
      const count = this.#wasm.described();
      this.#show(count);
      // The last record is cut; or packets that were held aside are answered before the next one is taken
      if (next === at && count === 0) return;
      at = next;
    }
  }

  /** The same with the packets that are listed. */
  dissectListed(count: number): void {
    this.#numbers?.restart();
    for (let at = 0; at < count;) {
      at = this.#wasm.dissectListed(at);
      this.#show(this.#wasm.described());
    }
  }

  /** Shows what the dissector described beside: packets that it held aside, and that count where time goes on, a flow is expected, or all end. */
  showRest(): void {
    this.#show(this.#wasm.described());
  }

  /** The records that the last `drain` wrote, with the fields of the chains. Ends their flows. */
  complete(lines: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    this.#look();
    if (this.#walk === null && this.#distant.length === 0) {
      const drained = this.#wasm.drained();
      for (let i = 0; i < drained; i++) this.forget(this.#words[this.#list + i * 2]!);
      return lines;
    }
    const text = new TextDecoder("latin1").decode(lines);
    const places = Array.from({ length: this.#wasm.drained() }, (_, i) => this.#list + i * 2);
    const flows = places.map((place) => this.#words[place]!);
    const own = this.#fields(flows);
    let whole = "";
    let from = 0;
    flows.forEach((flow, i) => {
      const to = this.#words[places[i]! + 1]!;
      whole += joined(text.slice(from, to - 2), own.map((fields) => fields[i]!));
      this.forget(flow);
      from = to;
    });
    return new TextEncoder().encode(whole);
  }

  /** An expected flow's record with the fields of the chains. */
  completeRecord(flow: number, line: string): string {
    return joined(line.slice(0, -2), this.#fields([flow]).map(([fields]) => fields!));
  }

  /** The fields of flows as JSON objects, in the order of the flows: a list for each place of chains. */
  #fields(flows: readonly number[]): (readonly string[])[] {
    const here = this.#walk;
    return [
      ...(here === null ? [] : [flows.map((flow) => here.fields(flow))]),
      ...this.#distant.map(([hooks, table]) => hooks.fields(table, flows)),
    ];
  }

  /** The program has released a flow. */
  forget(flow: number): void {
    this.#numbers?.end(flow);
    this.#walk?.end(flow);
    for (const [hooks, table] of this.#distant) hooks.end(table, flow);
  }

  /** Looks at linear memory again when it has moved. */
  #look(): void {
    const buffer = this.#wasm.memory.buffer as ArrayBuffer;
    if (this.#octets.buffer === buffer) return;
    this.#octets = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#times = new Float64Array(buffer);
  }

  #show(count: number): void {
    this.#look();
    const words = this.#words;
    const times = this.#times;
    const packets: DescribedPackets = { words, times, list: this.#list, count };
    const ignored = new Set<number>();
    const judge = (i: number, verdict: number) => {
      const at = this.#list + i * descriptor.WORDS;
      const flow = words[at + descriptor.FLOW]!;
      if (verdict === VERDICT.complete) this.#wasm.complete(flow);
      else ignored.add(flow);
    };
    /** No further chain sees the packets of flows that one has ignored. */
    const withdraw = () => {
      if (ignored.size === 0) return;
      for (
        let at = this.#list;
        at < this.#list + count * descriptor.WORDS;
        at += descriptor.WORDS
      ) {
        if (ignored.has(words[at + descriptor.FLOW]!)) words[at + descriptor.FLOW] = 0;
      }
    };
    this.#walk?.walk(packets, judge);
    for (const [hooks, table] of this.#distant) {
      withdraw();
      hooks.walk(table, packets, this.#octets, judge);
    }
    if (this.#numbers !== null) {
      withdraw();
      const input = this.#wasm.inputAt() >>> 0;
      this.#numbers.show(packets, (header) => {
        const isListed = header >= input && header < input + this.#inputSize;
        return isListed ? header : this.#wasm.originOf(header) >>> 0;
      });
    }
    for (const flow of ignored) {
      this.#wasm.ignore(flow);
      this.forget(flow);
    }
  }
}

/** A line of JSON, up to its last brace, with the members of objects put in; ends with a new line. */
function joined(line: string, objects: readonly string[]): string {
  let whole = line;
  for (const json of objects) {
    if (json === "{}") continue;
    const members = json.slice(1, -1);
    whole += whole === "{" ? members : `,${members}`;
  }
  return `${whole}}\n`;
}

import type { Chain } from "../../../contract/chain.ts";
import type { WasmExports } from "../../../host/wasm.ts";
import { HookFailure, HOOKS, isPlainFunction } from "../../../observe/js/hooks.ts";
import { HookWalk } from "../../../observe/js/hook_walk.ts";
import { END, FLOW, IP, TRANSPORT, WORDS } from "../../../observe/views/descriptor.ts";
import type { Channel } from "../confine.ts";
import type { ChainMessage, Loan } from "../message.ts";
import {
  HEAD,
  MOST_FIELDS,
  MOST_OCTETS,
  MOST_TEXT,
  OPERATION,
  partsOf,
  type SharedParts,
  STATE,
} from "./shared_memory.ts";

// This module is evaluated before confine.ts takes these away
const { Instance, Module } = WebAssembly;
const { notify, store } = Atomics;
const encoder = new TextEncoder();

/** The most octets of UTF-8 for a unit of UTF-16. */
const OCTETS_A_CHARACTER = 3;

/** Checks the hooks before the chain is described, which functions do not survive. */
export function checkHooks(chain: unknown): void {
  for (const hook of HOOKS) {
    const value = (chain as Readonly<Record<string, unknown>> | null | undefined)?.[hook];
    if (value !== undefined && !isPlainFunction(value)) {
      throw new TypeError(`${hook} must be a plain function, not async`);
    }
  }
}

/** Runs in the worker of a chain, and answers what the program asks in shared memory. */
export function serveHooks(chain: Chain, channel: Channel): void {
  let server: HookServer | null = null;
  channel.receive((message: ChainMessage) => {
    if (message.loan !== undefined) server = new HookServer(chain, channel, message.loan);
    else server?.answer();
  });
}

class HookServer {
  readonly #chain: Chain;
  readonly #channel: Channel;
  readonly #parts: SharedParts;
  readonly #wasm: WasmExports;
  /** Where packets lie in the memory of the dissector, which reads their headers. */
  readonly #input: number;
  /** A walk for each table of flows. */
  readonly #walks = new Map<number, HookWalk>();

  constructor(chain: Chain, channel: Channel, { memory, wasm }: Loan) {
    this.#chain = chain;
    this.#channel = channel;
    this.#parts = partsOf(memory);
    this.#wasm = new Instance(new Module(wasm)).exports as unknown as WasmExports;
    if (!this.#wasm.setup(0, 1, 1, false, MOST_OCTETS, 0, 1)) {
      throw new RangeError("out of memory: packets could not be shown");
    }
    this.#input = this.#wasm.inputAt() >>> 0;
  }

  /** Answers the request. */
  answer(): void {
    const { head } = this.#parts;
    let state: number = STATE.answered;
    try {
      const walk = this.#walkOf(head[HEAD.table]!);
      if (head[HEAD.operation] === OPERATION.fields) this.#writeFields(walk);
      else this.#show(walk);
    } catch (error) {
      state = STATE.failed;
      this.#writeThrown(error);
    }
    store(head, HEAD.state, state);
    notify(head, HEAD.state);
  }

  #walkOf(table: number): HookWalk {
    let walk = this.#walks.get(table);
    if (walk === undefined) this.#walks.set(table, walk = new HookWalk(this.#wasm, [this.#chain]));
    return walk;
  }

  /** Ends flows, then shows packets. */
  #show(walk: HookWalk): void {
    const { head, words, times, flows, octets, verdicts } = this.#parts;
    for (let i = 0; i < head[HEAD.flows]!; i++) walk.end(flows[i]!);
    const count = head[HEAD.packets]!;
    const input = new Uint8Array(this.#wasm.memory.buffer as ArrayBuffer, this.#input);
    input.set(octets.subarray(0, head[HEAD.octets]));
    for (let i = 0; i < count; i++) {
      const at = i * WORDS;
      if (words[at + FLOW] === 0) continue;
      words[at + IP]! += this.#input;
      words[at + END]! += this.#input;
      if (words[at + TRANSPORT] !== 0) words[at + TRANSPORT]! += this.#input;
    }
    walk.walk({ words, times, list: 0, count }, (at, verdict) => verdicts[at] = verdict);
  }

  /** As many as there is room for. */
  #writeFields(walk: HookWalk): void {
    const { head, flows } = this.#parts;
    let lines = "";
    let answered = 0;
    for (; answered < head[HEAD.flows]!; answered++) {
      const line = walk.fields(flows[answered]!);
      if (line.length > MOST_FIELDS) {
        throw new RangeError(`the fields of a flow take more than ${MOST_FIELDS} characters`);
      }
      if (OCTETS_A_CHARACTER * (lines.length + 1 + line.length) > MOST_TEXT) break;
      lines += answered === 0 ? line : `\n${line}`;
    }
    head[HEAD.answered] = answered;
    this.#writeText(lines);
  }

  #writeText(text: string): void {
    const { head, text: room } = this.#parts;
    const octets = encoder.encode(text).subarray(0, MOST_TEXT);
    room.set(octets);
    head[HEAD.text] = octets.length;
  }

  #writeThrown(error: unknown): void {
    const { thrown } = this.#channel;
    try {
      this.#writeText(
        error instanceof HookFailure
          ? `failed in ${error.hook}: ${thrown(error.cause)}`
          : `failed: ${thrown(error)}`,
      );
    } catch {
      this.#parts.head[HEAD.text] = 0; // the plugin has changed what writes texts
    }
  }
}

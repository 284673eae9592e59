import type { ChainFields } from "../../../contract/chain.ts";
import { Failure } from "../../../host/failure.ts";
import { jsonText } from "../../../host/json_text.ts";
import { bytes } from "../../../host/wasm.ts";
import { isOfType } from "../../../observe/js/check.ts";
import type { DistantHooks } from "../../../observe/js/distant.ts";
import { type DescribedPackets, VERDICT } from "../../../observe/js/hook_walk.ts";
import { END, IP, TRANSPORT, WORDS } from "../../../observe/views/descriptor.ts";
import { read, type Sandbox } from "../sandbox.ts";
import {
  HEAD,
  MOST_FLOWS,
  MOST_OCTETS,
  MOST_PACKETS,
  MOST_TEXT,
  OPERATION,
  partsOf,
  shareable,
  STATE,
} from "./shared_memory.ts";

/**
 * The hooks of a chain in a worker. What the worker leaves in the memory is untrusted, and may change
 * while it is read: it is copied, then checked.
 */
export class RemoteHooks implements DistantHooks {
  readonly #sandbox: Sandbox;
  readonly #name: string;
  readonly #fields: ChainFields;
  readonly #parts;
  /** Flows of each table that have ended, of which the worker does not know yet. */
  readonly #ended: number[][] = [];

  constructor(sandbox: Sandbox, name: string, fields: ChainFields) {
    this.#sandbox = sandbox;
    this.#name = name;
    this.#fields = fields;
    const memory = shareable();
    this.#parts = partsOf(memory);
    sandbox.send({ loan: { memory, wasm: bytes() } });
  }

  open(): number {
    return this.#ended.push([]) - 1;
  }

  walk(
    table: number,
    packets: DescribedPackets,
    octets: Uint8Array,
    judge: (at: number, verdict: number) => void,
  ): void {
    for (let from = 0; from < packets.count;) {
      this.#putEnded(table);
      const to = this.#put(packets, from, octets);
      this.#ask(table, OPERATION.walk);
      const verdicts = this.#parts.verdicts.slice(0, to - from);
      verdicts.forEach((verdict, at) => {
        if (verdict > VERDICT.complete) this.#invalid();
        if (verdict !== VERDICT.goesOn) judge(from + at, verdict);
      });
      from = to;
    }
  }

  fields(table: number, flows: readonly number[]): readonly string[] {
    const texts: string[] = [];
    while (texts.length < flows.length) {
      const asked = flows.slice(texts.length, texts.length + MOST_FLOWS);
      this.#parts.flows.set(asked);
      this.#parts.head[HEAD.flows] = asked.length;
      this.#ask(table, OPERATION.fields);
      const answered = this.#parts.head[HEAD.answered]!;
      if (answered < 1 || answered > asked.length) this.#invalid();
      const ends = this.#parts.ends.slice(0, answered);
      const text = this.#parts.text.slice();
      ends.forEach((end, at) => {
        const begin = at === 0 ? 0 : ends[at - 1]!;
        if (end < begin || end > MOST_TEXT) this.#invalid();
        texts.push(this.#checked(text.subarray(begin, end)));
      });
    }
    return texts;
  }

  end(table: number, flow: number): void {
    const ended = this.#ended[table]!;
    ended.push(flow);
    if (ended.length < MOST_FLOWS) return;
    this.#parts.head[HEAD.packets] = 0;
    this.#putEnded(table);
    this.#ask(table, OPERATION.walk);
  }

  /** Puts packets into the memory, from one on; the next one that there is no room for. */
  #put({ words, times, list, count }: DescribedPackets, from: number, octets: Uint8Array): number {
    const into = this.#parts;
    let at = 0;
    let place = 0;
    for (; from + at < count && at < MOST_PACKETS; at++) {
      const source = list + (from + at) * WORDS;
      const begin = words[source + IP]!;
      const size = words[source + END]! - begin;
      if (place + size > MOST_OCTETS) break;
      const target = at * WORDS;
      into.octets.set(octets.subarray(begin, begin + size), place);
      into.words.set(words.subarray(source, source + WORDS), target);
      into.times[target / 2] = times[source / 2]!;
      // Places count from the first packet
      into.words[target + IP] = place;
      into.words[target + END] = place + size;
      const transport = words[source + TRANSPORT]!;
      if (transport !== 0) into.words[target + TRANSPORT] = transport - begin + place;
      place += size;
    }
    into.head[HEAD.packets] = at;
    into.head[HEAD.octets] = place;
    into.verdicts.fill(VERDICT.goesOn, 0, at);
    return from + at;
  }

  #putEnded(table: number): void {
    const ended = this.#ended[table]!.splice(0);
    this.#parts.flows.set(ended);
    this.#parts.head[HEAD.flows] = ended.length;
  }

  /** @throws {Failure} when the worker does not answer, or a hook has thrown */
  #ask(table: number, operation: number): void {
    const { head } = this.#parts;
    head[HEAD.table] = table;
    head[HEAD.operation] = operation;
    const state = this.#sandbox.answered(head, HEAD.state, STATE.asked);
    if (state === STATE.answered) return;
    if (state !== STATE.failed) this.#invalid();
    const end = Math.min(Math.max(head[HEAD.text]!, 0), MOST_TEXT);
    throw this.#sandbox.failure(new TextDecoder().decode(this.#parts.text.slice(0, end)));
  }

  /** The fields of a flow as a JSON object, of the types that the chain declares. */
  #checked(octets: Uint8Array): string {
    const value = read(new TextDecoder().decode(octets));
    if (typeof value !== "object" || value === null || Array.isArray(value)) return this.#invalid();
    const record = value as Readonly<Record<string, unknown>>;
    const names = Object.keys(this.#fields);
    if (Object.keys(record).length !== names.length) this.#invalid();
    for (const name of names) {
      const { type } = this.#fields[name]!;
      if (Object.hasOwn(record, name) && isOfType(type, record[name])) continue;
      throw new Failure(
        `the chain ${this.#name} put into ${name} what is not of its type, ${type}`,
      );
    }
    return jsonText(record);
  }

  #invalid(): never {
    throw this.#sandbox.invalid();
  }
}

import type { ChainFields } from "../../../contract/chain.ts";
import { Failure } from "../../../host/failure.ts";
import { jsonText } from "../../../host/json_text.ts";
import { bytes } from "../../../host/wasm.ts";
import { isOfType } from "../../../observe/js/check.ts";
import type { DistantHooks } from "../../../observe/js/distant.ts";
import { type DescribedPackets, VERDICT } from "../../../observe/js/hook_walk.ts";
import {
  END,
  FLOW,
  IP,
  MOST as MOST_PACKETS,
  TRANSPORT,
  WORDS,
} from "../../../observe/views/descriptor.ts";
import { read, type Sandbox } from "../sandbox.ts";
import {
  HEAD,
  MOST_FLOWS,
  MOST_OCTETS,
  MOST_TEXT,
  OPERATION,
  partsOf,
  shareable,
  STATE,
} from "./shared_memory.ts";

/** The most octets that are shown of a packet. */
const LONGEST = MOST_OCTETS;
/**
 * The most octets between neighbours: a record header, and those of links. Another packet with its
 * record header takes 52, so none lies there that the chain is not shown.
 */
const MOST_BETWEEN = 51;

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
      for (let at = 0; at < verdicts.length; at++) {
        const verdict = verdicts[at]!;
        if (verdict === VERDICT.goesOn) continue;
        if (verdict > VERDICT.complete) this.#invalid();
        judge(from + at, verdict);
      }
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
      const records = read(`[${this.#text().replaceAll("\n", ",")}]`);
      const isOne = Array.isArray(records) && records.length === answered && answered > 0;
      if (!isOne || answered > asked.length) return this.#invalid();
      for (const record of records) texts.push(this.#checked(record));
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
  #put({ words, list, count }: DescribedPackets, from: number, octets: Uint8Array): number {
    const into = this.#parts;
    const most = Math.min(count - from, MOST_PACKETS);
    const first = list + from * WORDS;
    into.words.set(words.subarray(first, first + most * WORDS));
    // Neighbours are copied as one: a call for each packet takes longer than what lies between them
    let begin = 0;
    let end = 0;
    let place = 0;
    const copy = () => into.octets.set(octets.subarray(begin, end), place);
    let at = 0;
    for (; at < most; at++) {
      // Nothing is read back from the memory: the worker may write there while this walks
      const source = first + at * WORDS;
      if (words[source + FLOW] === 0) continue;
      const ip = words[source + IP]!;
      const last = Math.min(words[source + END]!, ip + LONGEST);
      const isNeighbour = end > 0 && ip >= end && ip - end <= MOST_BETWEEN;
      const start = isNeighbour ? begin : ip;
      const room = isNeighbour ? place : place + end - begin;
      if (room + last - start > MOST_OCTETS) break;
      if (!isNeighbour) {
        copy();
        begin = start;
        place = room;
      }
      end = last;
      // Places count from the first packet
      const moved = place - begin;
      const target = at * WORDS;
      into.words[target + IP] = ip + moved;
      into.words[target + END] = last + moved;
      const transport = words[source + TRANSPORT]!;
      if (transport !== 0) into.words[target + TRANSPORT] = transport + moved;
    }
    copy();
    into.head[HEAD.packets] = at;
    into.head[HEAD.octets] = place + end - begin;
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
    throw this.#sandbox.failure(this.#text());
  }

  #text(): string {
    const { head, text } = this.#parts;
    const end = Math.min(Math.max(head[HEAD.text]!, 0), MOST_TEXT);
    return new TextDecoder().decode(text.slice(0, end));
  }

  /** The fields of a flow as a JSON object, of the types that the chain declares. */
  #checked(value: unknown): string {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return this.#invalid();
    const record = value as Readonly<Record<string, unknown>>;
    const names = Object.keys(this.#fields);
    for (const name of names) {
      const { type } = this.#fields[name]!;
      if (Object.hasOwn(record, name) && isOfType(type, record[name])) continue;
      throw new Failure(
        `the chain ${this.#name} put into ${name} what is not of its type, ${type}`,
      );
    }
    if (Object.keys(record).length !== names.length) this.#invalid();
    return jsonText(record);
  }

  #invalid(): never {
    throw this.#sandbox.invalid();
  }
}

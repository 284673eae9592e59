import { assert, assertEquals } from "@std/assert";
import type { FlowRecord } from "../../src/contract/flow.ts";
import type { FlowTable } from "../../src/observe/flow_table.ts";
import { drainedText, feed, flowTable } from "../data/dissect.ts";
import type { Mutant } from "../data/mutants.ts";
import { alone, compare } from "./reading.ts";
import { checkRecord, checkSum } from "./records.ts";

const SMALL = 1 << 16;
const POISON = 96;
/** Among more flows than this, packets are set aside until their flows are fetched (see wasm/assembly/window.ts). */
const CROWD = 9000;
/**
 * By the hash, notes of fragments share sets of four places, of which the oldest goes: tables that hash
 * otherwise would now and then forget another one.
 */
const LIKE_EACH_OTHER = { idle: 4, linger: 1, seed: crypto.getRandomValues(new Uint8Array(88)) };

interface Reader {
  readonly table: FlowTable;
  text: string;
}

/**
 * Gives the same packets to several flow tables, which must all agree: with one poison or another
 * behind each packet, in batches, among a crowd of other flows, and each packet alone in an empty
 * table, where an independent reader gives the expected result.
 */
export class Invariants {
  readonly #poisoned: readonly (Reader & { readonly poison: Uint8Array })[];
  readonly #batched: Reader = { table: flowTable(LIKE_EACH_OTHER), text: "" };
  readonly #crowded: Reader = { table: crowd(), text: "" };
  readonly #empty = flowTable({ ...LIKE_EACH_OTHER, input: SMALL });
  #counted = this.#empty.stats();
  #packets = 0;

  constructor() {
    this.#poisoned = [0x00, 0xff].map((octet) => ({
      poison: new Uint8Array(POISON).fill(octet),
      table: flowTable({ ...LIKE_EACH_OTHER, input: SMALL }),
      text: "",
    }));
  }

  /** Takes packets of one link type. Throws when something that must hold does not. */
  take(mutants: readonly Mutant[], link: number): void {
    for (const { frame, cut } of mutants) {
      for (const { table, poison } of this.#poisoned) alone(table, frame, link, poison);
      // Cut packets followed by their own rest reveal a read beyond the end more often than poison
      // does
      alone(this.#empty, frame, link, cut.length > 0 ? cut : new Uint8Array(POISON));
      this.#empty.flush();
      this.#counted = compare(this.#empty, frame, link, this.#counted);
    }
    const frames = mutants.map(({ frame }) => frame);
    for (const { table } of [this.#batched, this.#crowded]) feed(table, frames, link);
    this.#packets += mutants.length;
  }

  /** Takes the records that have come so far out of the tables, and compares the counters. */
  settle(): void {
    for (const reader of this.#readers()) reader.text += drainedText(reader.table);
    const stats = this.#batched.table.stats();
    for (const { table } of this.#poisoned) assertEquals(table.stats(), stats);
    assertEquals(this.#crowded.table.stats(), { ...stats, flows: stats.flows! + CROWD });
  }

  /** Ends every flow, and compares all that was said. The flows, and the counters. */
  end(): { flows: FlowRecord[]; stats: Record<string, number> } {
    for (const { table } of this.#readers()) table.flush();
    this.settle();
    const [first, ...others] = this.#readers();
    for (const { text } of others) {
      assert(first!.text === text, "what stands behind a packet was read");
    }
    const flows = this.#batched.text.split("\n").filter((line) => line !== "")
      .map((line) => JSON.parse(line) as FlowRecord);
    for (const flow of flows) checkRecord(flow);
    const stats = this.#batched.table.stats();
    assertEquals(stats.packets, this.#packets);
    checkSum(this.#batched.table, flows);
    return { flows, stats };
  }

  #readers(): Reader[] {
    return [...this.#poisoned, this.#batched, this.#crowded];
  }
}

/** A table that expects flows of which no packet comes. */
function crowd(): FlowTable {
  const table = flowTable(LIKE_EACH_OTHER);
  for (let port = 0; port < CROWD; port++) {
    const flow = table.expect({ address: "100.64.0.1", port }, { address: "100.64.0.2", port }, 6);
    assert(flow !== 0);
  }
  return table;
}

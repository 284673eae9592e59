import type { ScanExports } from "../../host/scan_wasm.ts";
import { type Group, power } from "./group.ts";

/** The most indices of one call. */
export const MOST_FOUND = 1024;

/** Where things stand in the walk's place in memory, in f64 (wasm/assembly/scan/group.ts). */
const [X, GENERATOR, PRIME, SIZE, TAKEN, LAST, FOUND] = [0, 1, 2, 3, 4, 5, 6];

/** One of several walks that go through a group together, and where it goes on. */
export interface WalkOptions {
  readonly group: Group;
  /** Indices are below it. */
  readonly size: number;
  /** How many walks there are; 1 when missing. */
  readonly shards?: number | undefined;
  /** Which of them this is, from 0 on. */
  readonly shard?: number | undefined;
  /** Steps that were taken before. */
  readonly position?: number | undefined;
  /** The step before which it ends; when missing, all numbers have been met. */
  readonly until?: number | undefined;
}

/**
 * A walk through the indices below a size in a random order, each once. Of several walks, number i
 * begins at the i-th number of the whole walk, and leaves out those of the others.
 */
export class Walk {
  readonly #wasm: ScanExports;
  readonly #at: number;
  #numbers: Float64Array;
  #begin = 1;

  /** It has no steps before {@linkcode begin}. */
  constructor(wasm: ScanExports) {
    this.#wasm = wasm;
    this.#at = wasm.scanWalkAt();
    this.#numbers = this.#view();
  }

  /** Begins, in place of an earlier walk. */
  begin({ group, size, shards = 1, shard = 0, position = 0, until = Infinity }: WalkOptions): void {
    const { prime, generator, first } = group;
    const state = this.#state;
    state[GENERATOR] = power(generator, shards, prime);
    state[PRIME] = prime;
    state[SIZE] = size;
    state[LAST] = Math.max(0, Math.min(until, Math.ceil((prime - 1 - shard) / shards)));
    this.#begin = times(first, power(generator, shard, prime), prime);
    this.position = position;
  }

  /** How many steps there are from the begin to the end. */
  get steps(): number {
    return this.#state[LAST]!;
  }

  /** How many steps have been taken. */
  get position(): number {
    return this.#state[TAKEN]!;
  }

  set position(steps: number) {
    const state = this.#state;
    const [prime, generator] = [state[PRIME]!, state[GENERATOR]!];
    const taken = Math.min(steps, this.steps);
    state[TAKEN] = taken;
    state[X] = times(this.#begin, power(generator, taken, prime), prime);
  }

  /** Whether all steps have been taken. */
  get ended(): boolean {
    return this.position >= this.steps;
  }

  /**
   * Finds at most `most` further indices; how many there were. None does not mean the end: a call
   * takes a bounded number of steps.
   */
  next(most: number): number {
    return this.#wasm.scanWalk(this.#at, most);
  }

  /** An index of those that the last call found. */
  index(i: number): number {
    return this.#state[FOUND + 2 * i]!;
  }

  /** The number of the step that found it, from 0 on. */
  step(i: number): number {
    return this.#state[FOUND + 2 * i + 1]!;
  }

  get #state(): Float64Array {
    if (this.#numbers.length === 0) this.#numbers = this.#view(); // the memory has grown
    return this.#numbers;
  }

  #view(): Float64Array {
    return new Float64Array(this.#wasm.memory.buffer, this.#at, FOUND + 2 * MOST_FOUND);
  }
}

function times(a: number, b: number, prime: number): number {
  return Number(BigInt(a) * BigInt(b) % BigInt(prime));
}

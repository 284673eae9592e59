import type { ScanExports } from "../../host/scan_wasm.ts";
import { groupFor } from "./group.ts";
import type { Space } from "./space.ts";
import { Walk } from "./walk.ts";

/** Which of the targets, and from which step on. */
export interface Part {
  /** The same seed gives the same order. */
  readonly seed: string;
  /** In how many parts the targets are split. */
  readonly shards: number;
  /** Which of them this is, from 0 on. */
  readonly shard: number;
  /** How many steps were taken before. */
  readonly position: number;
  /** The step before which it ends; at the last when missing. */
  readonly until?: number | undefined;
}

/** Targets in a random order, found step by step. */
export interface Source {
  readonly steps: number;
  /** How many of them have been taken. */
  readonly position: number;
  readonly ended: boolean;
  /** Finds at most so many further targets, in a bounded number of steps; how many. */
  next(most: number): number;
  /** Writes one that the last call found; false when an earlier one is the same. */
  put(i: number, rows: DataView, at: number): boolean;
  /** The step at which it was found. */
  step(i: number): number;
  close(): void;
}

/** The targets of a space whose indices are walked through by one group. */
export class WalkSource implements Source {
  readonly #space: Space;
  readonly #walk: Walk;

  constructor(wasm: ScanExports, space: Space, { seed, ...part }: Part) {
    this.#space = space;
    this.#walk = new Walk(wasm);
    this.#walk.begin({ group: groupFor(space.size, seed), size: space.size, ...part });
  }

  get steps(): number {
    return this.#walk.steps;
  }

  get position(): number {
    return this.#walk.position;
  }

  get ended(): boolean {
    return this.#walk.ended;
  }

  next(most: number): number {
    return this.#walk.next(most);
  }

  put(i: number, rows: DataView, at: number): boolean {
    return this.#space.put(this.#walk.index(i), rows, at);
  }

  step(i: number): number {
    return this.#walk.step(i);
  }

  close(): void {}
}

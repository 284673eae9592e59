import { Failure } from "../../host/failure.ts";
import type { ScanExports } from "../../host/scan_wasm.ts";
import type { AddressRange } from "./ranges.ts";
import type { Part, Source } from "./source.ts";

/** What is known before targets are looked for. */
export interface TargetRequest {
  readonly wasm: ScanExports;
  /** Each once. */
  readonly ports: readonly number[];
  readonly blocked: readonly AddressRange[];
  readonly elsewhere: readonly AddressRange[];
  /** Null for all. */
  readonly allowed: readonly AddressRange[] | null;
  readonly part: Part;
}

/** The targets of an order. */
export interface Targets {
  /** How many of this shard may be probed, as far as that is known. */
  readonly size: number;
  /** How many of all shards. */
  readonly left: number;
  /** Whether there may be targets that the allowlist does not have. */
  readonly restricted: boolean;
  readonly warnings: readonly string[];
  /** See `Order.identity`. */
  readonly identity: string;
  /** Those from a step on, and before another one. */
  source(position: number, until?: number): Source;
}

/** What is wrong when every target has another way out than the scan, or none. */
export function allElsewhere(): Failure {
  return new Failure(
    "no target can be reached by the way that the scan's packets leave: name another interface with " +
      "-i, or targets that the routes lead to",
  );
}

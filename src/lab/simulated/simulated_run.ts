import type { ConnectionType } from "../../connect/connection_type.ts";
import type { Target } from "../../contract/job.ts";
import type { OptionValues } from "../../contract/option.ts";
import type { ServicePort } from "../../contract/service.ts";
import type { Spider } from "../../contract/spider.ts";
import type { PlannedBox } from "../topology/network_plan.ts";

/** What happens to packets on the links of a way, in one direction. */
export interface LinkSide {
  /** Milliseconds. */
  readonly delay: number;
  /** Probability that a packet is lost. */
  readonly loss: number;
}

/** What the host of the targets speaks. */
export interface SimulatedServer {
  readonly ports: readonly ServicePort[];
  /** Whether its services take data in SYNs (RFC 7413). */
  readonly fastOpen: boolean;
}

/** A measurement in a simulated network. */
export interface SimulatedRun {
  readonly spider: Spider;
  readonly spiderOptions: OptionValues;
  /** The connection type. */
  readonly connect: ConnectionType;
  /** Of everything that is left to chance, a whole number from 0 to 2^32 - 1. */
  readonly seed: number;
  /** Milliseconds after which a connection counts as timed out. */
  readonly timeoutMs: number;
  readonly targets: readonly Target[];
  /** The addresses to measure from, by IP version. */
  readonly sources: Readonly<Record<4 | 6, string>>;
  /** The middleboxes on the way to an address: those of each router, from here on. */
  boxesFor(address: string): readonly (readonly PlannedBox[])[];
  readonly link: { readonly forward: LinkSide; readonly reverse: LinkSide };
  readonly server: SimulatedServer;
  /** A target cannot be measured, and why. */
  skipped(target: Target, problem: string): void;
  /** A middlebox throws: a sentence, once for each. */
  fault(sentence: string): void;
}

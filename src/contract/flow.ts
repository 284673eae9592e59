import type { FlowFields } from "../../wasm/build/flow_fields.ts";
import type { State } from "./connection.ts";

/**
 * The wire's view of one flow: the fields of every chain that is on. Forward is the direction of
 * the flow's first packet. `FlowFields` is generated from the chains' own declarations.
 */
export type FlowRecord = Readonly<FlowFields>;

/** How many flows a table keeps at once at most, by default. */
export const MOST_FLOWS = 4_194_304;

/** What `merge` is given in place of a flow that was not observed. */
export const NO_FLOW = null;

/** What the socket adds to a flow when the two are joined. */
export interface SocketFields {
  /** How the connection ended (see `STATE`). */
  readonly spdr_state: State;
  /** The same as a word: ok, refused, timeout, unreachable, reset, failed. */
  readonly spdr_outcome: string;
  /** Name of the socket's error, or null. */
  readonly spdr_errno: string | null;
  /** When the connection began (RFC 3339, UTC). */
  readonly spdr_start: string;
  /** When the connection ended (RFC 3339, UTC). */
  readonly spdr_stop: string;
  /** Position of the arm in the spider's list. */
  readonly config: number;
  /** Name of the arm. */
  readonly arm: string;
  /** With `--repeat`: which of the repeats it belongs to, from 0. */
  readonly repeat?: number;
}

/** A connection whose packets were seen: socket and wire joined by the full 5-tuple. */
export type ObservedFlow = FlowRecord & SocketFields & { readonly observed: true };

/**
 * Why a connection was not observed: it was not begun at all, for example because there was no port
 * or no route; the kernel dropped packets meanwhile; another connection had the same addresses and
 * ports; no packet of it was seen; its socket was connected although no packet of the other side
 * was seen; or this host refused an answer that was not seen, since it came in on an interface that
 * is not captured on.
 */
export type Missed =
  | "not begun"
  | "packets dropped"
  | "ports taken"
  | "no packet seen"
  | "no answer seen"
  | "answers elsewhere";

/** A connection whose packets were not seen, or not well enough to say anything. */
export type UnobservedFlow =
  & Partial<FlowRecord>
  & SocketFields
  & { readonly observed: false; readonly missed: Missed };

/** One arm's connection after the join; an entry of `flow_results`. */
export type MergedFlow = ObservedFlow | UnobservedFlow;

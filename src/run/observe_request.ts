import type { Chain, ChainFields } from "../contract/chain.ts";
import type { FlowField } from "../contract/flow_field.ts";
import { ANY } from "../host/capture.ts";
import { chains } from "../observe/chains.ts";
import { MOST_LANES } from "../observe/flow_table.ts";
import { field, requestError, UnknownNameError } from "./request_error.ts";

/** What to observe, and how; `OBSERVE_DEFAULTS` has the usual numbers. */
export interface ObserveRequest {
  readonly source: PacketSource;
  /** Packets to look at, in the language of tcpdump; all of them when missing. */
  readonly filter?: string | undefined;
  /** Names of chains to run besides `basic`, which is always on, and chains in JavaScript. */
  readonly chains: readonly (string | Chain)[];
  /** End after this many packets. */
  readonly count?: number | undefined;
  /**
   * End after this many seconds: on an interface from the start, in a file from its first packet by
   * the packets' own times.
   */
  readonly duration?: number | undefined;
  /** Tell the sink of each packet which flow it is of, which takes time for each. */
  readonly numbersFlows?: boolean | undefined;
  /** Octets kept of each packet on an interface. */
  readonly snaplen: number;
  /** Seconds without a packet after which a flow is complete. */
  readonly idle: number;
  /** Seconds that a complete flow waits for late packets. */
  readonly linger: number;
  /**
   * Seconds after which the record of a flow that goes on ends, and another begins, with the chain
   * `part`, which numbers them; one record a flow when missing.
   */
  readonly active?: number | undefined;
  /** Flows kept at once at most; beyond, the one that was idle for longest ends early. */
  readonly maxFlows: number;
  /**
   * Flows are those inside of tunnels, those of each VLAN and tunnel its own; false: those outside,
   * whatever their VLAN.
   */
  readonly decapsulate: boolean;
}

/** Where packets come from. */
export type PacketSource =
  /**
   * Interfaces by their names, or `any` for all there are; none for that by which the kernel sends to
   * the Internet. With `wait` those that are not there are waited for, and gone on with when they
   * are, also later on; without it must be there, and stay.
   */
  | { readonly interfaces: readonly string[]; readonly wait?: boolean | undefined }
  /** A capture file by its path; `-` is standard input. */
  | { readonly file: string };

/**
 * Checks that interfaces can be observed together.
 *
 * @throws {RequestError} when they cannot
 */
export function checkSource(source: PacketSource): void {
  if ("file" in source) return;
  const names = new Set(source.interfaces);
  if (names.has(ANY) && names.size > 1) {
    const others = [...names].filter((name) => name !== ANY).join(", ");
    throw requestError`${field("interfaces", ANY)} is every interface: leave out ${others}`;
  }
  if (names.size > MOST_LANES) {
    throw requestError`${
      field("interfaces")
    } must name ${MOST_LANES} interfaces at most, not ${names.size}: ${
      field("interfaces", ANY)
    } is all of them`;
  }
}

/** The chains that a request runs: those that it names, and what it needs besides. */
export function chainsOf({ chains, active }: ObserveRequest): ObserveRequest["chains"] {
  return ["basic", ...(active === undefined ? [] : ["part"]), ...chains];
}

/**
 * The fields of a record with some chains, in their order.
 *
 * @throws {UnknownNameError} when there is no chain of a name
 */
export function fieldsOf(chosen: ObserveRequest["chains"]): FlowField[] {
  const named = chosen.filter((chain) => typeof chain === "string");
  const names = chains().map(({ name }) => name);
  const unknown = named.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UnknownNameError("chain", unknown, names);
  const declared = chains().filter(({ name }) => named.includes(name))
    .flatMap(({ fields }) => fields);
  const own = chosen.filter((chain) => typeof chain !== "string");
  return [
    ...declared,
    ...own.flatMap(({ fields }) =>
      Object.entries(fields as ChainFields)
        .map(([name, { type, summary }]) => ({ name, type, summary }))
    ),
  ];
}

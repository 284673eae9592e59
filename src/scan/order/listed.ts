import type { Target } from "../../contract/job.ts";
import { addressBytes } from "../../host/address.ts";
import { Failure } from "../../host/failure.ts";
import { count } from "../../host/quantity.ts";
import type { JobLine } from "../../target/job_line.ts";
import type { Skipped } from "../../target/skipped.ts";
import { ROW, ROW_PORT } from "../target_row.ts";
import { RowFilter } from "./filter.ts";
import { digestOf } from "./group.ts";
import { TargetList } from "./list.ts";
import { allElsewhere, type TargetRequest, type Targets } from "./targets.ts";

/** A list of targets that is still to be read. */
export interface ListInput {
  /** Its lines, as `readJobsTogether` gives them; a target without a port has all of the scan's. */
  readonly lines: AsyncIterable<Iterable<JobLine<Target>>>;
  /** Counts those that cannot be used. */
  readonly skipped: Skipped;
  /** Whether ports of its own count for nothing, since what is sent has none; false when missing. */
  readonly portless?: boolean;
}

/**
 * The targets of a list, each once.
 *
 * @throws {Failure} when there is none, when blocklists, allowlist and ways out leave none, and when the list
 * cannot be read or kept
 */
export async function listed(
  { lines, skipped, portless = false }: ListInput,
  { wasm, ports, blocked, allowed, elsewhere, part }: TargetRequest,
): Promise<Targets> {
  const list = new TargetList(wasm, part);
  const reading = new Reading(list, ports, {
    blocked: new RowFilter(blocked),
    elsewhere: new RowFilter(elsewhere),
    allowed: allowed === null ? null : new RowFilter(allowed),
  });
  try {
    for await (const some of lines) {
      for (const line of some) {
        if ("problem" in line) skipped.add(line);
        else reading.add(portless ? { dip: line.job.dip! } : line.job);
      }
    }
    if (reading.all === 0) {
      throw new Failure(
        "the list has no target: give it a line with an address, such as 192.0.2.1",
      );
    }
    if (reading.allowed === 0) {
      throw new Failure(
        `the blocklists and the allowlist leave nothing of the list's ${count(reading.all)} ` +
          "targets: special addresses are blocked unless --no-default-blocklist is given",
      );
    }
    if (reading.left === 0) throw allElsewhere();
  } catch (error) {
    list.close();
    throw error;
  }
  return {
    size: reading.leftHere,
    left: reading.left,
    restricted: true,
    warnings: [],
    identity: digestOf(`${list.size}`, `${list.sum}`).toString("hex").slice(0, 32),
    source: (position, until) => list.source({ position, until }),
  };
}

interface Filters {
  readonly blocked: RowFilter;
  readonly allowed: RowFilter | null;
  readonly elsewhere: RowFilter;
}

/** Puts the targets of lines into a list, and counts. */
class Reading {
  readonly #list: TargetList;
  readonly #ports: readonly number[];
  readonly #filters: Filters;
  readonly #row = new Uint8Array(ROW);
  readonly #view = new DataView(this.#row.buffer);
  /** Targets of all shards; those that blocklists and allowlist leave; of these those that leave. */
  all = 0;
  allowed = 0;
  left = 0;
  /** Those of this shard. */
  leftHere = 0;

  constructor(
    list: TargetList,
    ports: readonly number[],
    filters: Filters,
  ) {
    this.#list = list;
    this.#ports = ports;
    this.#filters = filters;
  }

  add({ dip, dp }: Target): void {
    this.#setAddress(addressBytes(dip!));
    if (dp !== undefined) this.#addPort(dp);
    else for (const port of this.#ports) this.#addPort(port);
  }

  #addPort(port: number): void {
    this.#view.setUint16(ROW_PORT, port);
    const { blocked, allowed, elsewhere } = this.#filters;
    const isAllowed = !blocked.has(this.#view, 0) && (allowed?.has(this.#view, 0) ?? true);
    const isLeft = isAllowed && !elsewhere.has(this.#view, 0);
    const isHere = this.#list.add(this.#row);
    this.all++;
    if (isAllowed) this.allowed++;
    if (isLeft) this.left++;
    if (isLeft && isHere) this.leftHere++;
  }

  #setAddress(octets: Uint8Array): void {
    const mapped = octets.length === 4;
    this.#row.fill(0, 0, ROW_PORT);
    if (mapped) this.#row.fill(0xff, 10, 12);
    this.#row.set(octets, mapped ? 12 : 0);
  }
}

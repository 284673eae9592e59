import { fileOrStream, type Streams } from "../../host/streams.ts";
import { PrefixTable } from "../../probe/prefix_table.ts";
import { ReverseNames } from "../../probe/reverse_names.ts";
import type { AddressBook } from "../commands/trace/table.ts";
import type { ProbingOptions } from "./options.ts";

/** How long names of addresses are waited for, in all, in milliseconds. */
const NAMES_PATIENCE = 3000;

/** Names and AS numbers of addresses, as far as they were asked for. */
export class Directory implements AddressBook {
  readonly #names: ReverseNames | null;
  #patience = NAMES_PATIENCE;
  readonly asn: ((address: string) => string | null) | undefined;

  private constructor(names: ReverseNames | null, table: PrefixTable | null) {
    this.#names = names;
    this.asn = table === null ? undefined : (address) => table.of(address);
  }

  /** @throws {Failure} when the table of prefixes cannot be read */
  static async open(
    { numeric, json, csv, asn }: ProbingOptions,
    { stdin }: Streams,
  ): Promise<Directory> {
    const table = asn === undefined ? null : await PrefixTable.read(fileOrStream(asn, stdin));
    return new Directory(numeric || json || csv ? null : new ReverseNames(), table);
  }

  name(address: string): string | null {
    return this.#names?.of(address) ?? null;
  }

  /** Waits for the names that are being looked up, for a few seconds at most in all. */
  async lookedUp(): Promise<void> {
    const began = performance.now();
    await this.#names?.lookedUp(Math.max(0, this.#patience));
    this.#patience -= performance.now() - began;
  }
}

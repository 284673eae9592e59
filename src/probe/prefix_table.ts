import { addressBytes, isAddress } from "../host/address.ts";
import { Failure } from "../host/failure.ts";
import type { InputStream } from "../host/streams.ts";
import { openInput } from "../target/input.ts";
import { splitLines } from "../target/lines.ts";
import { LongestPrefix } from "../target/longest_prefix.ts";
import { quote } from "../target/quote.ts";
import { readText } from "../target/text.ts";

/** `PREFIX/BITS NUMBERS` or `PREFIX BITS NUMBERS`; what stands behind is passed over. */
const LINE = /^([\d.a-f:]+)(?:\/|[\s,;|]+)(\d{1,3})([\s,;|]+)(?:AS)?([\d_{},]*\d)/i;

/**
 * Which autonomous system announces an address, from a table in a file.
 *
 * A line has a prefix and an AS number: `192.0.2.0/24 64496`, also with `AS` before the number, or in
 * three columns as CAIDA's pfx2as has it: `192.0.2.0 24 64496`, where `64496_64497` is a prefix with
 * more than one origin, and `64496,64497` a set. The file may be gzip.
 */
export class PrefixTable {
  /** The AS numbers of prefixes. */
  readonly #numbers: LongestPrefix<string>;

  private constructor(numbers: LongestPrefix<string>) {
    this.#numbers = numbers;
  }

  /**
   * Reads a table.
   *
   * @throws {Failure} when it cannot be read, or a line is malformed
   */
  static async read(path: string | InputStream): Promise<PrefixTable> {
    const { stream, name } = await openInput(path);
    const prefixes = new LongestPrefix<string>();
    let number = 0;
    for await (const lines of splitLines(readText(stream, name))) {
      for (const line of lines) {
        number++;
        const text = line?.trim() ?? "";
        if (text === "" || text.startsWith("#") || number === 1 && !/\d/.test(text)) continue;
        const entry = readLine(text);
        if (entry === null) {
          throw new Failure(
            `${name} line ${number}, ${quote(text)}, is not a prefix and an AS number: ` +
              "give a table such as CAIDA's pfx2as",
          );
        }
        prefixes.set(...entry);
      }
    }
    return new PrefixTable(prefixes);
  }

  /** The AS numbers of the longest prefix that holds the address; null when none does. */
  of(address: string): string | null {
    return this.#numbers.of(addressBytes(address));
  }
}

function readLine(text: string): [octets: Uint8Array, bits: number, numbers: string] | null {
  const [, address = "", length = "", separator = "", found = ""] =
    LINE.exec(text.replaceAll('"', "")) ?? [];
  if (!isAddress(address)) return null;
  const octets = addressBytes(address);
  const bits = Number(length);
  if (bits > octets.length * 8) return null;
  // Between columns that commas part, a comma begins the next; elsewhere it is within a set
  const numbers = (separator.includes(",") ? found.split(",")[0]! : found).match(/\d+/g);
  return numbers === null ? null : [octets, bits, numbers.join("_")];
}

import { addressBytes, isAddress } from "../host/address.ts";
import { Failure } from "../host/failure.ts";
import type { InputStream } from "../host/streams.ts";
import { openInput } from "../target/input.ts";
import { splitLines } from "../target/lines.ts";
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
  /** By the number of bits, the longest first: the AS numbers of a prefix. */
  readonly #lengths: (readonly [bits: number, prefixes: Map<string, string>])[];

  private constructor(prefixes: ReadonlyMap<number, Map<string, string>>) {
    this.#lengths = [...prefixes].sort(([a], [b]) => b - a);
  }

  /**
   * Reads a table.
   *
   * @throws {Failure} when it cannot be read, or a line is malformed
   */
  static async read(path: string | InputStream): Promise<PrefixTable> {
    const { stream, name } = await openInput(path);
    const prefixes = new Map<number, Map<string, string>>();
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
        const [bits, prefix, numbers] = entry;
        let same = prefixes.get(bits);
        if (same === undefined) prefixes.set(bits, same = new Map());
        same.set(prefix, numbers);
      }
    }
    return new PrefixTable(prefixes);
  }

  /** The AS numbers of the longest prefix that holds the address; null when none does. */
  of(address: string): string | null {
    const octets = addressBytes(address);
    for (const [bits, prefixes] of this.#lengths) {
      if (bits > octets.length * 8) continue;
      const numbers = prefixes.get(key(octets, bits));
      if (numbers !== undefined) return numbers;
    }
    return null;
  }
}

function readLine(text: string): [bits: number, prefix: string, numbers: string] | null {
  const [, address = "", length = "", separator = "", found = ""] =
    LINE.exec(text.replaceAll('"', "")) ?? [];
  if (!isAddress(address)) return null;
  const octets = addressBytes(address);
  const bits = Number(length);
  if (bits > octets.length * 8) return null;
  // Between columns that commas part, a comma begins the next; elsewhere it is within a set
  const numbers = (separator.includes(",") ? found.split(",")[0]! : found).match(/\d+/g);
  return numbers === null ? null : [bits, key(octets, bits), numbers.join("_")];
}

/** The first bits of an address as text; those of IPv4 and IPv6 differ. */
function key(octets: Uint8Array, bits: number): string {
  let text = octets.length === 4 ? "4:" : "6:";
  const whole = bits >> 3;
  for (let at = 0; at < whole; at++) text += String.fromCharCode(octets[at]!);
  const rest = bits & 7;
  if (rest > 0) text += String.fromCharCode(octets[whole]! & 0xff << 8 - rest);
  return text;
}

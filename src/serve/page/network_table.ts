// @ts-types="../../types/csv.d.ts"
import { parse } from "@std/csv";
import { addressBytesOrNull } from "../../host/address.ts";
import { Failure } from "../../host/failure.ts";
import { LongestPrefix } from "../../target/longest_prefix.ts";
import { quote } from "../../target/quote.ts";

/** Whose a prefix is. */
export interface Network {
  /** The number of the autonomous system that announces it, with `AS` before it; empty when unknown. */
  readonly asn: string;
  /** The code of its country (ISO 3166-1, two letters); empty when unknown. */
  readonly country: string;
  /** What the autonomous system is called; empty for no name. */
  readonly name: string;
}

/**
 * Whose addresses are, from a table: CSV with a prefix, the number of its autonomous system, the code of
 * its country and a name, a line each. A first line that names the columns, and what stands behind `#` at
 * the begin of a line, is passed over.
 */
export class NetworkTable {
  readonly #prefixes = new LongestPrefix<Network>();

  /**
   * @param name its name in messages
   * @throws {Failure} for a line that is malformed
   */
  constructor(text: string, name: string) {
    /** Networks by their text: the same object for the many prefixes of one. */
    const known = new Map<string, Network>();
    for (const [at, whole] of text.replace(/^\uFEFF/, "").split("\n").entries()) {
      const line = whole.trim();
      if (line === "" || line.startsWith("#") || at === 0 && /^"?prefix\b/i.test(line)) continue;
      const read = readLine(line);
      if (typeof read === "string") {
        throw new Failure(
          `${name}, line ${at + 1}: ${read}; a line is prefix,asn,country,name: ` +
            "192.0.2.0/24,64496,DE,Example",
        );
      }
      const { octets, bits, network } = read;
      const key = JSON.stringify(network);
      if (!known.has(key)) known.set(key, network);
      this.#prefixes.set(octets, bits, known.get(key)!);
    }
  }

  /** Whose an address of 4 or 16 octets is; null when the table does not say. */
  of(octets: Uint8Array): Network | null {
    return this.#prefixes.of(octets);
  }

  /** How many prefixes it has. */
  get size(): number {
    return this.#prefixes.size;
  }
}

function readLine(line: string) {
  const cells = cellsOf(line);
  if (typeof cells === "string") return cells;
  const [prefix = "", asn = "", country = "", name = ""] = cells.map((cell) => cell.trim());
  const [address = "", length = ""] = prefix.split("/");
  const octets = addressBytesOrNull(address);
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : NaN;
  if (octets === null || !(bits <= octets.length * 8)) return `${quote(prefix)} is not a prefix`;
  const found = /^(?:AS)?(\d{1,10})?$/i.exec(asn);
  if (found === null) return `${quote(asn)} is not the number of an autonomous system`;
  if (!/^([A-Z]{2})?$/i.test(country)) return `${quote(country)} is not the code of a country`;
  const network: Network = {
    asn: found[1] === undefined ? "" : `AS${found[1]}`,
    country: country.toUpperCase(),
    name,
  };
  return { octets, bits, network };
}

function cellsOf(line: string): readonly string[] | string {
  if (!line.includes('"')) return line.split(",");
  try {
    return parse(line)[0]!;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `${quote(line)} is no CSV`;
  }
}

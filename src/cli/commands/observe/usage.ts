import { resolve } from "node:path";
import { isFile } from "../../../host/file_kind.ts";
import { isInterface } from "../../../host/interface.ts";
import { packingNamed } from "../../../host/packing.ts";
import { STANDARD } from "../../../host/standard.ts";
import type { OutputStream } from "../../../host/streams.ts";
import { type ObserveInvocation, outputOf } from "./options.ts";
import { UsageError } from "../../../host/usage_error.ts";

/** What may be written instead of flow records as JSON. */
const FORMS = ["summary", "csv", "parquet", "ipfix"] as const;
/** Those of them that are no text. */
const BINARY = ["parquet", "ipfix"] as const;

/** Checks that what was asked of `spider observe` goes together. Throws a {@linkcode UsageError}. */
export function checkObserve(
  { options, positionals }: ObserveInvocation,
  stdout: OutputStream,
): void {
  const { summary, json } = options;
  checkSources(options.interface, options.wait);
  const [form, other] = FORMS.filter((name) => options[name]);
  if (other !== undefined) {
    throw new UsageError(`--${form} and --${other} exclude each other; give one`);
  }
  const output = outputOf(options);
  const binary = BINARY.find((name) => options[name]);
  if (binary !== undefined && output === STANDARD && stdout.isTerminal()) {
    throw new UsageError(`--${binary} writes what no terminal can show: name a file with --output`);
  }
  if (json && !summary) {
    throw new UsageError("--json goes with --summary; flow records are JSON without it");
  }
  if (summary && positionals.length > 0) {
    throw new UsageError(`--summary needs no chain; leave out ${positionals.join(" ")}`);
  }
  const packing = packingNamed(options.write ?? "");
  if (packing !== null) {
    throw new UsageError(
      `--write does not pack: write ${
        options.write!.slice(0, -packing.suffix.length)
      }, and pack it with ${packing.name}`,
    );
  }
  const outputs = new Map<string, string>();
  for (const name of ["output", "write", "stats"] as const) {
    const path = name === "output" ? output : options[name] ?? null;
    if (path === null || path === "/dev/null") continue;
    const place = path === STANDARD ? path : resolve(path);
    const other = outputs.get(place);
    if (other !== undefined) {
      throw new UsageError(`--${other} and --${name} go to the same place; name another file`);
    }
    outputs.set(place, name);
  }
}

/**
 * Whether a source is a capture file by its name: what ends in .pcap or .pcapng, also packed, or is
 * a path, or `-`.
 */
export function namesFile(source: string): boolean {
  if (source === STANDARD || source.includes("/")) return true;
  const { suffix = "" } = packingNamed(source) ?? {};
  return /\.pcap(ng)?$/.test(source.slice(0, source.length - suffix.length));
}

/** Checks what packets come from: a file alone, or interfaces. */
function checkSources(sources: readonly string[], wait: boolean): void {
  const file = sources.find(namesFile);
  if (file !== undefined && wait) {
    throw new UsageError(`--wait waits for interfaces; leave it out to read ${file}`);
  }
  if (file !== undefined && sources.length > 1) {
    throw new UsageError(`a capture file is read alone: give --interface ${file}, and no other`);
  }
  for (const source of sources) checkSource(source);
}

/** A file whose name is that of no interface was surely meant. */
function checkSource(source: string): void {
  if (namesFile(source) || !isFile(source) || isInterface(source)) return;
  throw new UsageError(
    `there is no interface ${source}, but a file of that name: give ./${source} to read it`,
  );
}

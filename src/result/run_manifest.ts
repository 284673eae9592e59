import { dirname } from "node:path";
import { z } from "zod";
import { jsonText } from "../host/json_text.ts";
import { Failure } from "../host/failure.ts";
import { fileError } from "../host/file_error.ts";
import { fileStatus } from "../host/kernel_file.ts";
import { STANDARD } from "../host/standard.ts";
import { fileOrStream, type OutputStream } from "../host/streams.ts";
import { cannotWrite, OutputFile } from "./output_file.ts";
import { replaceFile } from "./replaced_file.ts";

const count = z.number().int().nonnegative();
const counts = z.record(z.string(), count);

/** How a run ended; `running` if it was killed. */
const STATUS = ["complete", "interrupted", "failed", "running"] as const;

const period = z.object({
  /** RFC 3339, UTC. */
  started: z.string(),
  ended: z.string(),
  status: z.enum(STATUS),
});

const device = z.object({
  name: z.string(),
  ipv4: z.array(z.string()),
  ipv6: z.array(z.string()),
});

const scan = z.object({
  /** Steps of the order whose targets are all concluded and written: where another run goes on. */
  position: count,
  /** How many targets the order has, as far as can be told. */
  size: count,
  /** What the order was made from, besides the seed. */
  order: z.record(z.string(), z.unknown()),
  /** Which targets it has, whatever their order: a hash. */
  identity: z.string(),
  /** Targets of which a probe was sent, by this run and those before. */
  probed: count,
  /** Targets that have answered, likewise. */
  answered: count,
  /** Targets that were left out, by reason. */
  passed: counts,
  /** By the arms' names. */
  sent: counts,
  answers: counts,
  /** Packets that came in, by kind. */
  kinds: counts,
  /** Targets that were measured with connections, and those that still wait for it. */
  confirmed: count,
  unconfirmed: count,
  /** First and last port that was sent from. */
  source_ports: z.tuple([count, count]),
  /** Who answers for the scan, and a page that says what it is. */
  contact: z.string().optional(),
  page: z.string().optional(),
});

const schema = period.extend({
  program: z.object({ name: z.literal("spider"), version: z.string(), deno: z.string() }),
  /** Release of the operating system's kernel. */
  kernel: z.string(),
  spider: z.object({
    name: z.string(),
    version: z.string(),
    /** URL or file of one that does not ship with the program. */
    place: z.string().optional(),
    /** Of one from a URL, the hash of its whole graph. */
    sha256: z.string().optional(),
    /** Under their long names. */
    options: z.record(z.string(), z.unknown()),
    connect: z.string(),
    arms: z.array(z.string()),
  }),
  /** The command's own options, those without a value left out. */
  options: z.record(z.string(), z.unknown()),
  /** What the random order of arms followed from; missing in manifests of earlier versions. */
  seed: count.optional(),
  /**
   * The interface that was measured on, with the addresses that it had; null where the kernel chose.
   */
  interface: device.nullable(),
  /** Further ones that answers were captured on; missing without any. */
  further_interfaces: z.array(device).optional(),
  input: z.string(),
  output: z.string(),
  targets: z.object({
    /** Lines of the input that held something. */
    read: count,
    /** Lines that could not be used. */
    skipped: count,
    /** Targets whose results an earlier run had written. */
    already_done: count,
    /** Targets whose results this run has written. */
    done: count,
    /** Targets that were begun and aborted when the run ended. */
    given_up: count,
  }),
  /** Why lines were skipped, and how many each. */
  skipped: counts,
  /** Targets, of this run and earlier ones, of which not every arm was observed. */
  unobserved: count,
  /** Why arms of this run were not observed, and how many each. */
  unobserved_reasons: counts,
  /**
   * Targets of this run that were measured once more, since chance could have caused the
   * conclusion.
   */
  retries: count,
  packets: z.object({
    received: count,
    /** Dropped by the kernel because its buffer was full. */
    dropped: count,
    dropped_by_interface: count,
  }),
  /** Connections to addresses that no host can have; missing with `--no-control`. */
  controls: z.object({ sent: count, answered: count, refused: count }).optional(),
  /**
   * Whether one of them was answered, so that something close answers for everyone; missing where
   * that is not known.
   */
  intercepted: z.boolean().optional(),
  /** How many targets had each condition, those of earlier runs included. */
  conditions: counts,
  /**
   * With `--repeat`: how many targets of this run had each condition in a repeat or more, and in what
   * share of their observed repeats, on average.
   */
  agreement: z.record(z.string(), z.object({ targets: count, share: z.number() })).optional(),
  /** Of a scan alone. */
  scan: scan.optional(),
  /** What ended the run, when it failed. */
  error: z.string().optional(),
  /** The runs that wrote the first results into the same output. */
  earlier: z.array(period),
});

/** What is said of a scan alone. */
export type ScanManifest = NonNullable<RunManifest["scan"]>;

/** The facts about a run besides its results, in the form in which they are written. */
export type RunManifest = z.infer<typeof schema>;

/** Where the manifest of a run is, when its results are in this file. */
export function manifestPath(output: string): string {
  return `${output}.manifest.json`;
}

/** Whether results or a manifest that are written there leave no file: standard output, a device, a pipe. */
export function isSpecial(path: string): boolean {
  if (path === STANDARD) return true;
  try {
    const { isFile, isDirectory } = fileStatus(path);
    return !isFile && !isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw cannotWrite(path, error);
  }
}

/**
 * Checks that there is a folder for a manifest, before anything is measured.
 *
 * @throws {Failure} when there is none
 */
export function checkFolder(path: string): void {
  if (isSpecial(path)) return;
  try {
    if (!Deno.statSync(dirname(path)).isDirectory) throw new Deno.errors.NotADirectory();
  } catch (error) {
    throw new Failure(`cannot write the manifest ${path}: ${fileError(error)}`, { cause: error });
  }
}

/**
 * Writes a manifest, to a file whole or not at all; `-` is standard output.
 *
 * @throws {Failure} when it cannot be written
 */
export function writeManifest(path: string, manifest: RunManifest, stdout: OutputStream): void {
  const text = jsonText(manifest, 2) + "\n";
  // A device must not be replaced by a file
  if (isSpecial(path)) return writeTo(fileOrStream(path, stdout), text);
  try {
    replaceFile(path, new TextEncoder().encode(text));
  } catch (error) {
    throw new Failure(`cannot write the manifest ${path}: ${fileError(error)}`, { cause: error });
  }
}

function writeTo(path: string | OutputStream, text: string): void {
  const file = OutputFile.open(path);
  try {
    file.write(new TextEncoder().encode(text));
  } finally {
    file.close();
  }
}

/**
 * Reads a manifest; null when there is none.
 *
 * @throws {Failure} when it cannot be read, or is none
 */
export function readManifest(path: string): RunManifest | null {
  if (isSpecial(path)) return null;
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new Failure(`cannot read the manifest ${path}: ${fileError(error)}`, { cause: error });
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new Failure(
      `${path} is not the manifest of a run: move it away, and what is there is taken as it is`,
      { cause: error },
    );
  }
}

import { resolve } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { Failure } from "../host/failure.ts";
import { isFolder } from "../host/file_kind.ts";
import type { Interface } from "../host/interface.ts";
import { STANDARD } from "../host/standard.ts";
import type { OutputStream } from "../host/streams.ts";
import type { Control } from "../measure/control.ts";
import type { Agreement } from "../measure/tally.ts";
import type { Earlier } from "../result/earlier.ts";
import { isSameFile } from "../result/output_file.ts";
import {
  checkFolder,
  isSpecial,
  manifestPath,
  readManifest,
  type RunManifest,
  writeManifest,
} from "../result/run_manifest.ts";
import { concluderOf, provenanceOf } from "../plugin/provenance.ts";
import type { Setup } from "../measure/setup.ts";
import type { Plan } from "./plan.ts";
import type { Reading } from "./reading.ts";
import { field, requestError } from "./request_error.ts";

/** The files of a run, by their paths; `-` is standard input or output. */
export interface RunFiles {
  readonly input: string;
  readonly output: string;
  /** Undefined for the usual place beside the output. */
  readonly manifest: string | undefined;
  /** Go on with the run whose results are in the output, behind them. */
  readonly resume: boolean;
  readonly stdout: OutputStream;
  /** What was asked for, by the names that the caller knows it by. */
  readonly asked: Readonly<Record<string, unknown>>;
}

/** A run as far as it has come. */
export interface RunProgress {
  readonly setup: Pick<Setup, "tally" | "captureCounts">;
  readonly reading: Pick<Reading, "lines" | "skipped" | "alreadyDone">;
  /** Null where no controls are sent. */
  readonly control: Pick<Control, "counts" | "intercepted"> | null;
}

/** How a run ended. */
export interface RunEnd extends RunProgress {
  /** Targets whose results could not be written. */
  readonly lost: number;
  readonly interrupted: boolean;
  /** What ended it, null when nothing did. */
  readonly failure: unknown;
}

/**
 * The manifest of a run: written at its beginning, so that a run that is killed has one, and again at
 * its end.
 */
export class ManifestFile {
  readonly #started = new Date();

  private constructor(
    private readonly path: string,
    private readonly plan: Plan,
    private readonly files: RunFiles,
    private readonly earlier: Earlier | null,
    /** The manifest of the run that is resumed. */
    private readonly before: RunManifest | null,
  ) {}

  /**
   * Null where none is wanted: results go to no file of their own, and no place was named.
   *
   * @throws {Failure} when it cannot be written, or the run to resume was made otherwise
   * @throws {RequestError} when it would go where the results go
   */
  static open(plan: Plan, files: RunFiles, earlier: Earlier | null): ManifestFile | null {
    const { output } = files;
    const path = placeOf(files, [files.input]);
    if (path === null) return null;
    const before = earlier === null ? null : readManifest(path);
    if (before !== null) checkSame(plan, before, output);
    return new ManifestFile(path, plan, files, earlier, before);
  }

  /** Writes what is known at the beginning. Throws a {@linkcode Failure} when it cannot be written. */
  begin(state: RunProgress): void {
    if (isSpecial(this.path)) return;
    const nothing = { lost: 0, interrupted: false, failure: null };
    writeManifest(
      this.path,
      this.#manifest({ ...state, ...nothing }, "running"),
      this.files.stdout,
    );
  }

  /** Throws a {@linkcode Failure} when it cannot be written. */
  write(ended: RunEnd): void {
    writeManifest(this.path, this.#manifest(ended, statusOf(ended)), this.files.stdout);
  }

  #manifest(
    { setup, reading, control, lost, failure }: RunEnd,
    status: RunManifest["status"],
  ): RunManifest {
    const { tally } = setup;
    const packets = setup.captureCounts();
    const { before, earlier } = this;
    return {
      ...beginOf(this.plan, this.files, { started: this.#started, status }),
      targets: {
        read: reading.lines,
        skipped: reading.skipped.count,
        already_done: reading.alreadyDone,
        done: tally.done - lost,
        given_up: tally.started - tally.done + lost,
      },
      skipped: Object.fromEntries(reading.skipped.reasons),
      unobserved: tally.unobserved + (earlier?.unobserved ?? 0),
      unobserved_reasons: Object.fromEntries(tally.missed),
      retries: tally.retries,
      packets: {
        received: packets.received,
        dropped: packets.dropped,
        dropped_by_interface: packets.interfaceDropped,
      },
      ...(control === null ? {} : controlled(control)),
      conditions: sum(earlier?.conditions ?? new Map(), tally.conditions),
      ...(tally.agreement.size === 0 ? {} : { agreement: shares(tally.agreement) }),
      ...endOf(failure, before),
    };
  }
}

/** What the manifest of any run begins with. */
export function beginOf(
  plan: SpiderPlan & {
    readonly seed: number;
    readonly device: Interface | null;
    readonly further?: readonly Interface[];
  },
  { asked, input, output }: RunFiles,
  { started, status }: { readonly started: Date; readonly status: RunManifest["status"] },
) {
  const { device, further = [] } = plan;
  return {
    program: { name: "spider" as const, version: config.version, deno: Deno.version.deno },
    kernel: Deno.osRelease(),
    spider: spiderOf(plan),
    options: given(asked),
    seed: plan.seed,
    interface: device === null ? null : described(device),
    ...(further.length === 0 ? {} : { further_interfaces: further.map(described) }),
    input,
    output,
    started: started.toISOString(),
    ended: new Date().toISOString(),
    status,
  };
}

/**
 * What it ends with.
 *
 * @param failure what ended the run, null when nothing did
 * @param before the manifest of the run that is resumed
 */
export function endOf(failure: unknown, before: RunManifest | null) {
  return {
    ...(failure === null ? {} : { error: String((failure as Error).message ?? failure) }),
    earlier: before === null ? [] : [...before.earlier, periodOf(before)],
  };
}

/**
 * Where the manifest of a run goes; null where none is wanted: results go to no file of their own, and
 * no place was named.
 *
 * @param inputs files that are read
 * @throws {Failure} when it cannot be written there
 * @throws {RequestError} when it would go where the results go
 */
export function placeOf(
  { manifest, output }: Pick<RunFiles, "output" | "manifest">,
  inputs: readonly string[],
): string | null {
  if (manifest === undefined && isSpecial(output)) return null;
  const path = manifest ?? manifestPath(output);
  if (resolve(path) === resolve(output) || output !== STANDARD && isSameFile(output, path)) {
    throw requestError`${field("output")} and ${
      field("manifest")
    } go to the same place; name another file`;
  }
  if (inputs.some((input) => isSameFile(input, path))) {
    throw new Failure(`${path} is the input itself; write the manifest to another file`);
  }
  if (manifest !== undefined) checkFolder(path);
  if (isFolder(path)) {
    throw new Failure(`cannot write the manifest ${path}: it is a folder; name another file`);
  }
  return path;
}

/** An interface as the manifest has it. */
function described({ name, ipv4, ipv6 }: Interface): NonNullable<RunManifest["interface"]> {
  return { name, ipv4: [...ipv4], ipv6: [...ipv6] };
}

/** What the controls showed; nothing of `intercepted` where that is not known. */
function controlled(
  { counts, intercepted }: NonNullable<RunProgress["control"]>,
): Pick<RunManifest, "controls" | "intercepted"> {
  return { controls: counts, ...(intercepted === null ? {} : { intercepted }) };
}

/** How a run that has ended did so. */
export function statusOf(
  { failure, interrupted }: Pick<RunEnd, "failure" | "interrupted">,
): Exclude<RunManifest["status"], "running"> {
  return failure !== null ? "failed" : interrupted ? "interrupted" : "complete";
}

/** What of a plan is known of its spider. */
type SpiderPlan = Pick<Plan, "spider" | "spiderOptions" | "connect" | "arms">;

/** The spider of a run as its manifest has it. */
function spiderOf(
  { spider, spiderOptions, connect, arms }: SpiderPlan,
): RunManifest["spider"] {
  const { name, version, sha256 } = concluderOf(spider);
  const provenance = provenanceOf(spider);
  return {
    name,
    version,
    ...(provenance === undefined ? {} : { place: provenance.place }),
    ...(sha256 === undefined ? {} : { sha256 }),
    options: given(spiderOptions),
    connect: connect.name,
    arms: arms.map(({ name }) => name),
  };
}

/** Options that have a value. */
function given(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** The mean share of each condition, to three digits. */
function shares(agreement: ReadonlyMap<string, Agreement>): RunManifest["agreement"] {
  return Object.fromEntries(
    [...agreement].map(([name, { targets, shares }]) => [
      name,
      { targets, share: Math.round(shares / targets * 1000) / 1000 },
    ]),
  );
}

/** A run that another one goes on with. */
function periodOf({ started, ended, status }: RunManifest): RunManifest["earlier"][number] {
  return { started, ended, status };
}

/** Counts by name, those of two runs together. */
export function sum(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): Record<string, number> {
  const names = new Set([...a.keys(), ...b.keys()]);
  return Object.fromEntries(
    [...names].map((name) => [name, (a.get(name) ?? 0) + (b.get(name) ?? 0)]),
  );
}

/** Results of two kinds in one file could not be told apart. */
export function checkSame(
  plan: SpiderPlan & { readonly repeat?: number },
  before: RunManifest,
  output: string,
): void {
  const now = describe(spiderOf(plan), plan);
  const then = describe(before.spider, before.options);
  if (JSON.stringify(spiderOf(plan)) === JSON.stringify(before.spider) && now === then) return;
  throw new Failure(
    `${output} was begun with ${then}, and this run is ${now}: give the same options, or another ` +
      "output",
  );
}

function describe(
  { name, version, sha256, connect, options }: RunManifest["spider"],
  { repeat = 1 }: { readonly repeat?: unknown },
): string {
  const set = Object.entries({ ...options, ...(repeat === 1 ? {} : { repeat }) })
    .map(([key, value]) => `${key} ${value}`);
  const code = sha256 === undefined ? "" : ` (${sha256})`;
  return `${name} ${version}${code} over ${connect}${
    set.length === 0 ? "" : ` with ${set.join(", ")}`
  }`;
}

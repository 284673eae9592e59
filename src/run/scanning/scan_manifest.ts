import { Failure } from "../../host/failure.ts";
import type { Earlier } from "../../result/earlier.ts";
import {
  isSpecial,
  readManifest,
  type RunManifest,
  type ScanManifest,
  writeManifest,
} from "../../result/run_manifest.ts";
import {
  beginOf,
  checkSame,
  endOf,
  placeOf,
  type RunFiles,
  statusOf,
  sum,
} from "../manifest_file.ts";
import type { Order } from "../../scan/order/order.ts";
import { inputsOf, type ScanPlan } from "./plan.ts";
import type { ScanState } from "./state.ts";
import type { Skipped } from "../../target/skipped.ts";

/** A scan as far as it has come. */
export interface ScanProgress {
  readonly state: ScanState;
  /** Steps of the order whose targets are all concluded and written. */
  readonly position: number;
  /** Lines of a list that could not be used. */
  readonly skipped: Pick<Skipped, "count" | "reasons">;
  /** Targets whose lines an earlier run had written. */
  readonly alreadyDone: number;
  /** Why arms were not observed, and how many each. */
  readonly missed: ReadonlyMap<string, number>;
  /** Results that could not be written. */
  readonly lost: number;
}

/** How a scan ended. */
export interface ScanEnd {
  readonly interrupted: boolean;
  /** What ended it, null when nothing did. */
  readonly failure: unknown;
}

/** What decides the order of the targets: with another one, a position would mean other targets. */
const ORDER = [
  "prefixes",
  "input",
  "ports",
  "shards",
  "shard",
  "maxTargets",
  "maxPercent",
  "blocklists",
  "allowlists",
  "defaultBlocklist",
] as const;

/**
 * The manifest of a scan: written at its beginning, each time that more of its targets are done, and at
 * its end; a scan that is killed goes on from there.
 */
export class ScanManifestFile {
  readonly #started = new Date();
  #identity = "";

  private constructor(
    private readonly path: string,
    /** What was asked for, with the seed of the run that is resumed. */
    readonly plan: ScanPlan,
    private readonly files: RunFiles,
    private readonly earlier: Earlier | null,
    /** The manifest of the run that is resumed. */
    private readonly before: RunManifest | null,
  ) {}

  /**
   * Null where none is wanted: results go to no file of their own, and no place was named. A scan that
   * goes on with another one has its seed, unless it was given one.
   *
   * @throws {Failure} when it cannot be written, or the run to resume was made otherwise
   * @throws {RequestError} when it would go where the results go
   */
  static open(asked: ScanPlan, files: RunFiles, earlier: Earlier | null): ScanManifestFile | null {
    const path = placeOf(files, inputsOf(asked));
    if (path === null) return null;
    const before = earlier === null ? null : readManifest(path);
    if (before === null) return new ScanManifestFile(path, asked, files, earlier, before);
    const { seed = asked.seed } = before;
    const plan = asked.seedGiven ? asked : { ...asked, seed };
    checkSame(plan, before, files.output);
    checkOrder(plan, before, path);
    return new ScanManifestFile(path, plan, files, earlier, before);
  }

  /** Where the run that is resumed has come to; null without one. */
  get position(): number | null {
    return this.before?.scan?.position ?? null;
  }

  /**
   * Checks that an order has the targets of the run that is resumed.
   *
   * @throws {Failure} when it has others
   */
  check({ identity }: Pick<Order, "identity">): void {
    this.#identity = identity;
    const before = this.before?.scan?.identity;
    if (before === undefined || before === identity) return;
    throw new Failure(
      `the targets are others than those that ${this.files.output} was begun with: give the same ` +
        "prefixes, or the list as it was, or another output",
    );
  }

  /**
   * Writes how far it has come; nothing where the manifest goes to a stream.
   *
   * @throws {Failure} when it cannot be written
   */
  checkpoint(progress: ScanProgress): void {
    if (isSpecial(this.path)) return;
    const end = { interrupted: false, failure: null };
    writeManifest(this.path, this.#manifest(progress, end, "running"), this.files.stdout);
  }

  /** Writes how it ended. Throws a {@linkcode Failure} when it cannot be written. */
  write(progress: ScanProgress, end: ScanEnd): void {
    writeManifest(this.path, this.#manifest(progress, end, statusOf(end)), this.files.stdout);
  }

  #manifest(
    { state, position, skipped, alreadyDone, missed, lost }: ScanProgress,
    { failure }: ScanEnd,
    status: RunManifest["status"],
  ): RunManifest {
    const { plan, before, earlier } = this;
    return {
      ...beginOf(plan, this.files, { started: this.#started, status }),
      targets: {
        read: state.targets,
        skipped: skipped.count,
        already_done: alreadyDone,
        done: state.results - lost,
        given_up: lost,
      },
      skipped: Object.fromEntries(skipped.reasons),
      unobserved: state.unobserved + (earlier?.unobserved ?? 0),
      unobserved_reasons: Object.fromEntries(missed),
      retries: state.confirming?.done ?? 0,
      packets: {
        received: Object.values(state.kinds).reduce((all, kind) => all + kind, 0),
        dropped: state.drops,
        dropped_by_interface: state.interfaceDrops,
      },
      conditions: sum(earlier?.conditions ?? new Map(), state.conditions),
      scan: this.#scan(state, position),
      ...endOf(failure, before),
    };
  }

  #scan(state: ScanState, position: number): ScanManifest {
    const { plan } = this;
    const before = this.before?.scan;
    const { first, last } = plan.sourcePorts;
    const armsBy = (key: "sent" | "answered") =>
      Object.fromEntries(state.arms.map((arm) => [arm.name, arm[key]]));
    return {
      position,
      size: state.total ?? 0,
      order: orderOf(plan),
      identity: this.#identity,
      probed: state.targets + (before?.probed ?? 0),
      answered: state.answered + (before?.answered ?? 0),
      passed: { ...state.passed },
      sent: armsBy("sent"),
      answers: armsBy("answered"),
      kinds: { ...state.kinds },
      confirmed: state.confirming?.done ?? 0,
      unconfirmed: state.confirming?.waiting ?? 0,
      source_ports: [first, last],
      ...(plan.contact === undefined ? {} : { contact: plan.contact }),
      ...(plan.page === undefined ? {} : { page: plan.page }),
    };
  }
}

/** What of a plan decides the order. */
function orderOf(plan: ScanPlan): Record<string, unknown> {
  return Object.fromEntries(ORDER.map((key) => [key, plan[key] ?? null]));
}

/** Another order has other targets behind a position. */
function checkOrder(plan: ScanPlan, { scan, seed }: RunManifest, path: string): void {
  if (scan === undefined) {
    throw new Failure(
      `${path} is the manifest of a measurement, not of a scan: go on with spider measure, or give ` +
        "another output",
    );
  }
  const now = orderOf(plan);
  const other = ORDER.find((key) => JSON.stringify(now[key]) !== JSON.stringify(scan.order[key]));
  if (other === undefined && plan.seed === seed) return;
  const [name, then, is] = other === undefined
    ? ["seed", seed, plan.seed]
    : [other, JSON.stringify(scan.order[other]), JSON.stringify(now[other])];
  throw new Failure(
    `${path} was begun with ${name} ${then}, and this run has ${is}: give the same, or another output`,
  );
}

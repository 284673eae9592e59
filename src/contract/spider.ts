import type { Arm } from "./arm.ts";
import type { Chain } from "./chain.ts";
import type { Connection } from "./connection.ts";
import type { FlowRecord, MergedFlow, ObservedFlow } from "./flow.ts";
import type { Job, NamedJob, Target } from "./job.ts";
import type { Locatable } from "./locate.ts";
import type { Manifest } from "./manifest.ts";
import type { OptionValues } from "./option.ts";

/** The outcome of comparing whether two arms came up. */
export type Connectivity = "works" | "broken" | "transient" | "offline";

/** Pure functions that `conclude` is given, so that a plugin needs no import at run time. */
export interface ConcludeHelpers {
  /** Names a pair of arms: both up, only the baseline, only the experiment, neither. */
  connectivity(baselineUp: boolean, experimentUp: boolean): Connectivity;
  /**
   * Whether a connection came up as its arm asked for it, by what socket and wire say together. One
   * that came up only because the kernel fell back to a SYN without ECN or Fast Open did not. Null
   * when that is unknown: something came back that was too late for the socket, or not accepted by
   * it, or not the answer, or it is unknown which SYN was answered.
   */
  isUp(flow: ObservedFlow): boolean | null;
  /**
   * Names two flows by `isUp`. Null where that is null; where one connection took more than half of
   * the time after which the other timed out, so that a slow path explains it; and where
   * connections were established although neither came up, which is due to the server.
   */
  compare(baseline: ObservedFlow, experiment: ObservedFlow): Connectivity | null;
  /** TCP flag bits (RFC 9293, section 3.1; RFC 9768, section 3.1). */
  readonly tcpFlags: TcpFlags;
}

/** TCP flag bits as they stand in `tcp_synflags_fwd` (RFC 9293, section 3.1; AE: RFC 9768, section 3.1). */
export interface TcpFlags {
  readonly FIN: 0x01;
  readonly SYN: 0x02;
  readonly RST: 0x04;
  readonly PSH: 0x08;
  readonly ACK: 0x10;
  readonly URG: 0x20;
  readonly ECE: 0x40;
  readonly CWR: 0x80;
  readonly AE: 0x100;
}

/** Which spider wrote a result: so conditions of the same name are told apart. */
export interface Concluder {
  readonly name: string;
  readonly version: string;
  /** The hash of all its code, for one from a URL. */
  readonly sha256?: string;
}

/** The condition of a target without a verdict on its path. */
export const NOT_OBSERVED = "pathspider.not_observed";

/**
 * A spider: an A/B measurement declared as one object, the default export of its module. One that
 * says `needs: "domain"` is given jobs that have a domain, and perhaps no address; any other is
 * given jobs with an address.
 *
 * @example A spider that compares a plain connection with one that carries DSCP 46
 * ```ts
 * import type { Spider } from "./spider.ts";
 *
 * const ef = {
 *   kind: "spider",
 *   name: "ef",
 *   version: "1.0.0",
 *   api: "^1",
 *   summary: "Expedited forwarding",
 *   connect: ["tcp"],
 *   chains: ["basic", "tcp"],
 *   arms: [{ name: "plain" }, { name: "ef", socket: { dscp: 46 } }],
 *   conditions: {
 *     "ef.connectivity.works": "both arms connected",
 *     "ef.connectivity.broken": "only the plain arm connected",
 *     "ef.connectivity.transient": "only the marked arm connected",
 *     "ef.connectivity.offline": "neither arm connected",
 *   },
 *   conclude([plain, marked], { connectivity }) {
 *     return [`ef.connectivity.${connectivity(plain!.spdr_state === 0, marked!.spdr_state === 0)}`];
 *   },
 * } satisfies Spider;
 *
 * if (ef.arms.length !== 2) throw new Error("two arms");
 * ```
 */
export type Spider =
  | SpiderOf<Job> & { readonly needs?: "address" }
  | SpiderOf<NamedJob> & { readonly needs: "domain" };

/**
 * What a spider is made of, whatever its jobs must have. The program sees every spider as a
 * `SpiderOf<Target>` and sees to it that a job has what the spider needs.
 */
export interface SpiderOf<J extends Target> extends Manifest {
  readonly kind: "spider";
  /** MANDATORY. The connection types it works with, by name; the first is the default. */
  readonly connect: readonly [string, ...string[]];
  /** MANDATORY. The chains it reads, by name or as objects. `basic` is always on. */
  readonly chains: readonly (string | Chain)[];
  /**
   * MANDATORY. One arm or more; the first is the baseline. A function where they depend on the
   * spider's options; it must be pure.
   */
  readonly arms:
    | readonly [Arm<J>, ...Arm<J>[]]
    | ((options: OptionValues) => readonly Arm<J>[]);
  /** OPTIONAL. What a job must have to be measured; `address` when missing. */
  readonly needs?: "address" | "domain";
  /**
   * OPTIONAL. `false` when the sockets' view is enough: no packets are watched, and every flow
   * counts as observed, with the fields of its socket alone.
   */
  readonly observe?: boolean;
  /**
   * MANDATORY. Every condition it can emit, with its meaning. A capital letter that stands alone is
   * a value, as in `dscp.N.replymark:M`. Emitting another name is an error of the plugin.
   */
  readonly conditions: Readonly<Record<string, string>>;
  /**
   * OPTIONAL. Letters of `conditions` that stand for what an option was set to (for each of its
   * values where it is repeated), by the name of that option: `{ N: "codepoint" }`. Other letters
   * stand for any value.
   */
  readonly letters?: Readonly<Record<string, string>>;
  /**
   * OPTIONAL. The conditions that chance can cause, such as packet loss or a dead member of a load
   * balancer. To a target with one of them more flows are opened, from source ports of their own
   * and apart in time, until a statistical test excludes chance; `conclude` is then asked again,
   * with a flow of each arm that is as the arm was found to be. Written as in `conditions`.
   */
  readonly confirm?: readonly string[];
  /**
   * OPTIONAL. Runs once, before the first job. An error thrown here ends the run before anything is
   * sent.
   */
  init?(options: OptionValues): void | Promise<void>;
  /** OPTIONAL. Runs once when the run ends, however it ends, also when `init` failed. */
  close?(options: OptionValues): void | Promise<void>;
  /** OPTIONAL. Pure: why a job cannot be measured at all, in a few words; null when it can. */
  skip?(job: J, options: OptionValues): string | null;
  /**
   * OPTIONAL. Runs once a job before its arms. What it returns is handed to `postConnect` of every
   * arm. An error thrown here ends the run: throw only when the plugin cannot work.
   */
  preConnect?(job: J, options: OptionValues): unknown;
  /** OPTIONAL. Runs after each arm's connection has ended, with what `preConnect` returned. */
  postConnect?(
    job: J,
    connection: Connection,
    arm: Arm<J>,
    prepared: unknown,
  ): void | Promise<void>;
  /**
   * OPTIONAL. Adds fields of the plugin's own to one arm's record before `conclude`; `flow` is
   * `NO_FLOW` (null) when the connection was not observed. Must not change what it is given.
   */
  merge?(flow: FlowRecord | null, connection: Connection): Readonly<Record<string, unknown>>;
  /**
   * MANDATORY. Pure: the arms' observed flows in, condition names out, in the order of the arms. It
   * is only called when every arm was observed; otherwise the program emits
   * `pathspider.not_observed` itself. Returning that name means: observed, but not enough for a
   * verdict.
   */
  conclude(
    flows: readonly ObservedFlow[],
    helpers: ConcludeHelpers,
    options: OptionValues,
  ): readonly string[];
  /**
   * OPTIONAL. What `--locate` looks for on the paths of targets. What it finds becomes conditions:
   * a name, for some features a word for a part (`ecn.ect0`) or for the `baseline`, and a key of
   * `LOCALISED`, as `dscp.46.changed_at:3-4`. Their names need no further declaration.
   */
  readonly locate?: {
    /** MANDATORY. How those conditions begin; written as in `conditions`: `dscp.N`. */
    readonly names: readonly string[];
    /**
     * MANDATORY. Pure: what to look for, by what was concluded over a connection type; nothing where
     * the path is clean.
     */
    features(
      conditions: readonly string[],
      options: OptionValues,
      connect: string,
    ): readonly Locatable[];
  };
  /**
   * OPTIONAL. Pure: jobs to write in place of the result, none or more. For spiders that produce
   * targets for others.
   */
  jobs?(job: J, flows: readonly ObservedFlow[], options: OptionValues): readonly Job[];
}

/** The outcomes of the flows of one arm to a target. */
export interface ArmEvidence {
  /** Flows that show whether the arm comes up. */
  readonly flows: number;
  /** How many of them came up. */
  readonly up: number;
  /**
   * Of an arm that never came up, where another did: the probability of that by chance (Fisher's
   * exact test, one-sided).
   */
  readonly p?: number;
}

/** One line of output: the job's own keys and these. */
export interface Result {
  readonly [key: string]: unknown;
  /** Source address; null when no arm got one. */
  readonly sip: string | null;
  /** Source, `*` for the hops between, destination, as PTO writes a path. */
  readonly path: readonly string[];
  /** From the first arm's start to the last arm's end (RFC 3339, UTC). */
  readonly time: { readonly from: string; readonly to: string };
  /** Which spider concluded it. */
  readonly spider?: Concluder;
  /** What was concluded. */
  readonly conditions: readonly string[];
  /** With `--repeat`: how often it was observed, of how many times that it was measured. */
  readonly repeats?: { readonly observed: number; readonly total: number };
  /**
   * With `--repeat`: each condition that came out, and in what share of the repeats that were
   * observed. `conditions` has those that came out in all.
   */
  readonly agreement?: Readonly<Record<string, number>>;
  /** Why nothing is concluded, by arm name; only with `pathspider.not_observed`. */
  readonly missed?: Readonly<Record<string, string>>;
  /** The outcomes of each arm's flows, by arm name, with `--output-flows`. */
  readonly evidence?: Readonly<Record<string, ArmEvidence>>;
  /** Each arm's joined record, with `--output-flows`. */
  readonly flow_results?: readonly MergedFlow[];
  /** How many arms were not observed, with `--output-flows`. */
  readonly missed_flows?: number;
  /** The hosts found at each hop to the target, with `--locate`; empty where none answered. */
  readonly hops?: readonly { readonly hop: number; readonly responders: readonly string[] }[];
}

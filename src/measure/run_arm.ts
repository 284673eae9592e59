import type { Attempted, ConnectionType, ConnectRequest } from "../connect/connection_type.ts";
import type { Arm, ConnectionOptions, ConnectOptions } from "../contract/arm.ts";
import type { Connection, Outcome } from "../contract/connection.ts";
import type { FlowRecord, MergedFlow, Missed } from "../contract/flow.ts";
import type { Endpoint, Target } from "../contract/job.ts";
import type { OptionValues } from "../contract/option.ts";
import type { SpiderOf } from "../contract/spider.ts";
import { Failure } from "../host/failure.ts";
import type { Watch } from "../observe/watch.ts";
import { PATIENCE, type Watcher } from "../observe/watcher.ts";
import type { Connections } from "./connections.ts";
import { merge, missedOf } from "./merge.ts";
import { callPlugin } from "./plugin_call.ts";
import { IPPROTO_TCP } from "../host/ip_protocol.ts";

/** Watches an arm's packets. */
export type Watching = Pick<Watcher, "expect" | "ended" | "peek" | "forget">;

/** What is needed to run arms. */
export interface ArmContext {
  readonly spider: SpiderOf<Target>;
  readonly spiderOptions: OptionValues;
  /** By the position of each arm in the spider's list. */
  readonly connections: readonly Pick<Connections, "standard" | "type" | "open" | "check">[];
  /** Null for a spider that does not watch packets. */
  readonly watcher: Watching | null;
  readonly timeoutMs: number;
  readonly nameServers: readonly string[];
}

/** One arm's turn at one target. */
export interface ArmRun {
  readonly job: Target;
  readonly arm: Arm<Target>;
  /** Position of the arm in the spider's list. */
  readonly config: number;
  /** What `preConnect` returned. */
  readonly prepared: unknown;
  /**
   * The source port to connect from; the kernel chooses when it is missing, or that one is not
   * available.
   */
  readonly sourcePort?: number | undefined;
  /** Whether another connection is to use the same source port next. */
  readonly sharesPort: boolean;
}

/** How an arm's connection ended, and its flow. */
export interface ArmResult {
  readonly connection: Connection;
  readonly flow: MergedFlow;
  /** Keeps watching an unanswered connection for a late answer; null where nothing does. */
  readonly late: LateAnswer | null;
}

/** Watches for an answer after the connection has timed out. */
export interface LateAnswer {
  /** The arm's record with what was seen up to now. */
  look(): MergedFlow;
  /** Ends the watch. */
  end(): void;
}

/** Ends the watches for late answers. An arm that was not needed any more has no result. */
export function endWatches(results: readonly ArmResult[]): void {
  results.forEach(({ late }) => late?.end());
}

/** A connection that has ended, and the watch on its packets. */
interface OpenedConnection {
  readonly type: ConnectionType;
  readonly connection: Attempted;
  readonly watch: Watch | null;
}

/** How long TCP waits before it sends an unanswered SYN again, in milliseconds (RFC 6298, section 2). */
const AGAIN = [1000, 2000] as const;

/** Errors of a port that is not available. */
const PORT_TAKEN: ReadonlySet<string> = new Set(["EADDRINUSE", "EADDRNOTAVAIL"]);

/** Outcomes after which the other side may have completed the handshake. */
const MAY_HAVE_STOOD: ReadonlySet<Outcome> = new Set(["ok", "reset", "failed"]);

/** Connects as an arm says, and joins the socket's and the wire's view. */
export async function runArm(context: ArmContext, run: ArmRun): Promise<ArmResult> {
  const { spider, watcher } = context;
  const { job, arm, prepared } = run;
  const opened = await openConnection(context, run);
  if (watcher !== null && opened.watch !== null) {
    await waitForEnd(watcher, opened, opened.watch, context.timeoutMs);
  }
  const seen = seenOf(watcher, opened);
  const held = isUnanswered(opened, seen);
  if (!held && opened.watch !== null) watcher?.forget(opened.watch);
  const record = typeof seen === "string" ? null : seen;
  const connection = opened.type.settle?.(opened.connection, record) ?? opened.connection;
  if (spider.postConnect !== undefined) {
    await callPlugin(
      spider,
      "postConnect",
      () => spider.postConnect!(job, connection, arm, prepared),
    );
  }
  const flow = merge(connection, seen, arm, run.config, watcher !== null);
  const added = spider.merge === undefined
    ? undefined
    : await callPlugin(spider, "merge", () => spider.merge!(record, connection));
  const joined = added === undefined ? flow : { ...added, ...flow };
  const late = held ? lateAnswer(watcher!, opened.watch!, connection, joined) : null;
  return { connection, flow: joined, late };
}

/** Waits until the wire has shown the end of a connection too, as long as that may take. */
async function waitForEnd(
  watcher: Watching,
  { type, connection }: OpenedConnection,
  watch: Watch,
  timeoutMs: number,
): Promise<void> {
  const { outcome, protocol } = connection;
  if (type.settle === undefined || outcome !== "timeout") {
    // UDP has no end of connection
    const stood = type.settle === undefined && protocol === IPPROTO_TCP &&
      MAY_HAVE_STOOD.has(outcome);
    await watcher.ended(watch, stood ? PATIENCE.stood : PATIENCE.unanswered);
    // The kernel gathers packets before it hands them over, and a busy host may be slow
    if (!stood && isHeldBack(watcher.peek(watch), outcome)) {
      await watcher.ended(watch, PATIENCE.stood);
    }
    return;
  }
  let left = timeoutMs;
  for (const pause of connection.again === undefined ? [] : AGAIN) {
    if (pause >= left) break;
    if (await watcher.ended(watch, pause)) return;
    connection.again?.();
    left -= pause;
  }
  await watcher.ended(watch, left);
}

/** Whether the socket knows of packets that the capture has not shown yet. */
function isHeldBack(seen: FlowRecord | Missed, outcome: Outcome): boolean {
  if (typeof seen === "string") return seen === "no packet seen";
  return seen.pkt_rev === 0 && outcome !== "timeout";
}

/** What was seen of a connection up to now. The watch continues. */
function seenOf(
  watcher: Watching | null,
  { connection, watch }: OpenedConnection,
): FlowRecord | Missed {
  if (watcher === null) return "not begun";
  if (watch === null) return connection.local === null ? "not begun" : "ports taken";
  return watcher.peek(watch);
}

/**
 * Whether a watched connection had no answer at all, so that it is worth waiting for a late one.
 */
function isUnanswered({ connection, watch }: OpenedConnection, seen: FlowRecord | Missed): boolean {
  return watch !== null && connection.outcome === "timeout" && typeof seen !== "string" &&
    seen.pkt_rev === 0;
}

/** The input of the spider's own fields has not changed: only the wire's fields are new. */
function lateAnswer(
  watcher: Watching,
  watch: Watch,
  connection: Connection,
  before: MergedFlow,
): LateAnswer {
  return {
    look: () => {
      const seen = watcher.peek(watch);
      if (typeof seen === "string") return { ...before, observed: false, missed: seen };
      const missed = missedOf(connection, seen);
      return missed === null
        ? { ...before, ...seen }
        : { ...before, ...seen, observed: false, missed };
    },
    end: () => watcher.forget(watch),
  };
}

function openConnection(context: ArmContext, run: ArmRun): Promise<OpenedConnection> {
  const { connect } = run.arm;
  return connect === undefined ? dial(context, run, {}) : connectAsAsked(context, run, connect);
}

/** Lets the arm make the connection itself. */
async function connectAsAsked(
  context: ArmContext,
  run: ArmRun,
  connect: NonNullable<Arm<Target>["connect"]>,
): Promise<OpenedConnection> {
  const { arm, job, prepared } = run;
  const all = new Map<Connection, OpenedConnection>();
  const connector = {
    connect: async (options: ConnectOptions = {}) => {
      const one = await dial(context, run, options);
      all.set(one.connection, one);
      return one.connection;
    },
    nameServers: context.nameServers,
    options: context.spiderOptions,
    prepared,
  };
  const connection = await callPlugin(
    context.spider,
    `the arm ${arm.name}`,
    () => connect.call(arm, job, connector),
  );
  // If the plugin made up or changed the connection, it is unknown which packets belong to it
  const chosen = all.get(connection) ??
    { type: context.connections[run.config]!.standard, connection, watch: null };
  all.delete(connection);
  for (const { watch } of all.values()) if (watch !== null) context.watcher?.forget(watch);
  return chosen;
}

/** Makes one connection as the arm says, except for what is asked for otherwise. */
function dial(
  context: ArmContext,
  run: ArmRun,
  options: ConnectOptions,
): Promise<OpenedConnection> {
  const port = options.socket?.bindPort ?? run.arm.socket?.bindPort;
  return port === undefined && run.sourcePort !== undefined
    ? dialOnceMore(context, run, options, run.sourcePort)
    : dialFrom(context, run, options, port);
}

/** Connects from the port of an earlier connection, or from any if it is not available. */
async function dialOnceMore(
  context: ArmContext,
  run: ArmRun,
  options: ConnectOptions,
  port: number,
): Promise<OpenedConnection> {
  const opened = await dialFrom(context, run, options, port);
  // Another program uses the port, or the kernel holds it in TIME-WAIT
  const taken = opened.connection.local === null && PORT_TAKEN.has(opened.connection.errno ?? "");
  return taken ? await dialFrom(context, run, options, undefined) : opened;
}

async function dialFrom(
  { connections: all, watcher, timeoutMs, spider }: ArmContext,
  { arm, config, job, sharesPort, sourcePort }: ArmRun,
  options: ConnectOptions,
  port: number | undefined,
): Promise<OpenedConnection> {
  const connections = all[config]!;
  const type = options.type === undefined ? connections.standard : connections.type(options.type);
  const remote = options.remote ?? addressOf(job, type, arm);
  const socket = options.socket ?? arm.socket ?? {};
  /** An answer to the arm that used the port before may still come. */
  const again = port !== undefined && port === sourcePort;
  let watch: Watch | null = null;
  const request: ConnectRequest = {
    remote,
    socket: port === undefined ? socket : { ...socket, bindPort: port },
    timeoutMs,
    reset: sharesPort,
    domain: job.domain,
    ...askedOf(type, options, arm),
    forge: arm.forge === undefined ? undefined : (packet) => arm.forge!(packet, job),
    onLocal: (local, protocol, since, to = remote) => {
      const one = type.settle !== undefined;
      watch = watcher?.expect(local, to, protocol, { one, again, since }) ?? null;
    },
  };
  const connection = await callPlugin(
    spider,
    `the arm ${arm.name}`,
    () => connections.open(type).connect(request),
  );
  connections.check(connection, type);
  return { type, connection, watch };
}

/** What is asked of a connection type, in the one member that it takes. */
function askedOf(
  { options }: ConnectionType,
  own: ConnectionOptions,
  arm: ConnectionOptions,
): ConnectionOptions {
  if (options === undefined) return {};
  const { member } = options;
  return { [member]: own[member] ?? arm[member] };
}

/** The default remote of an arm. */
function addressOf(
  { dip, dp }: Target,
  { defaultPort }: ConnectionType,
  { name }: Arm<Target>,
): Endpoint {
  if (dip === undefined) {
    throw new Failure(`the arm ${name} connects to a job without an address: let it name a remote`);
  }
  return { address: dip, port: dp ?? defaultPort };
}

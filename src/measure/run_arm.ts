import type { Attempted, ConnectionType, ConnectRequest } from "../connect/connection_type.ts";
import type { Arm, ConnectWish } from "../contract/arm.ts";
import type { Connection, Outcome } from "../contract/connection.ts";
import type { FlowRecord, MergedFlow, Missed } from "../contract/flow.ts";
import type { Endpoint, Target } from "../contract/job.ts";
import type { OptionValues } from "../contract/option.ts";
import type { SpiderOf } from "../contract/spider.ts";
import { Failure } from "../host/failure.ts";
import { IPPROTO_TCP } from "../host/socket.ts";
import { PATIENCE, type Watch, type Watcher } from "../observe/watcher.ts";
import type { Connections } from "./connections.ts";
import { merge } from "./merge.ts";
import { callPlugin } from "./plugin_call.ts";

/** Who watches an arm's packets. */
export type Watching = Pick<Watcher, "expect" | "collect" | "ended" | "forget">;

/** What it takes to run arms. */
export interface ArmBench {
  readonly spider: SpiderOf<Target>;
  readonly spiderOptions: OptionValues;
  /** By the position of each arm in the spider's list. */
  readonly connections: readonly Pick<Connections, "standard" | "type" | "open" | "check">[];
  /** Null for a spider that wants no packets watched. */
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
}

/** What came of it. */
export interface ArmResult {
  readonly connection: Connection;
  readonly flow: MergedFlow;
}

/** A connection that has ended, and the watch on its packets. */
interface Made {
  readonly type: ConnectionType;
  readonly connection: Attempted;
  readonly watch: Watch | null;
}

/** How long TCP waits before it sends an unanswered SYN again, in milliseconds (RFC 6298, section 2). */
const AGAIN = [1000, 2000] as const;

/** How a connection ends whose handshake the other side may have completed. */
const MAY_HAVE_STOOD: ReadonlySet<Outcome> = new Set(["ok", "reset", "failed"]);

/** Connects as an arm says, and joins what its socket said with what the wire showed. */
export async function runArm(bench: ArmBench, run: ArmRun): Promise<ArmResult> {
  const { spider, watcher } = bench;
  const { job, arm, config, prepared } = run;
  const made = await makeConnection(bench, run);
  const seen = watcher === null ? "not begun" : await watchEnd(watcher, made, bench.timeoutMs);
  const record = typeof seen === "string" ? null : seen;
  const connection = made.type.settle?.(made.connection, record) ?? made.connection;
  if (spider.postConnect !== undefined) {
    await callPlugin(
      spider,
      "postConnect",
      () => spider.postConnect!(job, connection, arm, prepared),
    );
  }
  const flow = merge(connection, seen, arm, config, watcher !== null);
  if (spider.merge === undefined) return { connection, flow };
  const added = await callPlugin(spider, "merge", () => spider.merge!(record, connection));
  return { connection, flow: { ...added, ...flow } };
}

/** What the wire shows of a connection that has ended. */
async function watchEnd(
  watcher: Watching,
  { type, connection, watch }: Made,
  timeoutMs: number,
): Promise<FlowRecord | Missed> {
  if (watch === null) return connection.local === null ? "not begun" : "ports taken";
  const { outcome, protocol } = connection;
  if (type.settle === undefined || outcome !== "timeout") {
    // Over UDP no end is to come
    const stood = type.settle === undefined && protocol === IPPROTO_TCP &&
      MAY_HAVE_STOOD.has(outcome);
    return await watcher.collect(watch, stood ? PATIENCE.stood : PATIENCE.unanswered);
  }
  let left = timeoutMs;
  for (const pause of connection.again === undefined ? [] : AGAIN) {
    if (pause >= left || await watcher.ended(watch, pause)) break;
    connection.again?.();
    left -= pause;
  }
  return await watcher.collect(watch, left);
}

async function makeConnection(bench: ArmBench, run: ArmRun): Promise<Made> {
  const { arm, job, prepared } = run;
  if (arm.connect === undefined) return await dial(bench, run, {});
  const made = new Map<Connection, Made>();
  const connector = {
    connect: async (wish: ConnectWish = {}) => {
      const one = await dial(bench, run, wish);
      made.set(one.connection, one);
      return one.connection;
    },
    nameServers: bench.nameServers,
    options: bench.spiderOptions,
    prepared,
  };
  const connection = await callPlugin(
    bench.spider,
    `the arm ${arm.name}`,
    () => arm.connect!(job, connector),
  );
  // A connection that the plugin made up, or changed, has no packets that are known to be its own
  const chosen = made.get(connection) ??
    { type: bench.connections[run.config]!.standard, connection, watch: null };
  made.delete(connection);
  for (const { watch } of made.values()) if (watch !== null) bench.watcher?.forget(watch);
  return chosen;
}

/** Makes one connection as the arm says, except for what is wished otherwise. */
async function dial(
  { connections: all, watcher, timeoutMs, spider }: ArmBench,
  { arm, config, job }: ArmRun,
  wish: ConnectWish,
): Promise<Made> {
  const connections = all[config]!;
  const type = wish.type === undefined ? connections.standard : connections.type(wish.type);
  const remote = wish.remote ?? addressOf(job, type, arm);
  let watch: Watch | null = null;
  const request: ConnectRequest = {
    remote,
    socket: wish.socket ?? arm.socket ?? {},
    timeoutMs,
    domain: job.domain,
    http: wish.http ?? arm.http,
    dns: wish.dns ?? arm.dns,
    udp: wish.udp ?? arm.udp,
    forge: arm.forge === undefined ? undefined : (packet) => arm.forge!(packet, job),
    onLocal: (local, protocol, to = remote) => {
      watch = watcher?.expect(local, to, protocol, type.settle !== undefined) ?? null;
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

/** Where an arm connects to that names no place itself. */
function addressOf(
  { dip, dp }: Target,
  { defaultPort }: ConnectionType,
  { name }: Arm<Target>,
): Endpoint {
  if (dip === undefined) {
    throw new Failure(`the arm ${name} connects to a job without an address: let it wish a remote`);
  }
  return { address: dip, port: dp ?? defaultPort };
}

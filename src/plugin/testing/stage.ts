import type {
  ConnectContext,
  ConnectionType,
  ConnectRequest,
  Connects,
} from "../../connect/connection_type.ts";
import { outcomeOf, stateOf } from "../../connect/outcome.ts";
import { connectionTypeNamed } from "../../connect/registry.ts";
import type { Connection, Outcome } from "../../contract/connection.ts";
import type { FlowRecord, Missed } from "../../contract/flow.ts";
import type { Endpoint } from "../../contract/job.ts";
import type { PacketSpec } from "../../contract/packet.ts";
import type { TestArm, TestSocket } from "../../contract/plugin_test.ts";
import { Failure } from "../../host/failure.ts";
import type { Watching } from "../../measure/run_arm.ts";
import type { FlowTable } from "../../observe/flow_table.ts";
import type { Watch } from "../../observe/watch.ts";
import { BEGIN, type Player } from "./packets.ts";
import { IPPROTO_TCP } from "../../host/ip_protocol.ts";

/** Default timeout of a connection, in milliseconds. */
const PATIENCE = 5000;

/** Addresses of the client, for documentation (RFC 5737, RFC 3849). */
const CLIENT = { 4: "198.51.100.1", 6: "2001:db8::1" } as const;
/** The client's port of the first arm; each arm has its own. */
const FIRST_PORT = 40_001;
/** Distance between the ports of an arm's connections. */
const MOST_ARMS = 100;

/** Names of errors where a test says none. */
const ERRORS = {
  ok: null,
  refused: "ECONNREFUSED",
  timeout: "ETIMEDOUT",
  unreachable: "EHOSTUNREACH",
  reset: "ECONNRESET",
  failed: "EIO",
} as const;

/** The client's side of an arm's flow. */
export function clientOf(server: string, at: number): Endpoint {
  return { address: CLIENT[server.includes(":") ? 6 : 4], port: FIRST_PORT + at };
}

/**
 * Stands for the network in a test of one arm: its connections end as the test says, and its
 * watcher gets the test's packets.
 */
export class Stage {
  readonly #arm: TestArm;
  readonly #config: number;
  readonly #player: Player;
  readonly #table: FlowTable | null;
  readonly #ends: { client: Endpoint; server: Endpoint } | null;
  #forged: PacketSpec | null = null;
  #played = false;
  /** Connections that were made: an arm that connects by a function may make several. */
  #made = 0;

  /**
   * @param ends whose flow it is in a capture; null where the test's packets are made for it
   * @param table null for a spider that does not watch packets
   */
  constructor(
    arm: TestArm,
    config: number,
    player: Player,
    table: FlowTable | null,
    ends: { client: Endpoint; server: Endpoint } | null,
  ) {
    this.#arm = arm;
    this.#config = config;
    this.#player = player;
    this.#table = table;
    this.#ends = ends;
  }

  /** The connection types for arms. */
  connections(standard: ConnectionType) {
    return {
      standard: inTestTime(standard),
      type: (name: string) => inTestTime(connectionTypeNamed(name)),
      open: (type: ConnectionType): Connects => this.#connects(type),
      check: () => {}, // it has no namespace to come from
    };
  }

  #connects(type: ConnectionType): Connects {
    const connects = type.settle === undefined ? null : type.open(this.#context());
    return {
      connect: (asked) => {
        if (connects !== null && this.#arm.socket !== undefined) {
          throw new Failure(`over ${type.name} no socket tells how it ended: leave socket out`);
        }
        const request = { ...asked, ...this.#ends === null ? {} : { remote: this.#ends.server } };
        return connects === null ? Promise.resolve(this.#said(request)) : connects.connect(request);
      },
      close: () => {},
    };
  }

  /** What a connection type is opened with that sends packets of its own making: none leave. */
  #context(): ConnectContext {
    const forger = {
      local: (remote: Endpoint) => this.#clientOf(remote),
      send: (packet: PacketSpec) => {
        this.#forged = packet;
        return Promise.resolve(0);
      },
    };
    const context = { interface: "test", ecnMark: () => 0, forger: () => forger };
    return context as unknown as ConnectContext;
  }

  #clientOf(remote: Endpoint): Endpoint {
    return this.#ends?.client ?? clientOf(remote.address, this.#config + MOST_ARMS * this.#made++);
  }

  /** The connection with the socket outcome that the test gives. */
  #said({ remote, onLocal }: ConnectRequest): Connection {
    const local = this.#clientOf(remote);
    const protocol = this.#player.protocol ?? IPPROTO_TCP;
    onLocal?.(local, protocol, 0, remote);
    const socket: TestSocket | undefined = this.#arm.socket;
    if (socket === undefined) {
      throw new Failure(
        `the test has no socket outcome: give the arm a socket, such as "ok"`,
      );
    }
    const { outcome, fields = {}, ...rest } = typeof socket === "string"
      ? { outcome: socket }
      : socket;
    if (!Object.hasOwn(ERRORS, outcome)) {
      throw new Failure(`${outcome} is no outcome; there are ${Object.keys(ERRORS).join(", ")}`);
    }
    const errno = rest.errno === undefined ? ERRORS[outcome] : rest.errno;
    if (outcomeOf(errno) !== outcome) {
      throw new Failure(`the error ${errno} makes the outcome ${outcomeOf(errno)}, not ${outcome}`);
    }
    return {
      state: stateOf(errno),
      outcome,
      errno,
      protocol,
      local,
      remote,
      ...timesOf(outcome),
      fields,
    };
  }

  /** What watches the packets; null when nothing does. */
  watcher(): Watching | null {
    const table = this.#table;
    if (table === null) return null;
    return {
      expect: (local, remote, protocol, options): Watch | null => {
        // The packets of a test have times of their own
        const flow = table.expect(local, remote, protocol, { ...options, since: 0 });
        if (flow === 0) return null;
        return { flow, local, remote, drops: 0, mixed: false, complete: false, onComplete: null };
      },
      ended: () => Promise.resolve(true),
      peek: (watch) => this.#see(table, watch),
      forget: ({ flow }) => table.release(flow),
    };
  }

  /** Plays the packets when the first watch is read. */
  #see(table: FlowTable, { flow, local, remote }: Watch): FlowRecord | Missed {
    const ends = { client: local, server: remote, forged: this.#forged };
    if (!this.#played) this.#player.play(table, () => ends);
    this.#played = true;
    const record = JSON.parse(table.record(flow)) as FlowRecord;
    return record.pkt_fwd + record.pkt_rev === 0 ? "no packet seen" : record;
  }
}

/** When a connection with an outcome begins and ends in a test: the clock of this host has no part in it. */
function timesOf(outcome: Outcome): Pick<Connection, "start" | "stop"> {
  return { start: BEGIN, stop: BEGIN + (outcome === "timeout" ? PATIENCE : 1000) };
}

/** A connection type whose outcomes on the wire have the test's times. */
function inTestTime(type: ConnectionType): ConnectionType {
  const { settle } = type;
  if (settle === undefined) return type;
  return {
    ...type,
    settle(connection, flow) {
      const settled = settle(connection, flow);
      return { ...settled, ...timesOf(settled.outcome) };
    },
  };
}

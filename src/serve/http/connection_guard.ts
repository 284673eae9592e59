import {
  type Accepted,
  AcceptedConnections,
  endAccepted,
  endWhenStuck,
} from "../../host/accepted.ts";
import { addressBytesOrNull, addressText } from "../../host/address.ts";
import { networkOf } from "./client_address.ts";
import { fairShares } from "./fair_shares.ts";

/** How often is looked at connections, in milliseconds. */
const EVERY = 250;

/** How many connections there may be, and how long they may do nothing. */
export interface ConnectionLimits {
  /** Connections at once. */
  readonly most: number;
  /** Milliseconds that one may take to begin a request: to have its whole header come. */
  readonly idle: number;
  /** Milliseconds in which a client must take something of its answer. */
  readonly stuck: number;
}

/** Requests of a connection. */
interface Requests {
  /** How many are being answered. */
  count: number;
  /** When the last one was answered, by `performance.now`. */
  answered: number;
}

/**
 * Ends connections that do nothing, and those that are too many. Deno's server does neither: it waits for
 * ever for a client that sends its header octet by octet, and when they have taken all of this process's
 * descriptors it gives up.
 */
export class ConnectionGuard implements Disposable {
  readonly #connections: AcceptedConnections;
  readonly #limits: () => ConnectionLimits;
  readonly #timer: ReturnType<typeof setInterval>;
  /** When connections were seen first. */
  #seen = new Map<bigint, number>();
  readonly #requests = new Map<string, Requests>();

  /** @param port where they come in */
  constructor(port: number, limits: () => ConnectionLimits) {
    this.#connections = new AcceptedConnections(port);
    this.#limits = limits;
    this.#timer = setInterval(() => this.look(), EVERY);
    Deno.unrefTimer(this.#timer);
  }

  /**
   * Notes a request.
   *
   * @param completed settles when it was answered, or its client is gone
   */
  note({ hostname, port }: Deno.NetAddr, completed: Promise<void>): void {
    const address = addressBytesOrNull(hostname);
    if (address === null) return;
    const key = keyOf(addressText(address), port);
    const requests = this.#requests.get(key) ?? { count: 0, answered: 0 };
    this.#requests.set(key, requests);
    requests.count++;
    const end = () => {
      requests.count--;
      requests.answered = performance.now();
    };
    completed.then(end, end);
  }

  /** Looks at all connections now. */
  look(): void {
    const { most, idle, stuck } = this.#limits();
    const now = performance.now();
    const seen = new Map<bigint, number>();
    const keys = new Set<string>();
    const open = this.#connections.list().map((connection) => {
      const { id, peer: { address, port } } = connection;
      const key = keyOf(address, port);
      const first = this.#seen.get(id);
      if (first === undefined) endWhenStuck(connection, stuck);
      seen.set(id, first ?? now);
      keys.add(key);
      const { count, answered } = this.#requests.get(key) ?? { count: 0, answered: 0 };
      const isBusy = count > 0;
      return {
        connection,
        address: networkOf(address),
        isBusy,
        since: Math.max(first ?? now, answered),
      };
    });
    this.#seen = seen;
    for (const [key, { count }] of this.#requests) {
      if (count === 0 && !keys.has(key)) this.#requests.delete(key);
    }
    const late = ({ isBusy, since }: typeof open[number]) => !isBusy && now - since > idle;
    const others = open.filter((one) => !late(one));
    const ended: Accepted[] = [...open.filter(late), ...fairShares(others, most)]
      .map(({ connection }) => connection);
    for (const connection of ended) endAccepted(connection);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#connections[Symbol.dispose]();
  }
}

function keyOf(address: string, port: number): string {
  return `${address} ${port}`;
}

import { chains } from "../observe/chains.ts";

/** Chains whose fields say the same of targets that answer alike, but for those that are named below. */
const ALIKE: ReadonlySet<string> = new Set([
  ...["basic", "tcp", "tcpx", "tcpopt", "mss", "tfo", "ecn", "dscp", "evil"],
  ...["udp", "dns", "icmp", "icmpx"],
]);

/** What hangs on addresses, ports, tokens and times. */
const DIFFERENT: ReadonlySet<string> = new Set([
  ...["sip", "dip", "sp", "pkt_first", "pkt_last"],
  ...["tcpx_rtt_us", "tfo_seq", "tfo_ack", "icmp_id", "icmp_error_from"],
]);

/** What a socket adds to a record that is alike too, whatever the connection type. */
const SOCKET = ["spdr_state", "spdr_outcome", "spdr_errno", "config", "arm", "observed", "missed"];

/**
 * The fields of a record that are the same for all targets on one port whose answers are alike.
 *
 * @param own what the connection type adds, of the answer alone
 */
export function alikeFields(own: readonly string[]): ReadonlySet<string> {
  const fields = chains().filter(({ name }) => ALIKE.has(name))
    .flatMap(({ fields }) => fields.map(({ name }) => name));
  return new Set([...fields.filter((name) => !DIFFERENT.has(name)), ...SOCKET, ...own]);
}

/** What was read of records. */
export class Reads {
  /** Something that differs between targets whose answers are alike. */
  different = false;
  /** Something that is not known: a value that is `undefined`. */
  unknown = false;
  readonly #notesDifferent: boolean;

  /** @param notesDifferent whether it is to be noted what differs; else what is unknown alone */
  constructor(notesDifferent = true) {
    this.#notesDifferent = notesDifferent;
  }

  /** The same record, of which it is noted what is read. */
  of<T extends object>(record: T, alike: ReadonlySet<string>): T {
    if (!this.#notesDifferent && !hasUnknown(record)) return record;
    const watched: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(record)) {
      if (value !== undefined && alike.has(name)) watched[name] = value;
      else this.#watch(watched, name, value);
    }
    return watched as T;
  }

  /** Adds members of a record to another one, without reading them. */
  static join<T extends object>(into: T, from: object): T {
    return Object.defineProperties(into, Object.getOwnPropertyDescriptors(from));
  }

  #watch(record: object, name: string, value: unknown): void {
    Object.defineProperty(record, name, {
      enumerable: true,
      configurable: true,
      get: () => {
        if (value === undefined) this.unknown = true;
        else this.different = true;
        return value;
      },
    });
  }
}

function hasUnknown(record: object): boolean {
  return Object.values(record).includes(undefined);
}

import type { MergedFlow } from "../contract/flow.ts";
import type { Endpoint } from "../contract/job.ts";
import { addressBytes, addressText } from "../host/address.ts";
import { anyOf, Capture } from "../host/capture.ts";
import { type Interface, interfaces } from "../host/interface.ts";
import { type Reactor, READY } from "../host/reactor.ts";
import { endsOf } from "../observe/cooked_packet.ts";
import type { OwnPackets } from "../observe/own_packets.ts";

/** How long the other interfaces are listened to, in milliseconds: for several tries of a SYN. */
const LISTEN = 30_000;
/**
 * How long to wait for the same packet on other interfaces too, in milliseconds: a bridge and its
 * port both show it.
 */
const BRIDGED_WITHIN = 50;
/** The kernel's buffer, in octets; packets beyond it may be lost. */
const BUFFER = 2 << 20;
/** How long to wait at the end for packets under way, in milliseconds. */
const LAST_WAIT = 30;
const SNAPLEN = 128;
const BATCH = 256;
/** How many batches are read at the end at most: as much as the buffer holds, or about that. */
const LAST_BATCHES = 64;
/** How many connections are remembered at most. */
const REMEMBERED = 1024;

/** What a search for answers needs of the run. */
export interface ElsewhereOptions {
  /** The interfaces that are captured on. */
  readonly devices: readonly Interface[];
  readonly own: OwnPackets;
  /** Called with the warning, once. */
  readonly warn: (text: string) => void;
}

/** How often answers were seen on an interface, and when first. */
interface Sighting {
  packets: number;
  readonly order: number;
}

/**
 * Finds out where answers come in that are not captured: with asymmetric routing they arrive on
 * another interface than the one that the packets leave by. If there are other interfaces, the
 * kernel keeps the headers of possible answers from the start, as many as fit a small buffer: the
 * answer that an arm missed is the best evidence, and may be the last one. The buffer is read once
 * an arm misses an answer.
 */
export class Elsewhere implements Disposable {
  readonly #reactor: Reactor;
  readonly #options: ElsewhereOptions;
  readonly #input = new Uint8Array(BATCH * (SNAPLEN + 16) + 1);
  /** Interfaces on which answers were seen that an arm has missed. */
  readonly #seen = new Map<number, Sighting>();
  /** The endpoints of the last packets that no arm has missed so far, and where they were seen. */
  readonly #unclaimed = new Map<string, Set<number>>();
  /** The last arms that have missed their answers. */
  readonly #missed = new Set<string>();
  #capture: Capture | null;
  /** When to stop listening, by `performance.now`; null while there is no reason to. */
  #until: number | null = null;
  /** Whether answers were missed and not found yet. */
  #suspected = false;
  #reported = false;

  constructor(reactor: Reactor, options: ElsewhereOptions) {
    this.#reactor = reactor;
    this.#options = options;
    this.#capture = capture(options);
    reactor.onTurn(() => this.#turn());
  }

  /** Handles the outcome of an arm: when its answers may have come in elsewhere, looks for them. */
  note(flow: MergedFlow): void {
    if (flow.observed) return;
    if (flow.missed !== "answers elsewhere" && flow.missed !== "no answer seen") return;
    this.#suspected = true;
    if (this.#capture === null) return;
    if (this.#until === null) {
      this.#until = performance.now() + LISTEN;
      this.#reactor.add(this.#capture.fd, READY.read, () => {}); // every turn reads
    }
    const { sip, sp, dip, dp } = flow;
    if (!sip || !sp || !dip || !dp) return;
    const name = nameOf({ address: sip, port: sp }, { address: dip, port: dp });
    makeRoom(this.#missed);
    this.#missed.add(name);
    for (const index of this.#unclaimed.get(name) ?? []) this.#sight(index);
  }

  /** Called when no arm runs any more: reports missed answers, unless that was done before. */
  async finish(): Promise<void> {
    if (!this.#suspected || this.#reported) return;
    if (this.#capture !== null) {
      await new Promise((resolve) => setTimeout(resolve, LAST_WAIT));
      this.#readRest();
    }
    this.#conclude();
    if (this.#reported) return;
    this.#tell(
      `answers to what leaves by ${this.#names()} come in on an unknown interface: ` +
        "look for them with `tcpdump -i any`, and name that interface too, with another -i",
    );
  }

  close(): void {
    if (this.#capture === null) return;
    if (this.#until !== null) this.#reactor.remove(this.#capture.fd);
    this.#capture.close();
    this.#capture = null;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #turn(): void {
    if (this.#capture === null || this.#until === null) return;
    this.#read(this.#capture);
    if (performance.now() < this.#until) return;
    this.#conclude();
    this.close();
  }

  /** Reads what is still there, unless a turn has closed the capture meanwhile. */
  #readRest(): void {
    const capture = this.#capture;
    if (capture === null) return;
    for (let left = LAST_BATCHES; left > 0 && this.#read(capture) > 0; left--);
  }

  #conclude(): void {
    const found = this.#found();
    if (found === null || this.#reported) return;
    this.#tell(
      `answers come in on ${found}: name it too, ` +
        [...this.#options.devices.map(({ name }) => name), found].map((name) => `-i ${name}`)
          .join(" "),
    );
  }

  /** Reads a batch; how many octets it had. */
  #read(capture: Capture): number {
    const octets = capture.read(this.#input, BATCH);
    const view = new DataView(this.#input.buffer, 0, octets);
    for (let at = 0; at < octets;) {
      const length = view.getUint32(at + 8, true);
      this.#look(this.#input.subarray(at + 16, at + 16 + length));
      at += 16 + length;
    }
    return octets;
  }

  /**
   * Other programs on this host may use ports of the run too: only packets that an arm has missed
   * are answers.
   */
  #look(frame: Uint8Array): void {
    const ends = endsOf(frame);
    if (ends === null) return;
    const name = nameOf(ends.destination, ends.source);
    if (this.#missed.has(name)) this.#sight(ends.interface);
    else {
      const places = this.#unclaimed.get(name) ?? new Set();
      makeRoom(this.#unclaimed);
      this.#unclaimed.set(name, places.add(ends.interface));
    }
  }

  #sight(index: number): void {
    if (this.#seen.size === 0) this.#until = performance.now() + BRIDGED_WITHIN;
    const sighting = this.#seen.get(index);
    if (sighting !== undefined) sighting.packets++;
    else this.#seen.set(index, { packets: 1, order: this.#seen.size });
  }

  /**
   * The name of the interface that answers come in on; null when none did. A packet shows on the port
   * of a bridge before it does on the bridge, which has the address.
   */
  #found(): string | null {
    const seen = interfaces().filter(({ index }) => this.#seen.has(index)).map((device) => ({
      name: device.name,
      addressed: device.ipv4.length + device.ipv6.length > 0 ? 1 : 0,
      ...this.#seen.get(device.index)!,
    }));
    seen.sort((a, b) => b.addressed - a.addressed || b.packets - a.packets || b.order - a.order);
    return seen[0]?.name ?? null;
  }

  #names(): string {
    return this.#options.devices.map(({ name }) => name).join(", ");
  }

  #tell(text: string): void {
    this.#reported = true;
    this.#options.warn(text);
  }
}

/**
 * The key of a connection. An IPv6 address has several texts, and a target's is as it was given.
 */
function nameOf(local: Endpoint, remote: Endpoint): string {
  const address = (end: Endpoint) => addressText(addressBytes(end.address));
  return `${address(local)} ${local.port} ${address(remote)} ${remote.port}`;
}

/** Removes the oldest of the remembered connections when there is no room for another one. */
function makeRoom(names: Set<string> | Map<string, unknown>): void {
  if (names.size >= REMEMBERED) names.delete(names.keys().next().value!);
}

/** A capture of possible answers on the other interfaces; null where there are none. */
function capture({ devices, own }: ElsewhereOptions): Capture | null {
  const all = interfaces();
  const loopback = all.filter((device) => device.loopback);
  const known = new Set([...devices, ...loopback].map(({ index }) => index));
  if (all.every(({ index, up }) => known.has(index) || !up)) return null;
  const options = { snaplen: SNAPLEN, bufferSize: BUFFER, timeoutMs: 0 };
  const capture = Capture.liveExceptOn([...devices, ...loopback], options);
  const ports = own.ports.map(({ first, last }) => `dst portrange ${first}-${last}`);
  capture.keep(`inbound and (${anyOf(ports)})`);
  return capture;
}

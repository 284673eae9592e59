import type { Chain } from "../contract/chain.ts";
import type { FlowRecord, Missed } from "../contract/flow.ts";
import type { Endpoint } from "../contract/job.ts";
import { Capture, type CaptureCounts, type CapturedInterface } from "../host/capture.ts";
import { wallClock } from "../host/clock.ts";
import { Deadlines } from "../host/deadlines.ts";
import { Failure } from "../host/failure.ts";
import { type Reactor, READY } from "../host/reactor.ts";
import { type ExpectOptions, FlowTable } from "./flow_table.ts";
import { keeps, type OwnPackets, ownPackets } from "./own_packets.ts";
import { type Watch, watchFlow } from "./watch.ts";

/** How long to wait for the wire to show the end of a connection that has ended, in milliseconds. */
export const PATIENCE = {
  /**
   * Without an answer, the capture must have been read up to this time before it counts as
   * complete.
   */
  unanswered: 100,
  /** The end of an established connection is on its way. */
  stood: 1000,
} as const;

/** Octets kept of each packet: more than the longest headers of IP, with options, and TCP. */
export const SNAPLEN = 256;
const KERNEL_BUFFER = 32 << 20;
/** Packets taken at once; between two batches the loop can do other work. */
const BATCH = 16_384;
const INPUT = BATCH * (SNAPLEN + 16) + 1;
const BATCHES_A_TURN = 4;

/** In place of a count of drops: the filter excluded some of a connection's packets. */
const NEVER = -1;

/** An interface, as far as a watcher needs to know it. */
export interface WatchedInterface extends CapturedInterface {
  readonly loopback: boolean;
}

/** Watches the packets of announced connections on some interfaces, and reports what was seen. */
export class Watcher implements Disposable {
  readonly #reactor: Reactor;
  readonly #capture: Capture;
  readonly #table: FlowTable;
  readonly #watches = new Map<number, Watch>();
  readonly #deadlines = new Deadlines();
  /** What the kernel keeps; null when it keeps everything. */
  #own: OwnPackets | null;
  #drops = 0;
  /** Whether the next packet wakes the loop. */
  #isWoken = false;

  /**
   * @param devices where packets come and go: one interface or more
   * @param own what the kernel is to keep; everything when null
   * @throws {Failure} when an interface cannot be captured on
   */
  constructor(
    reactor: Reactor,
    devices: readonly WatchedInterface[],
    chains: readonly (string | Chain)[],
    own: OwnPackets | null = null,
  ) {
    this.#reactor = reactor;
    this.#own = own;
    this.#capture = Capture.liveOn(devices, {
      snaplen: SNAPLEN,
      bufferSize: KERNEL_BUFFER,
      timeoutMs: 0,
    });
    try {
      if (own !== null) {
        const loopback = devices.some((device) => device.loopback);
        this.#capture.keep(ownPackets(own, { loopback, cooked: this.#capture.isCooked }));
      }
      this.#table = new FlowTable({
        chains: ["basic", ...chains],
        idle: 30,
        linger: 5,
        expectedOnly: true,
        input: INPUT,
      });
      this.#table.checkLink(this.#capture.linkType);
    } catch (error) {
      this.#capture.close();
      throw error;
    }
    reactor.onTurn(() => this.#schedule(this.#turn()));
  }

  /**
   * Announces a connection before any of its packets is read. Forward is from `local`. Null when
   * one on the same addresses and ports is still watched: it could not be told which packets belong
   * to which. Once that watch was taken or forgotten, they may be expected again: late segments of
   * the earlier TCP connection are recognised by their sequence numbers and ignored; late datagrams
   * cannot be recognised.
   */
  expect(
    local: Endpoint,
    remote: Endpoint,
    protocol: number,
    options: ExpectOptions = {},
  ): Watch | null {
    return watchFlow(this.#watches, this.#table, {
      ...{ local, remote, protocol, options },
      // A socket's packets so far were not captured; a forged packet is sent after this
      drops: () => this.admit(protocol, local.port) || options.one ? this.#drops : NEVER,
    });
  }

  /**
   * Makes sure that packets with a local port are captured from now on; returns whether they were
   * before. A spider that chooses ports of its own may choose many: with the first everything is
   * captured.
   */
  admit(protocol: number, port: number): boolean {
    if (this.#own === null || keeps(this.#own, protocol, port)) return true;
    this.#capture.keep(null);
    this.#own = null;
    return false;
  }

  /**
   * Waits until the wire has shown the end of a connection, at most `patience` milliseconds, and in
   * any case until the capture has caught up; whether it has shown it.
   */
  async ended(watch: Watch, patience: number): Promise<boolean> {
    if (!watch.complete) {
      const { promise, resolve } = Promise.withResolvers<void>();
      watch.onComplete = resolve;
      const deadline = this.#deadlines.set(patience, performance.now(), resolve);
      this.#reactor.soon(patience);
      await promise;
      this.#deadlines.cancel(deadline);
      watch.onComplete = null;
    }
    return watch.complete;
  }

  /**
   * What was seen so far. If nothing was, if the kernel dropped packets meanwhile so that some may
   * be missing, or if packets may belong to another connection: the reason. The watch continues:
   * late answers count.
   */
  peek(watch: Watch): FlowRecord | Missed {
    if (this.#drops !== watch.drops) return "packets dropped";
    if (watch.mixed) return "ports taken";
    const record = JSON.parse(this.#table.record(watch.flow)) as FlowRecord;
    return record.pkt_fwd + record.pkt_rev === 0 ? "no packet seen" : record;
  }

  /** Ends a watch: its addresses and ports may be expected again. */
  forget(watch: Watch): void {
    this.#table.release(watch.flow);
    this.#watches.delete(watch.flow);
  }

  /** What libpcap counted so far. */
  counts(): CaptureCounts {
    return this.#capture.counts();
  }

  close(): void {
    if (this.#isWoken) this.#reactor.remove(this.#capture.fd);
    this.#isWoken = false;
    this.#capture.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Sees to the next turn. While packets come, one comes every millisecond and reads: that the kernel woke
   * us for each of them would take a twentieth of its time. When none have come, the next one does.
   */
  #schedule(some: boolean): void {
    if (some) this.#reactor.soon();
    if (some === this.#isWoken) {
      this.#isWoken = !some;
      if (some) this.#reactor.remove(this.#capture.fd);
      else this.#reactor.add(this.#capture.fd, READY.read, () => {});
    }
    this.#reactor.soon(this.#deadlines.untilNext(performance.now()));
  }

  /** Whether packets came. */
  #turn(): boolean {
    let drained = this.#pump();
    const some = !drained;
    // Nothing is dropped while there is room. Counted after the reading: what was dropped before a
    // packet that was read is counted by then
    if (!drained) {
      for (let i = 1; i < BATCHES_A_TURN && !drained; i++) drained = this.#pump();
      this.#drops = this.#capture.counts().dropped;
    }
    // A wait ends only when all packets up to now were read: unread packets are no evidence of
    // silence
    if (drained) {
      this.#deadlines.expire(performance.now());
      this.#table.advance(wallClock() - PATIENCE.stood);
    }
    return some;
  }

  /** Reads a batch; true when no packets wait any more. */
  #pump(): boolean {
    const octets = this.#capture.read(this.#table.input(0), BATCH);
    if (this.#capture.fault !== null) {
      throw new Failure(
        `the capture on ${this.#capture.device} broke off: ${this.#capture.fault}; see that the interface stays up, and run again`,
      );
    }
    if (octets === 0) return true;
    this.#table.dissect(octets, this.#capture.linkType, this.#capture.fraction);
    for (let flow = this.#table.nextReady(); flow !== 0; flow = this.#table.nextReady()) {
      const watch = this.#watches.get(flow)!;
      watch.complete = true;
      watch.onComplete?.();
    }
    return false;
  }
}

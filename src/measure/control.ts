import type { ConnectionType, Connects } from "../connect/connection_type.ts";
import { STATE } from "../contract/connection.ts";
import type { Target } from "../contract/job.ts";
import { addressBytes, addressText } from "../host/address.ts";
import { addressIn, type DocumentationBlock, documentationBlocks } from "../host/documentation.ts";
import { Failure } from "../host/failure.ts";
import type { Reactor } from "../host/reactor.ts";
import { sleep } from "../host/sleep.ts";
import { Connections } from "./connections.ts";

/** Number of targets of one IP version and port between two controls. */
const EVERY = 1000;

/** Maximum number of ports that get controls; lists with more scan one host after the other. */
const MOST_PORTS = 8;

/**
 * How long an answer is waited for at the least, in milliseconds: anything that answers is close.
 */
const LISTEN = 300;

/** How controls are sent. */
export interface ControlOptions {
  /** `tcp`, for a SYN; the type of the run where that is over UDP. */
  readonly type: ConnectionType;
  /** Name of the interface they leave through; null leaves the choice to the kernel. */
  readonly interface: string | null;
  readonly sources?: { readonly 4?: string; readonly 6?: string };
  /** The port of targets that name none. */
  readonly defaultPort: number;
  readonly timeoutMs: number;
  /** Prints a warning at once. */
  readonly warn: (text: string) => void;
}

/** The outcome of the controls of a run. */
export interface ControlCounts {
  readonly sent: number;
  /** Those whose connection came up. */
  readonly answered: number;
  /** Those that were refused, which makes no target seem to work. */
  readonly refused: number;
}

/** A control under way. */
interface PendingControl {
  readonly since: number;
  /** Whether none of its IP version and port was listened to before. */
  readonly isFirst: boolean;
}

/**
 * Connects to addresses that cannot exist, beside the targets: when the first target of an IP
 * version and port begins, and again after every thousand. One that answers does so for everyone:
 * something close, such as a transparent proxy, makes hosts seem to work that are down or absent.
 *
 * Nothing waits for an answer. The system sends the SYN again while there is none, so the loss of one
 * does not matter.
 */
export class Control implements Disposable {
  readonly #options: ControlOptions;
  readonly #connects: Connects;
  readonly #blocks = new Map<4 | 6, DocumentationBlock[]>();
  /** Targets since the last control, by IP version and port. */
  readonly #targets = new Map<string, number>();
  readonly #underWay = new Set<PendingControl>();
  readonly #counts = { sent: 0, answered: 0, refused: 0 };
  /** Controls that stayed without an answer for long enough, or to the end. */
  #silent = 0;
  #warned = false;

  constructor(reactor: Reactor, options: ControlOptions) {
    this.#options = options;
    const { type, interface: name, sources } = options;
    this.#connects = new Connections(type, {
      reactor,
      interface: name,
      ...(sources === undefined ? {} : { sources }),
      ecnMark: () => {
        throw new Error("a control asks for no ECN");
      },
    }).open(type);
  }

  get counts(): ControlCounts {
    return this.#counts;
  }

  /** Whether something answered; null while that is not known, or nothing could be sent. */
  get intercepted(): boolean | null {
    if (this.#counts.answered > 0) return true;
    const now = performance.now();
    const silent = [...this.#underWay].some(({ since }) => now - since >= LISTEN);
    return this.#silent > 0 || silent ? false : null;
  }

  /** Called for each target that begins; sends the controls that are due. Does not wait. */
  begun({ dip, dp }: Target): void {
    if (dip === undefined) return;
    const version = dip.includes(":") ? 6 : 4;
    this.#leaveOut(version, dip);
    const port = dp ?? this.#options.defaultPort;
    const key = `${version} ${port}`;
    const before = this.#targets.get(key);
    if (before === undefined && this.#targets.size >= MOST_PORTS) return;
    const due = before === undefined || before >= EVERY;
    this.#targets.set(key, due ? 1 : before + 1);
    if (due) this.#send(version, port, before === undefined);
  }

  /**
   * Waits until of each IP version and port a control was listened to for long enough, or the signal
   * aborts. One that repeats an earlier one is not waited for.
   */
  async listened(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#counts.answered > 0) return;
    const first = [...this.#underWay].filter(({ isFirst }) => isFirst);
    const last = Math.max(...first.map(({ since }) => since));
    const left = last + LISTEN - performance.now();
    if (!(left > 0)) return;
    await sleep(left, signal);
  }

  /** Aborts what is under way. */
  close(): void {
    this.#connects.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** A block with targets in it is in use here, whatever it is meant for. */
  #leaveOut(version: 4 | 6, dip: string): void {
    // The same address may be written in many ways; few begin so
    const text = version === 6 && dip.startsWith("2001:") ? addressText(addressBytes(dip)) : dip;
    const blocks = this.#blocksOf(version);
    const at = blocks.findIndex(({ begin }) => text.startsWith(begin));
    if (at >= 0) blocks.splice(at, 1);
  }

  #blocksOf(version: 4 | 6): DocumentationBlock[] {
    let blocks = this.#blocks.get(version);
    if (blocks === undefined) this.#blocks.set(version, blocks = documentationBlocks(version));
    return blocks;
  }

  #send(version: 4 | 6, port: number, isFirst: boolean): void {
    const blocks = this.#blocksOf(version);
    const block = blocks[Math.floor(Math.random() * blocks.length)];
    if (block === undefined) return;
    this.#connect(block, addressIn(block), port, isFirst).catch((error) => {
      // What keeps sockets from being opened ends the run by way of its targets
      if (!(error instanceof Failure)) throw error;
      this.#warn(`no control could be sent: ${error.message}`);
    });
  }

  async #connect(
    block: DocumentationBlock,
    address: string,
    port: number,
    isFirst: boolean,
  ): Promise<void> {
    const { timeoutMs } = this.#options;
    const underWay = { since: performance.now(), isFirst };
    const { outcome, state } = await this.#connects.connect({
      remote: { address, port },
      socket: {},
      timeoutMs,
      onLocal: () => {
        this.#counts.sent++;
        this.#underWay.add(underWay);
      },
    });
    if (!this.#underWay.delete(underWay)) return; // It could not be sent
    if (outcome === "ok") {
      this.#counts.answered++;
      return this.#warn(
        `${address} port ${port} answers, an address that no host can have (${block.source}): ` +
          "something near, such as a transparent proxy, answers in the place of targets, and hosts " +
          "that are down or absent seem to work",
      );
    }
    if (outcome === "refused") this.#counts.refused++;
    if (state !== STATE.discard || performance.now() - underWay.since >= LISTEN) this.#silent++;
  }

  /** One such warning per run is enough. */
  #warn(text: string): void {
    if (!this.#warned) this.#options.warn(text);
    this.#warned = true;
  }
}

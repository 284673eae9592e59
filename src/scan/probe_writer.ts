import { Failure } from "../host/failure.ts";
import { MESSAGE } from "../host/message_batch.ts";
import { instantiateScan, type ScanExports } from "../host/scan_wasm.ts";
import { loadProbes, type ProbeParts } from "./load_probes.ts";
import { ROW } from "./target_row.ts";

/** Numbers of what messages say in wasm/assembly/scan/messages.ts. */
const NAMES = { none: 0, inet: 1, packet: 2 } as const;

/** What a {@linkcode ProbeWriter} writes, and for which kind of socket. */
export interface ProbeWriterOptions extends ProbeParts {
  /** What stands before the IP header: nothing, or 14 octets of Ethernet, whose EtherType is filled in. */
  readonly link: Uint8Array;
  /** Probes that are written at once, at most. */
  readonly slots: number;
  /**
   * What messages say about where they go: nothing; the target's address, for raw IP sockets; or the
   * EtherType and the interface, for packet sockets (packet(7)).
   */
  readonly names?: keyof typeof NAMES;
  /** The number of the interface that packets leave by, for names. */
  readonly interfaceIndex?: number;
}

/** Probes that were written. */
export interface ProbeBatch {
  /** An array of struct mmsghdr for sendmmsg(2), lent until the half is written again. */
  readonly messages: Uint8Array<ArrayBuffer>;
  /** How many of them are to be sent: fewer than rows where some have no template. */
  readonly count: number;
}

/**
 * Writes the probes of many targets where the kernel reads them: in the memory of a wasm instance of its
 * own, which does not move.
 */
export class ProbeWriter {
  readonly #wasm: ScanExports = instantiateScan();
  readonly #memory: ArrayBuffer;
  readonly #halves: readonly Uint8Array<ArrayBuffer>[];
  /** Where targets are put before they are written, 24 octets each: see `ROW`. */
  readonly rows: Uint8Array<ArrayBuffer>;

  /** Throws a {@linkcode Failure} when there is no memory for them. */
  constructor(options: ProbeWriterOptions) {
    const { slots, names = "none", interfaceIndex = 0 } = options;
    loadProbes(this.#wasm, options, options.link);
    if (this.#wasm.scanReserve(slots, NAMES[names], interfaceIndex) === 0) throw noMemory();
    this.#memory = this.#wasm.memory.buffer as ArrayBuffer;
    this.#wasm.scanPointers(addressOf(this.#memory));
    this.rows = new Uint8Array(this.#memory, this.#wasm.scanRowsAt() >>> 0, slots * ROW);
    this.#halves = [0, 1].map((half) =>
      new Uint8Array(this.#memory, this.#wasm.scanMessagesAt(half) >>> 0, slots * MESSAGE)
    );
  }

  /**
   * Writes the probes to the first `count` rows, one each. Targets of a version without templates have
   * none.
   *
   * @param place which of a target's arms in this round: the first that is sent, or a later one
   * @param epoch of the probes' tokens
   * @param ms milliseconds since the scan began, for timestamps
   * @param half where to write, while the other one may be under way
   * @param version only the rows of one IP version; those of the other stay where they are
   */
  write(
    count: number,
    place: number,
    round: number,
    epoch: number,
    ms: number,
    half: 0 | 1,
    version?: 4 | 6,
  ): ProbeBatch {
    const written = this.#wasm.scanWrite(count, place, round, epoch, ms, half, version ?? 0);
    // The kernel would read from where the memory was
    if (this.#wasm.memory.buffer !== this.#memory) throw new Error("the senders' memory has grown");
    return { messages: this.#halves[half]!, count: written };
  }

  /** The packet of a message with what stands before it, lent until the half is written again. */
  packet({ messages }: ProbeBatch, at: number): Uint8Array {
    const message = new DataView(messages.buffer, messages.byteOffset);
    // struct msghdr: msg_iov; struct iovec: iov_base and iov_len
    const part = new DataView(
      this.#memory,
      this.#placeOf(message.getBigUint64(at * MESSAGE + 16, true)),
    );
    return new Uint8Array(
      this.#memory,
      this.#placeOf(part.getBigUint64(0, true)),
      Number(part.getBigUint64(8, true)),
    );
  }

  /** Where something stands that the kernel is told the address of. */
  #placeOf(address: bigint): number {
    return Number(address - addressOf(this.#memory));
  }
}

function addressOf(memory: ArrayBuffer): bigint {
  return BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(new Uint8Array(memory, 0, 1))));
}

function noMemory(): Failure {
  return new Failure("out of memory: no probes can be written");
}

import { addressText } from "../host/address.ts";
import { Failure } from "../host/failure.ts";
import { instantiateScan, type ScanExports } from "../host/scan_wasm.ts";
import type { AnsweredTarget, ArmAnswer } from "./answered_target.ts";
import { MOST_ARMS } from "./arm_problem.ts";
import { loadProbes, type ProbeParts } from "./load_probes.ts";
import { ROW, ROW_PORT } from "./target_row.ts";

/** Kinds of packets that come in, in the order of wasm/assembly/scan/answers/kinds.ts. */
export const KINDS = [
  "synack",
  "rst",
  "dns",
  "udp",
  "echo",
  "icmp_unreachable",
  "icmp_other",
  "repeated",
  "late",
  "foreign",
  "unproven",
  "malformed",
  "no_room",
] as const;

/** What became of a packet that came in: an answer that counts, or why it does not. */
export type Kind = typeof KINDS[number];

/** What {@linkcode Answers} are told of, and how they are waited for. */
export interface AnswersOptions extends ProbeParts {
  /** Probes to each arm. */
  readonly probes: number;
  /** Milliseconds of an epoch of the tokens: as long as the sender's. */
  readonly epochMs: number;
  /** How long answers are waited for, in milliseconds. */
  readonly cooldownMs: number;
  /** From the first probe to a target to the last one, in milliseconds. */
  readonly spreadMs: number;
  /** Octets of the input. */
  readonly input: number;
  /** Targets that are kept at most, of those that have answered; see `MOST_TARGETS`. */
  readonly most?: number;
  /** Answers that are told apart at most; see `MOST_SHAPES`. */
  readonly shapes?: number;
}

/** Targets that are kept at most, at 64 octets each. */
export const MOST_TARGETS = 1 << 23;
/** Answers that are told apart at most. */
export const MOST_SHAPES = (1 << 18) - 1;
/** Of the entries of the table, so many are kept free for answers that are on their way. */
const SPARE = 1 / 8;
/** Canonical answers whose octets are at hand. */
const MOST_OCTETS = 4096;

// What wasm/assembly/scan/answers/due.ts tells of an arm's answer
const ARM = 20;
const KNOWN = 0x8000_0000;
const ROUND = 27;
const DELAY = 0x07ff_ffff;
const WHY = 18;
const UNSENT = 1;
const UNPROVEN = 2;

/**
 * Tells the answers to a scan's probes from all else that comes in, and keeps the targets that have
 * answered until they are concluded. Nothing is known of probes but the key of their tokens: what gives
 * none back does not count. Checksums are not looked at, since cards that compute them leave them open
 * in what the own host sends; a token says more than a checksum does.
 */
export class Answers {
  readonly #wasm: ScanExports = instantiateScan();
  readonly #most: number;
  readonly #inputAt: number;
  readonly #inputSize: number;
  readonly #kindsAt: number;
  readonly #answeredAt: number;
  readonly #dueAt: number;
  readonly #dueSize: number;
  readonly #dueMost: number;
  readonly #enterAt: number;
  readonly #arms: Readonly<Record<4 | 6, number>>;
  /** Octets of canonical answers by their numbers. */
  readonly #octets = new Map<number, Uint8Array>();
  #memory!: DataView<ArrayBuffer>;
  #input!: Uint8Array<ArrayBuffer>;
  #refused = 0;

  /** Throws a {@linkcode Failure} when there is no memory for them. */
  constructor(options: AnswersOptions) {
    const { templates, probes, epochMs, cooldownMs, spreadMs, input } = options;
    const { most = MOST_TARGETS, shapes = MOST_SHAPES } = options;
    const wasm = this.#wasm;
    this.#arms = { 4: templates[4]?.length ?? 0, 6: templates[6]?.length ?? 0 };
    if (Math.max(this.#arms[4], this.#arms[6]) > MOST_ARMS) {
      throw new RangeError(`answers are kept of ${MOST_ARMS} arms at most`);
    }
    for (
      const [at, size] of [
        [wasm.seedAt(), wasm.seedSize()],
        [wasm.scanShapeSeedAt(), wasm.scanShapeSeedSize()],
      ] as const
    ) {
      crypto.getRandomValues(new Uint8Array(wasm.memory.buffer as ArrayBuffer, at >>> 0, size));
    }
    loadProbes(wasm, options, new Uint8Array());
    wasm.scanExpect(probes, epochMs, cooldownMs, spreadMs);
    if (wasm.scanReserveAnswers(input, most, shapes) === 0 || wasm.scanReserveDue() === 0) {
      throw new Failure("out of memory: there is no room for the answers to a scan");
    }
    this.#most = most;
    this.#inputAt = wasm.scanInputAt() >>> 0;
    this.#inputSize = input;
    this.#kindsAt = wasm.scanKindsAt() >>> 0;
    this.#answeredAt = wasm.scanAnsweredAt() >>> 0;
    this.#dueAt = wasm.scanDueAt() >>> 0;
    this.#dueSize = wasm.scanDueSize();
    this.#dueMost = wasm.scanDueMost();
    this.#enterAt = wasm.scanEnterAt() >>> 0;
    this.#look();
  }

  /** Where captured packets go. Another one after each call, since the memory may have moved. */
  get input(): Uint8Array<ArrayBuffer> {
    return this.#input;
  }

  /**
   * Takes packets from the input, as pcap_dump(3) wrote them.
   *
   * @param octets how many octets of the input they take
   * @param linkType `pcap_datalink` value
   * @param fraction what one unit of a time's fraction is worth, in nanoseconds
   * @param ms milliseconds since the scan began
   * @param wall the same moment in milliseconds since 1970, by which the packets' own times tell how
   *   long they have waited; the last of them counts as just come when missing
   */
  take(octets: number, linkType: number, fraction: 1 | 1000, ms: number, wall = NaN): void {
    this.#wasm.scanTake(octets, linkType, fraction, ms, wall);
    this.#look();
  }

  /** Enters targets that are about to be probed, so that they come due also when none of them answers. */
  enter(rows: Uint8Array, count: number, ms: number): void {
    this.#enter(rows, count, ms, false);
  }

  /** Takes note that a probe to each of these targets was not sent: see `AnsweredTarget.unsent`. */
  noteUnsent(rows: Uint8Array, ms: number): void {
    this.#enter(rows, rows.length / ROW, ms, true);
  }

  #enter(rows: Uint8Array, count: number, ms: number, areUnsent: boolean): void {
    for (let from = 0; from < count; from += this.#dueMost) {
      const to = Math.min(count, from + this.#dueMost);
      const some = rows.subarray(from * ROW, to * ROW);
      new Uint8Array(this.#memory.buffer).set(some, this.#enterAt);
      this.#refused += this.#wasm.scanEnter(to - from, ms, Number(areUnsent));
      this.#look();
    }
  }

  /** At most so many targets that need not be waited for any longer: each is given once. */
  due(ms: number, most: number): AnsweredTarget[] {
    const count = this.#wasm.scanDue(ms, most);
    return Array.from({ length: count }, (_, at) => this.#told(this.#dueAt + at * this.#dueSize));
  }

  /** Packets that came in, by kind. */
  get counts(): Readonly<Record<Kind, number>> {
    const count = (kind: Kind, at: number) => [kind, this.#f64(this.#kindsAt, at)] as const;
    return Object.fromEntries(KINDS.map(count)) as Record<Kind, number>;
  }

  /** Targets that have answered each arm. */
  get answered(): readonly number[] {
    const arms = Math.max(this.#arms[4], this.#arms[6]);
    return Array.from({ length: arms }, (_, arm) => this.#f64(this.#answeredAt, arm));
  }

  /** Arms of targets that were answered, in all. */
  get answers(): number {
    return this.answered.reduce((sum, arm) => sum + arm, 0);
  }

  /** Targets that have answered an arm or more. */
  get targets(): number {
    return this.#wasm.scanTargetsAnswered();
  }

  /** Targets that wait to be concluded. */
  get waiting(): number {
    return this.#wasm.scanWaiting() >>> 0;
  }

  /** Whether there is room for the answers of more targets than have been probed. */
  get room(): boolean {
    return this.#wasm.scanEntries() >>> 0 < this.#most * (1 - SPARE);
  }

  /** Targets that are not concluded, since there was no room for them or for what they answered. */
  get lost(): number {
    return this.#wasm.scanSpoiled() + this.#refused;
  }

  /** Octets of memory that it takes. */
  get octets(): number {
    return this.#memory.byteLength;
  }

  /** Looks where the memory is: it moves when it grows. */
  #look(): void {
    const { buffer } = this.#wasm.memory;
    if (this.#memory?.buffer === buffer) return;
    this.#memory = new DataView(buffer as ArrayBuffer);
    this.#input = new Uint8Array(buffer as ArrayBuffer, this.#inputAt, this.#inputSize);
  }

  #f64(at: number, place: number): number {
    return this.#memory.getFloat64(at + place * 8, true);
  }

  #told(at: number): AnsweredTarget {
    const memory = this.#memory;
    const isMapped = memory.getUint32(at + 8) === 0xffff && memory.getBigUint64(at) === 0n;
    const address = isMapped
      ? dotted(memory.getUint32(at + 12))
      : addressText(new Uint8Array(memory.buffer, at, 16));
    const arms: (ArmAnswer | null)[] = [];
    for (let arm = 0; arm < this.#arms[isMapped ? 4 : 6]; arm++) {
      arms.push(this.#armAt(at + ROW + arm * ARM));
    }
    const target = { address, port: memory.getUint16(at + ROW_PORT), arms };
    const why = memory.getUint8(at + WHY);
    return why === 0 ? target : {
      ...target,
      ...((why & UNSENT) === 0 ? {} : { unsent: true }),
      ...((why & UNPROVEN) === 0 ? {} : { unproven: true }),
    };
  }

  #armAt(at: number): ArmAnswer | null {
    const memory = this.#memory;
    const place = memory.getUint32(at, true);
    if (place === 0) return null;
    const shape = memory.getUint32(at + 4, true);
    const timing = memory.getUint32(at + 16, true);
    const delay = timing & DELAY;
    return {
      octets: this.#octetsOf(shape, place, memory.getUint32(at + 8, true)),
      length: memory.getUint32(at + 12, true),
      shape,
      after: (timing & KNOWN) === 0 ? null : delay,
      within: delay,
      round: timing >>> ROUND & 15,
    };
  }

  /** A copy, since targets that wait to be concluded must not lose it when the memory grows. */
  #octetsOf(shape: number, place: number, length: number): Uint8Array {
    const known = this.#octets.get(shape);
    if (known !== undefined) return known;
    if (this.#octets.size === MOST_OCTETS) this.#octets.clear();
    const octets = new Uint8Array(this.#memory.buffer, place, length).slice();
    this.#octets.set(shape, octets);
    return octets;
  }
}

/** An IPv4 address from its number. */
function dotted(address: number): string {
  return `${address >>> 24}.${address >>> 16 & 255}.${address >>> 8 & 255}.${address & 255}`;
}

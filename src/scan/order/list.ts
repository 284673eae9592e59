import { namelessFile, readAt, writeAll } from "../../host/nameless_file.ts";
import type { ScanExports } from "../../host/scan_wasm.ts";
import { digestOf, type Group, groupFor, MOST_TARGETS, primeFor } from "./group.ts";
import { ENTRY } from "../target_row.ts";
import { ListBucket } from "./list_bucket.ts";
import { RowPlace } from "./row_place.ts";
import type { Part, Source } from "./source.ts";
import { Walk, type WalkOptions } from "./walk.ts";

/** Into how many parts a list is divided by a hash, and which part of 53 bits of that says which. */
const BUCKETS = 1024;
const BUCKET_UNIT = 2 ** 53 / BUCKETS;
/** Entries of a bucket that are written together. */
const CHUNK = 256;

/**
 * A list of targets in a temporary file, in an order that a seed gives, each once.
 *
 * A keyed hash puts each target into one of 1,024 buckets; the buckets come one after the other, and
 * the targets of one, which fit into memory and are read there as a whole, in the order of a walk. So
 * a target that is in the list again is in the same bucket, and is found there; and the file is read
 * from its begin to its end, where the places of an index would be read one by one.
 */
export class TargetList {
  readonly #wasm: ScanExports;
  readonly #seed: string;
  readonly #shards: number;
  readonly #shard: number;
  readonly #file = namelessFile();
  readonly #place: RowPlace;
  /** The chunk of each bucket that is being filled. */
  readonly #open = new Uint8Array(BUCKETS * CHUNK * ENTRY);
  readonly #counts = new Float64Array(BUCKETS);
  /** Numbers of the chunks that were written for each bucket. */
  readonly #chunks: number[][] = Array.from({ length: BUCKETS }, () => []);
  #written = 0;
  #size = 0;
  #sum = 0;

  /** @throws {Failure} when there is no room for a temporary file */
  constructor(
    wasm: ScanExports,
    { seed, shards, shard }: Pick<Part, "seed" | "shards" | "shard">,
  ) {
    this.#wasm = wasm;
    this.#seed = seed;
    this.#shards = shards;
    this.#shard = shard;
    this.#place = new RowPlace(wasm, digestOf(seed, "list"));
  }

  /** How many targets of its shard it has, repeated ones included. */
  get size(): number {
    return this.#size;
  }

  /** A number that another list of as many targets hardly has, whatever their order. */
  get sum(): number {
    return this.#sum;
  }

  /**
   * Adds the target of a row, unless it is of another shard, to which its repetitions belong as well.
   *
   * @returns whether it was added
   * @throws {Failure} when it cannot be written
   */
  add(row: Uint8Array): boolean {
    const hash = this.#place.hash(row, 0);
    if (hash % this.#shards !== this.#shard) return false;
    const bucket = Math.floor(hash / BUCKET_UNIT);
    const count = this.#counts[bucket]!;
    const at = (bucket * CHUNK + count % CHUNK) * ENTRY;
    for (let i = 0; i < ENTRY; i++) this.#open[at + i] = row[i]!;
    this.#counts[bucket] = count + 1;
    this.#size++;
    this.#sum = (this.#sum + hash) % MOST_TARGETS;
    if (count % CHUNK === CHUNK - 1) this.#write(bucket);
    return true;
  }

  /** The targets from a step on; no more are added from here on. */
  source(part: Pick<Part, "position" | "until">): Source {
    for (const [bucket, count] of this.#counts.entries()) {
      if (count > this.#chunks[bucket]!.length * CHUNK) this.#write(bucket);
    }
    return new ListSource(this, this.#wasm, this.#counts, this.#seed, part);
  }

  /** The targets of a bucket. Throws a `Failure` when they cannot be read. */
  bucket(bucket: number): ListBucket {
    const found = new ListBucket((octets, at) => this.#place.hash(octets, at));
    const chunk = new Uint8Array(CHUNK * ENTRY);
    let left = this.#counts[bucket]!;
    for (const number of this.#chunks[bucket]!) {
      readAt(this.#file, number * chunk.length, chunk);
      for (let i = 0; i < Math.min(CHUNK, left); i++) found.add(chunk, i * ENTRY);
      left -= CHUNK;
    }
    return found;
  }

  close(): void {
    this.#file.close();
  }

  #write(bucket: number): void {
    const octets = CHUNK * ENTRY;
    this.#file.seekSync(this.#written * octets, Deno.SeekMode.Start);
    writeAll(this.#file, this.#open.subarray(bucket * octets, bucket * octets + octets));
    this.#chunks[bucket]!.push(this.#written++);
  }
}

const NO_STEPS: WalkOptions = { group: { prime: 2, generator: 1, first: 1 }, size: 0, until: 0 };

/** Walks through one bucket after the other. */
class ListSource implements Source {
  readonly steps: number;
  readonly #list: TargetList;
  readonly #wasm: ScanExports;
  readonly #counts: Float64Array;
  readonly #seed: string;
  readonly #until: number;
  readonly #walk: Walk;
  /** The bucket that is walked through, its targets, and how many steps there are before it. */
  #bucket = -1;
  #targets: ListBucket | null = null;
  #before = 0;

  constructor(
    list: TargetList,
    wasm: ScanExports,
    counts: Float64Array,
    seed: string,
    { position, until = Infinity }: Pick<Part, "position" | "until">,
  ) {
    this.#list = list;
    this.#wasm = wasm;
    this.#counts = counts;
    this.#seed = seed;
    this.#walk = new Walk(this.#wasm);
    this.steps = counts.reduce((sum, _, bucket) => sum + this.#stepsOf(bucket), 0);
    this.#until = Math.min(until, this.steps);
    this.#goTo(Math.min(position, this.#until));
  }

  get position(): number {
    return this.#before + this.#walk.position;
  }

  get ended(): boolean {
    return this.position >= this.#until;
  }

  next(most: number): number {
    if (this.#walk.ended && !this.ended) this.#goTo(this.position);
    return this.#walk.next(most);
  }

  put(i: number, rows: DataView, at: number): boolean {
    return this.#targets!.put(this.#walk.index(i), rows, at);
  }

  step(i: number): number {
    return this.#before + this.#walk.step(i);
  }

  close(): void {
    this.#list.close();
  }

  /** Opens the bucket that a step is in; none at the end. */
  #goTo(position: number): void {
    while (this.#bucket < 0 || position >= this.#before + this.#stepsOf(this.#bucket)) {
      if (this.#bucket >= 0) this.#before += this.#stepsOf(this.#bucket);
      if (++this.#bucket === this.#counts.length) {
        this.#walk.begin(NO_STEPS);
        return;
      }
    }
    this.#targets = this.#list.bucket(this.#bucket);
    this.#walk.begin({
      group: this.#groupOf(this.#bucket),
      size: this.#counts[this.#bucket]!,
      position: position - this.#before,
      until: this.#until - this.#before,
    });
  }

  #stepsOf(bucket: number): number {
    return this.#counts[bucket] === 0 ? 0 : primeFor(this.#counts[bucket]!) - 1;
  }

  #groupOf(bucket: number): Group {
    return groupFor(this.#counts[bucket]!, `${this.#seed} ${bucket}`);
  }
}

import { fileError } from "../../host/file_error.ts";
import { writing } from "../../host/writing.ts";
import { cleaned } from "../../target/quote.ts";

/** Octets of a service's log that are kept; more is counted and forgotten. */
const MOST = 16 << 20;
/** Lines that are remembered for messages. */
const REMEMBERED = 20;
/** Characters of a line that are looked at. */
const LONGEST = 4096;

/** The log of a service, from both of its outputs, in a file, as long as that is not too long. */
export class ServiceLog implements Disposable {
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #lines: string[] = [];
  readonly #watching = new Set<(line: string) => void>();
  #written = 0;
  /** Why not all of it could be written; null where it was. */
  unwritten: string | null = null;

  constructor(path: string) {
    this.path = path;
    const options = { create: true, write: true, truncate: true, mode: 0o600 };
    this.#file = writing(path, () => Deno.openSync(path, options));
  }

  /** Takes in what a stream of the service's gives, to its end, or until the signal aborts. */
  async read(stream: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<void> {
    const reader = stream.getReader();
    const cancel = () => reader.cancel();
    signal.addEventListener("abort", cancel);
    const decoder = new TextDecoder();
    let rest = "";
    while (true) {
      const { done, value: octets } = await reader.read();
      if (done) break;
      this.#write(octets);
      const lines = (rest + decoder.decode(octets, { stream: true })).split("\n");
      rest = lines.pop()!.slice(0, LONGEST);
      for (const line of lines) this.#see(line.slice(0, LONGEST));
    }
    signal.removeEventListener("abort", cancel);
    if (rest !== "") this.#see(rest);
  }

  /** Calls back with each line, those that came already first, until the returned function is called. */
  watch(each: (line: string) => void): () => void {
    this.#lines.forEach(each);
    this.#watching.add(each);
    return () => this.#watching.delete(each);
  }

  /** Its last lines, cleaned, for a message. */
  last(count: number): readonly string[] {
    return this.#lines.slice(-count).map(cleaned);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  /** A disk that is full keeps nobody from serving: the rest is looked at, and not kept. */
  #write(octets: Uint8Array): void {
    if (this.unwritten !== null) return;
    try {
      this.#put(octets);
    } catch (error) {
      this.unwritten = fileError(error);
    }
  }

  #put(octets: Uint8Array): void {
    const room = MOST - this.#written;
    if (room <= 0) return;
    let left = octets.subarray(0, room);
    this.#written += left.length;
    while (left.length > 0) left = left.subarray(this.#file.writeSync(left));
    if (this.#written >= MOST) {
      this.#file.writeSync(new TextEncoder().encode("\n(the log is cut here)\n"));
    }
  }

  #see(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > REMEMBERED) this.#lines.shift();
    for (const each of this.#watching) each(line);
  }
}

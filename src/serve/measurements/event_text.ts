import type { StoredEvent } from "./result_store.ts";

const encoder = new TextEncoder();

/** How far a measurement is. */
export interface Progress {
  readonly done: number;
  readonly targets: number;
  readonly results: number;
  /** How many of its results are final: a batch that is interrupted is measured again. */
  readonly settled: number;
  /** Targets about which nothing is concluded. */
  readonly unobserved: number;
  /** Packets that the kernel dropped. */
  readonly drops: number;
}

/** An event that is kept, as a server-sent one (HTML Living Standard, section 9.2.6). */
export function keptText({ number, type, time, data }: StoredEvent): Uint8Array {
  return encoder.encode(`id: ${number}\nevent: ${type}\ndata: ${withTime(data, time)}\n\n`);
}

/** How far a measurement is. Without a number: who comes back does not get it again. */
export function progressText(progress: Progress): Uint8Array {
  return encoder.encode(`event: progress\ndata: ${JSON.stringify(progress)}\n\n`);
}

/** A comment, which clients leave out. */
export const STILL_HERE = encoder.encode(": still here\n\n");

/** JSON of an object with the time that it happened at. */
function withTime(data: string, time: number): string {
  const at = `"time":"${new Date(time).toISOString()}"`;
  return data === "{}" ? `{${at}}` : `{${at},${data.slice(1)}`;
}

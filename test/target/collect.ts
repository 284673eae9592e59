import type { Target } from "../../src/contract/job.ts";
import { readJobs, type ReadOptions } from "../../src/target/read.ts";
import type { JobLine } from "../../src/target/job_line.ts";

/** A stream of these chunks. */
export function streamOf(...chunks: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return ReadableStream.from(
    chunks.map((chunk) => typeof chunk === "string" ? encoder.encode(chunk) : chunk),
  );
}

/** All lines of an input. */
export function collect(
  input: string | Uint8Array,
  options: ReadOptions = {},
): Promise<JobLine<Target>[]> {
  return Array.fromAsync(readJobs(streamOf(input), options));
}

/** The jobs of an input that has no problem. */
export async function jobs(input: string, options?: ReadOptions): Promise<unknown[]> {
  return (await collect(input, options)).map((line) => "job" in line ? line.job : line);
}

/** The problem of a line that stands alone after a good one. */
export async function problemOf(first: string, line: string): Promise<string | undefined> {
  const at = (await collect(`${first}\n${line}\n`)).find((found) => found.line === 2);
  return at !== undefined && "problem" in at ? at.problem : undefined;
}

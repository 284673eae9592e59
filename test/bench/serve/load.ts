import { ran } from "../process.ts";

/** What a client saw of many requests. */
export interface Load {
  /** Requests a second. */
  readonly rate: number;
  /** The time that one in a hundred takes longer than, in milliseconds. */
  readonly p99: number;
  readonly failed: number;
}

/** What is asked for. */
export interface LoadRequest {
  readonly url: string;
  readonly requests: number;
  readonly connections: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Asks a server many times, by h2load (1), with HTTP/1.1. */
export async function load(
  { url, requests, connections, headers }: LoadRequest,
  folder: string,
): Promise<Load> {
  const log = `${folder}/load`;
  // It adds to one that is there
  await Deno.remove(log).catch(() => {});
  const { stdout } = await ran([
    ...["h2load", "--h1", "-n", String(requests), "-c", String(connections), `--log-file=${log}`],
    ...Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
    url,
  ]);
  const rate = Number(/([\d.]+) req\/s/.exec(stdout)?.[1]);
  const lines = Deno.readTextFileSync(log).trimEnd().split("\n").map((line) => line.split("\t"));
  const times = lines.map(([, , microseconds]) => Number(microseconds) / 1000).sort((a, b) =>
    a - b
  );
  const failed = requests - lines.filter(([, status]) => status === "200").length;
  return { rate, p99: times[Math.floor(times.length * 0.99)] ?? Infinity, failed };
}

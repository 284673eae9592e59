import { encodeQuery } from "../../../src/connect/types/dns_message.ts";
import type { TargetLab } from "../../lab/target_lab.ts";
import { numbersOf } from "../peer.ts";
import { denoCommand, output } from "../process.ts";

/** How much is done at once. */
interface Load {
  /** Under way at once. */
  readonly window: number;
  /** Seconds after which one is given up. */
  readonly timeout: number;
  readonly path: string;
}

/** Connections over sockets. */
export interface SocketWork extends Load {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  /** Octets that are sent once connected, whose answer is read; null for none. */
  readonly question: readonly number[] | null;
}

/** Requests by libcurl. */
export interface CurlWork extends Load {
  readonly scheme: "http" | "https";
  /** Versions of HTTP to ask for, by turns. */
  readonly versions: readonly ("1.1" | "2")[];
}

/** Forged SYNs, a number of times to each target. */
export interface ProbeWork {
  /** Our own address. */
  readonly source: string;
  readonly rounds: number;
  readonly path: string;
}

/** A loop without the engine, and what it does. */
export type BareWork =
  | ({ readonly loop: "sockets" } & Omit<SocketWork, "path">)
  | ({ readonly loop: "curl" } & Omit<CurlWork, "path">)
  | ({ readonly loop: "probes" } & Omit<ProbeWork, "path">);

/** The result of a loop. */
export interface Bare {
  readonly answered: number;
  readonly seconds: number;
}

/** Runs a loop in a process of its own in the lab, over some addresses in their order. */
export async function bare(
  lab: TargetLab,
  folder: string,
  { loop, ...work }: BareWork,
  addresses: readonly string[],
): Promise<Bare> {
  const path = `${folder}/addresses`;
  Deno.writeTextFileSync(path, addresses.join("\n"));
  const command = denoCommand(`bare/${loop}_main.ts`, [JSON.stringify({ ...work, path })]);
  const text = await output(lab.exec(command));
  const figures = numbersOf(text, ["answered", "seconds"]);
  if (figures === null) throw new Error(`the bare loop ${loop} wrote ${text}`);
  return figures;
}

const encoder = new TextEncoder();
const REQUEST = encoder.encode("GET / HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n");
const QUESTION = encodeQuery({ id: 1, name: "example.com", type: "A", edns: false });

/** Loops with the system calls of the types of connections, by their names. */
export const CALLS = {
  tcp: { loop: "sockets", protocol: "tcp", port: 80, question: null },
  http: { loop: "sockets", protocol: "tcp", port: 80, question: [...REQUEST] },
  dnsudp: { loop: "sockets", protocol: "udp", port: 53, question: [...QUESTION] },
  https: { loop: "curl", scheme: "https", versions: ["1.1"] },
  h2: { loop: "curl", scheme: "https", versions: ["1.1", "2"] },
} as const;

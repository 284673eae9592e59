import { assertEquals } from "@std/assert";
import type { Endpoint } from "../../../src/contract/job.ts";
import { addressBytes, AF_INET } from "../../../src/host/address.ts";
import { openNamespace, within } from "../../../src/host/enter_namespace.ts";
import { IPPROTO_UDP } from "../../../src/host/ip_protocol.ts";
import { encodeEndpoint } from "../../../src/host/scoped_address.ts";
import { libc } from "../../../src/host/libc.ts";
import {
  bindSocket,
  closeSocket,
  openSocket,
  sendSome,
  startConnect,
} from "../../../src/host/socket.ts";
import type { TestNamespace } from "../../host/test_namespace.ts";
import { outcome, type ProgramRun, start } from "../../spider.ts";
import { until } from "../../until.ts";

/** The program as it watches interfaces in a namespace. */
export interface Watching {
  readonly child: Deno.ChildProcess;
  readonly ended: Promise<ProgramRun>;
}

/**
 * Starts it, and waits until it captures: once all its captures are open, with their filters, it
 * listens to changes of links, as nothing else in the namespace does.
 */
export async function watch(namespace: string, args: readonly string[]): Promise<Watching> {
  const within = (line: readonly string[]) => ["ip", "netns", "exec", namespace, ...line];
  const child = start(["observe", ...args], { within });
  await child.stdin.close();
  const ended = outcome(child);
  const list = new Deno.Command("ip", {
    args: ["netns", "exec", namespace, "cat", "/proc/net/netlink"],
  });
  await until("it captures", async () => {
    const { stdout } = await list.output();
    const lines = new TextDecoder().decode(stdout).trim().split("\n").slice(1);
    // Socket, protocol, port, groups
    return lines.some((line) => /^\S+ +0 +\d+ +0*[1-9a-f]/.test(line));
  });
  return { child, ended };
}

/**
 * Waits until what is sent by an interface of a namespace, 10.N.0.1/24, arrives at its other end:
 * what is sent before the kernel has noticed that a link is up never leaves. Datagrams to 10.N.0.77
 * go there from then on.
 */
export async function connected(
  sandbox: TestNamespace,
  number: number,
  dev: string,
): Promise<void> {
  const to = `10.${number}.0.77`;
  sandbox.ip(`neigh replace ${to} lladdr 02:00:00:00:00:01 dev ${dev}`);
  await until(`${dev} carries what is sent`, () => {
    const count = `/sys/class/net/far-${dev}/statistics/rx_bytes`;
    const line = `read before < ${count}; echo > /dev/udp/${to}/7; read after < ${count}
      echo $((after - before))`;
    return Number(sandbox.exec("bash", "-c", line)) > 0;
  });
}

/** The port that the next datagram of this process leaves from. */
let nextPort = 20_000;

/**
 * Sends datagrams of one octet to addresses and ports, `10.1.0.77/9`, one after the other, each from a
 * port of its own: the kernel would choose one twice now and then, and two flows were one.
 */
export function send(sandbox: TestNamespace, ...endpoints: readonly string[]): void {
  for (const endpoint of endpoints) {
    const [address = "", port] = endpoint.split("/");
    sendFrom(sandbox, ["0.0.0.0", nextPort++], { address, port: Number(port) });
  }
}

/** Sends a datagram from 10.N.0.1 to port 9 of 10.N.0.77, always from the same port. */
export function sendAgain(sandbox: TestNamespace, number: number): void {
  sendFrom(sandbox, [`10.${number}.0.1`, 4000], { address: `10.${number}.0.77`, port: 9 });
}

function sendFrom(
  sandbox: TestNamespace,
  [address, port]: readonly [string, number],
  to: Endpoint,
): void {
  const namespace = openNamespace(`/run/netns/${sandbox.name}`);
  try {
    const socket = within(namespace, () => openSocket(IPPROTO_UDP, AF_INET));
    const results = [
      bindSocket(socket, IPPROTO_UDP, addressBytes(address), port),
      startConnect(socket, encodeEndpoint(to)),
      sendSome(socket, new Uint8Array(1)),
    ];
    closeSocket(socket);
    assertEquals(results, [0, 0, 1]);
  } finally {
    libc.close(namespace);
  }
}

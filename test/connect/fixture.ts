import type { Endpoint } from "../../src/contract/job.ts";
import type { ConnectContext } from "../../src/connect/connection_type.ts";
import { Dialer } from "../../src/connect/dialer.ts";
import { Forger } from "../../src/connect/transport/forger.ts";
import { addressBytes, AF_INET, AF_INET6, encodeSockaddr } from "../../src/host/address.ts";
import { libc, must } from "../../src/host/libc.ts";
import { Reactor } from "../../src/host/reactor.ts";
import { localEndpoint } from "../../src/host/socket.ts";
import { SOCK_CLOEXEC, SOCK_STREAM } from "../../src/host/socket_type.ts";
import { descriptors, openedSince } from "../descriptors.ts";

/**
 * Runs a scenario with what `open` sets up on loopback, and requires that it leaves no descriptor
 * open.
 */
export async function withOpen<T extends { close(): void }>(
  open: (context: ConnectContext) => T,
  play: (opened: T) => Promise<void>,
): Promise<void> {
  using reactor = new Reactor();
  const before = descriptors();
  const running = reactor.run();
  using forger = new Forger(reactor, { interface: "lo" });
  const opened = open({
    reactor,
    interface: "lo",
    forger: () => forger,
    ecnMark: () => {
      throw new Error("no ECN route here");
    },
  });
  let left: string[];
  try {
    await play(opened);
  } finally {
    opened.close();
    forger.close();
    left = openedSince(before);
    reactor.stop();
    await running;
  }
  if (left.length > 0) throw new Error(`left open: ${left.join(", ")}`);
}

/** As {@linkcode withOpen}, with a dialer, which must have nothing under way in the end. */
export function withDialer(
  play: (dialer: ReturnType<typeof Dialer.tcp>) => Promise<void>,
): Promise<void> {
  return withOpen((context) => Dialer.tcp(context.reactor, context), async (dialer) => {
    await play(dialer);
    if (dialer.inFlight !== 0) throw new Error(`${dialer.inFlight} connections still under way`);
  });
}

/** What a test's server does with a connection; it is closed after that. */
export type ConnectionHandler = (connection: Deno.TcpConn) => Promise<void>;

/** As {@linkcode withDialer}, beside a server on loopback, which has ended when this returns. */
export function withServer(
  answer: ConnectionHandler,
  play: (dialer: ReturnType<typeof Dialer.tcp>, remote: Endpoint) => Promise<void>,
  hostname?: string,
): Promise<void> {
  return withDialer((dialer) => beside(answer, (remote) => play(dialer, remote), hostname));
}

/** Plays beside a server on loopback, which has ended when this returns. */
export async function beside(
  answer: ConnectionHandler,
  play: (remote: Endpoint) => Promise<void>,
  hostname = "127.0.0.1",
): Promise<void> {
  const listener = Deno.listen({ hostname, port: 0, tcpBacklog: 4096 });
  const open = new Set<Promise<void>>();
  const accepting = (async () => {
    for await (const connection of listener) {
      const answering = answer(connection).finally(() => connection.close());
      open.add(answering);
      answering.finally(() => open.delete(answering));
    }
  })();
  try {
    await play({ address: hostname, port: listener.addr.port });
  } finally {
    listener.close();
    await accepting;
    await Promise.all(open);
  }
}

/** A port on loopback on which nobody listens, nor will: it is bound until it is disposed of. */
export class ClosedPort implements Disposable {
  readonly #fd: number;
  readonly endpoint: Endpoint;

  constructor(address = "127.0.0.1") {
    const octets = addressBytes(address);
    const family = octets.length === 4 ? AF_INET : AF_INET6;
    this.#fd = must("socket", libc.socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const own = encodeSockaddr(octets, 0);
    must("bind", libc.bind(this.#fd, own, own.length));
    this.endpoint = { address, port: localEndpoint(this.#fd).port };
  }

  [Symbol.dispose](): void {
    libc.close(this.#fd);
  }
}

/** Waits until the peer has closed, and drops what it sends until then. */
export async function untilClosed(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    while (await connection.read(buffer) !== null);
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
}

/** The beginning of an answer over HTTP. */
export const HEAD = "HTTP/1.1 200 OK\r\n";

/** Answers over HTTP that end too early, with the status that can be read from them. */
export const CUT_ANSWERS: Readonly<Record<string, readonly [string[], number | null]>> = {
  "before it began": [[], null],
  "in its head": [[`${HEAD}Content-Le`], null],
  "after an interim one": [["HTTP/1.1 100 Continue\r\n\r\n"], null],
  "in its body": [[`${HEAD}Content-Length: 10\r\n\r\nhello`], 200],
  "between chunks": [[`${HEAD}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n`], 200],
};

/** Takes one request over HTTP. */
export async function takeRequest(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(4096);
  let text = "";
  while (!text.endsWith("\r\n\r\n")) {
    const count = await connection.read(buffer);
    if (count === null) break;
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return text;
}

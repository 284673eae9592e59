import type { Endpoint } from "../../src/contract/job.ts";
import { until } from "../until.ts";
import { type Descriptors, descriptors, openedSince } from "../descriptors.ts";
import { makeCertificate } from "../../src/lab/service/certificate.ts";

/** A self-signed certificate and its key, for the servers here. */
export const { cert, key } = (() => {
  const directory = Deno.makeTempDirSync({ prefix: "spider-tls-" });
  try {
    const made = makeCertificate(directory);
    return {
      cert: Deno.readTextFileSync(made.certificate),
      key: Deno.readTextFileSync(made.key),
    };
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
})();

/** What a test's server does with a connection over TLS; it is closed after that. */
export type TlsAnswer = (connection: Deno.TlsConn) => Promise<void>;

/** Plays beside a TLS server on loopback; gives how many connections it took. */
export async function besideTls(
  answer: TlsAnswer,
  play: (remote: Endpoint) => Promise<unknown>,
  alpnProtocols: string[] = ["http/1.1"],
): Promise<number> {
  const before = descriptors();
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key, alpnProtocols });
  const open: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const connection of listener) {
      open.push(
        answer(connection).catch(unlessGone).finally(() => connection.close()),
      );
    }
  })();
  try {
    await play({ address: "127.0.0.1", port: listener.addr.port });
  } finally {
    listener.close();
    await accepting;
    await Promise.all(open);
    await untilAsBefore(before);
  }
  return open.length;
}

/** Waits until Deno, which closes connections over TLS in the background, has closed them. */
export function untilAsBefore(before: Descriptors): Promise<void> {
  return until("the server has closed its connections", () => openedSince(before).length === 0);
}

/** Ignores the errors of a server whose client is gone, or was refused. */
function unlessGone(error: unknown): void {
  const { ConnectionReset, BrokenPipe, ConnectionAborted, UnexpectedEof, InvalidData } =
    Deno.errors;
  const gone = [ConnectionReset, BrokenPipe, ConnectionAborted, UnexpectedEof, InvalidData];
  if (!gone.some((kind) => error instanceof kind)) throw error;
}

/** Sends text as octets. */
export async function sendText(connection: Deno.TlsConn, text: string): Promise<void> {
  const octets = Uint8Array.from(text, (character) => character.charCodeAt(0));
  for (let at = 0; at < octets.length;) at += await connection.write(octets.subarray(at));
}

/** Waits until the client has closed. */
export async function untilGone(connection: Deno.TlsConn): Promise<void> {
  const buffer = new Uint8Array(4096);
  while (await connection.read(buffer) !== null);
}

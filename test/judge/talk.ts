/**
 * Traffic for a capture, inside a lab: `talk.ts serve ADDRESS...` answers, until it is killed, on
 * port 9000 of its addresses; `talk.ts call ADDRESS...` speaks to it over UDP and TCP, and to the
 * closed port 9001, in small and in large pieces.
 */
const PORT = 9000;
const CLOSED = 9001;
/** Octets of datagrams: below and above what a link takes at once. */
const SIZES = [1, 512, 1400, 1473, 4000, 9000, 20_000];
const TRANSFER = 300_000;
const PATIENCE = 300;

async function serve(hostname: string): Promise<void> {
  const listener = Deno.listen({ hostname, port: PORT });
  const socket = Deno.listenDatagram({ hostname, port: PORT, transport: "udp" });
  (async () => {
    for await (const connection of listener) await echo(connection);
  })();
  for await (const [data, from] of socket) await socket.send(data, from);
}

async function echo(connection: Deno.Conn): Promise<void> {
  const data = new Uint8Array(10_000);
  for (let read; (read = await connection.read(data)) !== null;) {
    for (let at = 0; at < read;) at += await connection.write(data.subarray(at, read));
  }
  connection.close();
}

async function datagrams(hostname: string): Promise<void> {
  const any = hostname.includes(":") ? "::" : "0.0.0.0";
  for (const port of [PORT, CLOSED]) {
    for (const size of SIZES) {
      const socket = Deno.listenDatagram({ hostname: any, port: 0, transport: "udp" });
      const to = { hostname, port, transport: "udp" } as const;
      // The first may meet a narrow link, of which the answer tells
      for (let i = 0; i < 3; i++) await socket.send(new Uint8Array(size).fill(i), to);
      const answer = socket.receive().catch(() => {}); // a closed port, or the socket's end
      await Promise.race([answer, pause(port === PORT ? PATIENCE : PATIENCE / 10)]);
      socket.close();
    }
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Sends octets and reads as many back. */
async function transfer(hostname: string): Promise<void> {
  using connection = await Deno.connect({ hostname, port: PORT });
  const piece = new Uint8Array(30_000);
  for (let back = 0, sent = 0; back < TRANSFER;) {
    if (sent - back < piece.length && sent < TRANSFER) sent += await connection.write(piece);
    else back += await connection.read(piece) ?? Infinity;
  }
}

const [what, ...addresses] = Deno.args;
if (what === "serve") {
  for (const address of addresses) serve(address);
  console.log("ready");
} else {
  for (const address of addresses) {
    await datagrams(address);
    await transfer(address);
  }
}

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
    for await (const connection of listener) await connection.readable.pipeTo(connection.writable);
  })();
  for await (const [data, from] of socket) await socket.send(data, from);
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

async function transfer(hostname: string): Promise<void> {
  const connection = await Deno.connect({ hostname, port: PORT });
  const read = new Response(connection.readable).bytes();
  const writer = connection.writable.getWriter();
  await writer.write(new Uint8Array(TRANSFER));
  await writer.close();
  const { length } = await read;
  if (length !== TRANSFER) throw new Error(`${length} octets came back`);
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

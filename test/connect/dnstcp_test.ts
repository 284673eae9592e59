import { type AddressInfo, createServer } from "node:net";
import { assert, assertEquals } from "@std/assert";
import { dnstcp } from "../../src/connect/types/dnstcp.ts";
import type { Connection } from "../../src/contract/connection.ts";
import { dns, record } from "../data/dns.ts";
import { be16, join } from "../data/packets.ts";
import { beside, untilClosed, withOpen } from "./fixture.ts";

/** Reads a query whole; its message. */
async function queryOf(connection: Deno.TcpConn): Promise<Uint8Array> {
  const octets = new Uint8Array(600);
  let read = 0;
  while (read < 2 || read < 2 + (octets[0]! << 8 | octets[1]!)) {
    read += await connection.read(octets.subarray(read)) ?? Infinity;
  }
  return octets.slice(2, read);
}

/** An answer with the query's transaction id, and its length before it. */
function answerTo(query: Uint8Array, message = dns(), length?: number): Uint8Array<ArrayBuffer> {
  message.set(query.subarray(0, 2));
  return join(be16(length ?? message.length), message);
}

/** The outcome of a question to a server that behaves like this. */
async function ask(
  serve: (connection: Deno.TcpConn, query: Uint8Array) => Promise<void>,
  timeoutMs = 5000,
): Promise<Connection> {
  let made: Connection | undefined;
  await withOpen(dnstcp.open, (connects) =>
    beside(
      async (connection) => serve(connection, await queryOf(connection)),
      async (remote) => {
        made = await connects.connect({ remote, socket: {}, timeoutMs, domain: "www.example.org" });
      },
    ));
  return made!;
}

async function send(connection: Deno.TcpConn, octets: Uint8Array): Promise<void> {
  for (let at = 0; at < octets.length;) at += await connection.write(octets.subarray(at));
}

Deno.test("a question over TCP is answered, in one piece or octet by octet", async () => {
  for (const bytewise of [false, true]) {
    const { outcome, protocol, fields } = await ask(async (connection, query) => {
      connection.setNoDelay(true);
      const answer = answerTo(query);
      const size = bytewise ? 1 : answer.length;
      for (let at = 0; at < answer.length; at += size) {
        await send(connection, answer.subarray(at, at + size));
        if (bytewise) await new Promise((resolve) => setTimeout(resolve));
      }
      await untilClosed(connection);
    });
    assertEquals([outcome, protocol, fields.dns_rcode], ["ok", 6, "NOERROR"]);
  }
});

Deno.test("a giant answer is read to its end, and a longer one not at all", async () => {
  const many = dns({ answers: Array.from({ length: 900 }, () => record()) });
  const { outcome, fields } = await ask(async (connection, query) => {
    await send(connection, answerTo(query, many));
    await untilClosed(connection);
  });
  assertEquals([outcome, (fields.dns_answers as unknown[]).length], ["ok", 900]);

  const longer = await ask(async (connection) => {
    await send(connection, Uint8Array.of(0xff, 0xff, 1, 2, 3));
    await untilClosed(connection);
  });
  assertEquals([longer.errno, longer.fields.dns_error], [
    "EPROTO",
    "the answer is longer than 16384 octets",
  ]);
});

Deno.test("a length that is too short, or none of a message, is no answer", async () => {
  for (const length of [0, 1, 11, 20]) {
    const { errno, fields } = await ask(async (connection, query) => {
      await send(connection, answerTo(query, dns(), length));
      await untilClosed(connection);
    });
    assertEquals(errno, "EPROTO");
    assert(typeof fields.dns_error === "string");
  }
});

Deno.test("a length that is too long ends with the server's end, or the time", async () => {
  const closed = await ask((connection, query) => send(connection, answerTo(query, dns(), 500)));
  assertEquals([closed.errno, closed.fields.dns_error], [
    "ENODATA",
    "the server closed in the middle of its answer",
  ]);
  const waited = await ask(async (connection, query) => {
    await send(connection, answerTo(query, dns(), 500));
    await untilClosed(connection);
  }, 300);
  assertEquals([waited.outcome, waited.fields.dns_rcode], ["timeout", null]);
});

Deno.test("a server that closes at once, or talks another protocol, is data", async () => {
  const closed = await ask(() => Promise.resolve());
  assertEquals([closed.errno, closed.fields.dns_error], [
    "ENODATA",
    "the server closed without an answer",
  ]);
  const other = await ask(async (connection) => {
    await send(connection, new TextEncoder().encode("SSH-2.0-OpenSSH_9.2p1\r\n"));
    await untilClosed(connection);
  });
  assertEquals(other.errno, "EPROTO");
});

Deno.test("a reset in the middle of the answer is data", async () => {
  await withOpen(dnstcp.open, async (connects) => {
    const server = createServer((socket) => {
      socket.once("data", () => {
        socket.write(Uint8Array.of(0, 100, 1, 2, 3), () => socket.resetAndDestroy());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const remote = { address: "127.0.0.1", port };
    const made = await connects.connect({ remote, socket: {}, timeoutMs: 5000 });
    await new Promise((resolve) => server.close(resolve));
    assertEquals([made.state, made.errno, made.fields.dns_rcode], [1, "ECONNRESET", null]);
  });
});

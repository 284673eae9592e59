import { assert, assertEquals, assertThrows } from "@std/assert";
import { createSocket } from "node:dgram";
import { DatagramSender } from "../../src/host/datagram_sender.ts";
import { Failure } from "../../src/host/failure.ts";

/** A socket of the system's own library that receives, and what it has received. */
async function receiver(address: string) {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  const received: Uint8Array[] = [];
  const waits: (() => void)[] = [];
  socket.on("message", (message: Uint8Array) => {
    received.push(new Uint8Array(message));
    waits.shift()?.();
  });
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  return {
    received,
    endpoint: { address, port: socket.address().port },
    next: () => new Promise<void>((resolve) => waits.push(resolve)),
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}

for (const address of ["127.0.0.1", "::1"]) {
  Deno.test(`a datagram as long as may be gets to ${address} whole`, async () => {
    const there = await receiver(address);
    const sender = new DatagramSender(there.endpoint);
    const datagram = crypto.getRandomValues(new Uint8Array(1000));
    const arrived = there.next();
    sender.send(datagram);
    await arrived;
    assertEquals(there.received, [datagram]);
    const longest = there.next();
    sender.send(new Uint8Array(sender.limit));
    await longest;
    assertEquals(there.received[1]!.length, sender.limit);
    sender.close();
    await there.close();
  });
}

Deno.test("one that is longer than the path takes is not sent in fragments, but counted", async () => {
  const there = await receiver("127.0.0.1");
  const sender = new DatagramSender(there.endpoint);
  assert(sender.limit < 65_535);
  sender.send(new Uint8Array(sender.limit + 1));
  const message = `127.0.0.1:${there.endpoint.port} did not get 1 or more of 1 datagrams: ` +
    "some were longer than what the path takes";
  assertThrows(() => sender.close(), Failure, message);
  await there.close();
  assertEquals(there.received, []);
});

Deno.test("that nothing listens is told at the end", async () => {
  const there = await receiver("127.0.0.1");
  await there.close();
  const sender = new DatagramSender(there.endpoint);
  for (let i = 0; i < 3; i++) sender.send(new Uint8Array(9));
  assertThrows(() => sender.close(), Failure, "nothing listens there: start what receives them");
});

Deno.test("a place to which there is no way is a failure that names it", () => {
  assertThrows(
    () => new DatagramSender({ address: "255.255.255.255", port: 9 }),
    Failure,
    "cannot send to 255.255.255.255:9: it is no address of one host: give one",
  );
});

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { Buffer } from "node:buffer";
import { assertEquals } from "@std/assert";
import { decode, encode } from "dns-packet";
import { reverseDomain, reverseName } from "../../src/host/reverse_name.ts";

const SIX = "8.b.d.0.1.0.0.2.ip6.arpa";

/** What is at some domains. */
const NAMES: Readonly<Record<string, string>> = {
  "1.2.0.192.in-addr.arpa": "scanner.example.org",
  [`1.${"0.".repeat(23)}${SIX}`]: "six.example.org",
  "2.2.0.192.in-addr.arpa": "<b>.example.org",
};

/** What a name server with those names answers. */
function answerTo(question: Uint8Array): Uint8Array {
  const { id, questions = [] } = decode(Buffer.from(question));
  const name = questions[0]!.name;
  const data = NAMES[name.toLowerCase()];
  return encode({
    type: "response",
    id: id!,
    flags: data === undefined ? 3 : 0, // NXDOMAIN
    questions,
    answers: data === undefined ? [] : [{ type: "PTR", name, ttl: 9, data }],
  });
}

Deno.test("an address is where DNS has its name", () => {
  assertEquals(reverseDomain("192.0.2.1"), "1.2.0.192.in-addr.arpa");
  assertEquals(reverseDomain("2001:db8::1"), `1.${"0.".repeat(23)}${SIX}`);
});

Deno.test("a name is that of a host, and none where there is none or no name server", async () => {
  const server = createSocket("udp4");
  server.on("message", (octets, { port, address }) => server.send(answerTo(octets), port, address));
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  const nameServer = { ipAddr: "127.0.0.1", port: server.address().port };
  const names = ["192.0.2.1", "2001:db8::1", "192.0.2.2", "192.0.2.3"].map((address) =>
    reverseName(address, { nameServer })
  );
  assertEquals(await Promise.all(names), ["scanner.example.org", "six.example.org", null, null]);
  const signal = AbortSignal.abort();
  assertEquals(await reverseName("192.0.2.1", { nameServer, signal }), null);
  server.close();
  await once(server, "close");
});

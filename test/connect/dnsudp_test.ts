import { assertEquals, assertRejects } from "@std/assert";
import { dnsudp } from "../../src/connect/types/dnsudp.ts";
import type { Endpoint } from "../../src/contract/job.ts";
import type { PacketSpec } from "../../src/contract/packet.ts";
import { Failure } from "../../src/host/failure.ts";
import { dns, record } from "../data/dns.ts";
import { rootTest } from "../lab/root.ts";
import { withOpen } from "./fixture.ts";
import { besideOpened, silence } from "./udp_fixture.ts";

const request = (remote: Endpoint, timeoutMs = 5000) => ({
  remote,
  timeoutMs,
  socket: {},
  domain: "www.example.org",
});

/** The answer to the query, with its transaction id. */
function answerTo(query: Uint8Array, message = dns()): Uint8Array {
  message.set(query.subarray(0, 2));
  return message;
}

const beside = besideOpened(dnsudp);

for (const address of ["127.0.0.1", "::1"]) {
  Deno.test(`a question to ${address} is answered`, async () => {
    await beside(
      (query, answer) => answer(answerTo(query)),
      async (connects, remote) => {
        const { outcome, protocol, fields } = await connects.connect(request(remote));
        assertEquals([outcome, protocol], ["ok", 17]);
        assertEquals(fields, {
          dns_name: "www.example.org",
          dns_rcode: "NOERROR",
          dns_truncated: false,
          dns_complete: true,
          dns_answers: [{ name: "www.example.org", type: "A", ttl: 300, data: "192.0.2.9" }],
          dns_error: null,
        });
      },
      address,
    );
  });
}

Deno.test("what is not the answer is passed over, until the answer comes", async () => {
  await beside(
    async (query, answer) => {
      await answer(query); // as an echo service does
      await answer(new Uint8Array(0));
      await answer(new Uint8Array(60_000));
      await answer(answerTo(Uint8Array.of(query[0]! ^ 1, query[1]!)));
      await answer(answerTo(query, dns({ questions: [record()] })));
      await answer(answerTo(query));
    },
    async (connects, remote) => {
      const { outcome, fields } = await connects.connect(request(remote));
      assertEquals([outcome, fields.dns_error], ["ok", null]);
    },
  );
});

Deno.test("when nothing but that comes, the connection failed and says why", async () => {
  const wrong: [string, (query: Uint8Array) => Uint8Array][] = [
    ["what came is shorter than a DNS message", () => new Uint8Array(0)],
    ["what came is no DNS response", (query) => query],
    ["what came is longer than 16384 octets", () => new Uint8Array(50_000)],
    [
      "the answer has another transaction id",
      (query) => answerTo(Uint8Array.of(query[0]!, query[1]! ^ 1)),
    ],
    [
      "the answer is no well-formed DNS message",
      (query) => answerTo(query, dns({ counts: [1, 7, 0, 0] })),
    ],
  ];
  for (const [error, reply] of wrong) {
    await beside(
      (query, answer) => answer(reply(query)),
      async (connects, remote) => {
        const made = await connects.connect(request(remote, 300));
        assertEquals([made.state, made.outcome, made.errno], [1, "failed", "EPROTO"]);
        assertEquals([made.fields.dns_error, made.fields.dns_rcode], [error, null]);
      },
    );
  }
});

Deno.test("a server that says no, or that the answer is too long, has answered", async () => {
  for (
    const [flags, rcode, truncated] of [[0x8185, "REFUSED", false], [
      0x8380,
      "NOERROR",
      true,
    ]] as const
  ) {
    await beside(
      (query, answer) => answer(answerTo(query, dns({ flags, answers: [] }))),
      async (connects, remote) => {
        const { outcome, fields } = await connects.connect(request(remote));
        assertEquals(outcome, "ok");
        assertEquals([fields.dns_rcode, fields.dns_truncated], [rcode, truncated]);
      },
    );
  }
});

Deno.test("no server is refused, and a silent one a timeout", async () => {
  const remote = await silence();
  await withOpen(dnsudp.open, async (connects) => {
    assertEquals((await connects.connect(request(remote))).outcome, "refused");
  });
  await beside(() => {}, async (connects, remote) => {
    const { outcome, fields } = await connects.connect(request(remote, 200));
    assertEquals([outcome, fields.dns_error], ["timeout", null]);
  });
});

Deno.test("a domain that fits no question is data, and nothing is sent", async () => {
  await beside(
    () => {
      throw new Error("nothing may come");
    },
    async (connects, remote) => {
      const made = await connects.connect({ ...request(remote), domain: "a..b" });
      assertEquals([made.state, made.errno, made.local], [1, "EINVAL", null]);
      assertEquals(made.fields.dns_error, "the domain has an empty label");
      assertEquals(made.fields.dns_name, null);
    },
  );
});

rootTest(
  "an arm's forged question leaves the host as it is, and the socket hears the answer",
  async () => {
    let asked = 0;
    await beside(
      (query, answer) => {
        asked++;
        return answer(answerTo(query));
      },
      async (connects, remote) => {
        const forge = (packet: PacketSpec) => ({ ...packet, ip: { ...packet.ip, reserved: true } });
        const { outcome, fields } = await connects.connect({ ...request(remote), forge });
        assertEquals([outcome, fields.dns_error, asked], ["ok", null, 1]);
        await assertRejects(
          () => {
            const other = (packet: PacketSpec) => ({ ...packet, ip: { ...packet.ip, dscp: 64 } });
            return connects.connect({ ...request(remote), forge: other });
          },
          Failure,
          "ip.dscp is 64",
        );
      },
    );
  },
);

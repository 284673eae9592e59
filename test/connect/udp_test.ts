import type { Socket } from "node:dgram";
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Endpoint } from "../../src/contract/job.ts";
import { udp } from "../../src/connect/types/udp.ts";
import { Failure } from "../../src/host/failure.ts";
import { withOpen } from "./fixture.ts";
import { besideOpened, open, silence } from "./udp_fixture.ts";

const SECOND = 1000;

const beside = besideOpened(udp);

const text = (octets: Uint8Array) => new TextDecoder().decode(octets);

for (const address of ["127.0.0.1", "::1"]) {
  Deno.test(`any answer from ${address} is ok, and seen from both sides alike`, async () => {
    const heard: { said: string; from: Endpoint }[] = [];
    await beside(
      async (datagram, answer, from) => {
        heard.push({ said: text(datagram), from });
        await answer(new Uint8Array(100));
      },
      async (connects, remote) => {
        let early: Endpoint | undefined;
        const connecting = connects.connect({
          remote,
          socket: {},
          timeoutMs: 5 * SECOND,
          onLocal: (local) => early = local,
        });
        assert(early !== undefined, "onLocal comes before connect returns");
        const { local, start, stop, ...rest } = await connecting;
        assertEquals(rest, {
          state: 0,
          outcome: "ok",
          errno: null,
          protocol: 17,
          remote,
          fields: { udp_answer_length: 100 },
        });
        assertEquals(local, early);
        assert(start <= stop);
        assertEquals(heard, [{ said: "spider\r\n", from: local! }]);
      },
      address,
    );
  });

  Deno.test(`ICMP says that nobody listens at ${address}: refused`, async () => {
    const remote = await silence(address);
    await withOpen(udp.open, async (connects) => {
      const { state, outcome, errno, local, fields } = await connects.connect({
        remote,
        socket: {},
        timeoutMs: 5 * SECOND,
      });
      assertEquals([state, outcome, errno], [1, "refused", "ECONNREFUSED"]);
      assert(local!.port > 0);
      assertEquals(fields, { udp_answer_length: null });
    });
  });
}

Deno.test("what an arm wishes is sent, and an empty or a giant answer is one", async () => {
  const heard: string[] = [];
  const sizes = [0, 60_000];
  await beside(
    async (datagram, answer) => {
      heard.push(text(datagram));
      await answer(new Uint8Array(sizes[heard.length - 1]!));
    },
    async (connects, remote) => {
      for (const [at, word] of ["", "anything"].entries()) {
        const payload = new TextEncoder().encode(word);
        const request = { remote, socket: {}, timeoutMs: 5 * SECOND, udp: { payload } };
        const { fields } = await connects.connect(request);
        assertEquals(fields, { udp_answer_length: sizes[at] });
      }
      assertEquals(heard, ["", "anything"]);
    },
  );
});

Deno.test("a datagram that is lost is sent again, from the same port", async () => {
  const ports: number[] = [];
  await beside(
    async (_, answer, { port }) => {
      ports.push(port);
      if (ports.length >= 3) await answer(new Uint8Array(1));
    },
    async (connects, remote) => {
      const made = await connects.connect({ remote, socket: {}, timeoutMs: 30 * SECOND });
      assertEquals(made.outcome, "ok");
      // Another one may be on its way when this host stalls
      assert(ports.length >= 3, `${ports.length} datagrams`);
      assertEquals(new Set(ports), new Set([made.local!.port]));
    },
  );
});

Deno.test("silence is a timeout; a time too short for a second datagram sends one", async () => {
  let heard = 0;
  await beside(
    () => void heard++,
    async (connects, remote) => {
      const { state, outcome, start, stop } = await connects.connect({
        remote,
        socket: {},
        timeoutMs: 300,
      });
      assertEquals([state, outcome], [2, "timeout"]);
      assert(stop - start >= 299);
      assertEquals(heard, 1);
    },
  );
});

Deno.test("what comes from another port or another address is not heard", async () => {
  const strangers: Socket[] = [];
  await beside(
    async (_, answer) => {
      for (const stranger of strangers) await answer(new Uint8Array(1), stranger);
    },
    async (connects, remote) => {
      strangers.push(await open("127.0.0.1"), await open("127.0.0.2", remote.port));
      const { outcome } = await connects.connect({ remote, socket: {}, timeoutMs: 300 });
      assertEquals(outcome, "timeout");
      for (const stranger of strangers) {
        await new Promise<void>((resolve) => stranger.close(() => resolve()));
      }
    },
  );
});

Deno.test("a local port that is asked for is used", async () => {
  const { port: bindPort } = await silence();
  await beside(
    (_, answer) => answer(new Uint8Array(1)),
    async (connects, remote) => {
      const request = { remote, socket: { bindPort, ttl: 9, dscp: 46 }, timeoutMs: 5 * SECOND };
      const { local, outcome } = await connects.connect(request);
      assertEquals([local, outcome], [{ address: "127.0.0.1", port: bindPort }, "ok"]);
    },
  );
});

Deno.test("a local port is one socket's alone, and its shortage is data", async () => {
  const { port: bindPort } = await silence();
  await beside(
    (_, answer) => answer(new Uint8Array(1)),
    async (connects, remote) => {
      const request = { remote, socket: { bindPort }, timeoutMs: 5 * SECOND };
      const made = await Promise.all([connects.connect(request), connects.connect(request)]);
      assertEquals(made.map(({ errno }) => errno), [null, "EADDRINUSE"]);
      assertEquals(made[1]!.local, null);
    },
  );
});

Deno.test("200 at once each hear their own answer", async () => {
  await beside(
    (datagram, answer) => answer(datagram),
    async (connects, remote) => {
      const lengths = Array.from({ length: 200 }, (_, i) => i);
      const made = await Promise.all(lengths.map((length) =>
        connects.connect({
          remote,
          socket: {},
          timeoutMs: 30 * SECOND,
          udp: { payload: new Uint8Array(length) },
        })
      ));
      assertEquals(made.map(({ fields }) => fields.udp_answer_length), lengths);
      assertEquals(new Set(made.map(({ local }) => local!.port)).size, 200);
    },
  );
});

Deno.test("close ends what is under way, and takes no more", async () => {
  await beside(
    () => {},
    async (connects, remote) => {
      const request = { remote, socket: {}, timeoutMs: 60 * SECOND };
      const connecting = Array.from({ length: 5 }, () => connects.connect(request));
      connects.close();
      const ended = (await Promise.all(connecting)).map(({ state, errno }) => ({ state, errno }));
      assertEquals(ended, Array(5).fill({ state: 4, errno: "ECANCELED" }));
      await assertRejects(() => connects.connect(request), Error, "closed");
    },
  );
});

Deno.test("what cannot be sent as the arm wants it is not sent otherwise", async () => {
  await beside(
    () => {
      throw new Error("nothing may come");
    },
    async (connects, remote) => {
      const request = { remote, socket: {}, timeoutMs: SECOND };
      const giant = { ...request, udp: { payload: new Uint8Array(1233) } };
      await assertRejects(async () => await connects.connect(giant), Failure, "1232");
      await assertRejects(
        () => connects.connect({ ...request, socket: { mss: 1000 } }),
        Failure,
        "cannot set mss",
      );
    },
  );
});

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Endpoint } from "../../src/contract/job.ts";
import { Dialer } from "../../src/connect/dialer.ts";
import type { Exchange } from "../../src/connect/transport/exchange.ts";
import { Failure } from "../../src/host/failure.ts";
import { Reactor } from "../../src/host/reactor.ts";
import { ClosedPort, untilClosed, withDialer, withServer } from "./fixture.ts";

const SECOND = 1000;

for (const hostname of ["127.0.0.1", "::1"]) {
  Deno.test(`a handshake with ${hostname} is ok, and seen from both sides alike`, async () => {
    const peer = Promise.withResolvers<Deno.NetAddr>();
    await withServer(
      (connection) => {
        peer.resolve(connection.remoteAddr);
        return untilClosed(connection);
      },
      async (dialer, remote) => {
        let early: Endpoint | undefined;
        const before = Date.now();
        const connecting = dialer.connect({
          remote,
          socket: {},
          timeoutMs: SECOND,
          onLocal: (local) => early = local,
        });
        assert(early !== undefined, "onLocal comes before connect returns");
        const { local, start, stop, ...rest } = await connecting;
        assertEquals(rest, {
          state: 0,
          outcome: "ok",
          errno: null,
          protocol: 6,
          remote,
          fields: {},
        });
        assertEquals(local, early);
        assertEquals(local?.address, hostname);
        assert(before - 1 <= start && start <= stop && stop <= Date.now() + 1);
        const { hostname: address, port } = await peer.promise;
        assertEquals(local, { address, port });
      },
      hostname,
    );
  });

  Deno.test(`a refusal by ${hostname} is data, with the local port that was used`, async () => {
    await withDialer(async (dialer) => {
      const early: Endpoint[] = [];
      using closed = new ClosedPort(hostname);
      const { state, outcome, errno, local } = await dialer.connect({
        remote: closed.endpoint,
        socket: {},
        timeoutMs: SECOND,
        onLocal: (local) => early.push(local),
      });
      assertEquals({ state, outcome, errno }, {
        state: 1,
        outcome: "refused",
        errno: "ECONNREFUSED",
      });
      assertEquals([local], early);
      assertEquals(local?.address, hostname);
      assert(local!.port > 0);
    });
  });
}

Deno.test("a listener whose backlog is full lets the attempt time out", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
  const remote = { address: "127.0.0.1", port: listener.addr.port };
  await withDialer(async (dialer) => {
    const dial = () => dialer.connect({ remote, socket: {}, timeoutMs: 100 });
    const endings = await Promise.all(Array.from({ length: 8 }, dial));
    const late = endings.filter((one) => one.outcome !== "ok");
    assert(late.length >= 6);
    for (const { state, outcome, errno, local, start, stop } of late) {
      assertEquals({ state, outcome, errno }, { state: 2, outcome: "timeout", errno: "ETIMEDOUT" });
      assert(local !== null && stop - start >= 99);
    }
  });
});

Deno.test("no route is unreachable, and no local address is known", async () => {
  await withDialer(async (dialer) => {
    const ending = await dialer.connect({
      remote: { address: "2001:db8::1", port: 80 },
      socket: {},
      timeoutMs: SECOND,
      onLocal: () => assert(false, "there is no local address"),
    });
    assertEquals(ending.outcome, "unreachable");
    assertEquals(ending.errno, "ENETUNREACH");
    assertEquals(ending.local, null);
  });
});

Deno.test("2,000 connections at once each end well", async () => {
  await withServer(untilClosed, async (dialer, remote) => {
    const dial = () => dialer.connect({ remote, socket: {}, timeoutMs: 30 * SECOND });
    const connecting = Array.from({ length: 2000 }, dial);
    assertEquals(dialer.inFlight, 2000);
    const endings = await Promise.all(connecting);
    assert(endings.every((one) => one.outcome === "ok"));
    const ports = new Set(endings.map((one) => one.local!.port));
    assertEquals(ports.size, 2000);
  });
});

Deno.test("different timeouts each pass in their own time", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
  const remote = { address: "127.0.0.1", port: listener.addr.port };
  await withDialer(async (dialer) => {
    const dial = (timeoutMs: number) => dialer.connect({ remote, socket: {}, timeoutMs });
    await Promise.all([dial(50), dial(50)]); // fill the backlog
    const order: number[] = [];
    await Promise.all([300, 100, 200].map(async (timeoutMs) => {
      const ending = await dial(timeoutMs);
      assertEquals(ending.outcome, "timeout");
      order.push(timeoutMs);
    }));
    assertEquals(order, [100, 200, 300]);
  });
});

Deno.test("a local port that is asked for is used, and its shortage is data", async () => {
  const closed = new ClosedPort();
  const { port: bindPort } = closed.endpoint;
  closed[Symbol.dispose]();
  await withServer(untilClosed, async (dialer, remote) => {
    const dial = () => dialer.connect({ remote, socket: { bindPort }, timeoutMs: SECOND });
    const [first, second] = await Promise.all([dial(), dial()]);
    assertEquals(first.local, { address: "127.0.0.1", port: bindPort });
    assertEquals(second.outcome, "failed");
    assertEquals(second.errno, "EADDRNOTAVAIL");
  });
});

Deno.test("a request larger than the socket's buffer is sent whole", async () => {
  const size = 16 << 20;
  await withServer(
    async (connection) => {
      const buffer = new Uint8Array(256 * 1024);
      let count = 0;
      while (count < size) count += await connection.read(buffer) ?? size;
      await connection.write(new TextEncoder().encode(`${count} octets`));
      await untilClosed(connection);
    },
    async (dialer, remote) => {
      let answer = "";
      const exchange: Exchange = {
        request: () => new Uint8Array(size),
        received(data) {
          answer += new TextDecoder().decode(data);
          return answer.endsWith("octets") ? "complete" : "more";
        },
        ended: () => false,
        fields: () => ({ answer }),
      };
      const ending = await dialer.connect({ remote, socket: {}, timeoutMs: 30_000 }, exchange);
      assertEquals(ending.errno, null);
      assertEquals(ending.fields, { answer: `${size} octets` });
    },
  );
});

Deno.test("an exchange that throws rejects its own connection, and no other", async () => {
  const broken: Exchange = {
    request: () => {
      throw new RangeError("a fault of ours");
    },
    received: () => "more",
    ended: () => false,
    fields: () => ({}),
  };
  await withServer(untilClosed, async (dialer, remote) => {
    const request = { remote, socket: {}, timeoutMs: SECOND };
    await assertRejects(() => dialer.connect(request, broken), RangeError, "a fault of ours");
    assertEquals((await dialer.connect(request)).outcome, "ok");
  });
});

Deno.test("close ends what is under way, and takes no more", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
  const remote = { address: "127.0.0.1", port: listener.addr.port };
  await withDialer(async (dialer) => {
    const request = { remote, socket: {}, timeoutMs: 60 * SECOND };
    const connecting = Array.from({ length: 5 }, () => dialer.connect(request));
    dialer.close();
    const states = (await Promise.all(connecting)).map(({ state, errno }) => ({ state, errno }));
    assertEquals(states, Array(5).fill({ state: 4, errno: "ECANCELED" }));
    await assertRejects(() => dialer.connect(request), Error, "closed");
  });
});

Deno.test("what this host cannot do is a failure in one sentence, and leaves nothing open", async () => {
  await withDialer(async (dialer) => {
    using closed = new ClosedPort();
    const remote = closed.endpoint;
    const request = { remote, timeoutMs: SECOND };
    const dial = (socket: object) => () => dialer.connect({ ...request, socket });
    await assertRejects(dial({ mark: 1, ecn: true }), Failure, "both `mark` and `ecn`");
    await assertRejects(dial({ mss: 1 }), Failure, "cannot set mss 1");
    await assertRejects(dial({ ecn: true }), Error, "no ECN route here");
    await assertRejects(
      () => dialer.connect({ ...request, socket: {}, remote: { address: "localhost", port: 80 } }),
      RangeError,
      "not an IP address",
    );
    await assertRejects(
      () =>
        dialer.connect({
          ...request,
          socket: {},
          onLocal: () => {
            throw new Error("no such flow");
          },
        }),
      Error,
      "no such flow",
    );
  });
});

Deno.test("an interface that does not exist is a failure that names it", async () => {
  using reactor = new Reactor();
  const dialer = Dialer.tcp(reactor, { interface: "no-such-if", ecnMark: () => 0 });
  const remote = { address: "192.0.2.1", port: 80 };
  await assertRejects(
    () => dialer.connect({ remote, socket: {}, timeoutMs: SECOND }),
    Failure,
    "there is no interface no-such-if",
  );
});

Deno.test("a process out of descriptors says what to raise or lower", async () => {
  const main = new URL("exhaust_main.ts", import.meta.url).pathname;
  const { code, stdout } = await new Deno.Command("sh", {
    args: ["-c", 'ulimit -n 100; exec "$@"', "sh", Deno.execPath(), "run", "-A", main],
    stdout: "piped",
    stderr: "inherit",
  }).output();
  assertEquals(code, 0);
  const { message, left } = JSON.parse(new TextDecoder().decode(stdout));
  assertStringIncludes(message, "`ulimit -n`");
  assertEquals(left, 0);
});

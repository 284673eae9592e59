import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { rootTest } from "../root.ts";
import { until } from "../../until.ts";
import { SERVICE, Wrapped } from "./wrapped.ts";

/** All that wrap, with what they sum up of the service of these tests: numbers, more than these. */
const AT_LEAST: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // A kernel that samples at ticks whose time it is may have found none in calls
  strace: { calls: 50, errors: 0, seconds: -1 },
  memcheck: {
    errors: -1,
    octets_definitely_lost: -1,
    octets_indirectly_lost: -1,
    octets_possibly_lost: -1,
    processes: 0,
    killed: -1,
  },
  helgrind: { errors: -1, processes: 0, killed: -1 },
  gperf_cpu: { samples: 5 },
  gperf_heap: {
    blocks_in_use: 0,
    octets_in_use: 0,
    blocks_allocated: 0,
    octets_allocated: 0,
  },
  time: { user_seconds: 0.05, system_seconds: -1, most_resident_octets: 1e6 },
  tcpdump: { captured: -1, dropped: -1 },
};

const ALL = Object.keys(AT_LEAST);

/** Whether there is a process. */
function isThere(pid: number): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]![0] !== "Z";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

rootTest(
  "a service gets the signal that its wrapper gets, ends in order, and is summed up",
  async () => {
    for (const name of ALL) {
      await Promise.all((["SIGTERM", "SIGINT", "SIGQUIT"] as const).map(async (signal) => {
        await using wrapped = await Wrapped.start([name], SERVICE);
        await wrapped.ready();
        const status = await wrapped.end(signal);
        assertEquals([status.code, status.signal], [0, null], `${name} ${signal}: ${wrapped.said}`);
        assertStringIncludes(wrapped.said, `farewell ${signal.slice(3)}`, name);
        const summary = wrapped.summary(name);
        const least = AT_LEAST[name]!;
        for (const [key, number] of Object.entries(least)) {
          assert(Number(summary[key]) > number, `${name} ${key}: ${JSON.stringify(summary)}`);
        }
        const numbers = Object.entries(summary).filter(([, value]) => typeof value === "number");
        assertEquals(numbers.map(([key]) => key), Object.keys(least), name);
      }));
    }
  },
);

rootTest("a wrapper ends as what it wraps: with its status, or by the signal", async () => {
  await Promise.all(ALL.map(async (name) => {
    await using fails = await Wrapped.start([name], ["sh", "-c", "exit 7"]);
    assertEquals((await fails.over()).code, 7, `${name}: ${fails.said}`);
    await using dies = await Wrapped.start([name], [
      "perl",
      "-e",
      '$| = 1; print "ready $$\\n"; sleep 100',
    ]);
    await dies.ready();
    assertEquals((await dies.end("SIGTERM")).signal, "SIGTERM", `${name}: ${dies.said}`);
  }));
});

rootTest("a signal that comes before the service has begun ends it too", async () => {
  await Promise.all(ALL.map(async (name) => {
    await using wrapped = await Wrapped.start([name], ["sleep", "100"]);
    const { signal } = await wrapped.end("SIGTERM");
    assertEquals(signal, "SIGTERM", `${name}: ${wrapped.said}`);
  }));
});

rootTest("nothing stays of a wrapper that is killed", async () => {
  await Promise.all(ALL.map(async (name) => {
    await using wrapped = await Wrapped.start([name], [
      "sh",
      "-c",
      'trap "" TERM; echo "ready $$"; while :; do sleep 0.1; done',
    ]);
    const pid = await wrapped.ready();
    await wrapped.end("SIGKILL");
    await until(`${name} has ended its service`, () => !isThere(pid));
  }));
});

rootTest("environments wrap each other", async () => {
  await using wrapped = await Wrapped.start(["strace", "gperf_cpu", "time"], SERVICE);
  await wrapped.ready();
  const { code } = await wrapped.end("SIGINT");
  assertEquals(code, 0, wrapped.said);
  assertStringIncludes(wrapped.said, "farewell INT");
  assert(Number(wrapped.summary("strace").calls) > 50);
  assert(Number(wrapped.summary("time").user_seconds) > 0);
});

rootTest("the profiler's timer ends nothing that wraps a service", async () => {
  const options = { frequency: 4000 };
  await Promise.all([["strace", "gperf_cpu"], ["time", "gperf_cpu"]].map(async (names) => {
    await using wrapped = await Wrapped.start(names, SERVICE, options);
    await wrapped.ready();
    assertEquals((await wrapped.end("SIGTERM")).code, 0, wrapped.said);
    assert(Number(wrapped.summary("gperf_cpu").samples) > 5);
    assertMatch(wrapped.files("gperf_cpu").functions!, / Perl_/);
  }));
});

rootTest("a service may become another program, if its main thread alone is sampled", async () => {
  const becomes = [
    "sh",
    "-c",
    'i=0; while [ $i -lt 30000 ]; do i=$((i + 1)); done; exec "$@"',
    "sh",
    ...SERVICE,
  ];
  const options = { frequency: 4000, "main-thread": true };
  await using wrapped = await Wrapped.start(["gperf_cpu"], becomes, options);
  await wrapped.ready();
  assertEquals((await wrapped.end("SIGTERM")).code, 0, wrapped.said);
  assert(Number(wrapped.summary("gperf_cpu").samples) > 5);
});

rootTest("a service that the profiler's timer has ended is said to be so", async () => {
  const service = ["perl", "-e", '$SIG{PROF} = "DEFAULT"; kill PROF => $$; sleep 100'];
  await using wrapped = await Wrapped.start(["gperf_cpu"], service);
  assertEquals((await wrapped.over()).code, 128 + 27);
  assertStringIncludes(wrapped.said, "the profiler's timer (SIGPROF) has ended the service");
});

rootTest("a program that is not there is named, by a status that is not 0", async () => {
  await Promise.all(ALL.map(async (name) => {
    await using wrapped = await Wrapped.start([name], ["no-such-program"]);
    const { code } = await wrapped.over();
    assert(code !== 0, name);
    assertMatch(wrapped.said, /no-such-program/, name);
  }));
});

rootTest("strace writes each call, only some of them, or none", async () => {
  const ended = async (options: Record<string, unknown>) => {
    const wrapped = await Wrapped.start(["strace"], ["true"], options);
    assertEquals((await wrapped.over()).code, 0, wrapped.said);
    return wrapped;
  };
  await using all = await ended({});
  assertMatch(all.files("strace").trace!, /execve\("[^"]*true", \["true"\]/);
  await using some = await ended({ calls: "execve" });
  assert(!some.files("strace").trace!.includes("openat("));
  assertEquals(some.summary("strace").longest, "execve");
  await using counted = await ended({ "counts-only": true });
  assert(Number(counted.summary("strace").calls) > 10);
  assert(!counted.files("strace").trace!.includes("("));
});

rootTest("memcheck sees all processes of a service", async () => {
  await using wrapped = await Wrapped.start(["memcheck"], ["sh", "-c", "perl -e 1; true"]);
  assertEquals((await wrapped.over()).code, 0, wrapped.said);
  const { processes, killed } = wrapped.summary("memcheck");
  assertEquals([processes, killed], [2, 0]);
});

rootTest("tcpdump captures what the service sends and gets, to the last packet", async () => {
  // Of this process alone, as no port is that nobody listens on yet
  const [high, middle, low] = [Deno.pid >> 16, Deno.pid >> 8 & 255, Deno.pid & 255];
  const hostname = `127.${64 + high}.${middle}.${low}`;
  const server = [
    "perl",
    "-MIO::Socket::IP",
    "-e",
    `$| = 1; my $s = IO::Socket::IP->new(LocalHost => "${hostname}", LocalPort => 0, Listen => 9)
      or die; print "port ", $s->sockport, "\\nready $$\\n";
    my $c = $s->accept; print $c "bye"; exit 0`,
  ];
  const options = { filter: `tcp and host ${hostname}`, interface: "lo", snaplen: 96 };
  await using wrapped = await Wrapped.start(["tcpdump"], server, options);
  await wrapped.ready();
  const port = Number(/port (\d+)/.exec(wrapped.said)![1]);
  const connection = await Deno.connect({ hostname, port });
  await new Response(connection.readable).text();
  const { code } = await wrapped.over();
  assertEquals(code, 0, wrapped.said);
  const { captured, dropped } = wrapped.summary("tcpdump");
  // Three of the handshake, the octets and what acknowledges them, and the ends of both sides
  assert(Number(captured) >= 7, `${captured}`);
  assertEquals(dropped, 0);
});

rootTest("a capture that cannot be is reported, and the service is not started", async () => {
  await using wrapped = await Wrapped.start(["tcpdump"], ["echo", "started"], {
    filter: "no such",
  });
  const { code } = await wrapped.over();
  assertEquals(code, 1);
  assertMatch(wrapped.said, /tcpdump: .*syntax error/);
  assert(!wrapped.said.includes("started"));
});

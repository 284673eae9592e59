import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  HostResolveError,
  MtrPacket,
  type MtrPacketOptions,
  ProcessError,
  StateError,
} from "../../src/mod.ts";
import { PROBE_OUTCOMES } from "../../src/probe/reply.ts";
import { standIn } from "./stand_in.ts";

const HOST = "192.0.2.1";

/** A session with a stand-in. */
function open(mode: string, options: MtrPacketOptions = {}): Promise<MtrPacket> {
  return MtrPacket.open({ executable: standIn(mode), ...options });
}

Deno.test("every outcome is reported in mtr-packet's words", async () => {
  await using mtr = await open("outcomes");
  const results = await Promise.all(
    Array.from({ length: 14 }, (_, at) => mtr.probe(HOST, { ttl: at + 1 })),
  );
  const { success, result, timeMs, responder, mpls, reason } = results[0]!;
  assertEquals([success, result, timeMs, responder, reason], [true, "reply", 1.5, HOST, null]);
  assertEquals(mpls, []);
  assertEquals(results[1], {
    success: false,
    result: "ttl-expired",
    timeMs: 0.25,
    responder: "192.0.2.2",
    mpls: [
      { label: 16, trafficClass: 1, bottomOfStack: false, ttl: 63 },
      { label: 1048575, trafficClass: 7, bottomOfStack: true, ttl: 255 },
    ],
    reason: null,
  });
  assertEquals(results.slice(2).map(({ success }) => success), Array(12).fill(false));
  assertEquals(
    results.map(({ result, responder, reason }) => [result, responder, reason]).slice(2),
    [
      ["no-reply", null, null],
      ["no-route", null, null],
      ["no-route", "192.0.2.3", null],
      ["network-down", null, null],
      ["host-unreachable", "2001:db8::1", null],
      ["permission-denied", null, null],
      ["address-in-use", null, null],
      ["address-not-available", null, null],
      ["invalid-argument", null, "protocol-not-supported"],
      ["unexpected-error", null, "EMSGSIZE"],
      ["unknown-command", null, null],
      ["command-parse-error", null, null],
    ],
  );
  const told = new Set(results.map(({ result }) => result));
  assertEquals(PROBE_OUTCOMES.filter((name) => !told.has(name)), ["probes-exhausted"]);
});

Deno.test("replies in any order reach those who wait for them", async () => {
  await using mtr = await open("backwards");
  const results = await Promise.all(
    Array.from({ length: 100 }, (_, at) => mtr.probe(HOST, { ttl: at + 1 })),
  );
  assertEquals(results.map(({ timeMs }) => timeMs), results.map((_, at) => (at + 1) / 1000));
});

Deno.test("replies that come in halves are read whole", async () => {
  await using mtr = await open("halves");
  assertEquals((await mtr.probe(HOST)).timeMs, 1.5);
});

Deno.test("every option reaches mtr-packet under its name", async () => {
  await using mtr = await open("echo");
  const { reason } = await mtr.probe("2001:db8::1", {
    ipVersion: 6,
    ttl: 5,
    protocol: "udp",
    port: 53,
    localIp: "2001:db8::2",
    localPort: 4000,
    timeout: 3,
    size: 100,
    bitPattern: 255,
    tos: 184,
    mark: 4294967295,
  });
  assertEquals(
    reason,
    "ip-6_2001:db8::1_protocol_udp_local-ip-6_2001:db8::2_ttl_5_port_53_local-port_4000_" +
      "timeout_3_size_100_bit-pattern_255_tos_184_mark_4294967295",
  );
  assertEquals((await mtr.probe(HOST)).reason, `ip-4_${HOST}`);
});

Deno.test("options out of range are refused before anything is sent", async () => {
  await using mtr = await open("echo");
  const wrong: [Parameters<MtrPacket["probe"]>[1], string][] = [
    [{ ttl: 0 }, "ttl must be a whole number from 1 to 255, not 0"],
    [{ ttl: 256 }, "not 256"],
    [{ ttl: 1.5 }, "not 1.5"],
    [{ port: 0 }, "port must be"],
    [{ localPort: 65_536 }, "localPort must be"],
    [{ timeout: 0.5 }, "timeout must be"],
    [{ size: NaN }, "size must be"],
    [{ tos: 256 }, "tos must be"],
    [{ bitPattern: -1 }, "bitPattern must be"],
    [{ mark: 2 ** 32 }, "mark must be"],
    [{ protocol: "icmp\n1 x" as "icmp" }, "protocol must be one of"],
    [{ ipVersion: 5 as 4 }, "ipVersion must be 4 or 6"],
  ];
  for (const [options, message] of wrong) {
    await assertRejects(() => mtr.probe(HOST, options), RangeError, message);
  }
  await assertRejects(() => mtr.checkSupport("udp\n2 x"), RangeError, "name of a feature");
});

Deno.test("features and the version are asked for", async () => {
  await using mtr = await open("outcomes");
  assertEquals(await mtr.checkSupport("udp"), true);
  assertEquals(await mtr.checkSupport("sctp"), false);
  assertEquals(await mtr.version(), "9.9");
});

Deno.test("probes past mtr-packet's own limit wait, and none is lost", async () => {
  await using mtr = await open("three");
  const results = await Promise.all(Array.from({ length: 50 }, () => mtr.probe(HOST)));
  assertEquals(results.filter(({ success }) => success).length, 50);
});

Deno.test("a probe that waits is not outrun by so many that its number is given again", async () => {
  await using mtr = await open("apart");
  const results = await Promise.all(Array.from({ length: 33_000 }, () => mtr.probe(HOST)));
  assertEquals(results.filter(({ success }) => !success).length, 0);
});

Deno.test("one that takes no probe at all says so, and is not asked for ever", async () => {
  await using mtr = await open("exhausted");
  const results = await Promise.all([mtr.probe(HOST), mtr.probe(HOST), mtr.probe(HOST)]);
  assertEquals(results.map(({ result }) => result), Array(3).fill("probes-exhausted"));
});

Deno.test("what is not there, or may not be run, or is no mtr-packet, is reported in a sentence", async () => {
  const file = Deno.makeTempFileSync();
  try {
    const cases: [string | readonly string[], string][] = [
      ["/nonexistent/mtr-packet", "/nonexistent/mtr-packet is not installed: install mtr-tiny"],
      [file, "may not be run: make it executable"],
      ["/bin/true", "/bin/true ended with status 0: see that it is mtr-packet"],
      ["/bin/cat", '/bin/cat is not mtr-packet, it wrote: "1 check-support feature send-probe"'],
      ["/usr/bin/yes", '/usr/bin/yes is not mtr-packet, it wrote: "y"'],
      [["/bin/cat", "/dev/zero"], "/bin/cat is not mtr-packet"],
      [standIn("unable"), "cannot send probes: install mtr-tiny"],
      [standIn("forbidden"), "sockets: Operation not permitted`: run spider as root"],
    ];
    for (const [executable, message] of cases) {
      await assertRejects(() => MtrPacket.open({ executable }), ProcessError, message);
    }
    await assertRejects(
      () => open("sleepy", { patience: 1000 }),
      ProcessError,
      "does not answer: is it mtr-packet",
    );
  } finally {
    Deno.removeSync(file);
  }
});

Deno.test("MTR_PACKET names a command line, and an argument goes before it", async () => {
  const before = Deno.env.get("MTR_PACKET");
  Deno.env.set("MTR_PACKET", ` ${standIn("outcomes").join("  ")} `);
  try {
    await using mtr = await MtrPacket.open();
    assertEquals(await mtr.version(), "9.9");
    await assertRejects(
      () => MtrPacket.open({ executable: "/bin/true" }),
      ProcessError,
      "/bin/true",
    );
  } finally {
    if (before === undefined) Deno.env.delete("MTR_PACKET");
    else Deno.env.set("MTR_PACKET", before);
  }
});

/** The outcomes of some probes when mtr-packet fails. */
async function ends(mode: string, count: number, patience = 5000): Promise<unknown[]> {
  await using mtr = await open(mode, { patience });
  const probes = Array.from(
    { length: count },
    () => mtr.probe(HOST, { timeout: 1 }).catch((error: unknown) => error),
  );
  const ended = await Promise.all(probes);
  await assertRejects(() => mtr.probe(HOST), ProcessError);
  return ended;
}

Deno.test("when mtr-packet fails every probe rejects, those that wait for their turn too", async () => {
  const cases: [string, string][] = [
    ["garbage", 'wrote an invalid reply: "Segmentation fault, or so"'],
    ["endless-line", 'wrote an invalid reply: "1111'],
    ["parse-error", 'wrote an invalid reply: "0 command-parse-error"'],
    ["dies", "ended with status 3 and said `stand-in: out of ideas`: see that it is mtr-packet"],
    ["killed", "was ended by SIGKILL"],
    ["mute", "was ended by SIGTERM"],
  ];
  for (const [mode, message] of cases) {
    for (const error of await ends(mode, 2000)) {
      assertInstanceOf(error, ProcessError, mode);
      assertStringIncludes(String(error), message);
    }
  }
});

Deno.test("what it said before it died is heard", async () => {
  const [first, ...others] = await ends("answers-and-dies", 3);
  assertEquals((first as { result: string }).result, "reply");
  assert(others.every((error) => error instanceof ProcessError));
});

Deno.test("one that never answers, or never those who asked, or no longer listens, counts as dead", async () => {
  for (const mode of ["silent", "strange-token", "deaf"]) {
    for (const error of await ends(mode, 3, 500)) {
      assertInstanceOf(error, ProcessError, mode);
      assertStringIncludes(String(error), "does not answer any more");
    }
  }
});

Deno.test("a signal gives up its probes alone, sent or waiting", async () => {
  await using mtr = await open("backwards");
  const gone = new AbortController();
  const reason = new Error("no longer wanted");
  const given = Array.from(
    { length: 1500 },
    () => mtr.probe(HOST, { ttl: 255, signal: gone.signal }).catch((error: unknown) => error),
  );
  // Those in flight keep their places with mtr-packet, which answers ten by ten
  const kept = Array.from({ length: 20 }, (_, at) => mtr.probe(HOST, { ttl: at + 1 }));
  gone.abort(reason);
  assertEquals(new Set(await Promise.all(given)), new Set([reason]));
  assertEquals(
    (await Promise.all(kept)).map(({ timeMs }) => timeMs),
    kept.map((_, at) => (at + 1) / 1000),
  );
  await assertRejects(() => mtr.probe(HOST, { signal: gone.signal }), Error, "no longer wanted");
});

Deno.test("a session that is not open, or open already, or closed, says so", async () => {
  const mtr = new MtrPacket({ executable: standIn("silent") });
  await assertRejects(() => mtr.probe(HOST), StateError, "not open");
  await assertRejects(() => mtr.checkSupport("udp"), StateError, "not open");
  await mtr.open();
  await assertRejects(() => mtr.open(), StateError, "open already");
  const probe = assertRejects(() => mtr.probe(HOST), StateError, "closed");
  // In flight by the time this is answered
  await mtr.checkSupport("udp");
  await mtr.close();
  await probe;
  await mtr.close();
  await assertRejects(() => mtr.probe(HOST), StateError, "not open");
  await mtr.open();
  assertEquals(await mtr.version(), "9.9");
  await mtr.close();
});

Deno.test("a session that died can be closed and opened again", async () => {
  const mtr = await open("killed");
  await assertRejects(() => mtr.probe(HOST), ProcessError);
  await assertRejects(() => mtr.open(), StateError);
  await mtr.close();
  await mtr.open();
  assertEquals(await mtr.version(), "9.9");
  await mtr.close();
});

Deno.test("a host without an address is reported, and no text gets past as a host", async () => {
  await using mtr = await open("echo");
  await assertRejects(() => mtr.probe("no such host"), HostResolveError, "has no address");
  await assertRejects(() => mtr.probe(`${HOST}\n2 x`), HostResolveError, "has no address");
  await assertRejects(() => mtr.probe(HOST, { ipVersion: 6 }), HostResolveError, "not an IPv6");
  await assertRejects(() => mtr.probe(HOST, { localIp: "::1" }), HostResolveError, "not an IPv4");
});

Deno.test("names are resolved", async () => {
  await using mtr = await open("echo");
  const { reason } = await mtr.probe("localhost", { ipVersion: 4 });
  assertEquals(reason, "ip-4_127.0.0.1");
  mtr.clearDnsCache();
  assertEquals((await mtr.probe("localhost", { ipVersion: 4 })).reason, reason);
});

Deno.test("importing the library needs no permission, so it opens no library of the system", () => {
  const module = new URL("../../src/mod.ts", import.meta.url).href;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const script = Deno.makeTempFileSync({ suffix: ".ts" });
  try {
    Deno.writeTextFileSync(
      script,
      `import { MtrPacket } from "${module}"; console.log(MtrPacket.name);`,
    );
    const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", "--config", decodeURIComponent(config), script],
    }).outputSync();
    assert(success, new TextDecoder().decode(stderr));
    assertEquals(new TextDecoder().decode(stdout), "MtrPacket\n");
  } finally {
    Deno.removeSync(script);
  }
});

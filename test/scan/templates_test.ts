import { assertEquals, assertRejects } from "@std/assert";
import type { Arm } from "../../src/contract/arm.ts";
import type { Job } from "../../src/contract/job.ts";
import type { SpiderOf } from "../../src/contract/spider.ts";
import { Failure } from "../../src/host/failure.ts";
import type { PacketSpec, TcpSpec } from "../../src/mod.ts";
import type { ProbeTemplate } from "../../src/scan/probe_template.ts";
import { scannableNames } from "../../src/scan/stateless_type.ts";
import { templatesOf } from "../../src/scan/templates.ts";
import { bundled, scanned, spiderOf } from "./fixture.ts";

type Members = Partial<SpiderOf<Job>>;

const hex = (octets: Uint8Array) => octets.toHex();

/** Templates of a bundled spider over one version. */
async function templates(
  name: string,
  version: 4 | 6,
  options: Record<string, unknown> = {},
  connect?: string,
): Promise<readonly ProbeTemplate[]> {
  const made = await templatesOf({ ...await bundled(name, options, connect), versions: [version] });
  return made[version]!;
}

/** Where two packets differ. */
function differences(one: ProbeTemplate, other: ProbeTemplate): number[] {
  const length = Math.max(one.octets.length, other.octets.length);
  return Array.from({ length }, (_, at) => at).filter((at) => one.octets[at] !== other.octets[at]);
}

Deno.test("the six spiders can be scanned, and those that need connections cannot", async () => {
  assertEquals(await scannableNames(), ["dscp", "ecn", "evilbit", "mss", "tcpopt", "udpzero"]);
});

Deno.test("a SYN of ecn is that of Linux, with zeros where targets differ", async () => {
  const [plain, ecn] = await templates("ecn", 4);
  assertEquals(
    hex(plain!.octets),
    "4500003c00004000400600000000000000000000" +
      "000000000000000000000000a002faf000000000" +
      "020405b40402080a000000000000000001030307",
  );
  assertEquals(differences(plain!, ecn!), [33]);
  assertEquals(ecn!.octets[33], 0xc2);
  const { octets: _, ...rest } = plain!;
  assertEquals(rest, {
    version: 4,
    protocol: 6,
    transportAt: 20,
    checksum: "right",
    echo: { kind: "sequence" },
    timestampAt: 48,
  });
});

Deno.test("over IPv6 it announces what fits there", async () => {
  const [plain] = await templates("ecn", 6);
  assertEquals(
    hex(plain!.octets),
    "6000000000280640" + "0".repeat(64) +
      "000000000000000000000000a002faf000000000" +
      "020405a00402080a000000000000000001030307",
  );
  assertEquals(plain!.timestampAt, 68);
});

Deno.test("arms differ by nothing but their feature", async () => {
  for (const version of [4, 6] as const) {
    const at = version === 4 ? [1] : [0, 1];
    const [none, marked] = await templates("dscp", version, { codepoint: [62] });
    assertEquals(differences(none!, marked!), at);
    assertEquals(marked!.octets[1], version === 4 ? 62 << 2 : (62 << 2 & 0x0f) << 4);
  }
  const [plain, evil] = await templates("evilbit", 4);
  assertEquals(differences(plain!, evil!), [6]);
  assertEquals(evil!.octets[6], 0xc0);
  const [mss] = await templates("mss", 4, { mss: 1000 });
  assertEquals(hex(mss!.octets.subarray(40, 44)), "020403e8");
});

Deno.test("UDP without a checksum says so in the template", async () => {
  for (const version of [4, 6] as const) {
    const [plain, zero] = await templates("udpzero", version);
    assertEquals([plain!.checksum, zero!.checksum], ["right", "none"]);
    assertEquals(hex(plain!.octets), hex(zero!.octets));
    const at = version === 4 ? 28 : 48;
    // "example" and "com", each behind its length
    const letters = [1, 2, 3, 4, 5, 6, 7, 9, 10, 11].map((i) => at + 12 + i);
    assertEquals(plain!.echo, { kind: "dns", idAt: at, letters });
    assertEquals(
      hex(plain!.octets.subarray(at)),
      "000001000001000000000001076578616d706c6503636f6d0000010001" + "00002904d0000000000000",
    );
  }
});

Deno.test("a line over UDP has a place for 16 digits", async () => {
  const [plain] = await templates("udpzero", 4, {}, "udp");
  assertEquals(plain!.echo, { kind: "text", at: 35 });
  assertEquals(
    new TextDecoder().decode(plain!.octets.subarray(28)),
    `spider ${"\0".repeat(16)}\r\n`,
  );
});

Deno.test("an echo request has identifier, sequence number and 8 octets for the token", async () => {
  for (const [version, protocol, type] of [[4, 1, 8], [6, 58, 128]] as const) {
    const [plain] = await templates("dscp", version, {}, "icmp");
    const at = plain!.transportAt;
    assertEquals([plain!.protocol, plain!.octets[at]], [protocol, type]);
    assertEquals(plain!.echo, { kind: "echo", at: at + 8 });
    assertEquals(hex(plain!.octets.subarray(at + 1)), "00".repeat(15));
  }
});

Deno.test("tcpopt goes over tcpsyn, with what its arms forge", async () => {
  const { type } = await bundled("tcpopt");
  assertEquals(type.name, "tcpsyn");
  const [none, ts, ws, sack] = await templates("tcpopt", 4);
  const options = [none, ts, ws, sack].map((one) => hex(one!.octets.subarray(40)));
  assertEquals(options, [
    "020405b401000000",
    "020405b401080a00000001" + "00000000" + "00",
    "020405b401030307",
    "020405b401040200",
  ]);
  // A value that the arm has chosen itself stays
  assertEquals([none, ts].map((one) => one!.timestampAt), [null, null]);
});

Deno.test("a version that skip leaves out has no templates, and both left out is a failure", async () => {
  const made = await templatesOf(await bundled("evilbit"));
  assertEquals([made[4]?.length, made[6]], [2, null]);
  await assertRejects(
    async () => await templatesOf({ ...await bundled("evilbit"), versions: [6] }),
    Failure,
    "the spider evilbit skips every target: 2001:db8:a:b:c:d:e:f: IPv6 has no evil bit",
  );
  const some = spiderOf({ skip: ({ dip }) => dip === "198.51.100.7" ? "not this" : null });
  assertEquals((await templatesOf(await scanned(some)))[4]?.length, 1);
});

const syn = (change: (tcp: TcpSpec) => Partial<TcpSpec>): Arm["forge"] => (packet) => ({
  ...packet,
  transport: { ...packet.transport, ...change(packet.transport as TcpSpec) } as TcpSpec,
});

const ip = (change: Partial<PacketSpec["ip"]>): Arm["forge"] => (packet) => ({
  ...packet,
  ip: { ...packet.ip, ...change },
});

/** What is said of a spider with one arm. */
async function refusal(arm: Partial<Arm>, members: Members = {}): Promise<string> {
  const spider = spiderOf({ arms: [{ name: "a" }, { name: "b", ...arm }], ...members });
  const error = await assertRejects(
    async () => await templatesOf({ ...await scanned(spider), versions: [4] }),
    Failure,
  );
  return error.message;
}

const INSTEAD = ": measure the spider probe with `spider measure` instead";

Deno.test("an arm that one packet cannot stand for is named, with what to use", async () => {
  const arms: readonly (readonly [Partial<Arm>, string])[] = [
    [{ connect: () => Promise.reject() }, "connects in a way of its own"],
    [{ after: "a" }, "waits for the connection of the arm a"],
    [{ http: { version: "2" } }, "asks something of HTTP"],
    [{ socket: { fastOpen: "cookie" } }, "asks for `fastOpen`, which takes a cookie a target"],
    [
      { socket: { mark: 1 } },
      "has a firewall `mark`, of which a scan's packets have none",
    ],
    [
      { socket: { bindPort: 4000 } },
      "has a `bindPort`, where the ports of a scan carry a token",
    ],
    [{ system: { sysctls: {} } }, "sets the `system`, which no packet carries"],
  ];
  for (const [arm, why] of arms) {
    assertEquals(await refusal(arm), `the arm b ${why}${INSTEAD}`);
  }
  assertEquals(
    await refusal({ forge: (packet) => packet }, { connect: ["tcp"] }),
    `the arm b forges a packet, which the connection type tcp does not send${INSTEAD}`,
  );
  assertEquals(
    await refusal({ forge: (packet) => packet, system: {} }, { connect: ["dnsudp"] }),
    `the arm b sets the \`system\`, which counts over the connection type dnsudp${INSTEAD}`,
  );
  assertEquals(
    await refusal({ udp: { payload: new Uint8Array(4) } }, { connect: ["udp"] }),
    `the arm b has a payload of its own, in which no token comes back${INSTEAD}`,
  );
  assertEquals(
    await refusal({ dns: { name: "a..b" } }, { connect: ["dnsudp"] }),
    `the arm b has no question: the domain has an empty label${INSTEAD}`,
  );
});

Deno.test("a forged packet whose answers would not be known again is refused", async () => {
  const forged: readonly (readonly [Arm["forge"], string])[] = [
    [ip({ source: "192.0.2.99" }), "changes the addresses"],
    [ip({ identification: 7 }), "sets `ip.identification`, which carries a scan's token"],
    [
      (packet) => ({ ...packet, transport: { kind: "other", protocol: 200 } }),
      "changes the protocol",
    ],
    [syn(() => ({ sourcePort: 9 })), "changes the ports"],
    [syn(() => ({ sequence: 9 })), "changes the sequence number, which carries a scan's token"],
    [syn(() => ({ checksum: 9 })), "sets a checksum, which is another one for each target"],
    [syn(() => ({ dataOffset: 5 })), "sets `tcp.dataOffset`"],
    [
      syn(() => ({ flags: 0x10 })),
      "makes another segment than a SYN, whose answers acknowledge no token",
    ],
    [
      (packet) => ({ ...packet, payload: new Uint8Array(3) }),
      "puts data into the SYN, of which an answer may acknowledge any part",
    ],
  ];
  for (const [forge, why] of forged) {
    assertEquals(await refusal({ forge: forge! }), `the \`forge\` of the arm b ${why}${INSTEAD}`);
  }
  assertEquals(
    await refusal({ forge: (packet) => ({ ...packet, payload: new Uint8Array(3) }) }, {
      connect: ["dnsudp"],
    }),
    `the \`forge\` of the arm b changes the payload, in which a scan's token comes back${INSTEAD}`,
  );
  assertEquals(
    await refusal({
      forge: (packet) => ({ ...packet, transport: { kind: "icmp", type: 13, code: 0 } }),
    }, { connect: ["icmp"] }),
    "the `forge` of the arm b changes the ICMP header, in which a scan's token comes back" +
      INSTEAD,
  );
});

Deno.test("a packet that depends on its target is refused, whatever it depends on", async () => {
  const by: readonly Arm["forge"][] = [
    (packet, { dip }) => ({ ...packet, ip: { ...packet.ip, ttl: dip.length } }),
    syn(({ sequence }) => ({ window: sequence! & 0xffff })),
    syn(({ options = [] }) => ({ options: [...options, { kind: 30, data: options[2]!.data! }] })),
  ];
  for (const forge of by) {
    assertEquals(
      await refusal({ forge: forge! }),
      "the arm b forges packets that differ from target to target, and a scan sends the same to " +
        `all${INSTEAD}`,
    );
  }
});

Deno.test("a spider that cannot be scanned says why, and which ones can", async () => {
  const spiders: readonly (readonly [Members, string])[] = [
    [{ needs: "domain" }, "it needs a domain of each target, which no scan has"],
    [{ jobs: () => [] }, "it makes targets for others in place of results"],
    [
      { postConnect: () => {} },
      "it has something to do before or after each connection, of which a scan makes none",
    ],
    [
      { arms: () => Array.from({ length: 6 }, (_, i) => ({ name: `arm${i}` })) },
      "it has 6 arms, and a scan keeps the answers to 5 at most",
    ],
  ];
  for (const [members, why] of spiders) {
    assertEquals(
      await refusal({}, members),
      `the spider probe cannot be scanned: ${why}; use measure`,
    );
  }
  assertEquals(
    await refusal({}, { connect: ["http", "https"] }),
    "the spider probe connects over http, https, of which none can be scanned: use measure, or " +
      "scan with dscp, ecn, evilbit, mss, tcpopt, udpzero",
  );
  await assertRejects(
    () => bundled("ecn", {}, "http"),
    Failure,
    "the connection type http needs connections, of which a scan makes none: choose one of tcp, " +
      "or use measure",
  );
  await assertRejects(
    () => bundled("ecn", {}, "dnsudp"),
    Failure,
    "the spider ecn knows nothing of connect dnsudp; it measures over tcp, http, https, dnstcp",
  );
});

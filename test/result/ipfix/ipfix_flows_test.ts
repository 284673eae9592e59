/** IPFIX of flow records, read by a reader of its own, by tshark, and by the collector nfcapd. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { FlowField } from "../../../src/contract/flow_field.ts";
import { Failure } from "../../../src/host/failure.ts";
import { chains } from "../../../src/observe/chains.ts";
import { ipfixFile } from "../../../src/result/ipfix/ipfix_file.ts";
import { IpfixFlows } from "../../../src/result/ipfix/ipfix_flows.ts";
import { pcap } from "../../data/captures.ts";
import { address, integer, ownValue, readIpfix, text, time } from "../../data/ipfix_reader.ts";
import {
  A4,
  ACK,
  B4,
  ethernet,
  ICMP,
  ip4,
  ip6,
  join,
  SYN,
  tcp,
  UDP,
  udp,
} from "../../data/packets.ts";
import { Folder } from "../../data/temporary.ts";
import { TestNamespace } from "../../host/test_namespace.ts";
import { inProcess } from "../../in_process.ts";
import { rootTest } from "../../lab/root.ts";
import { results, spider } from "../../spider.ts";
import { until } from "../../until.ts";

const ALL_CHAINS = chains().map(({ name }) => name);
const TYPES = new Map(chains().flatMap(({ fields }) => fields.map((one) => [one.name, one.type])));
const OWN = 32_473;

const encoder = new TextEncoder();

/** TCP with an answer, UDP over IPv6, and a protocol without ports. */
const FRAMES = Array.from({ length: 20 }, (_, at) =>
  [
    ip4(tcp({ source: 1001 + at, flags: SYN })),
    ip4(tcp({ source: 80, destination: 1001 + at, flags: SYN | ACK }), {
      source: [198, 51, 100, 7],
      destination: [192, 0, 2, 1],
    }),
    ip6(udp(new Uint8Array(9), 2000 + at), { next: UDP }),
    ip4(new Uint8Array(20), { protocol: 99 }),
  ].map((packet, i) => ({
    time: 1_700_000_000.123456 + at + i / 10,
    data: ethernet(packet),
  }))).flat();

/** What the program writes of the frames, as JSON. */
async function recordsOf(path: string, names: readonly string[]) {
  const { code, out, err } = await inProcess(["observe", "-i", path, ...names]);
  assertEquals(code, 0, err);
  return results(out);
}

/**
 * What tshark finds of some fields in all messages of a file, each value in its order.
 *
 * @param options in which it is to differ from its defaults
 */
async function tshark(
  path: string,
  fields: readonly string[],
  ...options: string[]
): Promise<string[][]> {
  const { success, stdout, stderr } = await new Deno.Command("tshark", {
    args: [
      ...["-n", "-r", path, ...options, "-T", "fields", "-E", "occurrence=a"],
      ...fields.flatMap((field) => ["-e", field]),
    ],
  }).output();
  const words = new TextDecoder();
  assert(success, words.decode(stderr));
  const lines = words.decode(stdout).split("\n").map((line) => line.split("\t"));
  return fields.map((_, at) =>
    lines.flatMap((columns) => columns[at]?.split(",").filter((word) => word !== "") ?? [])
  );
}

Deno.test("--ipfix has every record of every chain, and says itself what its elements are", async () => {
  using folder = new Folder();
  // With a question of ping and its answer
  const echo = [8, 0].map((type, at) => ({
    time: 1_700_000_100 + at,
    data: ethernet(ip4(Uint8Array.of(type, 0, 0, 0, 0, 7, 0, 1), {
      protocol: ICMP,
      ...at === 0 ? {} : { source: B4, destination: A4 },
    })),
  }));
  const path = folder.put("a.pcap", pcap([...FRAMES, ...echo]));
  const lines = await recordsOf(path, ALL_CHAINS);
  const file = folder.at("flows.ipfix");
  const { code, err } = await inProcess([
    ...["observe", "-i", path, "--ipfix", "--output", file, ...ALL_CHAINS],
  ]);
  assertEquals([code, err], [0, "82 packets, 42 flows\n"]);
  const { records, elements } = readIpfix(Deno.readFileSync(file));
  assertEquals(lines.filter(({ icmp_type_rev: type }) => type === 0).length, 1);
  assertEquals(records.length, lines.length);
  const reverse = (element: number) => `29305/${element}`;
  lines.forEach((line, at) => {
    const record = records[at]!;
    const isFour = !String(line.sip).includes(":");
    const read = (element: string | number) => {
      const octets = record.get(`${element}`);
      return octets === undefined ? null : Number(integer(octets));
    };
    const found: Record<string, unknown> = {
      sip: address(record.get(isFour ? "8" : "27")!),
      dip: address(record.get(isFour ? "12" : "28")!),
      proto: read(4),
      sp: read(7),
      dp: read(11),
      pkt_first: time(record.get("154")!),
      pkt_last: time(record.get("155")!),
      pkt_fwd: read(2),
      pkt_rev: read(reverse(2)),
      oct_fwd: read(1),
      oct_rev: read(reverse(1)),
      tcpx_payload_fwd: read(231),
      tcpx_payload_rev: read(232),
      icmp_type_fwd: read(isFour ? 176 : 178),
      icmp_code_fwd: read(isFour ? 177 : 179),
      icmp_type_rev: read(reverse(isFour ? 176 : 178)),
      icmp_code_rev: read(reverse(isFour ? 177 : 179)),
      part_end: ["", "idle", "active", "end", "forced", "resources"][read(136)!],
    };
    for (const [element, { name, type }] of elements) {
      const value = ownValue(record.get(element)!, type);
      // What is no string stands as JSON in one
      const isJson = value !== "" && type === 13 && !TYPES.get(name)!.startsWith("string?");
      found[name] = isJson ? JSON.parse(value as string) : value === "" ? null : value;
    }
    assertEquals(found, line);
    assertEquals([read(152), read(153), read(239)], [
      Math.floor(Number(line.pkt_first) * 1000),
      Math.floor(Number(line.pkt_last) * 1000),
      1,
    ]);
  });
  for (const element of elements.keys()) assert(element.startsWith(`${OWN}/`));
});

Deno.test("tshark finds no fault in the file, and the same flows", async () => {
  using folder = new Folder();
  const path = folder.put("a.pcap", pcap(FRAMES));
  const file = folder.at("flows.ipfix");
  const lines = await recordsOf(path, ALL_CHAINS);
  await inProcess(["observe", "-i", path, "--ipfix", "--output", file, ...ALL_CHAINS]);
  const fields = ["_ws.expert", "protocol", "srcport", "srcaddrv6", "octets"];
  const names = fields.map((name) => name.includes(".") ? name : `cflow.${name}`);
  // By itself it takes no more than 60 fields a record
  const found = await tshark(file, names, "-o", "cflow.max_template_fields:0");
  const all = (...names: string[]) =>
    lines.flatMap((line) => names.map((name) => line[name])).filter((value) => value !== null)
      .map(String);
  assertEquals(found, [
    ...[[], all("proto"), all("sp"), all("sip").filter((address) => address.includes(":"))],
    all("oct_fwd", "oct_rev"),
  ]);
});

const field = (name: string, type: string): FlowField => ({ name, type, summary: `about ${name}` });

/** Messages of records that come in batches, with a clock of their own. */
function stream(
  fields: readonly FlowField[],
  batches: readonly (readonly object[])[],
  { limit = 1400, secondsABatch = 1, refresh = { milliseconds: 30_000, messages: 1000 } } = {},
) {
  const messages: Uint8Array<ArrayBuffer>[] = [];
  let now = 1_800_000_000_000;
  const flows = new IpfixFlows(fields, {
    put: (message) => messages.push(message.slice()),
    limit: () => limit,
    now: () => now,
  }, refresh);
  for (const batch of batches) {
    flows.records(encoder.encode(batch.map((row) => JSON.stringify(row) + "\n").join("")));
    now += secondsABatch * 1000;
  }
  return { messages, end: () => flows.end() };
}

const FLOW = {
  ...{ sip: "192.0.2.1", dip: "198.51.100.7", proto: 6, sp: 1, dp: 2 },
  ...{ pkt_first: 1.5, pkt_last: 2.5, pkt_fwd: 3, pkt_rev: 4, oct_fwd: 5, oct_rev: 6 },
};
const BASIC = chains()[0]!.fields;

Deno.test("datagrams keep to the limit, and tshark finds each of them right", async () => {
  const rows = Array.from({ length: 100 }, (_, at) => ({
    ...FLOW,
    sp: at % 3 === 0 ? null : at,
    dp: at % 3 === 0 ? null : 80,
    odd: "x".repeat(at),
  }));
  const batches = [rows.slice(0, 60), rows.slice(60)];
  const { messages, end } = stream([...BASIC, field("odd", "string")], batches, { limit: 500 });
  end();
  assert(messages.length > 20 && messages.every(({ length }) => length <= 500));
  const { records } = readIpfix(join(...messages));
  assertEquals(records.map((record) => text(record.get(`${OWN}/${0x4000}`)!).length), [
    ...rows.keys(),
  ]);
  using folder = new Folder();
  const file = folder.put(
    "udp.pcap",
    pcap(messages.map((message, at) => ({
      time: 1_800_000_000 + at,
      data: ethernet(ip4(udp(message, 40_000, 4739), { protocol: UDP })),
    }))),
  );
  const [faults, ports] = await tshark(file, ["_ws.expert", "cflow.srcport"]);
  assertEquals([faults, ports!.length], [[], 66]);
});

Deno.test("each batch is sent at once, and templates again after a time and so many messages", () => {
  const batches = Array.from({ length: 65 }, () => [FLOW]);
  const sent = stream(BASIC, batches);
  assertEquals(sent.messages.length, 65, "one a batch");
  const { templates } = readIpfix(join(...sent.messages));
  assertEquals(templates, new Map([["1:256", 3]]), "at 0, 30 and 60 s");
  const refresh = { milliseconds: 1e9, messages: 10 };
  const { messages } = stream(BASIC, batches.slice(0, 25), { refresh });
  assertEquals(readIpfix(join(...messages)).templates, new Map([["1:256", 3]]));
});

Deno.test("a value of any type is what it was, and what is null as the page says", () => {
  const types = {
    ...{ int: "integer?", num: "number?", boo: "boolean?", str: "string?", jso: "json" },
    ...{ add: "address?", por: "port?", tim: "time?" },
  };
  const fields = Object.entries(types).map(([name, type]) => field(name, type));
  const full = {
    ...{ int: -(2 ** 52), num: 0.1, boo: false, str: "höst", jso: { a: [1, null] } },
    ...{ add: "2001:db8::1", por: 65_535, tim: 1_700_000_000.123457 },
  };
  const rows = [{ ...FLOW, ...full, str: "ä".repeat(200) }, { ...FLOW, ...full }, {
    ...FLOW,
    ...Object.fromEntries(fields.map(({ name }) => [name, null])),
  }];
  const { messages, end } = stream([...BASIC, ...fields], [rows]);
  end();
  const { records, elements } = readIpfix(join(...messages));
  const read = records.map((record) =>
    Object.fromEntries([...elements].map(([element, { name, type }]) => [
      ...[name, ownValue(record.get(element)!, type)],
    ]))
  );
  const written = { ...full, jso: '{"a":[1,null]}', add: "2001:db8::1" };
  const nothing = {
    int: null,
    num: null,
    boo: null,
    str: "",
    jso: "",
    add: null,
    por: null,
    tim: null,
  };
  assertEquals(read, [{ ...written, str: "ä".repeat(200) }, written, nothing]);
});

Deno.test("a record that no message has room for is counted, and told at the end", () => {
  const fields = [...BASIC, field("odd", "string")];
  const long = { ...FLOW, odd: "x".repeat(70_000) };
  const { messages, end } = stream(fields, [[long, { ...FLOW, odd: "" }], [long]], {
    limit: 65_535,
  });
  assertThrows(end, Failure, "no message has room for 2 flow records: name fewer chains");
  assertEquals(readIpfix(join(...messages)).records.length, 1);
  assertThrows(
    () => stream(fields, [[{ ...FLOW, odd: "" }]], { limit: 60 }),
    Failure,
    "no message has room for the description of a flow record",
  );
});

Deno.test("a file without flows says what its elements would be", () => {
  const parts: Uint8Array[] = [];
  const flows = ipfixFile(
    [...BASIC, field("odd", "integer")],
    (octets) => parts.push(octets.slice()),
  );
  flows.end();
  const { records, elements } = readIpfix(join(...parts));
  assertEquals([records.length, [...elements.values()]], [0, [{ name: "odd", type: 8 }]]);
});

rootTest(
  "the collector nfcapd receives every flow with both directions, and misses none",
  async () => {
    using folder = new Folder();
    using sandbox = new TestNamespace();
    const path = folder.put("a.pcap", pcap(FRAMES));
    const lines = await recordsOf(path, ALL_CHAINS);
    Deno.mkdirSync(folder.at("flows"));
    const within = (line: readonly string[]) => ["ip", "netns", "exec", sandbox.name, ...line];
    const [program, ...args] = within([
      "nfcapd",
      "-b",
      "127.0.0.1",
      "-p",
      "9995",
      "-w",
      folder.at("flows"),
    ]);
    const collector = new Deno.Command(program!, { args, stdout: "piped", stderr: "piped" })
      .spawn();
    const said = collector.output();
    // Of /proc/net/udp: each socket, and the octets that wait in it
    const waiting = () =>
      [...sandbox.exec("cat", "/proc/net/udp").matchAll(/:270B .* [\dA-F]+:([\dA-F]+) \d\d:/g)]
        .map(([, octets]) => parseInt(octets!, 16));
    await until("the collector to listen", () => waiting().length === 1);
    const sent = await spider(
      ["observe", "-i", path, "--collector", "127.0.0.1:9995", ...ALL_CHAINS],
      { within },
    );
    assertEquals([sent.code, sent.out, sent.err], [0, "", "80 packets, 41 flows\n"]);
    await until("the collector to have read it all", () => waiting()[0] === 0);
    collector.kill("SIGTERM");
    const { stdout, stderr } = await said;
    const words = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert(words.includes("Flows: 41, Packets: 80, "), words);
    assert(words.includes("Sequence Errors: 0, Bad Packets: 0"), words);
    const columns = ["%sa", "%sp", "%da", "%dp", "%ipkt", "%opkt", "%ibyt", "%obyt", "%ts", "%te"];
    const read = new Deno.Command("nfdump", {
      args: ["-R", folder.at("flows"), "-q", "-6", "-N", "-o", `fmt:${columns.join("|")}`],
      env: { TZ: "UTC" },
    }).outputSync();
    const rows = new TextDecoder().decode(read.stdout).trim().split("\n")
      .map((line) => line.split("|").map((cell) => cell.trim()));
    const time = (seconds: unknown) =>
      new Date(Math.floor(Number(seconds) * 1000)).toISOString().replace("T", " ").slice(0, -1);
    const expected = lines.map((line) => [
      ...[line.sip, line.sp ?? 0, line.dip, line.dp ?? 0].map(String),
      ...[line.pkt_fwd, line.pkt_rev, line.oct_fwd, line.oct_rev].map(String),
      ...[time(line.pkt_first), time(line.pkt_last)],
    ]);
    assertEquals(rows.sort(), expected.sort());
  },
);

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Chain } from "../../../src/contract/chain.ts";
import { Failure } from "../../../src/host/failure.ts";
import { runElsewhere } from "../../../src/observe/js/distant.ts";
import { FlowTable } from "../../../src/observe/flow_table.ts";
import { drained, drainedText, feed, flowTable, recordOf, there } from "../../data/dissect.ts";
import { LINKS, mutant } from "../../data/mutants.ts";
import { ethernet, type Frame, ip4, tcp } from "../../data/packets.ts";
import { random } from "../../data/random.ts";
import { Folder } from "../../data/temporary.ts";
import { Confined } from "./confined.ts";

/** Reads all that headers have, in every hook; ignores some flows and completes some. */
const ALL = `
  const options = (header) => [...header.options()].map(({ kind, data }) => [kind, [...data]]);
  const ip = ({ version, source, destination, dscp, ecn, hopLimit, id, fragmentOffset, length,
    captured, headerLength, protocol, payload, time }) =>
    [version, source, destination, dscp, ecn, hopLimit, id, fragmentOffset, length, captured,
      headerLength, protocol, payload.length, payload.at(-1), time];
  const see = (rec, ...what) => {
    const text = JSON.stringify(what);
    let sum = rec.all_sum;
    for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) >>> 0;
    rec.all_sum = sum;
    rec.all_last = what.at(-1);
    rec.all_packets++;
    return sum % 23 !== 0;
  };
  export default {
    kind: "chain", name: "all", version: "1.0.0", api: "^1", summary: "everything",
    fields: {
      all_sum: { type: "integer", summary: "a checksum of all that was seen", initial: 1 },
      all_packets: { type: "integer", summary: "calls of hooks", initial: 0 },
      all_last: { type: "json", summary: "what was seen last", initial: [] },
    },
    newFlow: (rec, header) => { see(rec, ip(header)); return header.length % 11 !== 0; },
    ip4: (rec, header, rev) => see(rec, rev, header.flags, header.ttl, ip(header), options(header)),
    ip6: (rec, header, rev) => see(rec, rev, header.flowLabel, ip(header),
      header.extensions().map(({ protocol, octets }) => [protocol, [...octets]])),
    icmp4: (rec, icmp, rev) => see(rec, rev, icmp.type, icmp.code, icmp.quotesFlow,
      icmp.quotation && [ip(icmp.quotation.ip), icmp.quotation.sourcePort]),
    icmp6: (rec, icmp, rev) => see(rec, rev, icmp.type, icmp.code, icmp.quotesFlow,
      icmp.quotation && [ip(icmp.quotation.ip), icmp.quotation.sequence]),
    tcp: (rec, tcp, rev) => see(rec, rev, tcp.sourcePort, tcp.sequence, tcp.flags, options(tcp),
      [...tcp.payload.subarray(0, 9)], tcp.ip.source),
    udp: (rec, udp, rev) => see(rec, rev, udp.sourcePort, udp.length, udp.payload.length),
    l4: (rec, header, rev) => see(rec, rev, header.protocol, header.payload.length),
  };`;

/** A chain that is run from a file, as one on this host is. */
async function local(source: string): Promise<Chain> {
  using folder = new Folder();
  const path = folder.put("chain.mjs", new TextEncoder().encode(source));
  return (await import(`file://${path}`)).default;
}

/** A flow table with a chain, all of whose flows have ended. */
function observed(chain: Chain, frames: readonly Frame[], link: number, batch: number) {
  const table = flowTable({ chains: ["basic", "tcp", chain], maxFlows: 40, idle: 3, linger: 1 });
  feed(table, frames, link, batch);
  table.flush();
  return { text: drainedText(table), stats: table.stats() };
}

Deno.test("a chain in a worker sees what one in the program does, and answers as well", async () => {
  const here = await local(ALL);
  using confined = await Confined.start(ALL, {}, "chain");
  const there = await confined.chain();
  let [flows, ignored] = [0, 0];
  LINKS.forEach((link, at) => {
    const next = random(at + 1);
    const frames = Array.from(
      { length: 3000 },
      (_, i) => mutant(next, 1_700_000_000 + i / 200, link).frame,
    );
    for (const batch of [7, 3000]) {
      const expected = observed(here, frames, link, batch);
      assertEquals(observed(there, frames, link, batch), expected);
      flows += expected.stats.flows!;
      ignored += expected.stats.ignored!;
    }
  });
  assert(flows > 2000 && ignored > 200, `${flows} flows, ${ignored} ignored`);
});

Deno.test("more octets than the memory that is shared holds are shown in parts", async () => {
  const here = await local(ALL);
  using confined = await Confined.start(ALL, {}, "chain");
  const payload = new Uint8Array(60_000).fill(7);
  const frames = Array.from({ length: 50 }, (_, i) => ({
    time: 1_700_000_000 + i,
    data: ethernet(ip4(tcp({ source: 1000 + i % 3, flags: 0x10, payload }))),
  }));
  const expected = observed(here, frames, 1, 50);
  assertEquals(observed(await confined.chain(), frames, 1, 50), expected);
});

Deno.test("a packet that is longer than the memory is shown cut", async () => {
  const source = `export default { name: "long", fields: {
      long: { type: "integer", summary: "octets", initial: 0 } },
    ip4(rec, ip) { rec.long = ip.captured; } };`;
  using confined = await Confined.start(source, {}, "chain");
  const table = flowTable({ chains: ["basic", await confined.chain()] });
  // As segmentation offload makes it: the length of the packet is not in its header
  const data = ethernet(ip4(tcp({ payload: new Uint8Array(1_200_000) })));
  data.set([0, 0], 16);
  feed(table, [{ time: 1_700_000_000, data }]);
  table.flush();
  const [flow] = drained(table) as unknown as { long: number }[];
  assert(flow !== undefined && flow.long > 1_000_000 && flow.long < 1_200_000, String(flow?.long));
});

Deno.test("no further chain sees the packets of a flow that one has ignored", async () => {
  const count = (name: string) =>
    `export default { name: "${name}", fields: {
      ${name}: { type: "integer", summary: "packets", initial: 0 } },
      newFlow(rec, ip) { console.log(ip.source); return ip.source !== "10.0.0.9"; },
      tcp(rec) { rec.${name}++; } };`;
  using first = await Confined.start(count("first"), {}, "chain");
  using second = await Confined.start(count("second"), {}, "chain");
  const ignoring: Chain = {
    name: "here",
    fields: {},
    newFlow: (_, ip) => ip.source !== "10.0.0.8",
  };
  const table = flowTable({
    chains: ["basic", ignoring, await first.chain(), await second.chain()],
  });
  const frames = [7, 8, 9].flatMap((host) =>
    [0, 1].map((at) => ({
      time: 1_700_000_000 + at,
      data: ethernet(ip4(tcp({ flags: 0x10 }), { source: [10, 0, 0, host] })),
    }))
  );
  feed(table, frames);
  table.flush();
  const flows = drained(table) as unknown as { first: number; second: number }[];
  assertEquals(flows.map(({ first, second }) => [first, second]), [[2, 2]]);
  assertEquals(await first.says(2), ["hostile: 10.0.0.7", "hostile: 10.0.0.9"]);
  assertEquals(await second.says(1), ["hostile: 10.0.0.7"]);
});

Deno.test("with a chain that runs elsewhere the table has no more flows than its worker has memory for", () => {
  const distant = runElsewhere({ name: "distant", fields: {}, newFlow: () => {} }, {
    open: () => 0,
    walk: () => {},
    fields: (_, flows) => flows.map(() => "{}"),
    end: () => {},
  });
  const table = flowTable({ chains: ["basic", distant], expectedOnly: true, input: 1 << 16 });
  const expect = (at: number) =>
    table.expect(
      { address: "10.0.0.1", port: at >> 10 },
      { address: "10.0.0.2", port: 1 + (at & 1023) },
      6,
    );
  for (let at = 0; at < 1 << 20; at++) if (expect(at) === 0) throw new Error(`none at ${at}`);
  assertEquals(expect(1 << 20), 0);
});

Deno.test("an expected flow has the fields of a chain in a worker, and a new one in its place its own", async () => {
  using confined = await Confined.start(ALL, {}, "chain");
  const table = new FlowTable({
    chains: ["basic", await confined.chain()],
    idle: 30,
    linger: 0,
    maxFlows: 1,
    input: 1 << 16,
  });
  const packets = [1, 2, 3].map((count) => {
    const time = 1_700_000_000 + 100 * count;
    const flow = table.expect(
      { address: "192.0.2.1", port: 40_000 },
      { address: "198.51.100.7", port: 80 },
      6,
      { since: time * 1000 },
    );
    for (let i = 0; i < count; i++) feed(table, [there(time + i, { flags: 0x10, sequence: i })]);
    const { all_packets } = recordOf(table, flow) as unknown as { readonly all_packets: number };
    table.release(flow);
    table.advance((time + 90) * 1000);
    return all_packets;
  });
  // The hook of the first packet of a flow, then two for each
  assertEquals(packets, [3, 5, 7]);
});

/** The failure of a chain whose `tcp` hook does something, over one packet; and what it printed. */
async function ended(
  tcpHook: string,
  { type = "integer", before = "", stored = {} } = {},
): Promise<{ message: string; said: readonly string[]; flows: unknown[] }> {
  using confined = await Confined.start(
    `${before}
    export default {
      name: "hostile", kind: "chain", version: "1.0.0", api: "^1", summary: "hostile",
      fields: { own: { type: "${type}", summary: "its own", initial: ${
      type === "string" ? '""' : type === "json" ? "[]" : 0
    } } },
      tcp(rec, tcp, rev) { ${tcpHook} },
    };`,
    stored,
    "chain",
  );
  const table = flowTable({ chains: ["basic", await confined.chain()] });
  let message = "";
  let flows: unknown[] = [];
  try {
    feed(table, [there(1_700_000_000)]);
    table.flush();
    flows = drained(table);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    message = error.message;
  }
  return { message, said: confined.said, flows };
}

Deno.test("what a chain in a worker throws is reported with its own lines, and nothing that a terminal obeys", async () => {
  const { message } = await ended(
    `throw new TypeError("\\u001b]0;owned\\u0007 \\u202e\\u009b1m");`,
  );
  assertStringIncludes(message, "the plugin hostile failed in tcp: TypeError:");
  assertStringIncludes(message, "\n    at tcp (0.mjs:");
  assert(!/[^\P{C}\n]/u.test(message), JSON.stringify(message));
  assert(!/spider-|entry|\/tmp/.test(message), message);
});

Deno.test("whatever a chain in a worker throws, the message says in which hook, and not where it lies", async () => {
  for (
    const thrown of [
      "Object.create(null)",
      "Object.assign(new Error(), { stack: {} })",
      "new Proxy(new Error(), { get() { throw 1; } })",
      "undefined",
      "Symbol()",
    ]
  ) {
    assertStringIncludes((await ended(`throw ${thrown};`)).message, "failed in tcp: ", thrown);
  }
  const nosy = await ended(`
    const all = [];
    for (const name of ["includes", "startsWith", "split", "slice", "indexOf"]) {
      const method = String.prototype[name];
      String.prototype[name] = function (...args) {
        all.push(...args, this);
        return method.apply(this, args);
      };
    }
    throw { get stack() { return all.join().replaceAll("/", "|"); } };`);
  assertStringIncludes(nosy.message, "failed in tcp: ");
  assert(!/file:|\|tmp|tmp\|/.test(nosy.message), nosy.message);
  const mute = await ended("TextEncoder.prototype.encode = () => { throw 1; }; throw 1;");
  assertStringIncludes(mute.message, "the plugin hostile ");
});

Deno.test("what a chain in a worker puts into its fields is held to their types and to a length", async () => {
  for (
    const [hook, type, wanted] of [
      ["rec.own = 'text'", "integer", "put into own what is not of its type, integer"],
      ["rec.own = { toJSON: () => 'text' }", "integer", "put into own what is not of its type"],
      ["rec.own = NaN", "integer", "put into own what is not of its type"],
      ["rec.own = undefined", "integer", "put into own what is not of its type"],
      ["rec.own = 1n", "integer", "put into own what JSON cannot hold"],
      ["rec.other = 1", "integer", "failed in tcp: TypeError: Cannot add property other"],
      ["rec.own = 'x'.repeat(20000)", "string", "take more than 16384 characters"],
      [
        "let list = []; for (let i = 0; i < 60; i++) list = [list]; rec.own = list",
        "json",
        "sent an invalid answer",
      ],
      ["rec.toJSON = 1", "integer", "Cannot add property toJSON"],
      [
        'JSON.stringify = () => \'{"own":1,"conditions":[]}\'',
        "integer",
        "sent an invalid answer",
      ],
      ["JSON.stringify = () => '}'", "integer", "sent an invalid answer"],
      ["JSON.stringify = () => '[1]'", "integer", "sent an invalid answer"],
      ['JSON.stringify = () => \'{"__proto__":{"own":1}}\'', "integer", "not of its type"],
    ] as const
  ) {
    const { message, flows } = await ended(hook, { type });
    assertStringIncludes(message, wanted, hook);
    assertEquals(flows, [], hook);
  }
  const { flows } = await ended("rec.own = '\\u001b[31m\\u009b\\u202e'", { type: "string" });
  assertEquals((flows[0] as { own: string }).own, "\u001b[31m\u009b\u202e");
});

Deno.test("what the worker of a chain answers is checked, whoever writes it", async () => {
  // In the place of the program's own module: as if a plugin had made its way into it
  for (
    const [answer, wanted] of [
      ["head[0] = 9; notify(head, 0);", "sent an invalid answer"],
      ["head[0] = 2; notify(head, 0);", "sent an invalid answer"],
      ["verdicts.fill(77); head[0] = 2; notify(head, 0);", "sent an invalid answer"],
      ["head[6] = 1 << 30; head[0] = 2; notify(head, 0);", "sent an invalid answer"],
      [
        "head[6] = 1; text[0] = 34; head[7] = 1; head[0] = 2; notify(head, 0);",
        "an invalid answer",
      ],
      ["head[7] = -5; head[0] = 3; notify(head, 0);", "the plugin hostile "],
      ["head[7] = 1 << 30; head[0] = 3; notify(head, 0);", "the plugin hostile "],
      ["for (let i = 0; i < 1000; i++) notify(head, 0);", "did not answer for 5 s"],
    ] as const
  ) {
    const serve = `import { partsOf } from "./spider-plugin-sandbox-chain-shared_memory.mjs";
      const { notify } = Atomics;
      export const checkHooks = () => {};
      export function serveHooks(chain, channel) {
        let parts;
        channel.receive(({ loan }) => {
          if (loan) return parts = partsOf(loan.memory);
          const { head, verdicts, text } = parts;
          ${answer}
        });
      }`;
    const stored = { "spider-plugin-sandbox-chain-serve_hooks.mjs": serve };
    const { message, flows } = await ended("", { stored });
    assertStringIncludes(message, wanted, answer);
    assertEquals(flows, []);
  }
});

/** What a program of its own says, in which a chain runs: a busy worker runs until its program ends. */
async function saidApart(hook: string, before = ""): Promise<string> {
  const main = new URL("chain_main.ts", import.meta.url).pathname;
  using folder = new Folder(); // the program does not come to delete its own
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", main, hook, before],
    env: { TMPDIR: folder.path },
    stdout: "null",
    stderr: "piped",
  }).output();
  assertEquals(code, 0);
  return new TextDecoder().decode(stderr);
}

Deno.test("a chain that does not come back, or takes memory without end, is ended", async () => {
  const [busy, full] = await Promise.all([
    saidApart("for (;;);"),
    // So little a batch that it is not ended for its time, also where the machine is busy
    saidApart(
      "if (calls++ % 4096 === 0) all.push(new Uint8Array(2 ** 26).fill(1));",
      "let calls = 0; const all = [];",
    ),
  ]);
  assertEquals(busy, "the plugin hostile did not answer for 5 s\n");
  assertEquals(full, "the plugin hostile takes more memory than it may, 512 MB\n");
});

Deno.test("a chain that writes into the shared memory while the program does changes nothing there", async () => {
  // It takes the memory, says that it has answered, and goes on to write false places of packets
  const steal = `let shared;
    const Original = Int32Array;
    globalThis.Int32Array = function (memory, ...rest) {
      shared = memory;
      return new Original(memory, ...rest);
    };`;
  const write = `
    const head = new Original(shared, 0, 16);
    const words = new Uint32Array(shared, 64, 4096 * 8);
    head[0] = 2;
    for (;;) {
      for (let at = 0; at < 4096; at++) {
        words[at * 8 + 3] = at % 2 === 0 ? 1 << 24 : 0;
        words[at * 8 + 5] = at % 2 === 0 ? 16 : 1024;
      }
      if (head[0] === 1) head[0] = 2;
    }`;
  assertEquals(await saidApart(write, steal), "");
});

Deno.test("nothing of the host has a name in a chain in a worker, nor leads there from its headers", async () => {
  const attempts = [
    "Deno.readTextFile('/etc/passwd')",
    "new SharedArrayBuffer(8)",
    "Atomics.wait",
    "new WebAssembly.Memory({ initial: 1 })",
    "postMessage(1)",
    "import.meta.dirname.length",
    "tcp.constructor.constructor('return 1')()",
    "tcp.memory.constructor.constructor('return 1')()",
    "tcp.payload.buffer.transfer()",
    "tcp.options.constructor('return 1')()",
  ];
  for (const attempt of attempts) {
    const { message, flows } = await ended(
      `let got = "nothing"; try { ${attempt}; got = "GOT"; } catch { got = "refused"; } rec.own = got;`,
      { type: "string" },
    );
    assertEquals([message, flows.map((flow) => (flow as { own: string }).own)], ["", ["refused"]]);
  }
});

Deno.test("a chain in a worker that changes what the language has harms itself alone", async () => {
  const { message, flows } = await ended(`
    for (const [type, names] of [[Array, ["push", "map"]], [Map, ["get", "set"]],
      [Uint8Array, ["fill"]]]) {
      for (const name of names) type.prototype[name] = () => { throw new Error("changed"); };
    }
    Object.getPrototypeOf(Uint8Array.prototype).set = function () {};
    TextEncoder.prototype.encode = () => new Uint8Array(1e6);
    rec.own++;`);
  assertEquals(flows, []);
  assertStringIncludes(message, "the plugin hostile ");
  assertEquals([1].map((one) => one), [1]);
});

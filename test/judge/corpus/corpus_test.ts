import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { isFile } from "../../../src/host/file_kind.ts";
import { Blocks } from "../../data/blocks.ts";
import { packed } from "../../data/captures.ts";
import { ip4, join, pcapFile, UDP, udp } from "../../data/packets.ts";
import { Folder } from "../../data/temporary.ts";
import { everyKind, onUnread, UNREAD } from "../every_kind.ts";
import { generate } from "../generate.ts";
import { judgeTest } from "../judge.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const RAW = 101;
const PATHS = (Deno.env.get("PATH") ?? "").split(":");

/** Runs the task. Programs in `bin`, if any, stand before those of the system. */
async function task(args: readonly string[], bin?: string) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", MAIN, ...args],
    stdin: "null",
    env: bin === undefined ? {} : { PATH: [bin, ...PATHS].join(":") },
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** A capture of three datagrams of one flow. */
const capture = pcapFile(
  [0, 1, 2].map((i) => ({
    time: 1_700_000_000 + i,
    data: ip4(udp(new Uint8Array(10 + i)), { protocol: UDP }),
  })),
  RAW,
);

/** Puts a program `tshark` into a folder that does something else with one file. */
function replaceTshark(folder: Folder, file: string, otherwise: string): string {
  const bin = folder.at("bin");
  Deno.mkdirSync(bin);
  const real = PATHS.find((path) => isFile(`${path}/tshark`));
  const script = `#!/bin/sh
case "$*" in
  *${file}*) ${otherwise.replace("TSHARK", `${real}/tshark "$@"`)} ;;
  *) exec ${real}/tshark "$@" ;;
esac
`;
  Deno.writeTextFileSync(`${bin}/tshark`, script, { mode: 0o755 });
  return bin;
}

judgeTest("a folder of captures, of which one is read otherwise", async () => {
  using folder = new Folder();
  using programs = new Folder();
  folder.put("good.pcap", capture);
  folder.put("packed.pcap.xz", await packed("xz", capture));
  folder.put("damaged.pcap", capture.slice(0, -5));
  folder.put("text.pcap", new TextEncoder().encode("no capture\n"));
  folder.put("differs.pcap", capture);
  // The length of the first packet is 38
  const bin = replaceTshark(programs, "differs.pcap", "TSHARK | sed 's/|20|38|/|20|37|/'");
  const { code, out, err } = await task([folder.path, "--json"], bin);
  assertEquals([code, err], [1, ""]);
  const said = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  const of = (name: string) => said.find(({ capture }) => capture === folder.at(name));
  for (const name of ["good.pcap", "packed.pcap.xz"]) {
    assertEquals([of(name).packets, of(name).flows, of(name).differences], [3, 2, 0], name);
    assertEquals(of(name).notes, []);
  }
  assertEquals([of("damaged.pcap").packets, of("damaged.pcap").differences], [2, 0]);
  assertMatch(
    of("damaged.pcap").notes.join(),
    /spider: it ends in the middle.*tshark: .*cut short/s,
  );
  assertEquals(of("text.pcap").kind, "no capture");
  const [{ flow, tshark, spider, field }] = of("differs.pcap").shown;
  assertMatch(flow, /^192\.0\.2\.1 198\.51\.100\.7 17 5000 53 - 1700000000$/);
  assertEquals([field, tshark, spider], ["oct_fwd", 116, 117]);
  const { summary } = said.at(-1);
  assertEquals(
    [summary.captures, summary.not_judged, summary.no_captures, summary.packets, summary.differing],
    [4, 0, 1, 11, 1],
  );
});

/** Conversations with fragments, quotations and lengths of every sort, and those that a capture cuts. */
const FORMS = [
  { seed: 1, link: 1, hard: true },
  { seed: 2, link: 101, hard: true },
  { seed: 3, link: 1, snaplen: 68 },
];

/** All of it in one file, and on an interface of its own packets before 1970, and after 2106. */
function everything(): Uint8Array<ArrayBuffer> {
  const kinds = everyKind();
  const packets = [
    ...kinds.frames.map((frame, i) => ({ ...frame, link: kinds.links[i]! })),
    ...FORMS.flatMap((form) =>
      generate({ ...form, flows: 30 }).map((frame) => ({ ...frame, link: form.link }))
    ),
  ].sort((one, other) => one.time - other.time);
  const links = [...new Set(packets.map(({ link }) => link))];
  const blocks = new Blocks(false);
  const packet = ip4(udp(new Uint8Array(9)), { protocol: UDP });
  return join(
    blocks.section(),
    ...links.map((linkType) => blocks.described({ linkType })),
    blocks.described({ linkType: RAW, offset: -5n }),
    ...packets.map(({ data, wire = data.length, time, link }) =>
      blocks.enhanced(data, {
        ...{ wire, source: links.indexOf(link) },
        time: BigInt(Math.round(time * 1e6)),
      })
    ),
    ...[0n, 4_300_000_000_000_000n].map((time) =>
      blocks.enhanced(packet, { time, source: links.length })
    ),
  );
}

judgeTest("one of each encapsulation, link type and fault", async () => {
  using folder = new Folder();
  folder.put("everything.pcapng", everything());
  folder.put("unread.pcap", pcapFile([onUnread(UNREAD[0]!)], UNREAD[0]!));
  const { code, out, err } = await task([folder.path, "--json"]);
  const said = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  const { summary } = said.pop();
  assertEquals(said.flatMap(({ shown = [] }) => shown), []);
  assertEquals([code, err], [0, ""]);
  assertEquals([summary.captures, summary.not_judged, summary.differences], [1, 1, 0]);
  assert(summary.flows > 350, `${summary.flows} flows`);
  assertEquals(summary.captures_left_out, { "tshark does not read its link type": 1 });
  assertEquals(summary.packets_left_out, {
    "in L2TPv3, whose cookie's length tshark has to be told": 2,
    "of a time that is not between 1970 and 2262": 1,
  });
});

judgeTest("a capture that is not read in time is not judged, and ends nothing", async () => {
  using folder = new Folder();
  using programs = new Folder();
  folder.put("slow.pcap", capture);
  const bin = replaceTshark(programs, "slow.pcap", "exec sleep 60");
  const { code, out } = await task([folder.path, "--seconds", "2"], bin);
  assertMatch(out, /slow\.pcap: not judged: tshark: .*SIGKILL/);
  assertMatch(out, /^0 captures \(1 not judged, 0 other files\), 0 packets/m);
  assertEquals(code, 0);
});

judgeTest("wrong use of the corpus task", async () => {
  for (const args of [[], ["/nowhere"], ["/", "--lines", "none"], ["/", "--line"]]) {
    const { code, err } = await task(args);
    assertEquals(code, 2, args.join());
    assert(err.includes("deno task corpus FOLDER"));
  }
});

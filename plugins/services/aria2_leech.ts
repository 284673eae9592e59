import type { Service, TesterRun } from "../../src/mod.ts";
import { ALONE, trackers } from "./shared/aria2.ts";
import { METAINFO, TORRENT_OPTIONS, torrentOf } from "./shared/torrent.ts";
import { urlOf } from "./shared/url.ts";

/** Names of its log, and of a note of what it tests. */
const LOG = "leech.log";
const TARGET = "target";

/** Lines of its log: what comes from a peer, with its address; and a piece that is whole. */
const FROM = /^\S+ \S+ .* From: (\S+):\d+ (handshake|piece) /;
const WHOLE = / we got new piece\. /;

export default {
  kind: "service",
  name: "aria2-leech",
  version: "1.0.0",
  api: "^1",
  summary: "peer of BitTorrent that fetches a file from a seed, of which a tracker tells it",
  type: "tester",
  speaks: [{ protocol: "bittorrent", versions: ["peer"], role: "leech" }],
  program: "aria2c",
  package: "aria2",
  asksVersion: ["--version"],
  options: {
    ...TORRENT_OPTIONS,
    seconds: { type: "integer", summary: "seconds that it may take", default: 20, minimum: 1 },
  },
  conditions: {
    "aria2-leech.download.completed": "the whole file came, as its hashes say",
    "aria2-leech.download.failed": "it did not",
    "aria2-leech.peer.tested": "pieces came from the address that is tested",
    "aria2-leech.peer.other": "pieces came from another one, such as a tracker had seen",
    "aria2-leech.peer.none": "no peer answered, or no tracker told of one",
  },
  files({ options, peers, target }) {
    const all = trackers({ peers }).filter(({ address }) =>
      address.includes(":") === (target!.family === 6)
    );
    if (all.length === 0) {
      throw new Error(`there is no tracker over IPv${target!.family} among its peers`);
    }
    const { address, port: { port } } = target!;
    // The first is answered where a tracker tells of whom it is asked for, and refused by others
    const paths = [`/announce/${address.length}:${address}/${port}`, "/announce"];
    return {
      [METAINFO]: torrentOf(options).metainfo(
        paths.flatMap((path) => all.map((peer) => urlOf(peer, path))),
      ),
      [TARGET]: address,
    };
  },
  arguments: ({ folder, target, options }) => [
    ...ALONE,
    ...[`--dir=${folder}`, `--log=${folder}/${LOG}`, "--log-level=info"],
    ...["--seed-time=0", `--stop=${options.seconds}`],
    ...(target!.family === 4 ? ["--disable-ipv6=true"] : []),
    `${folder}/${METAINFO}`,
  ],
  outcome({ status, late, files }) {
    const log = (files[LOG] ?? "").split("\n");
    const met = log.flatMap((line) => {
      const [, address, what] = FROM.exec(line) ?? [];
      return address === undefined ? [] : [{ address, what, line }];
    });
    const gave = met.filter(({ what }) => what === "piece").map(({ address }) => address);
    const isWhole = status === 0 && !late;
    return {
      conditions: [
        `aria2-leech.download.${isWhole ? "completed" : "failed"}`,
        ...(gave.includes(files[TARGET]!) ? ["aria2-leech.peer.tested"] : []),
        ...(gave.some((address) => address !== files[TARGET]) ? ["aria2-leech.peer.other"] : []),
        ...(met.length === 0 ? ["aria2-leech.peer.none"] : []),
      ],
      metrics: isWhole
        ? metricsOf(met[0]!.line, log.findLast((line) => WHOLE.test(line))!, files)
        : {},
    };
  },
} satisfies Service;

/** From the first answer of a peer to the last piece. */
function metricsOf(
  first: string,
  last: string,
  { [METAINFO]: metainfo = "" }: TesterRun["files"],
): Record<string, number> {
  const seconds = secondsOf(last) - secondsOf(first);
  const octets = Number(/6:lengthi(\d+)e/.exec(metainfo)?.[1]);
  return { seconds, octets, octets_per_second: octets / seconds };
}

/** The time of a line of its log, such as `2026-11-30 04:18:36.976493`, in seconds. */
function secondsOf(line: string): number {
  const [, minute = "", seconds = ""] = /^(\S+ \d\d:\d\d):([\d.]+)/.exec(line) ?? [];
  return Date.parse(`${minute.replace(" ", "T")}Z`) / 1000 + Number(seconds);
}

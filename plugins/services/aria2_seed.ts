import type { Service } from "../../src/mod.ts";
import { ALONE, trackers } from "./shared/aria2.ts";
import { CONTENT, METAINFO, TORRENT_OPTIONS, torrentOf } from "./shared/torrent.ts";
import { urlOf } from "./shared/url.ts";

export default {
  kind: "service",
  name: "aria2-seed",
  version: "1.0.0",
  api: "^1",
  summary: "peer of BitTorrent that has a whole file, and tells a tracker of itself",
  type: "iut",
  speaks: [{ protocol: "bittorrent", versions: ["peer"], role: "seed" }],
  program: "aria2c",
  package: "aria2",
  asksVersion: ["--version"],
  options: TORRENT_OPTIONS,
  files: ({ options, peers }) => {
    const { content, metainfo } = torrentOf(options);
    const urls = trackers({ peers }).map((peer) => urlOf(peer, "/announce"));
    return { [CONTENT]: content, [METAINFO]: metainfo(urls) };
  },
  arguments: ({ folder, ports }) => [
    ...ALONE,
    ...[`--dir=${folder}`, `--listen-port=${ports[0]!.port}`],
    ...["--check-integrity=true", "--seed-ratio=0.0", `${folder}/${METAINFO}`],
  ],
} satisfies Service;

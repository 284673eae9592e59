import type { Service } from "../../src/mod.ts";
import { TORRENT_OPTIONS, torrentOf } from "./shared/torrent.ts";

export default {
  kind: "service",
  name: "opentracker",
  version: "1.0.0",
  api: "^1",
  summary: "tracker of BitTorrent, which tells of peers at the addresses that it saw; IPv4 alone",
  type: "iut",
  speaks: [
    { protocol: "bittorrent", versions: ["http-tracker", "udp-tracker"], role: "tracker" },
  ],
  program: "opentracker",
  package: "opentracker",
  // Debian's was made for IPv4, and for torrents that a list names
  families: [4],
  options: TORRENT_OPTIONS,
  files: ({ options }) => ({ torrents: `${torrentOf(options).infoHash}\n` }),
  arguments: ({ folder, ports }) => [
    ...["-i", "0.0.0.0"],
    ...ports.flatMap(({ transport, port }) => [transport === "tcp" ? "-p" : "-P", String(port)]),
    // It will not run as root: it goes into its folder, and becomes somebody else
    ...["-d", folder, "-u", "nobody", "-w", "torrents"],
  ],
} satisfies Service;

import type { Protocol } from "../../src/mod.ts";

export default {
  kind: "protocol",
  name: "bittorrent",
  version: "1.0.0",
  api: "^1",
  summary: "BitTorrent: peers that exchange the pieces of a file, and trackers that tell of peers",
  references: ["BEP 3", "BEP 15", "BEP 23"],
  type: "peer_to_peer",
  roles: ["tracker", "seed", "leech"],
  versions: [
    { name: "peer", transport: "tcp", port: 6881 },
    { name: "http-tracker", transport: "tcp", port: 6969 },
    { name: "udp-tracker", transport: "udp", port: 6969 },
  ],
  // A request to connect: the protocol's number, action 0, a transaction (BEP 15)
  greeting: [0, 0, 4, 0x17, 0x27, 0x10, 0x19, 0x80, 0, 0, 0, 0, 1, 2, 3, 4],
} satisfies Protocol;

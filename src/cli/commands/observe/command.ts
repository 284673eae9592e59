import type { Command } from "../../command.ts";
import { options } from "./options.ts";

/** `spider observe`: the declaration alone. */
export const observe: Command<typeof options> = {
  name: "observe",
  section: "Measuring",
  summary: "Write flow records of an interface or a capture file",
  about: [
    "Writes one line of JSON a flow, with the fields of the chains that are named. What ends in " +
    ".pcap or .pcapng (also .gz, .zst, .xz, .bz2 or .lz4), or is a path, is read as a capture file. " +
    "Ctrl-C ends in order.",
    "The summary's list of top talkers is exact up to 131,072 addresses; beyond, it says how many " +
    "octets its counts may lack.",
  ],
  positionals: [{
    name: "CHAIN",
    summary: "chains to run; the default is basic, which is always on",
    optional: true,
    repeated: true,
    choices: async () => [
      ...(await import("../../../observe/chains.ts")).chains().map(({ name }) => name),
      ...await (await import("../../../plugin/chains.ts")).chainNames(),
    ],
  }],
  options,
  examples: [
    {
      line: "spider observe -i eth0 basic tcp ecn --output flows.ndjson",
      does: "Records the flows of an interface until Ctrl-C.",
    },
    {
      line: "spider observe -i eth1 -i eth2 --write both.pcapng tcp rtt",
      does: "Records flows whose directions come in on two interfaces, as from a tap.",
    },
    {
      line: "spider observe -i ppp0 --wait --active 300 --output flows.ndjson tcp",
      does: "Records flows of an interface that comes and goes.",
    },
    {
      line: "spider observe -i trace.pcap --chain ./mychain.ts basic tcp",
      does: "Runs a chain of your own beside two that ship with the program.",
    },
    {
      line: 'spider observe -i trace.pcap --filter "tcp port 443" tcp',
      does: "Reads a capture file.",
    },
    {
      line: "spider observe -i eth0 --duration 60 --summary --write minute.pcap",
      does: "Sums up a minute of an interface, and keeps its packets.",
    },
    {
      line: "spider observe -i trace.pcap.zst --parquet --output flows.parquet tcp ecn",
      does: "Writes flows as tools for tables read them, with typed columns.",
    },
    {
      line:
        "spider observe -i eth0 --collector 192.0.2.1 --stats /var/lib/node/spider.prom tcp ecn",
      does: "Sends flows to a collector of IPFIX, and tells Prometheus of their packets.",
    },
    {
      line: "spider observe -i trace.pcapng.gz --csv --stats stats.json tcp > flows.csv",
      does: "Writes CSV, and statistics of all packets.",
    },
  ],
  load: () => import("./run.ts"),
};

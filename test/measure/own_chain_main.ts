/** Measures the addresses it is given with a spider that has a chain of its own; prints the results. */
import type { Chain, ObservedFlow, Spider } from "../../src/mod.ts";
import { Journal } from "../../src/host/journal.ts";
import { Reactor } from "../../src/host/reactor.ts";
import { Setup } from "../../src/measure/setup.ts";
import { printResults, setupOptions } from "./printing.ts";

interface Fields {
  own_ttl_rev: number | null;
  own_acks: number;
}

const ttl = {
  name: "ttl",
  fields: {
    own_ttl_rev: { type: "integer?", summary: "TTL of the SYN-ACK, null before", initial: null },
    own_acks: { type: "integer", summary: "segments with ACK", initial: 0 },
  },
  tcp(rec, tcp, rev) {
    if (tcp.ack) rec.own_acks++;
    if (rev && tcp.syn) rec.own_ttl_rev ??= tcp.ip.hopLimit;
  },
} satisfies Chain<Fields>;

const spider = {
  kind: "spider",
  name: "ttl",
  version: "1.0.0",
  api: "^1",
  summary: "TTL of the answer",
  connect: ["tcp"],
  chains: ["basic", "tcp", ttl],
  arms: [{ name: "plain" }],
  conditions: { "ttl.remote.value:N": "TTL of the SYN-ACK", "ttl.remote.none": "no SYN-ACK" },
  conclude(flows) {
    const { own_ttl_rev } = flows[0] as ObservedFlow & Fields;
    return [own_ttl_rev === null ? "ttl.remote.none" : `ttl.remote.value:${own_ttl_rev}`];
  },
} satisfies Spider;

const [device = "", ...targets] = Deno.args;
using journal = Journal.open();
using reactor = new Reactor();
using setup = new Setup(reactor, {
  ...setupOptions(spider, device, journal),
  seed: 1,
  outputFlows: true,
});
await printResults(setup, targets, new AbortController().signal);

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { LocateRun, ObserveRun, PingRun, RequestError, TraceRun } from "../../src/mod.ts";
import { locateRequest, observeRequest, pingRequest, traceRequest } from "./requests.ts";

const unused = () => {
  throw new Error("nothing is to begin");
};
const parts = { sink: unused, listener: { missing: unused, begun: unused, ended: unused } };

/** Invalid requests, the fields that are named, and the messages. */
type Case = readonly [make: () => unknown, fields: readonly string[], said: string];

const CASES: readonly Case[] = [
  [() => new PingRun(pingRequest({ hosts: ["192.0.2.1", " "] }), parts), ["hosts"], "is empty"],
  [
    () => new PingRun(pingRequest({ protocol: "upd" as "udp" }), parts),
    ["protocol"],
    "must be one of icmp, udp, tcp, sctp, not upd",
  ],
  [() => new PingRun(pingRequest({ port: 80 }), parts), ["port", "protocol"], "ICMP has no ports"],
  [
    () => new PingRun(pingRequest({ protocol: "tcp", size: 100 }), parts),
    ["size", "protocol"],
    "size goes with protocol icmp or udp",
  ],
  [() => new PingRun(pingRequest({ timeout: 0.5 }), parts), ["timeout"], "a whole number from 1"],
  [() => new PingRun(pingRequest({ tos: 256 }), parts), ["tos"], "from 0 to 255, not 256"],
  [() => new PingRun(pingRequest({ queries: 0 }), parts), ["queries"], "not 0"],
  [() => new PingRun(pingRequest({ intervalMs: NaN }), parts), ["intervalMs"], "not NaN"],
  [
    () => new PingRun(pingRequest({ source: "here" }), parts),
    ["source"],
    "source must be an IPv4 or IPv6 address, not here",
  ],
  [
    () => new PingRun(pingRequest({ source: "192.0.2.9" }), parts),
    ["source"],
    "source 192.0.2.9 is not an address of this host",
  ],
  [
    () => new PingRun(pingRequest({ source: "127.0.0.1", ipVersion: 6 }), parts),
    ["source", "ipVersion"],
    "source 127.0.0.1 does not go with ipVersion 6",
  ],
  [() => new TraceRun(traceRequest({ maxTtl: 256 }), parts), ["maxTtl"], "from 1 to 255, not 256"],
  [
    () => new TraceRun(traceRequest({ paths: 2 }), parts),
    ["paths", "protocol"],
    "paths goes with protocol udp",
  ],
  [
    () => new TraceRun(traceRequest({ paths: 2, protocol: "udp", ipVersion: 6 }), parts),
    ["paths"],
    "paths goes with IPv4",
  ],
  [
    () => new TraceRun(traceRequest({ protocol: "udp", sourcePort: 32_999, paths: 2 }), parts),
    ["sourcePort", "paths", "protocol"],
    "sourcePort and paths must stay below 33000 with protocol udp",
  ],
  [
    () => new LocateRun(locateRequest({ feature: "ech" }), parts),
    ["feature"],
    "feature ech is not one of ecn, dscp",
  ],
  [() => new LocateRun(locateRequest({ hosts: [""] }), parts), ["hosts"], "is empty"],
  [() => new LocateRun(locateRequest({ workers: 0 }), parts), ["workers"], "not 0"],
  [
    () => new ObserveRun(observeRequest({ chains: ["tpc"] }), parts),
    [],
    "there is no chain tpc; there are basic, ",
  ],
  [() => new ObserveRun(observeRequest({ idle: -1 }), parts), ["idle"], "not -1"],
  [() => new ObserveRun(observeRequest({ count: 0 }), parts), ["count"], "not 0"],
];

Deno.test("an invalid request is refused before anything begins, in its own words", () => {
  for (const [make, fields, said] of CASES) {
    const error = assertThrows(make, RequestError);
    assertStringIncludes(error.message, said);
    assertEquals(error.fields, [...fields], error.message);
    assertEquals(error.message.includes("--"), false, error.message);
  }
});

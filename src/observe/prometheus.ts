import { Counter, Gauge, Registry } from "prom-client";
import type { Statistics } from "./statistics.ts";

/** Statistics that are no counters, or have a name or a unit of their own among Prometheus' metrics. */
const OTHERS: Readonly<Record<string, { name: string; help: string }>> = {
  elapsed: { name: "elapsed_seconds", help: "Seconds that the observation has taken so far." },
  first_packet: {
    name: "first_packet_timestamp_seconds",
    help: "When the earliest packet was captured, in seconds since 1970.",
  },
  last_packet: {
    name: "last_packet_timestamp_seconds",
    help: "When the latest packet was captured, in seconds since 1970.",
  },
  snaplen: { name: "snapshot_length_bytes", help: "Octets kept of each packet at most." },
};

/** What can be told from those above. */
const LEFT_OUT: ReadonlySet<string> = new Set(["duration"]);

const PREFIX = "spider_observe_";

/**
 * Statistics in Prometheus' text format
 * (https://prometheus.io/docs/instrumenting/exposition_formats/), each with the label `source`. A
 * counter is called as in the statistics, with `_total` behind; octets are bytes there.
 */
export function prometheusText(statistics: Statistics): Promise<string> {
  const { source, link_type, ended } = statistics;
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, labels: Record<string, string>, value: number) =>
    new Gauge({ name: PREFIX + name, help, labelNames: Object.keys(labels), registers })
      .set(labels, value);
  gauge(
    "running",
    "1 while packets are observed, 0 afterwards.",
    { source },
    ended === null ? 1 : 0,
  );
  const labels = { source, link_type: link_type ?? "" };
  gauge("info", "Always 1; its labels say what is observed.", labels, 1);
  for (const [key, value] of Object.entries(statistics)) {
    if (typeof value !== "number" || LEFT_OUT.has(key)) continue;
    const other = OTHERS[key];
    if (other !== undefined) {
      gauge(other.name, other.help, { source }, value);
      continue;
    }
    const name = `${PREFIX}${key === "octets" ? "bytes" : key}_total`;
    const help = `The counter ${key} of the statistics, as the topic observing describes it.`;
    new Counter({ name, help, labelNames: ["source"], registers }).inc({ source }, value);
  }
  return registry.metrics();
}

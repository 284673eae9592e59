import { PASSIVE } from "../ecn_route.ts";
import { readKernelFile } from "../kernel_file.ts";
import { fine, type HealthFinding } from "./finding.ts";

/** Reads a setting by its name under `/proc/sys/net`; null when the kernel has none. */
export type Read = (name: string) => string | null;

/** A setting that hinders some measurement. */
interface Hindrance {
  /** Under `/proc/sys/net`. */
  readonly setting: string;
  hinders(value: string): boolean;
  readonly level: "warning" | "wrong";
  readonly advice: string;
}

const HINDRANCES: readonly Hindrance[] = [
  {
    setting: "ipv4/tcp_ecn",
    hinders: (value) => !PASSIVE.has(Number(value)),
    level: "wrong",
    advice: "every connection asks for ECN, also those that are to go without: " +
      "sysctl -w net.ipv4.tcp_ecn=2",
  },
  {
    setting: "ipv4/tcp_congestion_control",
    hinders: (value) => value === "dctcp",
    level: "wrong",
    advice: "every connection asks for ECN: sysctl -w net.ipv4.tcp_congestion_control=cubic",
  },
  {
    setting: "ipv4/tcp_timestamps",
    hinders: (value) => value === "0",
    level: "warning",
    advice: "with timestamps it is certain which of two SYNs a target answered: " +
      "sysctl -w net.ipv4.tcp_timestamps=1",
  },
  {
    setting: "ipv4/tcp_fastopen",
    hinders: (value) => (Number(value) & 1) === 0,
    level: "warning",
    advice: "tfo cannot be measured: sysctl -w net.ipv4.tcp_fastopen=1",
  },
  {
    setting: "ipv4/tcp_window_scaling",
    hinders: (value) => value === "0",
    level: "warning",
    advice: "connections do not offer window scaling: sysctl -w net.ipv4.tcp_window_scaling=1",
  },
  {
    setting: "ipv4/tcp_sack",
    hinders: (value) => value === "0",
    level: "warning",
    advice: "connections do not offer SACK: sysctl -w net.ipv4.tcp_sack=1",
  },
  {
    setting: "ipv4/ip_local_port_range",
    hinders: (value) => portsIn(value) < 8192,
    level: "warning",
    advice: "so few source ports are soon used up: " +
      'sysctl -w net.ipv4.ip_local_port_range="32768 60999"',
  },
  {
    setting: "netfilter/nf_conntrack_max",
    hinders: (value) => Number(value) > 0 && Number(value) < 65_536,
    level: "warning",
    advice: "the kernel drops packets when its table of connections is full: " +
      "sysctl -w net.netfilter.nf_conntrack_max=262144",
  },
];

/** The settings of the network that hinder measurements; one finding when none does. */
export function settings(read: Read): HealthFinding[] {
  const found = HINDRANCES.flatMap(({ setting, hinders, level, advice }): HealthFinding[] => {
    const value = read(setting);
    if (value === null || !hinders(value)) return [];
    const name = `net.${setting.replaceAll("/", ".")}`;
    return [{ name: "settings", level, found: `${name} is ${value}`, advice }];
  });
  return found.length > 0 ? found : [fine("settings", "none that hinders a measurement")];
}

/** Reads the settings of this network namespace. */
export function readSetting(name: string): string | null {
  try {
    return readKernelFile(`/proc/sys/net/${name}`).trim().replaceAll(/\s+/g, " ");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function portsIn(range: string): number {
  const [first = 0, last = 0] = range.split(" ").map(Number);
  return last - first + 1;
}

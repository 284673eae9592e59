import { fileURLToPath } from "node:url";
import type { TargetLab } from "./target_lab.ts";
import { runWithin } from "../../src/lab/topology/build.ts";

/** A hindrance that keeps a clean target from answering at times, whatever the packets carry. */
export interface Hindrance {
  /** Its description, as text after "behind". */
  readonly title: string;
  /** Puts it into a lab, until it is disposed of or the lab is closed. */
  put(lab: TargetLab): Promise<AsyncDisposable>;
}

const SYN = "tcp flags & (syn|ack) == syn";
const QUESTION = "udp dport 53";
const FAMILIES = [["ip", "ipv4_addr"], ["ip6", "ipv6_addr"]] as const;

/** How long the slow server takes, in seconds, and the queue that its packets wait in. */
const SLOW = { first: 2.6, last: 7, queue: 53 };

/** Each by the letter, and number, that the bench knows it by. */
export const HINDRANCES = {
  none: { title: "nothing", put: () => Promise.resolve(nothing) },
  a: deadPorts("one dead source port in four", 6),
  b: deadPorts("one dead source port in two", 2),
  c1: loss(1),
  c5: loss(5),
  c20: loss(20),
  d: {
    title: "a limit of 13 connections or questions a minute",
    put: (lab) => limit(lab, (ip) => `${ip} daddr limit rate over 13/minute burst 1 packets`, ""),
  },
  e: {
    title: "a server that answers after 2.6 to 7 s, the same for a target",
    put: (lab) => slowServer(lab, "target"),
  },
  e2: {
    title: "a server that answers each packet after 2.6 to 7 s, by chance",
    put: (lab) => slowServer(lab, "packet"),
  },
  f: {
    title: "a server that takes two connections at once from one address",
    put: (lab) => limit(lab, (ip) => `${ip} saddr . ${ip} daddr ct count over 2`, "ct state new"),
  },
} as const satisfies Readonly<Record<string, Hindrance>>;

/** The name of one of them. */
export type HindranceName = keyof typeof HINDRANCES;

const nothing: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };

/** At the server, so that some members of a group of links are dead, told apart by the client's port. */
function deadPorts(title: string, mask: number): Hindrance {
  return {
    title,
    put: (lab) => {
      const rules = ["tcp", "udp"].map((kind) => `${kind} sport & ${mask} == 0 drop`);
      load(lab.server, "prerouting priority raw", rules);
      return Promise.resolve(nothing);
    },
  };
}

/** On a router, which packets pass both ways. */
function loss(percent: number): Hindrance {
  return {
    title: `the loss of ${percent} % of packets each way`,
    put: (lab) => {
      const rule = `meta l4proto { tcp, udp } numgen random mod 100 < ${percent} drop`;
      load(lab.routers[0]!, "forward priority raw", [rule]);
      return Promise.resolve(nothing);
    },
  };
}

/**
 * At the server, of each target: SYNs and questions that are over a limit are dropped.
 *
 * @param key what is counted by, and the limit
 * @param which of them it is about
 */
function limit(
  lab: TargetLab,
  key: (ip: "ip" | "ip6") => string,
  which: string,
): Promise<AsyncDisposable> {
  const sets: string[] = [];
  const rules: string[] = [];
  for (const [at, packet] of [SYN, QUESTION].entries()) {
    for (const [ip, type] of FAMILIES) {
      const name = `asked${at}-${ip}`;
      const typed = key(ip).includes(" . ") ? `${type} . ${type}` : type;
      sets.push(`set ${name} {\n type ${typed}\n flags dynamic\n size 262144\n }`);
      rules.push(
        `meta nfproto ${ip === "ip" ? "ipv4" : "ipv6"} ${packet} ${which} ` +
          `add @${name} { ${key(ip)} } drop`,
      );
    }
  }
  // Behind connection tracking, and before the sockets
  load(lab.server, "input priority filter", rules, sets);
  return Promise.resolve(nothing);
}

function load(
  namespace: string,
  hook: string,
  rules: readonly string[],
  sets: readonly string[] = [],
): void {
  const chain = [`type filter hook ${hook}`, ...rules].join("\n    ");
  const table = [...sets, `chain hindrance {\n    ${chain}\n  }`].join("\n  ");
  runWithin(namespace, ["nft", "-f", "-"], `table inet hindrance {\n  ${table}\n}\n`);
}

/** Packets that open a connection are delayed at the server. */
async function slowServer(lab: TargetLab, spread: "target" | "packet"): Promise<AsyncDisposable> {
  const { first, last, queue } = SLOW;
  const script = fileURLToPath(new URL("slow_server.ts", import.meta.url));
  const child = new Deno.Command("nice", {
    args: [
      // With a higher priority than the measurement: it should be exactly as slow as configured
      ...["-n", "-20", "ip", "netns", "exec", lab.server],
      ...[Deno.execPath(), "run", "--no-check", "-A", script],
      ...[queue, first, last, spread].map(String),
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const end = async () => {
    await reader.cancel();
    try {
      child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it ended with the lab
    }
    await child.status;
  };
  if ((await reader.read()).done) {
    await end();
    throw new Error("the slow server ended before it listened");
  }
  const lines = ["-p tcp --tcp-flags SYN,ACK SYN", "-p udp --dport 53"]
    .map((packet) => `-A PREROUTING ${packet} -j NFQUEUE --queue-num ${queue}`);
  for (const command of ["iptables-restore", "ip6tables-restore"]) {
    runWithin(lab.server, [command], ["*raw", ...lines, "COMMIT", ""].join("\n"));
  }
  return { [Symbol.asyncDispose]: end };
}

import type {
  Arm,
  ConcludeHelpers,
  ObservedFlow,
  OptionValues,
  PacketSpec,
  Spider,
  TcpOptionSpec,
} from "../../src/mod.ts";

/** A TCP option that may be switched on or off for a connection. */
interface Switched {
  /** Prefix of its conditions. */
  readonly name: string;
  /** Its name in running text. */
  readonly title: string;
  /** Kind of the option on a SYN. */
  readonly kind: number;
  /** The option's data in a forged SYN. */
  readonly data: readonly number[];
  /** The host's sysctl. */
  readonly sysctl: string;
  /** Whether the SYN-ACK has it. */
  granted(flow: ObservedFlow): boolean | null;
}

/** Options by the word for each on the command line, which is also the name of its arm. */
const SWITCHED: Readonly<Record<string, Switched>> = {
  ts: {
    name: "tsopt",
    title: "timestamps",
    kind: 8,
    data: [0, 0, 0, 1, 0, 0, 0, 0],
    sysctl: "net.ipv4.tcp_timestamps",
    granted: (flow) => flow.tcpopt_ts,
  },
  ws: {
    name: "wsopt",
    title: "window scaling",
    kind: 3,
    data: [7],
    sysctl: "net.ipv4.tcp_window_scaling",
    granted: (flow) => flow.tcpopt_ws,
  },
  sack: {
    name: "sack",
    title: "SACK",
    kind: 4,
    data: [],
    sysctl: "net.ipv4.tcp_sack",
    granted: (flow) => flow.tcpopt_sack,
  },
};

const ALL_KINDS = Object.values(SWITCHED).map(({ kind }) => kind);

/** Names of the options that are to be measured. */
function chosen({ option }: OptionValues): string[] {
  const names = Array.isArray(option) ? option : [];
  return names.length === 0 ? Object.keys(SWITCHED) : [...new Set<string>(names)];
}

/** An arm whose SYNs carry one of the options, or none. */
function arm(name: string, on: string | null): Arm {
  const settings = Object.entries(SWITCHED);
  const added: TcpOptionSpec[] = on === null
    ? []
    : [{ kind: SWITCHED[on]!.kind, data: new Uint8Array(SWITCHED[on]!.data) }];
  return {
    name,
    system: {
      sysctls: Object.fromEntries(settings.map(([word, { sysctl }]) => [sysctl, +(word === on)])),
    },
    forge(packet: PacketSpec): PacketSpec {
      const { transport } = packet;
      if (transport.kind !== "tcp") return packet;
      const others = (transport.options ?? []).filter(({ kind }) => !ALL_KINDS.includes(kind));
      return { ...packet, transport: { ...transport, options: [...others, ...added] } };
    },
  };
}

function stood({ spdr_state, tcp_connected }: ObservedFlow): boolean {
  return spdr_state === 0 || tcp_connected;
}

/** The conditions of one option from two arms; none without enough evidence. */
function concludeOne(
  word: string,
  plain: ObservedFlow,
  experiment: ObservedFlow,
  { compare }: ConcludeHelpers,
): string[] {
  const { name, kind, granted } = SWITCHED[word]!;
  // Each arm must have sent the feature that it tests; a SYN that is sent again has the same
  // options
  const [without, withIt] = [plain.tcpx_options_fwd, experiment.tcpx_options_fwd];
  if (without === null || withIt === null) return [];
  if (without.includes(kind) || !withIt.includes(kind)) return [];
  const connectivity = compare(plain, experiment);
  if (connectivity === null) return [];

  const conditions = [`${name}.connectivity.${connectivity}`];
  const grants = granted(experiment);
  if (stood(experiment) && grants !== null) {
    conditions.push(`${name}.negotiation.${grants ? "succeeded" : "failed"}`);
  }
  const unasked = granted(plain);
  if (stood(plain) && unasked !== null) {
    conditions.push(`${name}.unsolicited.${unasked ? "seen" : "not_seen"}`);
  }
  return conditions;
}

/** What each condition means, for one option. */
function meanings({ name, title }: Switched): [string, string][] {
  return [
    ["connectivity.works", `connected with ${title} and without`],
    ["connectivity.broken", `connected without ${title} only`],
    ["connectivity.transient", `connected with ${title} only`],
    ["connectivity.offline", `connected neither with ${title} nor without`],
    ["negotiation.succeeded", `the SYN asked for ${title}, and the SYN-ACK granted it`],
    ["negotiation.failed", `the SYN asked for ${title}, and the SYN-ACK did not grant it`],
    ["unsolicited.seen", `the SYN-ACK granted ${title}, which the SYN had not asked for`],
    ["unsolicited.not_seen", `the SYN did not ask for ${title}, nor did the SYN-ACK grant it`],
  ].map(([end, meaning]) => [`${name}.${end}`, meaning!]);
}

/**
 * TCP options that a SYN asks for and a SYN-ACK grants. The host sends them on every SYN or on none,
 * so its arms take turns with its settings: none of the options in the baseline, then each alone.
 */
export default {
  kind: "spider",
  name: "tcpopt",
  version: "1.0.0",
  api: "^1",
  summary: "TCP options: timestamps, window scaling, SACK",
  references: ["RFC 7323", "RFC 2018"],
  connect: ["tcp", "http", "https", "dnstcp", "tcpsyn"],
  chains: ["basic", "tcp", "tcpx", "tcpopt"],
  options: {
    option: {
      type: "string",
      repeated: true,
      choices: Object.keys(SWITCHED),
      summary: "option to measure: timestamps, window scaling or SACK; the default is all",
    },
  },
  arms: (options) => [
    arm("none", null),
    ...chosen(options).map((word) => arm(word, word)),
  ],
  conditions: Object.fromEntries(Object.values(SWITCHED).flatMap(meanings)),
  confirm: Object.values(SWITCHED).flatMap(({ name }) =>
    ["broken", "transient", "offline"].map((end) => `${name}.connectivity.${end}`)
  ),
  locate: {
    names: Object.values(SWITCHED).map(({ name }) => name),
    features: (conditions, options) =>
      chosen(options).map((word) => SWITCHED[word]!).filter(({ name }) =>
        !conditions.includes(`${name}.connectivity.works`) ||
        !conditions.includes(`${name}.negotiation.succeeded`)
      ).map(({ name, kind }) => ({ feature: `tcpopt:${kind}`, name })),
  },
  conclude(flows, helpers, options) {
    const [plain, ...experiments] = flows;
    const conditions = chosen(options).flatMap((word, index) => {
      const experiment = experiments[index];
      if (plain === undefined || experiment === undefined) return [];
      return concludeOne(word, plain, experiment, helpers);
    });
    return conditions.length === 0 ? ["pathspider.not_observed"] : conditions;
  },
} satisfies Spider;

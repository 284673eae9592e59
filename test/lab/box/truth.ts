import type { Target } from "../../../src/contract/job.ts";

/** What a spider must conclude of targets behind each middlebox. */
export interface Effects {
  /** The words after `spider measure`. */
  readonly measure: string;
  readonly serves: "nginx" | "unbound";
  readonly families?: readonly (4 | 6)[];
  /** Conditions by middlebox; those of one family alone where they differ. */
  readonly truth: Readonly<
    Record<string, readonly string[] | Readonly<Record<4 | 6, readonly string[]>>>
  >;
}

const each = (prefix: string, ...names: string[]) => names.map((name) => `${prefix}.${name}`);
const ecn = (connectivity: string, negotiation: string, ...seen: string[]) => [
  ...each("ecn", `connectivity.${connectivity}`, `negotiation.${negotiation}`),
  ...["ect0", "ect1", "ce"].map((mark) =>
    `ecn.ipmark.${mark}.${seen.includes(mark) ? "seen" : "not_seen"}`
  ),
];

const tfo = (connectivity: string, cookie: string, data?: string) =>
  each(
    "tfo",
    `connectivity.${connectivity}`,
    `cookie.${cookie}`,
    ...(data === undefined ? [] : [`syndata.${data}`]),
  );
const mssOf = (own: number, remote: number | null, change: string) =>
  each(
    "mss",
    "connectivity.online",
    `option.local.value:${own}`,
    ...(remote === null ? [] : [`option.remote.value:${remote}`]),
    `option.received.${change}`,
  );
const mss = (remote: (own: number) => number | null, change: string) => ({
  4: mssOf(1460, remote(1460), change),
  6: mssOf(1440, remote(1440), change),
});
const dscp = (connectivity: string, baseline: number, marked: number) =>
  each(
    "dscp",
    `46.connectivity.${connectivity}`,
    `0.replymark:${baseline}`,
    `46.replymark:${marked}`,
  );
const WORKS = ["connectivity.works", "negotiation.succeeded", "unsolicited.not_seen"];
const REFUSED = ["connectivity.works", "negotiation.failed", "unsolicited.not_seen"];
const tcpopt = (different: Readonly<Record<string, readonly string[]>>) =>
  ["tsopt", "wsopt", "sack"].flatMap((name) => each(name, ...different[name] ?? WORKS));
const udpzero = (four: string, six: string) => ({
  4: [`udpzero.connectivity.${four}`],
  6: [`udpzero.connectivity.${six}`],
});

/** Truths by spider. */
export const EFFECTS: readonly Effects[] = [
  {
    measure: "ecn --connect http",
    serves: "nginx",
    truth: {
      "transparent": ecn("works", "succeeded", "ect0"),
      "drop": ["ecn.connectivity.offline"],
      "reset": ["ecn.connectivity.offline"],
      "prohibit": ["ecn.connectivity.offline"],
      "ecn-drop-syn": ["ecn.connectivity.broken"],
      "ecn-drop-syn-ack": ["ecn.connectivity.broken"],
      "ecn-reset-syn": ["ecn.connectivity.broken"],
      "ecn-clear-syn": ecn("works", "failed"),
      "ecn-clear": ecn("works", "succeeded"),
      "ecn-set-ce": ecn("works", "succeeded", "ce"),
      "ecn-reflect": ecn("works", "reflected", "ect0"),
      "ect1-bleach": ecn("works", "succeeded", "ect0"),
      "tos-bleach": ecn("works", "succeeded"),
      "nat": ecn("works", "succeeded", "ect0"),
      // Its own SYN-ACK agrees to nothing
      "syn-proxy": ecn("works", "failed"),
      "duplicate:100%": ecn("works", "succeeded", "ect0"),
    },
  },
  {
    // Nothing comes that could be marked
    measure: "ecn",
    serves: "nginx",
    truth: {
      "transparent": ecn("works", "succeeded"),
      "drop": ["ecn.connectivity.offline"],
      "ecn-drop-syn": ["ecn.connectivity.broken"],
      "ecn-drop-syn-ack": ["ecn.connectivity.broken"],
      "ecn-reset-syn": ["ecn.connectivity.broken"],
      "ecn-clear-syn": ecn("works", "failed"),
      "ecn-set-ce": ecn("works", "succeeded"),
      "ecn-reflect": ecn("works", "reflected"),
    },
  },
  {
    measure: "tfo",
    serves: "nginx",
    truth: {
      "transparent": tfo("works", "received", "acked"),
      "tfo-strip": tfo("works", "not_received"),
      "tfo-drop-data": tfo("broken", "received", "failed"),
    },
  },
  {
    measure: "mss",
    serves: "nginx",
    truth: {
      "transparent": mss((own) => own, "unchanged"),
      "mss-clamp:536": mss(() => 536, "deflated"),
      "mss-strip": mss(() => null, "absent"),
      // Its own announcement, of IPv4
      "syn-proxy": { 4: mssOf(1460, 1460, "unchanged"), 6: mssOf(1440, 1460, "inflated") },
    },
  },
  {
    measure: "dscp --codepoint 46",
    serves: "nginx",
    truth: {
      "transparent": dscp("works", 0, 0),
      "dscp-clear": dscp("works", 0, 0),
      "dscp-remap:0>8": dscp("works", 8, 8),
      "drop": ["dscp.46.connectivity.offline"],
    },
  },
  {
    measure: "tcpopt",
    serves: "nginx",
    truth: {
      "transparent": tcpopt({}),
      "option-strip:8": tcpopt({ tsopt: REFUSED }),
      "option-nop:8": tcpopt({ tsopt: REFUSED }),
      "option-strip:3": tcpopt({ wsopt: REFUSED }),
      "option-strip:4": tcpopt({ sack: REFUSED }),
    },
  },
  {
    measure: "udpzero",
    serves: "unbound",
    truth: {
      "transparent": udpzero("works", "broken"),
      "udp-zero-drop": udpzero("broken", "broken"),
      "drop": udpzero("offline", "offline"),
    },
  },
  {
    measure: "evilbit",
    serves: "nginx",
    families: [4],
    truth: {
      "transparent": each("evilbit", "connectivity.works", "mark.not_seen"),
      "evil-drop": ["evilbit.connectivity.broken"],
      "evil-clear": each("evilbit", "connectivity.works", "mark.not_seen"),
    },
  },
];

/** What must be concluded of a target behind a middlebox. */
export function truthOf({ truth }: Effects, box: string, family: 4 | 6): readonly string[] {
  const one = truth[box]!;
  return Array.isArray(one) ? one : (one as Readonly<Record<4 | 6, readonly string[]>>)[family];
}

/** A target behind each middlebox. */
export interface EffectTarget extends Target {
  readonly dip: string;
  readonly box: string;
  readonly family: 4 | 6;
}

/** A lab that has them all, each before a prefix of its own. */
export function labOf({ serves, truth }: Effects): string {
  const entries = Object.keys(truth).map((box, at) =>
    box === "transparent"
      ? `{ middlebox: transparent }`
      : `{ middlebox: "${box}", to: [10.20.${at + 1}.0/24, "fd53:20::${at + 1}:0/112"] }`
  );
  return `
hosts:
  client:
  server: { serves: [10.20.0.0/16, "fd53:20::/64"], services: [${serves}] }
routers: { edge: { middleboxes: [${entries.join(", ")}] } }
links: [[client, edge], [edge, server]]
`;
}

/** A target behind each of them, of both IP versions where the spider measures both. */
export function targetsOf({ truth, families = [4, 6] }: Effects): readonly EffectTarget[] {
  return Object.keys(truth).flatMap((box, at) =>
    families.map((family) => {
      const dip = family === 4 ? `10.20.${at + 1}.9` : `fd53:20::${at + 1}:9`;
      return { dip, box, family };
    })
  );
}

import { fileURLToPath } from "node:url";
import { boxesOf } from "../../lab/boxes.ts";
import type { TargetLab } from "../../lab/target_lab.ts";

/** What is read of a record here. */
export interface LocatedRecord {
  readonly dst_addr: string;
  readonly length: number | null;
  readonly nearer: {
    readonly hop: number;
    readonly behind: readonly string[];
    readonly flows: number;
    readonly expired: number;
  } | null;
  readonly arms: readonly {
    readonly arm: string;
    readonly unchanged_to?: number | null;
    readonly changes: readonly {
      readonly field: string;
      readonly from: unknown;
      readonly to: unknown;
      readonly between: readonly [number, number];
      readonly responders: readonly (string | null)[];
      readonly featured: boolean;
      readonly baseline_too: boolean;
      readonly confidence: number;
    }[];
    readonly stop: { readonly kind: string; readonly between: readonly [number, number] } | null;
    readonly reason: string | null;
  }[];
  readonly hops: readonly {
    readonly hop: number;
    readonly responders: readonly string[];
    readonly arms: Readonly<Record<string, Readonly<Record<string, number>>>>;
  }[];
  readonly conditions: readonly string[];
  readonly ignored: { readonly wrong_checksum: number; readonly never_sent: number };
  readonly problem?: string;
}

/** What a middlebox does to a feature, which must be localised. */
export interface Case {
  readonly kind: string;
  readonly feature: string;
  /** The arm that it happens to. */
  readonly arm: string;
  /** A field that is changed, and what to; or where packets end. */
  readonly effect: readonly [field: string, to: unknown] | "dropped" | "refused";
  readonly families?: readonly (4 | 6)[];
}

/** Every feature changed in some way, and every feature dropped. */
export const CASES: readonly Case[] = [
  { kind: "ecn-clear", feature: "ecn", arm: "ect0", effect: ["ecn", 0] },
  { kind: "ecn-clear-syn", feature: "ecn", arm: "ecn", effect: ["flags", "SYN"] },
  { kind: "dscp-clear", feature: "dscp:46", arm: "dscp_46", effect: ["dscp", 0] },
  {
    kind: "strip-fastopen-syn",
    feature: "tcpopt:34",
    arm: "option_34",
    effect: ["fastopen", null],
  },
  { kind: "strip-fastopen-syn", feature: "tfo", arm: "tfo_cookie", effect: ["fastopen", null] },
  { kind: "tfo-strip-data", feature: "tfo", arm: "tfo_data", effect: ["fastopen", null] },
  { kind: "strip-ts-syn", feature: "tcpopt:8", arm: "option_8", effect: ["timestamps", null] },
  {
    kind: "strip-sack-syn",
    feature: "tcpopt:4",
    arm: "option_4",
    effect: ["sack_permitted", null],
  },
  { kind: "option-drop:3", feature: "tcpopt:3", arm: "option_3", effect: "dropped" },
  { kind: "mss-clamp:536", feature: "mss", arm: "mss", effect: ["mss", 536] },
  {
    kind: "evil-clear",
    feature: "evilbit",
    arm: "evil",
    effect: ["evil", false],
    families: [4],
  },
  { kind: "ecn-drop-syn", feature: "ecn", arm: "ecn", effect: "dropped" },
  { kind: "ecn-drop-plain-syn", feature: "ecn", arm: "no_ecn", effect: "dropped" },
  { kind: "dscp-drop", feature: "dscp:46", arm: "dscp_46", effect: "dropped" },
  { kind: "option-drop:34", feature: "tcpopt:34", arm: "option_34", effect: "dropped" },
  { kind: "option-drop:34", feature: "tfo", arm: "tfo_cookie", effect: "dropped" },
  { kind: "tfo-drop-data", feature: "tfo", arm: "tfo_data", effect: "dropped" },
  { kind: "evil-drop", feature: "evilbit", arm: "evil", effect: "dropped", families: [4] },
  { kind: "ecn-reset-syn", feature: "ecn", arm: "ecn", effect: "refused" },
  { kind: "dscp-reset-syn", feature: "dscp:46", arm: "dscp_46", effect: "refused" },
];

/** The middleboxes of all cases. */
export const CASE_BOXES = boxesOf(CASES.map(({ kind }) => kind));

/** Localises in a lab's client. */
export async function locateAll(
  lab: TargetLab,
  asked: readonly { address: string; feature: string; port?: number }[],
  words: readonly string[] = [],
): Promise<LocatedRecord[]> {
  const [program, ...args] = lab.exec([
    ...[Deno.execPath(), "run", "--no-check", "-A"],
    fileURLToPath(new URL("locate_main.ts", import.meta.url)),
    ...[lab.interface, ...words],
  ]);
  const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped" }).spawn();
  const ended = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(asked)));
  await writer.close();
  const { success, stdout } = await ended;
  if (!success) throw new Error("the localisation failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}

import type { Result } from "../../src/mod.ts";
import { results } from "../spider.ts";
import { boxesOf } from "./boxes.ts";
import { type HindranceName, HINDRANCES } from "./chance.ts";
import { ECN_TRUTH } from "./ecn_truth.ts";
import { EVIL_TRUTH } from "./evil_truth.ts";
import { TargetLab } from "./target_lab.ts";
import { TCPOPT_TRUTH } from "./tcpopt_truth.ts";
import { UDPZERO_TRUTH } from "./udpzero_truth.ts";
import type { Truth } from "./verdicts.ts";

/** A spider that is scanned, and what is true of the paths in a lab. */
export interface ScanCase {
  /** The words after `spider scan`, and after `spider measure`. */
  readonly args: readonly string[];
  readonly port: number;
  readonly families: readonly (4 | 6)[];
  readonly truth: Truth;
  readonly service: "nginx" | "unbound";
}

const DSCP_TRUTH: Truth = {
  "transparent": ["dscp.48.connectivity.works", "dscp.0.replymark:0", "dscp.48.replymark:0"],
  "drop": ["dscp.48.connectivity.offline"],
  "reset": ["dscp.48.connectivity.offline"],
  "dscp-drop": ["dscp.48.connectivity.broken", "dscp.0.replymark:0"],
  "dscp-drop-unmarked": ["dscp.48.connectivity.transient", "dscp.48.replymark:0"],
};

/** The spiders whose truth is known, by their names. */
export const SCAN_CASES: Readonly<Record<string, ScanCase>> = {
  ecn: {
    args: ["ecn", "--connect", "tcp"],
    port: 80,
    families: [4, 6],
    truth: Object.fromEntries(Object.entries(ECN_TRUTH).map(([kind, { tcp }]) => [kind, tcp])),
    service: "nginx",
  },
  tcpopt: {
    args: ["tcpopt", "--connect", "tcpsyn"],
    port: 80,
    families: [4, 6],
    truth: TCPOPT_TRUTH,
    service: "nginx",
  },
  evilbit: {
    args: ["evilbit", "--connect", "tcpsyn"],
    port: 80,
    families: [4],
    truth: EVIL_TRUTH,
    service: "nginx",
  },
  udpzero: {
    args: ["udpzero", "--connect", "dnsudp"],
    port: 53,
    families: [4],
    truth: UDPZERO_TRUTH,
    service: "unbound",
  },
  dscp: {
    args: ["dscp", "--connect", "tcp"],
    port: 80,
    families: [4, 6],
    truth: DSCP_TRUTH,
    service: "nginx",
  },
};

/** A target, and the middlebox that it lies behind. */
export interface KnownTarget {
  readonly dip: string;
  readonly family: 4 | 6;
  readonly kind: string;
}

/** A lab with each middlebox of a case, and targets behind all of them. */
export class ScanLab implements AsyncDisposable {
  readonly targets: readonly KnownTarget[];

  private constructor(
    readonly lab: TargetLab,
    readonly asked: ScanCase,
    each: number,
    clean: Readonly<Record<4 | 6, number>>,
    private readonly hindrance: AsyncDisposable,
  ) {
    this.targets = asked.families.flatMap((family) =>
      Object.keys(asked.truth).flatMap((kind) =>
        lab.addresses(kind, family, kind === "transparent" ? clean[family] : each)
          .map((dip) => ({ dip, family, kind }))
      )
    );
  }

  /**
   * @param each targets of each IP version behind each middlebox
   * @param clean those behind none, by IP version
   */
  static async open(
    asked: ScanCase,
    each: number,
    clean: Readonly<Record<4 | 6, number>>,
    hindrance: HindranceName = "none",
  ): Promise<ScanLab> {
    const lab = await TargetLab.open({
      boxes: boxesOf(Object.keys(asked.truth)),
      services: [asked.service],
    });
    return new ScanLab(lab, asked, each, clean, await HINDRANCES[hindrance].put(lab));
  }

  /** Scans all targets, with words of its own; the results by address. */
  scan(words: readonly string[]): Promise<ReadonlyMap<string, Result>> {
    const { args, port } = this.asked;
    return this.#run([
      ...["scan", ...args, "--input", "-", "-p", String(port), "--no-default-blocklist"],
      ...words,
    ]);
  }

  /** Measures all targets. */
  measure(words: readonly string[] = []): Promise<ReadonlyMap<string, Result>> {
    return this.#run(["measure", ...this.asked.args, ...words]);
  }

  async #run(words: readonly string[]): Promise<ReadonlyMap<string, Result>> {
    const { out, err, code } = await this.lab.spider(words, {
      input: this.targets.map(({ dip }) => dip + "\n").join(""),
    });
    if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}: ${err}`);
    const found = results(out);
    const byAddress = new Map(found.map((result) => [String(result.dip), result]));
    if (byAddress.size === found.length) return byAddress;
    throw new Error(`${found.length - byAddress.size} targets have several results`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hindrance[Symbol.asyncDispose]();
    await this.lab.close();
  }
}

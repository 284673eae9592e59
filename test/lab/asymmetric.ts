import { run } from "../../src/host/run.ts";
import { linkAddress } from "./target_lab.ts";
import type { InProcessOptions } from "../in_process.ts";
import type { ProgramRun } from "../spider.ts";
import { TestLab } from "./live.ts";

const TARGETS = { 4: "10.50.0.0/16", 6: "fd50::/16" } as const;
/** Those whose answers take the other way. */
const AROUND = { 4: "10.50.1.0/24", 6: "fd50:1::/48" } as const;
/** The table of the server that has the other way. */
const TABLE = 50;

/**
 * A client with two interfaces, `eth0` and `eth1`, and a server behind both. Everything leaves by
 * eth0. Answers of targets in the block `straight` come back there, those of `around` on eth1.
 */
export class AsymmetricLab implements AsyncDisposable {
  readonly #test: TestLab;

  private constructor(test: TestLab) {
    this.#test = test;
  }

  /** Builds one, whose server has a service. */
  static async open(service: "nginx" | "unbound" = "nginx"): Promise<AsymmetricLab> {
    const lab = new AsymmetricLab(
      await TestLab.open(`
hosts:
  client:
  server: { serves: [${TARGETS[4]}, "${TARGETS[6]}"], services: [${service}] }
links: [[client, server], [client, server]]
`),
    );
    for (const family of [4, 6] as const) {
      lab.#ip("client", family, [
        // In place of both ways
        `route replace ${TARGETS[family]} via ${linkAddress(family, 0, 2)}`,
        `route add default via ${linkAddress(family, 0, 2)}`,
      ]);
      const client = linkAddress(family, 0, 1);
      lab.#ip("server", family, [
        `route add ${client} via ${linkAddress(family, 1, 1)} table ${TABLE}`,
        `rule add from ${AROUND[family]} lookup ${TABLE}`,
      ]);
    }
    return lab;
  }

  /** Targets that answer straight, or around. */
  addresses(way: "straight" | "around", family: 4 | 6, count: number): string[] {
    const block = way === "straight" ? 0 : 1;
    return Array.from(
      { length: count },
      (_, at) =>
        family === 4 ? `10.50.${block}.${at + 1}` : `fd50:${block}::${(at + 1).toString(16)}`,
    );
  }

  /** Runs the program to its end in the client's namespace, without a process of its own. */
  spider(args: readonly string[], options: InProcessOptions = {}): Promise<ProgramRun> {
    return this.#test.spider("client", args, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#test[Symbol.asyncDispose]();
  }

  #ip(host: string, family: 4 | 6, lines: readonly string[]): void {
    const { namespace } = this.#test.lab.node(host);
    run("ip", ["-n", namespace, `-${family}`, "-batch", "-"], lines.join("\n"));
  }
}

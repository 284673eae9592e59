import type { Chain } from "../../../src/contract/chain.ts";
import type { PluginKind } from "../../../src/contract/manifest.ts";
import { build } from "../../../src/plugin/accept.ts";
import { readGraph } from "../../../src/plugin/graph.ts";
import { Origins } from "../../../src/plugin/origins.ts";
import { sandboxedChain } from "../../../src/plugin/sandbox/chain/chain.ts";
import { Sandbox } from "../../../src/plugin/sandbox/sandbox.ts";
import { ENTRY, workerFiles } from "../../../src/plugin/worker_files.ts";
import { Folder } from "../../data/temporary.ts";

/** A plugin in its worker, with files of its own. */
export class Confined implements Disposable {
  readonly #folder = new Folder();
  readonly sandbox: Sandbox;
  /** What it said. */
  readonly said: string[] = [];
  #heard = Promise.withResolvers<void>();

  private constructor(files: ReadonlyMap<string, string>) {
    for (const [name, text] of files) this.#folder.put(name, new TextEncoder().encode(text));
    this.sandbox = new Sandbox({
      entry: `file://${this.#folder.at(ENTRY)}`,
      name: "hostile",
      rename: (text) => text.replaceAll(`file://${this.#folder.path}/`, ""),
      tell: (text) => {
        this.said.push(text);
        this.#heard.resolve();
        this.#heard = Promise.withResolvers();
      },
    });
  }

  /** Starts a plugin from its source; `changed` are files put in place of what was built. */
  static async start(
    source: string,
    changed: Readonly<Record<string, string>> = {},
    kind: PluginKind = "spider",
  ): Promise<Confined> {
    const octets = new TextEncoder().encode(source);
    const graph = await readGraph(
      "https://example.org/a.ts",
      new Origins("https://example.org"),
      (url) => Promise.resolve({ url, octets }),
    );
    const files = [...await workerFiles(kind), ...build(graph), ...Object.entries(changed)];
    return new Confined(new Map(files));
  }

  /** What it said, once that is as many lines as it says. */
  async says(lines: number): Promise<readonly string[]> {
    while (this.said.length < lines) await this.#heard.promise;
    return this.said;
  }

  /** The plugin as a chain. */
  async chain(): Promise<Chain> {
    return await sandboxedChain(await this.sandbox.described, this.sandbox, "the chain");
  }

  [Symbol.dispose](): void {
    this.sandbox.close();
    this.#folder[Symbol.dispose]();
  }
}

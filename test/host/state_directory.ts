/** Gives this test a state directory of its own, under the system's folder for temporary files. */
export class StateDirectory implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "spider-state-" });
  readonly #before = Deno.env.get("SPIDER_STATE_DIR");

  constructor() {
    Deno.env.set("SPIDER_STATE_DIR", this.path);
  }

  /** The journals in it now. */
  journals(): string[] {
    return [...Deno.readDirSync(this.path)].map((entry) => entry.name)
      .filter((name) => name.endsWith(".journal"));
  }

  [Symbol.dispose](): void {
    if (this.#before === undefined) Deno.env.delete("SPIDER_STATE_DIR");
    else Deno.env.set("SPIDER_STATE_DIR", this.#before);
    Deno.removeSync(this.path, { recursive: true });
  }
}

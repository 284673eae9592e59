/** A folder of its own for a test, gone with it. */
export class Folder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "spider-test-" });

  /** The path of a file in it. */
  at(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Writes a file; its path. */
  put(name: string, content: Uint8Array): string {
    Deno.writeFileSync(this.at(name), content);
    return this.at(name);
  }

  /** The text of a file. */
  text(name: string): string {
    return Deno.readTextFileSync(this.at(name));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

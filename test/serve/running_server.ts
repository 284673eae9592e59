import { Database } from "../../src/serve/database/database.ts";
import { usualConfig } from "../../src/serve/config/read.ts";
import type { Config } from "../../src/serve/config/schema.ts";
import { type KeyRequest, KeyStore } from "../../src/serve/keys/store.ts";
import { lineLog } from "../../src/serve/log.ts";
import { Server, type ServerOptions } from "../../src/serve/server.ts";
import { Folder } from "../data/temporary.ts";

const PROGRAM = new URL("../../src/main.ts", import.meta.url).href;

/** What the configuration of a server for tests has that is not as usual. */
export type Changes = { readonly [Section in keyof Config]?: Partial<Config[Section]> };

/** A server of this process for tests, on a port of its own, with a database in a temporary folder. */
export class RunningServer implements AsyncDisposable {
  readonly folder: Folder;
  readonly server: Server;
  readonly lines: string[] = [];
  readonly #ownsFolder: boolean;

  constructor(changes: Changes = {}, options: Partial<ServerOptions> = {}, folder?: Folder) {
    this.folder = folder ?? new Folder();
    this.#ownsFolder = folder === undefined;
    try {
      this.server = new Server({
        config: configWith(changes),
        database: this.database,
        log: lineLog((line) => this.lines.push(line), () => "debug"),
        about: { version: "for tests" },
        place: selfPlace,
        // No test asks name servers of this host
        lookUpName: () => Promise.resolve(null),
        ...options,
      });
    } catch (error) {
      if (this.#ownsFolder) this.folder[Symbol.dispose]();
      throw error;
    }
  }

  get database(): string {
    return this.folder.at("serve.db");
  }

  get url(): string {
    return this.server.url;
  }

  /** Makes a key; its text. */
  key(request: Partial<KeyRequest> = {}): string {
    return keyIn(this.database, request);
  }

  /** Asks; the answer with its body as text. */
  async ask(
    path: string,
    { key, json, ...init }: RequestInit & { readonly key?: string; readonly json?: unknown } = {},
  ): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }> {
    const headers = new Headers(init.headers);
    if (key !== undefined) headers.set("authorization", `Bearer ${key}`);
    if (json !== undefined) headers.set("content-type", "application/json");
    const answer = await fetch(`${this.url}${path}`, {
      ...init,
      headers,
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    if (this.#ownsFolder) this.folder[Symbol.dispose]();
  }
}

/** What starts itself is a test here: the program takes its place. */
export function selfPlace(command: readonly string[]): readonly string[] {
  return command.map((word) => word === Deno.mainModule ? PROGRAM : word);
}

/** Makes a key in a database; its text. */
export function keyIn(database: string, request: Partial<KeyRequest> = {}): string {
  using opened = Database.open(database);
  return new KeyStore(opened).add({
    ...{ name: "test", scopes: ["measure"], endpoint: null, expires: null },
    ...request,
  }).text;
}

/** The usual configuration, on any port, with changes. */
export function configWith(changes: Changes = {}): Config {
  const usual = usualConfig();
  const sections = Object.entries(changes).map(([name, section]) => [
    name,
    typeof section === "object" && !Array.isArray(section)
      ? { ...usual[name as keyof Config] as object, ...section }
      : section,
  ]);
  const config: Config = { ...usual, ...Object.fromEntries(sections) };
  return { ...config, listen: { ...config.listen, port: changes.listen?.port ?? 0 } };
}

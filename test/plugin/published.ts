import { Folder } from "../data/temporary.ts";
import { inProcess } from "../in_process.ts";
import { type ProgramRun, type RunOptions, spider } from "../spider.ts";

/** What a path of the server answers: code, or anything else. */
export type Served = string | (() => Response | Promise<Response>);

/**
 * A web server on this host that publishes plugins, and a user whose settings and store are empty.
 * Paths may be changed while it runs.
 */
export class Published implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #home = new Folder();
  readonly paths: Record<string, Served>;
  /** How often each path was asked for. */
  readonly asked: string[] = [];

  constructor(paths: Record<string, Served>) {
    this.paths = paths;
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const { pathname } = new URL(request.url);
      this.asked.push(pathname);
      const answer = this.paths[pathname];
      if (answer === undefined) return new Response("no such file", { status: 404 });
      if (typeof answer !== "string") return answer();
      // What plain web servers take .ts for
      return new Response(answer, { headers: { "content-type": "video/mp2t" } });
    });
  }

  /** The URL of a path. */
  url(path: string): string {
    return `http://127.0.0.1:${this.#server.addr.port}${path}`;
  }

  /** A file of the user's. */
  at(path: string): string {
    return this.#home.at(path);
  }

  /** Puts a file there. */
  put(path: string, text: string): string {
    const at = this.at(path);
    Deno.mkdirSync(at.slice(0, at.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(at, text);
    return at;
  }

  /** The lock file's text; empty when there is none. */
  get lock(): string {
    try {
      return Deno.readTextFileSync(this.at("config/spider/spider.lock.json"));
    } catch {
      return "";
    }
  }

  /** Every file of the stored plugins whose name fits. */
  stored(name: RegExp): string[] {
    const walk = (folder: string): string[] =>
      [...Deno.readDirSync(folder)].flatMap((entry) => {
        const path = `${folder}/${entry.name}`;
        return entry.isDirectory
          ? walk(path)
          : name.test(entry.name) && entry.name !== "lock"
          ? [path]
          : [];
      });
    return walk(this.at("data/spider/store"));
  }

  /** Runs the program as that user, in this process. */
  run(args: readonly string[]): Promise<ProgramRun> {
    return inProcess(args, { env: this.env });
  }

  /** The same in a process of its own. */
  spawn(args: readonly string[], options: RunOptions = {}): Promise<ProgramRun> {
    const env = ["env", ...Object.entries(this.env).map(([name, value]) => `${name}=${value}`)];
    const within = options.within ?? ((line: readonly string[]) => line);
    return spider(args, { ...options, within: (line) => within([...env, ...line]) });
  }

  get env(): Readonly<Record<string, string>> {
    return { XDG_CONFIG_HOME: this.at("config"), XDG_DATA_HOME: this.at("data") };
  }

  /** Ends the server, as if this host were offline. */
  async offline(): Promise<void> {
    await this.#server.shutdown();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.offline();
    this.#home[Symbol.dispose]();
  }
}

/** The members of a complete spider, as code. */
export const COMPLETE: Readonly<Record<string, string>> = {
  kind: '"spider"',
  name: '"strict"',
  version: '"1.0.0"',
  api: '"^1"',
  summary: '"for tests"',
  connect: '["tcp"]',
  chains: '["basic", "tcp"]',
  arms: '[{ name: "plain" }, { name: "marked", socket: { dscp: 46 } }]',
  conditions: '{ "strict.seen": "both arms were seen" }',
  conclude: '(flows: readonly unknown[]) => flows.length === 2 ? ["strict.seen"] : []',
};

/** The source of a spider, complete except for the given overrides. */
export function source(
  members: Readonly<Record<string, string>> = {},
  before = "",
): string {
  const whole: Record<string, string> = { ...COMPLETE, ...members };
  const lines = Object.entries(whole).filter(([, code]) => code !== "").map(([name, code]) =>
    `  ${name}: ${code},\n`
  );
  return `${before}\nexport default {\n${lines.join("")}};\n`;
}

import { tmpdir } from "node:os";
import { signalChild } from "../../host/child.ts";
import { Failure } from "../../host/failure.ts";
import { RUN_ENDPOINT } from "../../host/helper_process.ts";
import { inTime } from "../../host/in_time.ts";
import { startSelf } from "../../host/self.ts";
import { withoutSession } from "../keys/session_cookie.ts";
import { PREFIX } from "../../host/undo.ts";
import { splitLines } from "../../target/lines.ts";
import { type EndpointFacts, EndpointFailure, type EndpointHost } from "./endpoint_host.ts";
import type { HostParts } from "./bundled_host.ts";
import type { HostedRequest } from "./hosted_request.ts";
import type { PlannedEndpoint } from "./plan.ts";
import {
  CLIENT,
  type EndpointMessage,
  type EndpointOrder,
  FAILED,
  PING,
  PROBLEM,
  SENT,
} from "./process/order.ts";

/** How long an endpoint may take to begin, and to end in order, in milliseconds. */
const PATIENCE = 10_000;
/** How long a process may take to say that it still turns, in milliseconds. */
const TURN = 1000;
/** What its URLs begin with. An address, since a name would be asked for before the socket is used. */
const BASE = "http://127.0.0.1/";
/** Characters of what a failed endpoint says that are read. */
const MOST_SAID = 16_384;
/** Lines that a process may have logged in a second; those beyond are left out. */
const MOST_LINES = 100;

/**
 * An endpoint in a process of its own: what it breaks is its own, one that hangs can be ended, and code
 * that was changed is read anew. The process ends with the server, also where that is killed.
 */
export class ProcessHost implements EndpointHost {
  readonly #removeFolder: () => void;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #client: Deno.HttpClient;
  readonly #gone = new AbortController();
  readonly #log: HostParts["log"];
  readonly #ready = Promise.withResolvers<EndpointFacts>();
  readonly #ended: Promise<void>;
  #facts: EndpointFacts | null = null;

  private constructor(
    planned: PlannedEndpoint,
    { config, folders, log, place, journal }: HostParts,
  ) {
    const { word, route, options, name } = planned;
    this.#log = log;
    this.#ready.promise.catch(() => {}); // its caller is told
    const folder = `${tmpdir()}/${PREFIX}endpoint-${crypto.randomUUID()}`;
    // Gone with the next run of the program where this one is killed
    const entry = journal.add({ kind: "directory", path: folder });
    this.#removeFolder = () => journal.undo(entry);
    Deno.mkdirSync(folder, { mode: 0o700 });
    const socket = `${folder}/socket`;
    const order: EndpointOrder = { word, folders, route, options, config, socket };
    this.#child = startSelf([RUN_ENDPOINT], place);
    this.#client = Deno.createHttpClient({ proxy: { transport: "unix", path: socket } });
    this.#input = this.#child.stdin.getWriter();
    this.#input.write(new TextEncoder().encode(`${JSON.stringify(order)}\n`))
      .catch(() => {}); // it has ended, which its end tells of
    const { stdout, stderr } = this.#child;
    const lines = new LimitedLog(log);
    this.#ended = Promise.all([
      this.#child.status,
      eachLine(stdout, (line) => this.#take(line, lines)),
      eachLine(stderr, (line) => lines.write("warning", line)),
    ]).then(([status]) => this.#over(status, name));
  }

  /**
   * Starts one, whose code is read anew.
   *
   * @throws {Failure} when it cannot be loaded, its options are not as it wants them, or it does not begin
   */
  static async start(planned: PlannedEndpoint, parts: HostParts): Promise<ProcessHost> {
    const host = new ProcessHost(planned, parts);
    const facts = await inTime(host.#ready.promise, PATIENCE);
    if (facts !== null) {
      host.#facts = facts;
      return host;
    }
    host.#kill();
    await host.#ended;
    throw new Failure(`it has not begun after ${PATIENCE / 1000} s`);
  }

  get facts(): EndpointFacts {
    return this.#facts!;
  }

  get isBundled(): boolean {
    return false;
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  async ask(
    { method, path, query, headers, octets, client, signal }: HostedRequest,
  ): Promise<Response> {
    const sent = new Headers(headers);
    // Whoever has it may do what its holder may
    const cookies = withoutSession(sent.get("cookie") ?? "");
    if (cookies === "") sent.delete("cookie");
    else sent.set("cookie", cookies);
    let answer: Response;
    try {
      answer = await fetch(`${BASE}${path}${query === "" ? "" : `?${query}`}`, {
        method,
        headers: {
          [CLIENT]: client,
          [SENT]: encodeURIComponent(JSON.stringify([...sent])),
          // Else it would be compressed for the way, and unpacked again
          "accept-encoding": "identity",
        },
        ...(octets.length > 0 ? { body: octets } : {}),
        redirect: "manual",
        client: this.#client,
        signal: AbortSignal.any([signal, this.#gone.signal]),
      });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new EndpointFailure("its process ended before it answered", { cause: error });
    }
    if (answer.headers.has(FAILED)) {
      throw new EndpointFailure((await answer.text()).slice(0, MOST_SAID));
    }
    const passed = new Headers(answer.headers);
    passed.delete(PROBLEM);
    return new Response(answer.body, { status: answer.status, headers: passed });
  }

  async isLate(): Promise<void> {
    const ping = fetch(BASE, {
      headers: { [PING]: "1" },
      client: this.#client,
      signal: this.#gone.signal,
    }).then(({ status }) => status, () => null); // it is gone
    if (await inTime(ping, TURN) !== null || this.#gone.signal.aborted) return;
    this.#log("error", "does nothing any more, and is ended");
    this.#kill();
    await this.#ended;
  }

  async close(): Promise<void> {
    this.#input.close().catch(() => {}); // it is gone
    if (await inTime(this.#ended.then(() => true), PATIENCE) !== null) return;
    this.#log("error", `has not ended after ${PATIENCE / 1000} s, and is killed`);
    this.#kill();
    await this.#ended;
  }

  #kill(): void {
    signalChild(this.#child, "SIGKILL");
  }

  #take(line: string, lines: LimitedLog): void {
    const message = messageIn(line);
    // The plugin itself may print
    if (message === null) return lines.write("info", line);
    if ("ready" in message) return this.#ready.resolve(message.ready);
    if ("failed" in message) return this.#ready.reject(new Failure(message.failed));
    if ("log" in message) lines.write(message.log, message.text);
  }

  #over({ code, signal }: Deno.CommandStatus, name: string): void {
    const how = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
    this.#ready.reject(new Failure(`the process of the plugin ${name} ${how}`));
    this.#gone.abort();
    this.#client.close();
    this.#removeFolder();
  }
}

function messageIn(line: string): EndpointMessage | null {
  if (!line.startsWith("{")) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null; // it is a line for people
  }
}

/** Lines of a process in the log, of which a second has a limited number. */
class LimitedLog {
  readonly #log: HostParts["log"];
  #second = 0;
  #lines = 0;

  constructor(log: HostParts["log"]) {
    this.#log = log;
  }

  write(level: Parameters<HostParts["log"]>[0], text: string): void {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      const more = this.#lines - MOST_LINES;
      if (more > 0) this.#log("warning", `${more} lines more were left out`);
      this.#second = second;
      this.#lines = 0;
    }
    if (this.#lines++ < MOST_LINES) this.#log(level, text);
  }
}

async function eachLine(
  stream: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): Promise<void> {
  for await (const lines of splitLines(stream.pipeThrough(new TextDecoderStream()))) {
    for (const line of lines) if (line !== null && line !== "") take(line);
  }
}

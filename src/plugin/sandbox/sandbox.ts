import { Failure } from "../../host/failure.ts";
import { isDeeper } from "../../host/nesting.ts";
import { cleanedLines } from "../../target/quote.ts";
import { isOwnLine } from "../worker_files.ts";
import { MemoryWatch, MOST_MEMORY } from "./memory_watch.ts";
import type { ChainMessage, Described, HostMessage, PluginCall } from "./message.ts";

/** How long a plugin may take to load, and then for each call, in ticks of the watch. */
const MOST_TICKS = 50;
/**
 * A tick of the watch, in milliseconds. Ticks and not time: the whole program may have been
 * suspended.
 */
const TICK = 100;
/** The longest text that a plugin may have written out at once, in characters. */
const MOST_SAID = 500;
/** The longest answer that is read, in characters; the worker's own code sends none that is longer. */
const MOST_READ = 1 << 20;
/** How deep lists and objects may lie in each other. */
const DEEPEST = 40;
/** How many texts of one plugin are written out. */
const MOST_SAYINGS = 100;

/** A plugin that runs in a worker without permissions. */
export interface SandboxOptions {
  /** The worker's own module, a `file:` URL. Everything that it imports is loaded with it. */
  readonly entry: string;
  /** What the plugin is called in messages. */
  readonly name: string;
  /** Replaces names of files of the store in a text by names that users know. */
  readonly rename: (text: string) => string;
  /** Called with a line that the plugin prints. */
  readonly tell: (text: string) => void;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly hook: string;
  ticks: number;
}

/**
 * The code of a plugin that is not trusted, in a worker that has no permissions. Whatever the
 * worker sends is untrusted data: an unexpected answer terminates it.
 */
export class Sandbox implements Disposable {
  readonly #options: SandboxOptions;
  readonly #worker: Worker;
  /** The worker's name, which confine.ts takes away before the plugin is loaded. */
  readonly #secret = crypto.randomUUID();
  readonly #watch: ReturnType<typeof setInterval>;
  readonly #pending = new Map<number, Pending>();
  readonly #described = Promise.withResolvers<Described>();
  #loading: { ticks: number } | null = { ticks: 0 };
  readonly #memory: MemoryWatch;
  #sayings = 0;
  #next = 0;
  #end: Failure | null = null;

  constructor(options: SandboxOptions) {
    this.#options = options;
    this.#described.promise.catch(() => {}); // there may be no caller that waits for it
    this.#worker = new Worker(options.entry, {
      type: "module",
      name: this.#secret,
      deno: { permissions: "none" },
    });
    // Its modules are read meanwhile
    this.#memory = new MemoryWatch();
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onmessageerror = () => this.#fail("sent an unreadable message");
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(`failed: ${options.rename(line(event.message))}`);
    };
    this.#watch = setInterval(() => this.#tick(), TICK);
    Deno.unrefTimer(Number(this.#watch));
  }

  /**
   * The plugin's description of itself. Rejects with a {@linkcode Failure} when it cannot be
   * loaded, or takes too long.
   */
  get described(): Promise<Described> {
    return this.#described.promise;
  }

  /**
   * Calls one of the plugin's functions. What it answers is data of any shape.
   *
   * @throws {Failure} when the plugin throws, does not answer in time, or has ended
   */
  async call(hook: string, args: readonly unknown[]): Promise<unknown> {
    await this.#described.promise;
    if (this.#end !== null) throw this.#end;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = this.#next++;
    this.send({ id, hook, args });
    this.#pending.set(id, { resolve, reject, hook, ticks: 0 });
    return await promise;
  }

  /**
   * Sends a message that the plugin cannot forge.
   *
   * @throws {Failure} when it has ended
   */
  send(message: PluginCall | ChainMessage): void {
    if (this.#end !== null) throw this.#end;
    const whole: HostMessage = { ...message, secret: this.#secret };
    this.#worker.postMessage(whole);
  }

  /**
   * Has the worker answer in memory that is shared with it, while this thread stands still.
   *
   * @param asked the value of a word of the memory that stands until the answer
   * @returns the value that the worker has put in its place
   * @throws {Failure} when it does not answer in time, or has ended
   */
  answered(words: Int32Array, at: number, asked: number): number {
    Atomics.store(words, at, asked);
    this.send({});
    for (let ticks = 0; ticks < MOST_TICKS; ticks++) {
      Atomics.wait(words, at, asked, TICK);
      const value = Atomics.load(words, at);
      if (value !== asked) return value;
      this.#checkMemory();
      if (this.#end !== null) throw this.#end;
    }
    throw this.#ended(`did not answer for ${MOST_TICKS * TICK / 1000} s`);
  }

  /** Whether it has ended, of whatever cause: it answers no more. */
  get isOver(): boolean {
    return this.#end !== null;
  }

  /**
   * Whether it answers, which a plugin that hangs does not. It is asked for what no plugin has, so that
   * none of its functions is called.
   */
  async turns(): Promise<boolean> {
    await this.call("", []).catch(() => {}); // that there is none such is an answer as well
    return !this.isOver;
  }

  /** The error of a plugin that says what it threw. */
  failure(what: string): Failure {
    const { name, rename } = this.#options;
    return new Failure(`the plugin ${name} ${rename(ownLines(what))}`);
  }

  /** Ends the worker for an answer that its own code does not give. Returns the error to throw. */
  invalid(): Failure {
    return this.#ended("sent an invalid answer");
  }

  /** Ends the worker, whatever it is doing. Calls that wait for an answer fail. */
  close(): void {
    this.#fail("has ended");
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #receive(message: unknown): void {
    if (this.#end !== null) return;
    if (typeof message !== "object" || message === null) {
      return this.#fail("sent an invalid answer");
    }
    if ("said" in message) return this.#say(message.said);
    if ("failed" in message) {
      return this.#fail(`failed: ${this.#options.rename(ownLines(message.failed))}`);
    }
    if (this.#loading !== null) {
      if ("broken" in message) return this.#fail(`cannot be used: ${line(message.broken)}`);
      if (!("described" in message)) return this.#fail("sent an invalid answer");
      const described = read(message.described);
      if (!isDescribed(described)) return this.#fail("sent an invalid answer");
      this.#loading = null;
      return this.#described.resolve(described);
    }
    const { id, value, error } = message as { id?: unknown; value?: unknown; error?: unknown };
    const pending = typeof id === "number" ? this.#pending.get(id) : undefined;
    if (pending === undefined) return this.#fail("sent an unexpected answer");
    const answer = value === undefined ? undefined : read(value);
    if (answer === NOT_JSON) return this.#fail("sent an invalid answer");
    this.#pending.delete(id as number);
    if (error === undefined) return pending.resolve(answer);
    pending.reject(this.failure(`failed in ${pending.hook}: ${textIn(error)}`));
  }

  #checkMemory(): void {
    if (!this.#memory.tooMuch()) return;
    this.#fail(`takes more memory than it may, ${MOST_MEMORY / 2 ** 20} MB`);
  }

  #tick(): void {
    this.#checkMemory();
    if (this.#end !== null) return;
    if (this.#loading !== null && ++this.#loading.ticks > MOST_TICKS) {
      return this.#fail(`was not loaded after ${MOST_TICKS * TICK / 1000} s`);
    }
    for (const pending of this.#pending.values()) {
      if (++pending.ticks > MOST_TICKS) {
        return this.#fail(`did not answer in ${pending.hook} for ${MOST_TICKS * TICK / 1000} s`);
      }
    }
  }

  #fail(what: string): void {
    if (this.#end !== null) return;
    this.#end = new Failure(`the plugin ${this.#options.name} ${what}`);
    clearInterval(this.#watch);
    this.#worker.terminate();
    this.#described.reject(this.#end);
    for (const { reject } of this.#pending.values()) reject(this.#end);
    this.#pending.clear();
  }

  /** Ends the worker, unless it has ended; why it has. */
  #ended(what: string): Failure {
    this.#fail(what);
    return this.#end!;
  }

  #say(text: unknown): void {
    if (this.#sayings++ >= MOST_SAYINGS) return;
    const { name, rename, tell } = this.#options;
    tell(`${name}: ${rename(line(text)).slice(0, MOST_SAID)}`);
  }
}

/** Stands for a text that is not JSON. */
const NOT_JSON = Symbol("not JSON");

/**
 * The parsed JSON; {@linkcode NOT_JSON} for anything else, or for text that would take too long to
 * parse.
 */
export function read(json: unknown): unknown {
  if (typeof json !== "string" || json.length > MOST_READ) return NOT_JSON;
  try {
    const value = JSON.parse(json);
    return isDeeper(value, DEEPEST) ? NOT_JSON : value;
  } catch {
    return NOT_JSON;
  }
}

function isDescribed(value: unknown): value is Described {
  if (typeof value !== "object" || value === null) return false;
  const { data, functions } = value as Partial<Described>;
  return typeof data === "object" && data !== null && !Array.isArray(data) &&
    Array.isArray(functions) && functions.every((place) => typeof place === "string");
}

/** What should be a text. What is none may have no form as a text either. */
function textIn(value: unknown): string {
  return typeof value === "string" ? value : "something that is no text";
}

/** A text of the plugin without control characters. */
function lines(text: unknown): string {
  return cleanedLines(textIn(text).slice(0, 4000));
}

/** What was thrown, with the places in the plugin's own code. */
function ownLines(stack: unknown): string {
  const all = lines(stack).split("\n");
  const ours = all.findIndex((line) => /^ +at /.test(line) && isOwnLine(line));
  return all.slice(0, ours < 0 ? undefined : ours).join("\n");
}

function line(text: unknown): string {
  return lines(text).replaceAll("\n", " ");
}

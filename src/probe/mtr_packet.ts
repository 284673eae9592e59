import { Cancellation } from "./cancellation.ts";
import { ProbeCommand, SupportCommand } from "./commands.ts";
import { ProcessError, StateError } from "./errors.ts";
import { checkProbeOptions, DEFAULT_TIMEOUT, type ProbeOptions } from "./probe_options.ts";
import type { ProbeResult } from "./probe_result.ts";
import { type Reply, ReplyReader } from "./reply.ts";
import { Resolver } from "./resolver.ts";
import { Subprocess } from "./subprocess.ts";
import { Trials } from "./trials.ts";
import { unlessAborted } from "./unless_aborted.ts";
import { CommandQueue, InFlight, type Waiting } from "./waiting.ts";

/** How to start a session. */
export interface MtrPacketOptions {
  /**
   * The program to run instead of `mtr-packet`: a path, or a command line in words. When missing,
   * the environment variable `MTR_PACKET` names it, where blanks part the words.
   */
  readonly executable?: string | readonly string[];
  /**
   * How long mtr-packet may take to answer, beyond the timeout of a probe, in milliseconds; 5000 when
   * missing. After that it counts as dead.
   */
  readonly patience?: number;
}

/**
 * Probes in flight at once: below the 1,024 that mtr-packet 0.95 can keep, and so few that the
 * descriptors of TCP probes stay below the 1,024 that select(2) can wait for.
 */
const MOST_IN_FLIGHT = 960;
/**
 * mtr-packet numbers probes with 32,536 numbers and starts over. A pending probe must not be
 * mistaken for one sent that much later.
 */
const MOST_APART = 32_000;
/** How often it is restarted in one session after a crash. */
const MOST_CRASHES = 64;
/** See {@linkcode MtrPacketOptions.patience}. */
const PATIENCE = 5000;
/** How often what is overdue is looked for at least, in milliseconds. */
const TICK = 1000;

/**
 * A session with mtr-packet(8), a program that sends probes and waits for what comes back. Any
 * number of probes may be pending: those beyond mtr-packet's own limit are queued. Sending takes
 * root, or an mtr-packet that has CAP_NET_RAW.
 *
 * Results are what mtr-packet makes of the ICMP messages that reach this host. Version 0.95
 * mistakes one about another program's TCP connection for the answer to a probe when the
 * connection's local port is the probe's number, 33000 or more. Where that matters, capture packets
 * instead.
 *
 * @example One probe
 * ```ts
 * await using mtr = await MtrPacket.open();
 * const { success, responder, timeMs } = await mtr.probe("127.0.0.1");
 * console.log(success, responder, timeMs);
 * ```
 *
 * @example A path, all hops at once
 * ```ts
 * await using mtr = await MtrPacket.open();
 * const hops = await Promise.all(
 *   Array.from({ length: 5 }, (_, hop) => mtr.probe("127.0.0.1", { ttl: hop + 1, timeout: 1 })),
 * );
 * console.log(hops.map(({ result, responder }) => `${result} ${responder}`));
 * ```
 */
export class MtrPacket implements AsyncDisposable {
  readonly #command: readonly string[];
  readonly #patience: number;
  readonly #resolver = new Resolver();
  readonly #cancellation = new Cancellation();
  readonly #queue = new CommandQueue();
  readonly #trials = new Trials();
  #inFlight = new InFlight();
  #process: Subprocess | null = null;
  #error: ProcessError | null = null;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #most = MOST_IN_FLIGHT;
  #serial = 0;
  #crashes = 0;
  #clock = 0;
  #pumping = false;
  #greeted = false;

  /** A session that is not open yet: see {@linkcode open}. */
  constructor(options: MtrPacketOptions = {}) {
    this.#command = commandOf(options.executable);
    this.#patience = options.patience ?? PATIENCE;
  }

  /**
   * Starts a session; dispose of it to end it.
   *
   * @throws {ProcessError} when mtr-packet cannot be started, or what was started is not mtr-packet
   */
  static async open(options: MtrPacketOptions = {}): Promise<MtrPacket> {
    return await new MtrPacket(options).open();
  }

  /**
   * Starts the subprocess and checks that it can send probes.
   *
   * @throws {ProcessError} when it cannot
   * @throws {StateError} when the session is open already
   */
  async open(): Promise<this> {
    if (this.#process !== null) throw new StateError("the session is open already");
    this.#error = null;
    this.#greeted = false;
    this.#most = MOST_IN_FLIGHT;
    this.#crashes = 0;
    this.#start();
    const tick = Math.min(TICK, this.#patience);
    let then = performance.now();
    this.#ticker = setInterval(() => {
      const now = performance.now();
      // Time in which this program did not listen does not count
      this.#tick(Math.min(now - then, 2 * tick));
      then = now;
    }, tick);
    try {
      if (await this.checkSupport("send-probe")) {
        this.#greeted = true;
        return this;
      }
      throw new ProcessError(`${this.#name} cannot send probes: install mtr-tiny (Debian)`);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Starts the subprocess, to which nothing was sent yet. */
  #start(): void {
    this.#inFlight = new InFlight();
    const reader = new ReplyReader({
      reply: (token, reply) => this.#replied(token, reply),
      garbage: (line) => this.#stranger(line),
    });
    this.#process = new Subprocess(this.#command, {
      wrote: (octets) => reader.push(octets),
      ended: (error, crash) => this.#ended(error, crash),
    });
  }

  /** Ends the subprocess. Probes that still wait reject. A closed session can be opened again. */
  async close(): Promise<void> {
    const process = this.#process;
    this.#process = null;
    clearInterval(this.#ticker);
    this.#drain(new StateError("the session was closed"));
    await process?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Whether mtr-packet can do something: `send-probe`, `ip-4`, `ip-6`, `icmp`, `udp`, `tcp`, `sctp`,
   * `mark`.
   *
   * @throws {ProcessError} when the subprocess has ended
   * @throws {StateError} when the session is not open
   */
  async checkSupport(feature: string): Promise<boolean> {
    return await this.#support(feature) === "ok";
  }

  /** The version of mtr-packet, such as `0.95`. Throws like {@linkcode checkSupport}. */
  async version(): Promise<string> {
    return await this.#support("version");
  }

  /**
   * Sends a probe and waits for its outcome. Whatever the network does is data.
   *
   * @throws {HostResolveError} when the name has no address
   * @throws {ProcessError} when the subprocess has ended
   * @throws {StateError} when the session is not open
   * @throws {RangeError} when an option is out of range
   */
  probe(host: string, options: ProbeOptions = {}): Promise<ProbeResult> {
    return new Promise((resolve, reject) => {
      this.#check();
      checkProbeOptions(options);
      options.signal?.throwIfAborted();
      const to = this.#resolver.resolve(host, options.ipVersion);
      if (to instanceof Promise || options.localIp !== undefined) {
        resolve(this.#probeByName(host, options));
        return;
      }
      // A bare promise, for speed where there are thousands
      this.#ask(new ProbeCommand(to, null, options, this.#patienceOf(options), resolve, reject));
    });
  }

  /** Forgets the addresses of names, which are otherwise looked up once a session. */
  clearDnsCache(): void {
    this.#resolver.clear();
  }

  get #name(): string {
    return this.#command[0] ?? "";
  }

  #check(): void {
    if (this.#process === null) throw new StateError("the session is not open");
    if (this.#error !== null) throw this.#error;
  }

  #support(feature: string): Promise<string> {
    return new Promise((resolve, reject) => {
      if (!/^[\w-]+$/.test(feature)) {
        throw new RangeError(`${feature} is not the name of a feature`);
      }
      this.#ask(new SupportCommand(feature, this.#patience, resolve, reject));
    });
  }

  async #probeByName(host: string, options: ProbeOptions): Promise<ProbeResult> {
    const { signal, ipVersion, localIp } = options;
    const to = await unlessAborted(this.#resolver.resolve(host, ipVersion), signal);
    const from = localIp === undefined
      ? null
      : await unlessAborted(this.#resolver.resolve(localIp, to.version), signal);
    return await new Promise((resolve, reject) => {
      const patience = this.#patienceOf(options);
      this.#ask(new ProbeCommand(to, from, options, patience, resolve, reject));
    });
  }

  #patienceOf({ timeout = DEFAULT_TIMEOUT }: ProbeOptions): number {
    return timeout * 1000 + this.#patience;
  }

  #ask(command: Waiting): void {
    this.#check();
    if (command.signal !== undefined) this.#cancellation.add(command.signal, command);
    this.#queue.push(command);
    this.#pump();
  }

  /** Sends queued commands, after all callers of this turn. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      if (this.#process === null || this.#error !== null) return;
      if (this.#trials.busy) return;
      const trial = this.#trials.next(this.#patience, () => this.#pump());
      if (trial.length > 0) {
        this.#process.write(trial.map((waiting) => this.#line(waiting)).join(""));
        return;
      }
      let text = "";
      const oldest = this.#inFlight.oldest ?? this.#serial + 1;
      while (
        !this.#queue.empty && this.#inFlight.count < this.#most &&
        this.#serial - oldest < MOST_APART
      ) {
        const waiting = this.#queue.shift();
        if (waiting.abandoned) continue;
        text += this.#line(waiting);
      }
      if (text !== "") this.#process.write(text);
    });
  }

  /** The line that sends a command, which is under way from now on. */
  #line(waiting: Waiting): string {
    waiting.serial = ++this.#serial;
    waiting.due = this.#clock + waiting.patience;
    return `${this.#inFlight.add(waiting)} ${waiting.text()}\n`;
  }

  #replied(token: number, reply: Reply): void {
    const waiting = this.#inFlight.take(token);
    if (waiting === undefined) {
      // Token 0 means that it could not parse a line. Other unknown tokens are ignored.
      if (token === 0) this.#stranger(`0 ${reply.outcome}`);
      return;
    }
    const { count } = this.#inFlight;
    if (reply.outcome === "probes-exhausted" && count > 0) {
      // There is room again when one of the others is done
      this.#most = Math.min(this.#most, count);
      if (!waiting.abandoned) this.#queue.pushFront(waiting);
    } else if (!waiting.abandoned) {
      this.#done(waiting);
      waiting.replied(reply);
    }
    if (!this.#queue.empty) this.#pump();
  }

  /** It wrote an invalid reply: it is not mtr-packet, or broken. */
  #stranger(line: string): void {
    const what = this.#greeted
      ? `${this.#name} wrote an invalid reply`
      : `${this.#name} is not mtr-packet, it wrote`;
    this.#fail(
      new ProcessError(`${what}: ${JSON.stringify(line)}; install mtr-tiny (Debian) and use that`),
    );
  }

  /** It has ended: after a crash it is restarted, and continues with the pending commands. */
  #ended(error: ProcessError, crash: string | null): void {
    if (this.#error !== null || this.#process === null) return;
    if (crash === null || !this.#greeted || ++this.#crashes > MOST_CRASHES) {
      return this.#fail(error);
    }
    const { deadly, innocent } = this.#trials.died(this.#inFlight.drain());
    for (const waiting of innocent.reverse()) this.#queue.pushFront(waiting);
    try {
      this.#start();
    } catch (failure) {
      for (const waiting of deadly) this.#queue.pushFront(waiting);
      return this.#fail(failure as ProcessError);
    }
    for (const waiting of deadly) {
      this.#done(waiting);
      waiting.deadly(crash, error);
    }
    this.#pump();
  }

  #tick(elapsed: number): void {
    this.#clock += elapsed;
    if (!this.#inFlight.overdue(this.#clock)) return;
    const what = this.#greeted ? "does not answer any more" : "does not answer: is it mtr-packet";
    this.#fail(new ProcessError(`${this.#name} ${what}; install mtr-tiny (Debian) and use that`));
  }

  #fail(error: ProcessError): void {
    if (this.#error !== null) return;
    this.#error = error;
    clearInterval(this.#ticker);
    this.#drain(error);
    // Its end is awaited by close()
    this.#process?.close();
  }

  #drain(error: Error): void {
    const all = [...this.#inFlight.drain(), ...this.#trials.drain(), ...this.#queue.drain()];
    for (const waiting of all) {
      if (waiting.abandoned) continue;
      this.#done(waiting);
      waiting.failed(error);
    }
  }

  #done(waiting: Waiting): void {
    if (waiting.signal !== undefined) this.#cancellation.remove(waiting.signal, waiting);
  }
}

function commandOf(executable: MtrPacketOptions["executable"]): readonly string[] {
  if (typeof executable === "string") return [executable];
  if (executable !== undefined && executable.length > 0) return executable;
  const words = (Deno.env.get("MTR_PACKET") ?? "").split(/\s+/).filter((word) => word !== "");
  return words.length > 0 ? words : ["mtr-packet"];
}

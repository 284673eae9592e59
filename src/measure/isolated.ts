import type { Arm } from "../contract/arm.ts";
import type { Target } from "../contract/job.ts";
import type { SpiderOf } from "../contract/spider.ts";
import type { RouteChange } from "../host/netlink/route.ts";
import { Failure } from "../host/failure.ts";
import type { Interface } from "../host/interface.ts";
import { Isolation } from "../host/isolation.ts";
import type { Journal } from "../host/journal.ts";
import type { Changes } from "../host/link_watch.ts";
import { freePortRanges, withRanges } from "../host/port_range.ts";
import { networkNamespace } from "../host/process.ts";
import { journaled } from "../host/restore.ts";
import { locked } from "../host/state.ts";
import { isNamespaced, readSysctl } from "../host/sysctl.ts";
import { SysctlHold } from "../host/sysctl_hold.ts";
import { LINK_PREFIX } from "../host/undo.ts";
import type { Phase } from "./schedule/phases.ts";

/** Ports of each namespace: connections to different targets may have the same one. */
const PORTS = 4096;

/** Keeps the host from choosing ports that are ours. */
const RESERVED = "net.ipv4.ip_local_reserved_ports";

/**
 * Network namespaces for the settings that arms would make for the whole host, so that arms need
 * not take turns.
 */
export class Isolated implements Disposable {
  /** By the position of each arm in the spider's list. */
  readonly namespaces: readonly Isolation[];
  readonly #reserved: SysctlHold | null;
  /** A route that they copied has changed. */
  #concerned = false;

  private constructor(namespaces: readonly Isolation[], reserved: SysctlHold | null) {
    this.namespaces = namespaces;
    this.#reserved = reserved;
  }

  /**
   * Makes one for each phase, that is, for each state that arms need.
   *
   * @throws {Failure} when they cannot be isolated; nothing is left behind then
   */
  static open(
    spider: SpiderOf<Target>,
    phases: readonly Phase[],
    device: Interface | null,
    journal: Journal,
  ): Isolated {
    checkPhases(spider, phases);
    if (device === null) {
      throw new Failure("isolation needs an outgoing interface: name it with --interface");
    }
    return locked(() => {
      const { ranges, own } = freePortRanges(phases.length, PORTS, takenPorts());
      const text = withRanges(readSysctl(RESERVED) ?? "", ranges);
      const reserved = own ? null : SysctlHold.open([{ [RESERVED]: text }], journal);
      const made: Isolation[] = [];
      const byArm: Isolation[] = [];
      try {
        reserved?.set({ [RESERVED]: text });
        for (const [at, { system, arms }] of phases.entries()) {
          const namespace = Isolation.open(device, ranges[at]!, system?.sysctls ?? {}, journal);
          made.push(namespace);
          for (const { config } of arms) byArm[config] = namespace;
        }
        return new Isolated(byArm, reserved);
      } catch (error) {
        for (const namespace of made) namespace.close();
        reserved?.close();
        throw error;
      }
    });
  }

  /** Called when a route has changed. */
  follow(change: RouteChange): void {
    this.#concerned ||= this.namespaces[0]!.concerns(change);
  }

  /** Throws a {@linkcode Failure} when the interface has changed. */
  check({ rules, lost }: Changes): void {
    if (this.#concerned || rules || lost) this.namespaces[0]!.check();
    this.#concerned = false;
  }

  /** Removes them. */
  close(): void {
    for (const namespace of new Set(this.namespaces)) namespace.close();
    this.#reserved?.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function checkPhases({ name }: SpiderOf<Target>, phases: readonly Phase[]): void {
  if (phases.every(({ system }) => system === undefined)) {
    throw new Failure(
      `what ${name} sends does not depend on the host's settings, so there is nothing to isolate: ` +
        `leave out --isolate`,
    );
  }
  for (const { arm } of phases.flatMap(({ arms }) => arms)) {
    const why = whyNot(arm);
    if (why === null) continue;
    throw new Failure(
      `the arm ${arm.name} of ${name} ${why}, which a network namespace does not hold: leave out ` +
        `--isolate`,
    );
  }
}

/** Why an arm cannot be isolated; null when it can. */
function whyNot({ system, socket }: Arm<Target>): string | null {
  if (system?.enter !== undefined || system?.leave !== undefined) {
    return "sets the host with a function of its own";
  }
  const other = Object.keys(system?.sysctls ?? {}).find((name) => !isNamespaced(name));
  if (other !== undefined) return `sets ${other}`;
  if (socket?.ecn || socket?.mark !== undefined) return "goes by a route for a firewall mark";
  return socket?.fastOpen === undefined ? null : "needs the host's cache of cookies";
}

/** First ports of the ranges that other spiders hold in this network namespace. */
function takenPorts(): ReadonlySet<number> {
  const here = networkNamespace();
  return new Set(
    journaled().flatMap(({ undo, netns }) =>
      undo.kind === "link" && netns === here ? [Number(undo.name.slice(LINK_PREFIX.length))] : []
    ),
  );
}

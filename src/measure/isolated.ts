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
import { readSysctl } from "../host/sysctl.ts";
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
    phases: readonly Phase[],
    device: Interface | null,
    journal: Journal,
  ): Isolated {
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

/** First ports of the ranges that other spiders hold in this network namespace. */
function takenPorts(): ReadonlySet<number> {
  const here = networkNamespace();
  return new Set(
    journaled().flatMap(({ undo, netns }) =>
      undo.kind === "link" && netns === here ? [Number(undo.name.slice(LINK_PREFIX.length))] : []
    ),
  );
}

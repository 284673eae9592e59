import type { ConnectionType } from "../connect/connection_type.ts";
import { connectionTypes } from "../connect/registry.ts";
import type { RunPorts } from "../connect/run_ports.ts";
import type { Arm } from "../contract/arm.ts";
import type { Chain } from "../contract/chain.ts";
import type { MergedFlow } from "../contract/flow.ts";
import type { Target } from "../contract/job.ts";
import type { SpiderOf } from "../contract/spider.ts";
import type { Interface } from "../host/interface.ts";
import type { PortRange } from "../host/port_range.ts";
import type { Reactor } from "../host/reactor.ts";
import { Watcher } from "../observe/watcher.ts";
import { Elsewhere } from "./elsewhere.ts";
import { runPackets } from "./run_packets.ts";
import { IPPROTO_TCP } from "../host/ip_protocol.ts";

/** What is observed, and where. */
export interface ObservationOptions {
  readonly spider: SpiderOf<Target>;
  readonly arms: readonly Arm<Target>[];
  readonly connect: ConnectionType;
  /** The interface that packets leave through; an error where none is named. */
  readonly device: Interface | null;
  /** Further interfaces that answers come in on. */
  readonly further?: readonly Interface[];
  /** Targets in flight at once. */
  readonly workers: number;
  /** Ports of the namespaces that arms have; none where nothing is isolated. */
  readonly isolated: readonly PortRange[];
  /** Local ports that something else of this program sends from; none when missing. */
  readonly avoided?: PortRange;
}

/** Watches a run's packets, and looks for answers on interfaces that are not watched. */
export class RunObservation implements Disposable {
  readonly watcher: Watcher;
  /** The local ports of the run. */
  readonly ports: RunPorts;
  /** Called with warnings for the user. */
  onWarning: (text: string) => void = () => {};
  readonly #elsewhere: Elsewhere;

  /** Throws a `Failure` when the interfaces cannot be captured on. */
  constructor(reactor: Reactor, options: ObservationOptions) {
    const { spider, arms, connect, device, further = [] } = options;
    if (device === null) throw new Error("what is watched needs an interface");
    const devices = [device, ...further];
    const { own, ports } = runPackets(options);
    this.ports = ports;
    this.watcher = new Watcher(reactor, devices, chainsOf(spider, arms, connect), own);
    ports.onOther = (port) => this.watcher.admit(IPPROTO_TCP, port);
    try {
      const warn = (text: string) => this.onWarning(text);
      this.#elsewhere = new Elsewhere(reactor, { devices, own, warn });
    } catch (error) {
      this.watcher.close();
      throw error;
    }
  }

  /** Checks a flow for signs that its answers came in elsewhere. */
  note(flow: MergedFlow): void {
    this.#elsewhere.note(flow);
  }

  /** Waits for searches that are under way. */
  finish(): Promise<void> {
    return this.#elsewhere.finish();
  }

  close(): void {
    this.#elsewhere.close();
    this.watcher.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * The chains of a spider, those that detect the ends of connections, and, where the kernel may fall
 * back from what an arm asks for, the one that detects which SYN was answered.
 */
export function chainsOf(
  spider: SpiderOf<Target>,
  arms: readonly Arm<Target>[],
  connect: ConnectionType,
): readonly (string | Chain)[] {
  const types = [connect, ...spider.connect.map((name) => connectionTypes.get(name))];
  const fallsBack = arms.some(({ socket }) => socket?.ecn || socket?.fastOpen !== undefined);
  return [
    ...new Set([
      ...spider.chains,
      ...types.flatMap((type) => type?.chains ?? []),
      ...(fallsBack ? ["tcp", "tcpx"] : []),
    ]),
  ];
}

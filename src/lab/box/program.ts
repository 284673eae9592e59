import { openNamespace, within } from "../../host/enter_namespace.ts";
import { libc } from "../../host/libc.ts";
import { PacketQueue, queueDrops, VERDICTS } from "../../host/packet_queue.ts";
import { RawSocket } from "../../host/raw_socket.ts";
import type { Reactor } from "../../host/reactor.ts";
import type { LabPlan, PlannedBox, PlannedLink, PlannedNode } from "../topology/network_plan.ts";
import {
  BOX_QUEUE,
  linkQueue,
  OUTPUT_QUEUE,
  programs,
  relayPorts,
  shapedInterfaces,
  tunnelEnds,
} from "./queues.ts";
import { type Random, seeded } from "./random.ts";
import { Relay } from "./relay.ts";
import { COPY_MARK } from "./ruleset.ts";
import { Schedule } from "./schedule.ts";
import { Step } from "./step.ts";
import { TunnelEnd } from "./tunnel.ts";
import { LoadedPacket } from "../../transit/packet.ts";

/** Octets of the longest packet. */
const WHOLE = 0xffff;
/** Octets that are asked for where none are looked at: 0 would mean all of them. */
const LITTLE = 1;

/**
 * The program of a lab: middleboxes that rules cannot be, and links that delay and lose packets. It
 * takes their packets out of the kernel's queues and gives them back.
 */
export class LabProgram implements Disposable {
  readonly #schedule = new Schedule();
  readonly #packet = new LoadedPacket();
  readonly #queues: PacketQueue[] = [];
  readonly #namespaces: number[] = [];
  readonly #sockets: RawSocket[] = [];
  readonly #relays: Relay[] = [];
  readonly #tunnels: TunnelEnd[] = [];
  readonly #seed: number;
  #streams = 0;

  /**
   * Opens the queues of a lab that was built.
   *
   * @param fault called with a sentence when a middlebox throws, once for each
   */
  constructor(plan: LabPlan, reactor: Reactor, fault: (sentence: string) => void) {
    this.#seed = plan.seed;
    try {
      for (const node of plan.nodes) this.#open(node, plan, reactor, fault);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
    reactor.onTurn(() => {
      this.#schedule.run(performance.now());
      for (const queue of this.#queues) queue.flush();
      if (this.#schedule.size > 0) reactor.soon();
    });
  }

  /** Packets that the kernel dropped because the program did not keep up. */
  drops(): number {
    return this.#namespaces.reduce((sum, namespace) => sum + within(namespace, queueDrops), 0);
  }

  [Symbol.dispose](): void {
    for (const queue of this.#queues.splice(0)) queue[Symbol.dispose]();
    for (const socket of this.#sockets.splice(0)) socket.close();
    for (const tunnel of this.#tunnels.splice(0)) tunnel[Symbol.dispose]();
    for (const relay of this.#relays.splice(0)) relay[Symbol.dispose]();
    for (const namespace of this.#namespaces.splice(0)) libc.close(namespace);
  }

  #open(
    node: PlannedNode,
    plan: LabPlan,
    reactor: Reactor,
    fault: (sentence: string) => void,
  ): void {
    const boxes = programs(node, "forward");
    const output = programs(node, "output");
    const shaped = shapedInterfaces(node);
    const ports = relayPorts(node);
    const tunnels = tunnelEnds(node, plan);
    if (programs(node).length + shaped.length + ports.length + tunnels.length === 0) return;
    const namespace = openNamespace(`/run/netns/${node.namespace}`);
    this.#namespaces.push(namespace);
    for (const port of ports) this.#relays.push(new Relay(reactor, namespace, port));
    within(namespace, () => {
      for (const { name, from, to } of tunnels) {
        this.#tunnels.push(new TunnelEnd(reactor, this.#packet, name, from, to));
      }
      if (boxes.length > 0) this.#openBoxes(boxes, BOX_QUEUE, reactor, fault);
      if (output.length > 0) this.#openBoxes(output, OUTPUT_QUEUE, reactor, fault);
      for (const [number, { link }] of shaped) this.#openLink(link, linkQueue(number), reactor);
    });
  }

  #openLink(link: PlannedLink, number: number, reactor: Reactor): void {
    const random = this.#random();
    let last = 0;
    const queue = new PacketQueue(reactor, number, LITTLE, ({ id }) => {
      if (link.loss > 0 && random() < link.loss) return queue.decide(id, VERDICTS.drop);
      const delay = link.delay + link.jitter * (random() * 2 - 1);
      if (delay <= 0) return queue.decide(id, VERDICTS.accept);
      // A link is a line: what comes later arrives later
      last = Math.max(last, performance.now() + delay);
      this.#schedule.add(last, () => queue.decide(id, VERDICTS.accept));
    });
    this.#queues.push(queue);
  }

  #openBoxes(
    boxes: readonly PlannedBox[],
    number: number,
    reactor: Reactor,
    fault: (sentence: string) => void,
  ): void {
    const now = () => performance.now();
    const steps = boxes.map((planned) =>
      new Step(planned, { random: this.#random(), now, answers: false, fault })
    );
    const packet = this.#packet;
    const senders = new Senders(reactor);
    this.#sockets.push(...senders.all);
    const queue = new PacketQueue(reactor, number, WHOLE, ({ id, octets }) => {
      // What cannot be read goes on as it is: no middlebox is about it
      if (!packet.load(octets)) return queue.decide(id, VERDICTS.accept);
      let delay = 0;
      let copies = 0;
      for (const step of steps) {
        const verdict = step.meet(packet);
        if (verdict === undefined) continue;
        if (typeof verdict === "string") return queue.decide(id, VERDICTS.drop);
        delay += verdict.delay;
        copies += verdict.copies;
      }
      const changed = packet.finish() ?? undefined;
      for (let copy = 0; copy < copies; copy++) senders.send(packet, changed ?? octets);
      if (delay === 0) return queue.decide(id, VERDICTS.accept, changed);
      const kept = changed?.slice();
      this.#schedule.add(
        performance.now() + delay,
        () => queue.decide(id, VERDICTS.accept, kept),
      );
    });
    this.#queues.push(queue);
  }

  /** A stream of random numbers of its own for each user, so that none changes another's. */
  #random(): Random {
    return seeded(this.#seed, this.#streams++);
  }
}

/** Sockets of a router that send copies of packets, which then go the way of any other. */
class Senders {
  readonly #versions: Readonly<Record<4 | 6, RawSocket>>;

  constructor(reactor: Reactor) {
    this.#versions = {
      4: new RawSocket(reactor, 4, null, COPY_MARK),
      6: new RawSocket(reactor, 6, null, COPY_MARK),
    };
  }

  get all(): readonly RawSocket[] {
    return Object.values(this.#versions);
  }

  send(packet: LoadedPacket, octets: Uint8Array): void {
    const destination = packet.address("destination").slice();
    // One that the kernel refuses is lost, as a packet on a path may be
    this.#versions[packet.version].send(octets, destination, () => {});
  }
}

import { Capture } from "../../../host/capture.ts";
import { openNamespace, within } from "../../../host/enter_namespace.ts";
import { libc } from "../../../host/libc.ts";
import { Reactor, READY } from "../../../host/reactor.ts";
import type { PacketInterface } from "../../../observe/packet_list.ts";
import { packetsOf } from "../../../observe/records.ts";
import { PcapngWriter } from "../../../result/pcapng.ts";
import type { LabPlan } from "../../topology/network_plan.ts";

/** Octets that are read at once. */
const INPUT = 4 << 20;
/** Octets that are kept of a packet. */
const SNAPLEN = 65_535;
/** Octets of the kernel's buffer for each link. */
const BUFFER = 8 << 20;
/** How long the kernel gathers packets, in milliseconds. */
const GATHERED = 50;
/** Packets that are taken from a link at once. */
const BATCH = 4096;
/** How long the loop waits where no packet comes, in milliseconds: packets and its end wake it. */
const IDLE = 100;
const OPTIONS = { snaplen: SNAPLEN, bufferSize: BUFFER, timeoutMs: GATHERED };

interface OpenLink {
  readonly capture: Capture;
  readonly writer: PcapngWriter;
  readonly seenOn: PacketInterface;
}

/** Captures of all links of a lab, each into a file of its own. */
export class LinkCaptures {
  readonly #links: OpenLink[] = [];
  readonly #input = new Uint8Array(INPUT);
  readonly #reactor = new Reactor(IDLE);
  readonly #running: Promise<void>;

  private constructor() {
    this.#running = this.#reactor.run();
    // Whoever closes it gets what went wrong
    this.#running.catch(() => {});
  }

  /**
   * Begins to capture, at the first end of each link.
   *
   * @param folder where the files go, named after what a link joins
   * @throws {Failure} when an interface cannot be captured on
   */
  static open({ nodes, links }: LabPlan, folder: string): LinkCaptures {
    const captures = new LinkCaptures();
    try {
      for (const { number, between } of links) {
        const node = nodes.find(({ name }) => name === between[0])!;
        const { name } = node.interfaces.find(({ link }) => link.number === number)!;
        const file = `${folder}/${number}-${between.join("-")}.pcapng`;
        captures.#add(node.namespace, name, file);
      }
    } catch (error) {
      captures.#release();
      throw error;
    }
    return captures;
  }

  #add(namespace: string, device: string, file: string): void {
    const fd = openNamespace(`/run/netns/${namespace}`);
    try {
      const capture = within(fd, () => Capture.live(device, OPTIONS));
      const { linkType, snaplen } = capture;
      const seenOn = { name: device, linkType, snaplen };
      const writer = new PcapngWriter(file);
      writer.add(seenOn);
      const link = { capture, writer, seenOn };
      this.#links.push(link);
      this.#reactor.add(capture.fd, READY.read, () => this.#take(link));
    } finally {
      libc.close(fd);
    }
  }

  /** Takes what waits of a link. */
  #take({ capture, writer, seenOn }: OpenLink): void {
    for (let octets = 1; octets > 0 && !capture.ended;) {
      octets = capture.read(this.#input, BATCH);
      const records = this.#input.subarray(0, octets);
      writer.write(packetsOf(records, capture.fraction, seenOn));
    }
  }

  /** Takes what is left, and ends. */
  async close(): Promise<void> {
    this.#links.forEach((link) => this.#take(link));
    this.#release();
    await this.#running;
  }

  #release(): void {
    for (const { capture, writer } of this.#links.splice(0)) {
      this.#reactor.remove(capture.fd);
      writer.close(capture.counts().dropped);
      capture.close();
    }
    this.#reactor.stop();
  }
}

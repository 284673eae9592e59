import { ANY } from "../../host/capture.ts";
import { interfaceNamed } from "../../host/interface.ts";
import { dropsOf } from "../file/interface_block.ts";
import type { FlowTable } from "../flow_table.ts";
import type { Observation } from "../observe.ts";
import type { CaptureFacts, ObservedCapture } from "../observed_capture.ts";
import type { PacketInterface } from "../packet_list.ts";
import { GATHER_MS, Lane } from "./lane.ts";
import { LiveInterface } from "./live_interface.ts";
import { observeLive } from "./observe_live.ts";
import { kernelBuffer, liveInput } from "./room.ts";
import { Sources } from "./sources.ts";

/** How interfaces are captured on. */
export interface LiveCaptureOptions {
  /** Octets kept of each packet. */
  readonly snaplen: number;
  /** Packets to look at, as in pcap-filter(7); all of them when missing. */
  readonly filter: string | undefined;
}

/** A capture of an interface or several. */
export class LiveCapture implements ObservedCapture {
  readonly device: string;
  readonly share = null;
  readonly #interfaces: LiveInterface[] = [];
  readonly #sources: Sources;
  fault: string | null = null;

  /**
   * @param names of interfaces, at least one; `any` for all of them
   * @param table whose input has `liveInput` octets
   * @throws {Failure} when one cannot be captured on, or its link is not read; then none is
   */
  constructor(names: readonly string[], { snaplen, filter }: LiveCaptureOptions, table: FlowTable) {
    const found = different(names);
    this.device = found.map(({ name }) => name).join(", ");
    this.#sources = new Sources(table);
    const bufferSize = kernelBuffer(found.length);
    const options = { snaplen, bufferSize, timeoutMs: GATHER_MS };
    const parts = { options, filter, table, sources: this.#sources };
    const size = Math.floor(liveInput(found.length, snaplen) / found.length);
    try {
      found.forEach((one, i) => {
        const lane = new Lane(table, i * size, (i + 1) * size);
        this.#interfaces.push(new LiveInterface(one, lane, parts));
      });
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  get seenOn(): readonly PacketInterface[] {
    return this.#sources.interfaces;
  }

  get drops(): number {
    return this.#interfaces.reduce((sum, { capture }) => sum + capture.counts().dropped, 0);
  }

  async observe(observation: Observation): Promise<void> {
    this.fault = await observeLive(this.#interfaces, this.#sources, observation);
  }

  facts(): CaptureFacts {
    const counted = new Map(
      this.#interfaces.map(({ lane, capture }) => [lane.source, capture.counts()]),
    );
    const interfaces = this.#sources.described((number) => {
      const { dropped = null, interfaceDropped = null } = counted.get(number) ?? {};
      return { droppedBySystem: dropped, droppedByInterface: interfaceDropped };
    });
    return { interfaces, counters: {}, remarks: [], dropped: dropsOf(interfaces) };
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  #close(): void {
    for (const one of this.#interfaces) one.close();
  }
}

/** The interfaces of some names, none twice. */
function different(names: readonly string[]) {
  const found = names.map((name) => name === ANY ? { name, index: 0 } : interfaceNamed(name));
  return found.filter(({ index }, at) => found.findIndex((one) => one.index === index) === at);
}

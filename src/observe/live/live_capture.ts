import { ANY } from "../../host/capture.ts";
import { Failure } from "../../host/failure.ts";
import { type Interface, interfaceNamed, interfaces, isCalled } from "../../host/interface.ts";
import { dropsOf } from "../file/interface_block.ts";
import type { FlowTable } from "../flow_table.ts";
import type { Observation } from "../observe.ts";
import type { CaptureFacts, ObservedCapture } from "../observed_capture.ts";
import type { PacketInterface } from "../packet_list.ts";
import { GATHER_MS, Lane } from "./lane.ts";
import { LiveInterface } from "./live_interface.ts";
import { observeLive } from "./observe_live.ts";
import type { PresenceListener } from "./presence.ts";
import { kernelBuffer, liveInput } from "./room.ts";
import { Sources } from "./sources.ts";

/** How interfaces are captured on. */
export interface LiveCaptureOptions {
  /** Octets kept of each packet. */
  readonly snaplen: number;
  /** Packets to look at, as in pcap-filter(7); all of them when missing. */
  readonly filter: string | undefined;
  /** Whether interfaces that are not there are waited for, now and whenever one goes away. */
  readonly wait: boolean;
  readonly listener: PresenceListener;
}

/** A capture of an interface or several. */
export class LiveCapture implements ObservedCapture {
  readonly device: string;
  readonly share = null;
  readonly #interfaces: LiveInterface[] = [];
  readonly #sources: Sources;
  readonly #options: LiveCaptureOptions;
  fault: string | null = null;

  /**
   * @param names of interfaces, at least one; `any` for all of them
   * @param table whose input has `liveInput` octets
   * @throws {Failure} when one cannot be captured on, or its link is not read; then none is
   */
  constructor(names: readonly string[], options: LiveCaptureOptions, table: FlowTable) {
    this.#options = options;
    const { snaplen, filter, wait } = options;
    const found = wait ? whichThereAre(names) : thatMustBe(names);
    this.device = found.map(({ name }) => name).join(", ");
    this.#sources = new Sources(table);
    const bufferSize = kernelBuffer(found.length);
    const live = { snaplen, bufferSize, timeoutMs: GATHER_MS };
    const parts = { options: live, filter, table, sources: this.#sources };
    const size = Math.floor(liveInput(found.length, snaplen) / found.length);
    try {
      found.forEach(({ name, index }, i) => {
        const one = new LiveInterface(name, new Lane(table, i * size, (i + 1) * size), parts);
        this.#interfaces.push(one);
        if (index !== null) one.open(index);
      });
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  get seenOn(): readonly PacketInterface[] {
    return this.#sources.interfaces;
  }

  get drops(): number {
    return this.#interfaces.flatMap((one) =>
      one.numbers.map((number) => one.drops(number).bySystem)
    )
      .reduce((sum, drops) => sum + drops, 0);
  }

  async observe(observation: Observation): Promise<void> {
    const { wait, listener } = this.#options;
    const parts = { sources: this.#sources, wait, listener };
    this.fault = await observeLive(this.#interfaces, observation, parts);
  }

  facts(): CaptureFacts {
    const dropped = new Map(
      this.#interfaces.flatMap((one) =>
        one.numbers.map((number) => [number, one.drops(number)] as const)
      ),
    );
    const interfaces = this.#sources.described((number) => {
      const { bySystem = null, byInterface = null } = dropped.get(number) ?? {};
      return { droppedBySystem: bySystem, droppedByInterface: byInterface };
    });
    const remarks = this.#interfaces.flatMap(({ absence }) => absence ?? []);
    return { interfaces, counters: {}, remarks, dropped: dropsOf(interfaces) };
  }

  [Symbol.dispose](): void {
    for (const one of this.#interfaces) one[Symbol.dispose]();
  }
}

/** An interface that is named, by its number where it can be opened now. */
interface Named {
  readonly name: string;
  readonly index: number | null;
}

const EVERYTHING = { name: ANY, index: 0 };

/** The interfaces of some names, none twice. Throws a {@linkcode Failure} when one is not there. */
function thatMustBe(names: readonly string[]): Named[] {
  return different(names.map((name) => name === ANY ? EVERYTHING : thatMustBeThere(name)));
}

function thatMustBeThere(name: string): Interface {
  try {
    return interfaceNamed(name);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(`${error.message}; or give --wait, to wait until it is there`);
  }
}

/** The interfaces of some names, none twice, whether there are such or not. */
function whichThereAre(names: readonly string[]): Named[] {
  const all = interfaces();
  return different(names.map((name) => {
    if (name === ANY) return EVERYTHING;
    const found = all.find((one) => isCalled(one, name));
    return { name: found?.name ?? name, index: found?.up ? found.index : null };
  }));
}

function different(found: readonly Named[]): Named[] {
  return found.filter(({ name }, at) => found.findIndex((other) => other.name === name) === at);
}

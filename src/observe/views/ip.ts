import { addressText } from "../../host/address.ts";
import { END, IP, KIND, LENGTH, TRANSPORT } from "./descriptor.ts";
import { View } from "./view.ts";

/** What the headers of both IP versions have in common. */
export abstract class IpView extends View {
  /** Start of the transport; 0 in a later fragment, and in a first one that holds but a part of its header. */
  protected transport = 0;
  #protocol = 0;
  #length = 0;
  #time = 0;

  /**
   * Aims at a packet that is described.
   *
   * @param words those of memory
   * @param descriptor place of its descriptor among them
   * @param time seconds since 1970
   */
  aim(words: Uint32Array, descriptor: number, time: number): void {
    this.at = words[descriptor + IP]!;
    this.end = words[descriptor + END]!;
    this.transport = words[descriptor + TRANSPORT]!;
    this.#protocol = words[descriptor + KIND]! & 0xff;
    this.#length = words[descriptor + LENGTH]!;
    this.#time = time;
  }

  /** Start of the transport header; 0 where none is whole. */
  get transportStart(): number {
    return this.transport;
  }

  /** Where what was captured of the packet ends. */
  get capturedEnd(): number {
    return this.end;
  }

  /** Where the packet ended on the wire. */
  get wireEnd(): number {
    return this.at + this.#length;
  }

  get time(): number {
    return this.#time;
  }

  abstract get trafficClass(): number;
  abstract get sourceOctets(): Uint8Array;
  abstract get destinationOctets(): Uint8Array;
  /** Where the headers end. */
  protected abstract get behind(): number;

  get source(): string {
    return addressText(this.sourceOctets);
  }

  get destination(): string {
    return addressText(this.destinationOctets);
  }

  get dscp(): number {
    return this.trafficClass >> 2;
  }

  get ecn(): number {
    return this.trafficClass & 3;
  }

  get protocol(): number {
    return this.#protocol;
  }

  get headerLength(): number {
    return this.behind - this.at;
  }

  get length(): number {
    return this.#length;
  }

  get captured(): number {
    return this.end - this.at;
  }

  get payload(): Uint8Array {
    return this.part(this.behind, this.end);
  }
}

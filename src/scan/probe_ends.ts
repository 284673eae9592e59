import type { Endpoint } from "../contract/job.ts";
import { addressBytes } from "../host/address.ts";
import type { PortRange } from "../host/port_range.ts";
import { instantiateScan, type ScanExports } from "../host/scan_wasm.ts";
import { ROW, ROW_PORT } from "./target_row.ts";

/** What determines where a scan's probes leave from, as their writer has it. */
export interface ProbeEndsOptions {
  readonly key: Uint8Array;
  readonly ports: PortRange;
  readonly sharesPort: boolean;
  readonly sources: { readonly 4?: readonly string[]; readonly 6?: readonly string[] };
}

/** Tells our side of probes, of which nothing was remembered, from the tokens that it was made from. */
export class ProbeEnds {
  readonly #wasm: ScanExports = instantiateScan();
  readonly #sources: ProbeEndsOptions["sources"];
  readonly #row: number;

  constructor({ key, ports, sharesPort, sources }: ProbeEndsOptions) {
    const wasm = this.#wasm;
    this.#sources = sources;
    new Uint8Array(wasm.memory.buffer).set(key, wasm.scanKeyAt());
    wasm.scanPorts(ports.first, ports.last - ports.first + 1, sharesPort);
    this.#row = wasm.scanRowAt();
  }

  /** The address that a target is probed from. */
  source(address: string, port: number): string {
    const sources = this.#sources[address.includes(":") ? 6 : 4] ?? [];
    if (sources.length === 1) return sources[0]!;
    if (sources.length === 0) throw new Error(`nothing is sent from to ${address}`);
    const target = this.#wasm.targetToken(this.#target(address, port));
    return sources[this.#wasm.sourceOf(target, sources.length)]!;
  }

  /** Our side of a probe. */
  local(address: string, port: number, arm: number, round: number): Endpoint {
    const flow = this.#wasm.flowToken(this.#target(address, port), arm, round);
    return { address: this.source(address, port), port: this.#wasm.sourcePort(flow) };
  }

  #target(address: string, port: number): number {
    const row = new Uint8Array(this.#wasm.memory.buffer, this.#row, ROW);
    const octets = addressBytes(address);
    row.fill(0);
    row.set(octets, 16 - octets.length);
    if (octets.length === 4) row.fill(0xff, 10, 12);
    row[ROW_PORT] = port >> 8;
    row[ROW_PORT + 1] = port;
    return this.#row;
  }
}

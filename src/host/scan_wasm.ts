import type { WasmExports } from "./wasm.ts";
import { type ModuleExports, WasmModule } from "./wasm_module.ts";

/**
 * What the wasm module of scans exports; see wasm/assembly/scan/index.ts. A `row` is the place of a
 * target's octets in its memory (src/scan/target_row.ts).
 */
export interface ScanExports extends ModuleExports, Pick<WasmExports, "seedAt" | "seedSize"> {
  /** Where the key of the tokens goes, before anything else; it has `scanKeySize` octets. */
  scanKeyAt(): number;
  scanKeySize(): number;
  /** The hash of 24 octets, as three words of the lowest octet first. */
  siphash(a: bigint, b: bigint, c: bigint): bigint;
  scanPorts(first: number, count: number, shares: boolean): void;
  targetToken(row: number): bigint;
  flowToken(row: number, arm: number, round: number): bigint;
  sourcePort(flow: bigint): number;
  sourceOf(target: bigint, sources: number): number;
  probeToken(row: number, arm: number, round: number, epoch: number): bigint;
  packetId(token: bigint): number;
  armAt(target: bigint, place: number, round: number, arms: number): number;
  /** A place for a walk's state and what it finds (wasm/assembly/scan/group.ts). */
  scanWalkAt(): number;
  scanWalk(at: number, most: number): number;
  scanRowAt(): number;
  scanInterfaceId(at: number, bits: number): void;
  scanRowHash(at: number): number;

  // The sender's part, in this order: links, templates with their letters, sources; then `scanReserve`
  scanLink(octets: number): number;
  scanTemplate(
    version: number,
    octets: number,
    transport: number,
    protocol: number,
    hasChecksum: boolean,
    echo: number,
    echoAt: number,
    timestampAt: number,
  ): number;
  scanLetter(version: number, at: number): number;
  scanSources(version: number, count: number): number;
  scanReserve(slots: number, names: number, interfaceIndex: number): number;
  scanPointers(base: bigint): void;
  scanRowsAt(): number;
  scanMessagesAt(half: number): number;
  scanWrite(
    count: number,
    place: number,
    round: number,
    epoch: number,
    ms: number,
    half: number,
    only: number,
  ): number;

  // The part of answers: links, templates and sources as above, `scanExpect`, and then both reserves
  scanExpect(probes: number, epochMs: number, cooldownMs: number, spreadMs: number): void;
  scanShapeSeedAt(): number;
  scanShapeSeedSize(): number;
  scanReserveAnswers(octets: number, most: number, shapes: number): number;
  scanReserveDue(): number;
  scanInputAt(): number;
  scanKindsAt(): number;
  scanAnsweredAt(): number;
  scanTargetsAnswered(): number;
  scanTake(octets: number, linkType: number, fraction: number, ms: number, wall: number): void;
  scanDueAt(): number;
  scanDueSize(): number;
  scanDueMost(): number;
  scanDue(ms: number, most: number): number;
  scanEnterAt(): number;
  scanEnter(count: number, ms: number, areUnsent: number): number;
  scanSpoiled(): number;
  scanWaiting(): number;
  scanEntries(): number;
}

const MODULE = new WasmModule<ScanExports>(
  new URL("../../wasm/build/scan.wasm", import.meta.url),
);

/** A writer of probes, reader of their answers and walker of targets, with its own memory. */
export function instantiateScan(): ScanExports {
  return MODULE.instantiate();
}

/** The module's own octets. */
export function scanBytes(): Uint8Array<ArrayBuffer> {
  return MODULE.bytes();
}

import { type ModuleExports, WasmModule } from "./wasm_module.ts";

/** What the wasm module exports; see wasm/assembly/index.ts. Addresses are places in its memory. */
export interface WasmExports extends ModuleExports {
  knowsLink(type: number): number;
  flowSize(): number;
  chains(): number;
  chainName(i: number): number;
  chainSummary(i: number): number;
  chainEnds(i: number): number;
  fields(): number;
  fieldChain(i: number): number;
  fieldType(i: number): number;
  typeNames(): number;
  fieldName(i: number): number;
  fieldNameLength(i: number): number;
  fieldSummary(i: number): number;
  seedAt(): number;
  seedSize(): number;
  setup(
    chains: number,
    idle: number,
    linger: number,
    expectedOnly: boolean,
    input: number,
    output: number,
    mostFlows: number,
    decapsulate?: boolean,
  ): number;
  setActive(time: number): void;
  inputAt(): number;
  outputAt(): number;
  reserve(flows: number): number;
  listAt(): number;
  packetsListed(): number;
  setListed(count: number): void;
  beginFile(): void;
  beginSection(): void;
  interfaceFound(linkType: number, snaplen: number, resolution: number, offset: number): number;
  packetsOn(i: number): number;
  findRecords(
    from: number,
    to: number,
    swapped: boolean,
    fraction: number,
    longest: number,
    header: number,
  ): number;
  findBlocks(from: number, to: number, swapped: boolean): number;
  laneHas(
    i: number,
    at: number,
    end: number,
    due: number,
    fraction: number,
    source: number,
    state: number,
  ): void;
  laneAtNow(i: number): number;
  listLanes(count: number): void;
  dissectListed(from: number): number;
  dissect(octets: number, linkType: number, fraction: number, from?: number): number;
  describePackets(most: number): number;
  described(): number;
  originOf(header: number): number;
  inspect(at: number, end: number): number;
  inspectedAt(): number;
  extensions(): number;
  extensionsAt(): number;
  options(from: number, end: number, header: number): number;
  optionsAt(): number;
  icmpEnds(protocol: number, type: number, identifier: number): number;
  isErrorType(protocol: number, type: number): number;
  ignore(flow: number): void;
  complete(flow: number): void;
  earliestTime(): number;
  latestTime(): number;
  advance(time: number): void;
  flush(): void;
  drain(): number;
  drained(): number;
  expect(
    version: number,
    protocol: number,
    sourcePort: number,
    destinationPort: number,
    one?: boolean,
    again?: boolean,
    since?: number,
  ): number;
  nextReady(): number;
  record(flow: number): number;
  release(flow: number): void;
  statsAt(): number;
  statNames(): number;
  transitAt(): number;
  transitFieldsAt(): number;
  transitRead(octets: number): boolean;
  transitBegin(): void;
  transitChange(): void;
  transitResize(octets: number): void;
  transitFinish(): number;
  transitTrafficClass(value: number): void;
  transitTcpFlags(flags: number): void;
  transitOption(kind: number): number;
  transitBlankOption(kind: number): void;
  transitRemoveOption(kind: number): void;
  transitAddOption(octets: number): number;
  transitPut16(offset: number, value: number): void;
  forgeAt(): number;
  forgeAddresses(): number;
  forgeIpv4(
    protocol: number,
    trafficClass: number,
    identification: number,
    fragment: number,
    timeToLive: number,
    transport: number,
  ): number;
  forgeIpv6(
    next: number,
    trafficClass: number,
    flowLabel: number,
    hopLimit: number,
    transport: number,
  ): number;
  forgeTcp(
    version: number,
    source: number,
    destination: number,
    sequence: number,
    acknowledgment: number,
    words: number,
    window: number,
    urgent: number,
    checksum: number,
    behind: number,
  ): number;
  forgeUdp(
    version: number,
    source: number,
    destination: number,
    length: number,
    checksum: number,
    payload: number,
  ): number;
  forgeIcmp(
    version: number,
    type: number,
    code: number,
    rest: number,
    checksum: number,
    payload: number,
  ): number;
}

const MODULE = new WasmModule<WasmExports>(
  new URL("../../wasm/build/spider.wasm", import.meta.url),
);

/** A dissector, flow table and builder of packets of its own, with its own memory. */
export function instantiate(): WasmExports {
  return MODULE.instantiate();
}

/** The module's own octets. */
export function bytes(): Uint8Array<ArrayBuffer> {
  return MODULE.bytes();
}

/** A string of AssemblyScript: UTF-16, its length in octets before it. */
export function text(memory: WebAssembly.Memory, at: number): string {
  const length = new DataView(memory.buffer).getUint32(at - 4, true);
  return new TextDecoder("utf-16le").decode(new Uint8Array(memory.buffer, at, length));
}

/** Builds capture files in every form, for tests. */
import { type Frame, join } from "./packets.ts";

/** How a file writes its numbers and times. */
export interface Form {
  readonly bigEndian?: boolean;
  /** Times in nanoseconds; in microseconds when missing. */
  readonly nanoseconds?: boolean;
}

export interface PcapForm extends Form {
  /** LINKTYPE value; Ethernet when missing. */
  readonly linkType?: number;
}

/** One interface of a pcapng file. */
export interface NgInterface {
  readonly linkType?: number;
  readonly snaplen?: number;
}

export interface NgForm extends Form {
  /** One Ethernet interface when missing. Frame n is on interface n modulo their number. */
  readonly interfaces?: readonly NgInterface[];
}

const NANOSECOND_RESOLUTION = 9;

/** A pcap file. */
export function pcap(frames: readonly Frame[], form: PcapForm = {}): Uint8Array<ArrayBuffer> {
  const { u16, u32 } = numbers(form);
  return join(
    u32(form.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4),
    ...[u16(2), u16(4), u32(0), u32(0), u32(262_144), u32(form.linkType ?? 1)],
    ...frames.map(({ time, data, wire }) => {
      const micro = Math.round((time % 1) * 1e6);
      return join(
        u32(Math.floor(time)),
        u32(form.nanoseconds ? micro * 1000 : micro),
        u32(data.length),
        u32(wire ?? data.length),
        data,
      );
    }),
  );
}

/** A pcapng file: a section, its interfaces just before their first packets, and packets. */
export function pcapng(frames: readonly Frame[], form: NgForm = {}): Uint8Array<ArrayBuffer> {
  const { u16, u32, u64 } = numbers(form);
  const interfaces = form.interfaces ?? [{}];
  const block = (type: number, ...parts: Uint8Array[]) => {
    const body = padded(join(...parts));
    return join(u32(type), u32(body.length + 12), body, u32(body.length + 12));
  };
  const resolution = form.nanoseconds
    ? join(u16(9), u16(1), padded(new Uint8Array([NANOSECOND_RESOLUTION])), u32(0))
    : new Uint8Array();
  const describe = ({ linkType, snaplen }: NgInterface) =>
    block(1, u16(linkType ?? 1), u16(0), u32(snaplen ?? 262_144), resolution);
  return join(
    block(0x0a0d0d0a, u32(0x1a2b3c4d), u16(1), u16(0), u64(0xffff_ffff_ffff_ffffn)),
    ...frames.flatMap(({ time, data, wire }, at) => {
      const micro = BigInt(Math.round(time * 1e6));
      const stamp = form.nanoseconds ? micro * 1000n : micro;
      const packet = block(
        6,
        u32(at % interfaces.length),
        ...[u32(Number(stamp >> 32n)), u32(Number(stamp & 0xffff_ffffn))],
        ...[u32(data.length), u32(wire ?? data.length), data],
      );
      return at < interfaces.length ? [describe(interfaces[at]!), packet] : [packet];
    }),
  );
}

/** Octets packed by a program that packs its standard input to its standard output, such as xz. */
export async function packed(
  program: string,
  octets: Uint8Array<ArrayBuffer>,
  ...options: string[]
): Promise<Uint8Array<ArrayBuffer>> {
  const child = new Deno.Command(program, {
    args: ["-c", ...options],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = new Response(child.stdout).arrayBuffer();
  await ReadableStream.from([octets]).pipeTo(child.stdin);
  const { success } = await child.status;
  if (!success) throw new Error(`${program} failed`);
  return new Uint8Array(await output);
}

function padded(octets: Uint8Array): Uint8Array<ArrayBuffer> {
  return join(octets, new Uint8Array(-octets.length & 3));
}

function numbers({ bigEndian = false }: Form) {
  const view = (octets: number, write: (view: DataView) => void) => {
    const buffer = new ArrayBuffer(octets);
    write(new DataView(buffer));
    return new Uint8Array(buffer);
  };
  return {
    u16: (value: number) => view(2, (to) => to.setUint16(0, value, !bigEndian)),
    u32: (value: number) => view(4, (to) => to.setUint32(0, value, !bigEndian)),
    u64: (value: bigint) => view(8, (to) => to.setBigUint64(0, value, !bigEndian)),
  };
}

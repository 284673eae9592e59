/** A machine that the program can be made for. */
export interface Machine {
  /** What `uname -m` calls it. */
  readonly name: string;
  /** What `deno compile --target` calls it. */
  readonly triple: string;
  /** The npm package that holds Deno for it. */
  readonly deno: string;
  /** `e_machine` in the header of its ELF files (System V ABI, and its processor supplements). */
  readonly machine: number;
}

/** The machines by name. */
export const TARGETS: Readonly<Record<string, Machine>> = {
  x86_64: {
    name: "x86_64",
    triple: "x86_64-unknown-linux-gnu",
    deno: "@deno/linux-x64-glibc",
    machine: 62,
  },
  aarch64: {
    name: "aarch64",
    triple: "aarch64-unknown-linux-gnu",
    deno: "@deno/linux-arm64-glibc",
    machine: 183,
  },
};

/** Offset of `e_machine` in an ELF header, two octets, little-endian on both machines. */
const E_MACHINE = 18;
const ELF = [0x7f, 0x45, 0x4c, 0x46];

/** Whether octets are an ELF file for a machine. */
export function isFor(target: Machine, file: Uint8Array): boolean {
  return ELF.every((octet, at) => file[at] === octet) &&
    new DataView(file.buffer, file.byteOffset).getUint16(E_MACHINE, true) === target.machine;
}

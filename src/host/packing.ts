/** A way to pack a file, and the program that unpacks it. */
export interface Packing {
  /** What it is called, and its program. */
  readonly name: string;
  /** The package of Debian that brings the program. */
  readonly package: string;
  /** How names of packed files end, with the dot. */
  readonly suffix: string;
  /** What packed data begins with: one of these. */
  readonly begins: readonly (readonly number[])[];
  /** Exit status for a warning, such as of garbage behind the data that it left alone. */
  readonly warning?: number;
}

/** Every way to pack that is known. */
export const PACKINGS = [
  {
    name: "gzip",
    package: "gzip",
    suffix: ".gz",
    begins: [[0x1f, 0x8b]], // RFC 1952, section 2.3.1
    warning: 2,
  },
  {
    name: "zstd",
    package: "zstd",
    suffix: ".zst",
    // RFC 8878, sections 3.1.1 and 3.1.2: a frame, or one that is skipped, as pzstd writes first
    begins: [[0x28, 0xb5, 0x2f, 0xfd], [0x50, 0x2a, 0x4d, 0x18]],
  },
  {
    name: "xz",
    package: "xz-utils",
    suffix: ".xz",
    begins: [[0xfd, 0x37, 0x7a, 0x58, 0x5a]],
    warning: 2,
  },
  {
    name: "bzip2",
    package: "bzip2",
    suffix: ".bz2",
    // BZh and the size of blocks, 1 to 9: the letters alone may begin a host's name
    begins: [..."123456789"].map((size) => [0x42, 0x5a, 0x68, size.charCodeAt(0)]),
  },
  {
    name: "lz4",
    package: "lz4",
    suffix: ".lz4",
    // A frame, and one of the legacy format, as Linux images are packed
    begins: [[0x04, 0x22, 0x4d, 0x18], [0x02, 0x21, 0x4c, 0x18]],
  },
] as const satisfies readonly Packing[];

/** How many octets tell whether something is packed. */
export const PACKING_BEGIN = Math.max(
  ...PACKINGS.flatMap(({ begins }) => begins.map(({ length }) => length)),
);

/** How data that begins so is packed; null when it is not, as far as is known. */
export function packingOf(begin: ArrayLike<number>): Packing | null {
  return PACKINGS.find(({ begins }) =>
    begins.some((octets) => octets.every((octet, at) => begin[at] === octet))
  ) ?? null;
}

/** How a file of that name is packed if the name is right; null when it says nothing of it. */
export function packingNamed(name: string): Packing | null {
  return PACKINGS.find(({ suffix }) => name.endsWith(suffix)) ?? null;
}

/** Whether data that begins so is gzip's. */
export function isGzip(begin: ArrayLike<number>): boolean {
  return packingOf(begin)?.name === "gzip";
}

/** Whether data that begins so is bzip2's. */
export function isBzip2(begin: ArrayLike<number>): boolean {
  return packingOf(begin)?.name === "bzip2";
}

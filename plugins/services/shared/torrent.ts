import type { Options, OptionValues } from "../../../src/mod.ts";
import { sha1 } from "./sha1.ts";

/** What makes a torrent: peers to which these are the same have the same one. */
export const TORRENT_OPTIONS = {
  size: {
    type: "integer",
    summary: "octets of the file, the same for tracker, seed and leech",
    default: 1 << 20,
    minimum: 1,
    maximum: 64 << 20,
  },
  "content-seed": {
    type: "integer",
    summary: "what the file's content comes from, the same for tracker, seed and leech",
    default: 1,
    minimum: 1,
    maximum: 0xffff_ffff,
  },
} as const satisfies Options;

/** Name of the file, and of the one that describes it. */
export const CONTENT = "content";
export const METAINFO = "content.torrent";

/** Octets of a piece; of the last one what is left. */
const PIECE = 64 << 10;

/** A file by its content, and what is told of it. */
export interface Torrent {
  readonly content: Uint8Array<ArrayBuffer>;
  /** Its name among trackers and peers, in hexadecimal digits. */
  readonly infoHash: string;
  /** The metainfo file (BEP 3, BEP 12), with trackers in the order in which they are tried. */
  metainfo(trackers: readonly string[]): Uint8Array<ArrayBuffer>;
}

/** The torrent that options describe. */
export function torrentOf(options: OptionValues): Torrent {
  const content = randomOctets(Number(options.size), Number(options["content-seed"]));
  // Private, so that nobody looks for peers but at its trackers (BEP 27)
  const info = {
    length: content.length,
    name: CONTENT,
    "piece length": PIECE,
    pieces: piecesOf(content),
    private: 1,
  };
  return {
    content,
    infoHash: [...sha1(joined(encoded(info)))]
      .map((octet) => octet.toString(16).padStart(2, "0")).join(""),
    metainfo: (trackers) =>
      joined(encoded(
        trackers.length === 0
          ? { info }
          : { announce: trackers[0]!, "announce-list": trackers.map((one) => [one]), info },
      )),
  };
}

/** Octets that look random, the same for the same seed (Marsaglia 2003: xorshift). */
function randomOctets(size: number, seed: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(size / 4));
  let word = seed;
  for (let at = 0; at < words.length; at++) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    words[at] = word;
  }
  return new Uint8Array(words.buffer, 0, size);
}

function piecesOf(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const pieces = new Uint8Array(Math.ceil(content.length / PIECE) * 20);
  for (let at = 0; at * PIECE < content.length; at++) {
    pieces.set(sha1(content.subarray(at * PIECE, (at + 1) * PIECE)), at * 20);
  }
  return pieces;
}

type Value = number | string | Uint8Array | readonly Value[] | { readonly [key: string]: Value };

/** A value as BEP 3 writes it, in parts; the keys of objects must be in order. */
function encoded(value: Value): (string | Uint8Array)[] {
  if (typeof value === "number") return [`i${value}e`];
  if (typeof value === "string") return [`${new TextEncoder().encode(value).length}:${value}`];
  if (value instanceof Uint8Array) return [`${value.length}:`, value];
  if (Array.isArray(value)) return ["l", ...value.flatMap(encoded), "e"];
  return [
    "d",
    ...Object.entries(value).flatMap(([key, inner]) => [...encoded(key), ...encoded(inner)]),
    "e",
  ];
}

function joined(parts: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const octets = parts.map((part) =>
    typeof part === "string" ? new TextEncoder().encode(part) : part
  );
  const all = new Uint8Array(octets.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of octets) {
    all.set(one, at);
    at += one.length;
  }
  return all;
}

import { readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";

interface Swapped {
  readonly folder: string;
  readonly outside: string;
  /** Not 0 when it is to end. */
  readonly end: Int32Array;
}

/** Puts a file, a link out of the folder and nothing in turn at a name, until it is told to end. */
self.onmessage = ({ data: { folder, outside, end } }: MessageEvent<Swapped>) => {
  const at = (name: string) => `${folder}/${name}`;
  writeFileSync(at("inner"), readFileSync(at("name")));
  symlinkSync(outside, at("link"));
  self.postMessage("begins");
  while (Atomics.load(end, 0) === 0) {
    renameSync(at("link"), at("name"));
    renameSync(at("name"), at("link"));
    renameSync(at("inner"), at("name"));
    renameSync(at("name"), at("inner"));
  }
  self.postMessage("ended");
};

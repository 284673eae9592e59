import { readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";

/** Puts a file, a link out of the folder and nothing in turn at a name, until it is ended. */
self.onmessage = ({ data: { folder, outside } }) => {
  const at = (name: string) => `${folder}/${name}`;
  writeFileSync(at("inner"), readFileSync(at("name")));
  symlinkSync(outside, at("link"));
  self.postMessage("begins");
  while (true) {
    renameSync(at("link"), at("name"));
    renameSync(at("name"), at("link"));
    renameSync(at("inner"), at("name"));
    renameSync(at("name"), at("inner"));
  }
};

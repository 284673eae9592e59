import { encodeHex } from "@std/encoding/hex";
import { scanBytes } from "../host/scan_wasm.ts";
import { bytes } from "../host/wasm.ts";
import { VERSION } from "../version.ts";

/** Which program this is; `spider --version --json` prints it. */
export interface About {
  readonly version: string;
  readonly deno: string;
  /** `compiled`: by `deno compile`; `self-extracting`: the one file that unpacks itself. */
  readonly build: "source" | "compiled" | "self-extracting";
  readonly arch: string;
  readonly os: string;
  /** SHA-256 of the wasm modules, in the order of their files' names, in hexadecimal. */
  readonly wasm: string;
}

/** Says which program this is. Throws a Failure when a wasm module is missing. */
export async function about(): Promise<About> {
  const modules = await new Blob([scanBytes(), bytes()]).bytes();
  const digest = await crypto.subtle.digest("SHA-256", modules);
  return {
    version: VERSION,
    deno: Deno.version.deno,
    build: build(),
    arch: Deno.build.arch,
    os: Deno.build.os,
    wasm: encodeHex(new Uint8Array(digest)),
  };
}

/** The same as text. */
export function text({ version, deno, build, arch, os, wasm }: About): string {
  return `spider ${version}\ndeno ${deno}\nbuild ${build}, ${arch} ${os}\nwasm ${wasm}\n`;
}

function build(): About["build"] {
  if (Deno.build.standalone) return "compiled";
  // Only the file that unpacks itself holds the program as JavaScript
  return import.meta.url.endsWith(".ts") ? "source" : "self-extracting";
}

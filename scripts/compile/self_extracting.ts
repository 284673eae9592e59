import { encodeHex } from "@std/encoding/hex";
import { constants, gzipSync } from "node:zlib";
import denoJson from "../../deno.json" with { type: "json" };
import { ISOLATION, PERMISSIONS } from "./permissions.ts";
import { output } from "./run.ts";
import type { Machine } from "./target.ts";

const HEADER = new URL("header.sh", import.meta.url);
/** Room that unpacking needs besides the files themselves, in megabytes. */
const SPARE = 10;

/**
 * Writes a file that unpacks itself and runs what is in a folder: `deno` and, below `app`, the
 * bundle. The same folder makes the same file.
 */
export async function writeSelfExtracting(
  folder: string,
  target: Machine,
  path: string,
): Promise<void> {
  const files = below(folder, "").sort();
  const sums: string[] = [];
  let octets = 0;
  for (const name of files) {
    const content = Deno.readFileSync(`${folder}/${name}`);
    Deno.chmodSync(`${folder}/${name}`, name === "deno" ? 0o500 : 0o400);
    octets += content.length;
    sums.push(`${await sha256(content)}  ${name}`);
  }
  const archive = packed(folder);
  const id = (await sha256(new TextEncoder().encode(sums.join("\n")))).slice(0, 32);
  const fill = (size: number) =>
    header({
      VERSION: denoJson.version,
      ARCH: target.name,
      ID: id,
      FILES: files.join("\n"),
      SUMS: sums.join("\n"),
      SPACE: String(Math.ceil(octets / 1e6) + SPARE),
      FLAGS: [...ISOLATION, ...PERMISSIONS].join(" "),
      HEADER: numeral(size),
      OCTETS: numeral(size + archive.length),
    });
  // Its own size stands in it, with the same number of digits whatever it is
  const text = fill(fill(0).length);
  Deno.writeFileSync(path, text, { mode: 0o755 });
  Deno.writeFileSync(path, archive, { append: true });
}

/** Ten digits, blanks behind. */
function numeral(value: number): string {
  return `${value} #`.padEnd(14);
}

function header(values: Readonly<Record<string, string>>): Uint8Array {
  const text = Deno.readTextFileSync(HEADER).replaceAll(/@([A-Z]+)@/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the header wants ${name}`);
    return value;
  });
  return new TextEncoder().encode(text);
}

/** The files in a folder and its folders, as paths from it. */
function below(folder: string, path: string): string[] {
  return [...Deno.readDirSync(`${folder}/${path}`)].flatMap((entry) =>
    entry.isDirectory ? below(folder, `${path}${entry.name}/`) : [`${path}${entry.name}`]
  );
}

function packed(folder: string): Uint8Array {
  const archive = `${folder}.tar`;
  output([
    ...["tar", "--create", "--sort=name", "--mtime=@0", "--owner=0", "--group=0"],
    ...["--numeric-owner", "--format=ustar", "--file", archive, "--directory", folder, "."],
  ], folder);
  return gzipSync(Deno.readFileSync(archive), { level: constants.Z_BEST_COMPRESSION });
}

async function sha256(content: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", content as Uint8Array<ArrayBuffer>);
  return encodeHex(new Uint8Array(digest));
}

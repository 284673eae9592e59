import { fileURLToPath } from "node:url";
import { Folder } from "../data/temporary.ts";
import { inTurn, seconds } from "./process.ts";
import { type FigureRow, median } from "./row.ts";
import { size } from "./size.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BINARY = `${ROOT}dist/spider`;
const ROUNDS = size(40, 3);
/** The most octets that the file may have. */
const LARGEST = 45e6;
/** The most that a warm start may take, as a multiple of Deno doing nothing. */
const SLOWEST = 1.3;

/** The program as one file, as `deno task compile` makes it here: its size, and how soon it starts. */
export async function binaryRows(): Promise<FigureRow[]> {
  await seconds([Deno.execPath(), "run", "-A", `${ROOT}scripts/compile.ts`]);
  using folder = new Folder();
  const before = Deno.env.get("XDG_CACHE_HOME");
  // So that the first start unpacks everything, and leaves nothing behind
  Deno.env.set("XDG_CACHE_HOME", `${folder.path}/.cache`);
  let cold: number;
  let times: Record<"version" | "deno", number[]>;
  try {
    cold = await seconds(["env", `HOME=${folder.path}`, BINARY, "--version"]);
    times = await inTurn({
      version: [BINARY, "--version"],
      deno: [Deno.execPath(), "eval", "0"],
    }, ROUNDS);
  } finally {
    if (before === undefined) Deno.env.delete("XDG_CACHE_HOME");
    else Deno.env.set("XDG_CACHE_HOME", before);
  }
  const { size } = Deno.statSync(BINARY);
  const [version, deno] = [median(times.version) * 1000, median(times.deno) * 1000];
  return [{
    work: "the program as one file",
    ours: `${(size / 1e6).toFixed(1)} MB`,
    peers: [],
    bound: `${LARGEST / 1e6} MB`,
    reached: size <= LARGEST,
  }, {
    work: "that file, --version",
    ours: `${version.toFixed(0)} ms (${(version / deno).toFixed(2)} times), the first time ${
      cold.toFixed(1)
    } s`,
    peers: [`deno eval 0: ${deno.toFixed(0)} ms`],
    bound: `${SLOWEST} times`,
    reached: version <= SLOWEST * deno,
  }];
}

import { typesFile } from "../../../../plugin/scaffold/types.ts";
import { writeWhole } from "../../../../result/write_whole.ts";

/** Runs `spider plugins types`. */
export function run(): Promise<number> {
  writeWhole(Deno.stdout, new TextEncoder().encode(typesFile()));
  return Promise.resolve(0);
}

import { OutputFile } from "../../../result/output_file.ts";
import { metadataText, SUFFIX } from "../../../result/pto/metadata.ts";
import type { Context } from "../../command.ts";
import type { MetadataInvocation } from "./options.ts";
import { teller } from "../../terminal/tell.ts";
import { metadataOfFile, tagsOf } from "./results_metadata.ts";

/** Runs `spider metadata`. */
export async function run(
  { options, positionals }: MetadataInvocation,
  { stderr }: Context,
): Promise<number> {
  const tell = teller(stderr);
  const [path = "", ...tags] = positionals;
  const made = await metadataOfFile(path, options.owner, options.filetype, tagsOf(tags), tell);
  const name = path + SUFFIX;
  const file = OutputFile.open(name);
  try {
    file.write(new TextEncoder().encode(metadataText(made)));
  } finally {
    file.close();
  }
  tell(`Wrote ${name}.`);
  return 0;
}

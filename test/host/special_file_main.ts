/** Copies an input to an output, as commands read and write them. */
import { fileURLToPath } from "node:url";
import { OutputFile } from "../../src/result/output_file.ts";
import { openInput } from "../../src/target/input.ts";
import { readText } from "../../src/target/text.ts";

/** This file, for the test that runs it. */
export const COPY = fileURLToPath(import.meta.url);

if (import.meta.main) {
  const [from = "", to = ""] = Deno.args;
  try {
    const { name, stream } = await openInput(from);
    const output = OutputFile.open(to, [from]);
    for await (const text of readText(stream, name)) {
      output.write(new TextEncoder().encode(text));
    }
    output.close();
  } catch (error) {
    console.log((error as Error).message);
    Deno.exit(1);
  }
}

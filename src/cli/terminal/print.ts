import type { OutputStream } from "../../host/streams.ts";
import { ResultWriter } from "../../result/ndjson.ts";

/** Writes text for people to standard output, however long its reader lets it wait. */
export async function print(text: string, stdout: OutputStream): Promise<void> {
  const writer = ResultWriter.open(stdout);
  writer.writeBytes(new TextEncoder().encode(text));
  await writer.close();
}

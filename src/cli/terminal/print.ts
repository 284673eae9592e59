import { STANDARD } from "../../host/standard.ts";
import { ResultWriter } from "../../result/ndjson.ts";

/** Writes text for people to standard output, however long its reader lets it wait. */
export async function print(text: string): Promise<void> {
  const writer = ResultWriter.open(STANDARD);
  writer.writeBytes(new TextEncoder().encode(text));
  await writer.close();
}

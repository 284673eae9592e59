import { measurementRecord } from "./record.ts";
import { patiently, type Retry } from "./retry.ts";
import type { RemoteServer } from "./server.ts";

/** How it is tried again: the user waits for the end. */
const RETRY = { tries: 3, pause: 1000, longest: 1000 } as const;

/**
 * Asks a server to end a measurement; one that has ended stays as it is.
 *
 * @throws {RemoteFailure} when the server cannot be reached, or refuses
 */
export async function stopThere(
  server: RemoteServer,
  id: string,
  parts: Pick<Retry, "signal" | "say">,
): Promise<void> {
  await patiently(
    () => server.record(measurementRecord, `measurements/${id}/stop`, { method: "POST" }),
    { ...RETRY, ...parts },
  );
}

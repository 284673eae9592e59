import { Failure } from "../../host/failure.ts";
import { PROCESS_STREAMS, type Streams } from "../../host/streams.ts";
import { LINE_END, type Reply } from "./message.ts";
import { readModule, type SourceRequest } from "./reading.ts";
import { SourceFailure } from "./source_failure.ts";

/** The process that reads sources: a request in JSON a line, and a reply to each, until the input ends. */
export async function serveReading(
  { stdin, stdout }: Pick<Streams, "stdin" | "stdout">,
): Promise<void> {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  for await (const octets of stdin.readable) {
    parts.push(decoder.decode(octets, { stream: true }));
    // It asks for one thing at a time
    if (octets.at(-1) !== LINE_END) continue;
    const reply = encoder.encode(`${JSON.stringify(answer(JSON.parse(parts.join(""))))}\n`);
    for (let at = 0; at < reply.length;) at += stdout.writeSync(reply.subarray(at));
    parts.length = 0;
  }
}

function answer(request: SourceRequest): Reply {
  try {
    return { read: readModule(request) };
  } catch (error) {
    if (error instanceof SourceFailure) {
      const { message, where, line } = error;
      return { failure: message, where, line };
    }
    if (error instanceof Failure) return { failure: error.message };
    return { fault: (error as Error).stack ?? String(error) };
  }
}

if (import.meta.main) await serveReading(PROCESS_STREAMS);

import { createParser, type EventSourceMessage } from "eventsource-parser";
import { nonsense, passing } from "./failure.ts";
import { piecesOf } from "./pieces.ts";
import { EVENTS, type EventType, type RemoteEvent } from "./record.ts";
import { type Retry, waitAfter } from "./retry.ts";
import type { RemoteServer } from "./server.ts";

/** How long a server may be silent, in milliseconds: it says every 15 s that it is there. */
const SILENCE = 45_000;
/** Characters of an event at most. */
const MOST = 1 << 20;

/**
 * Events of a measurement, until its run ends. After a broken connection they go on behind the last one that
 * came (HTML Living Standard, section 9.2.5).
 *
 * @param isOver is asked when a stream has ended without its end: whether there is nothing more to come
 * @throws {RemoteFailure} when the server cannot be reached again, or sends nonsense
 */
export async function* eventsOf(
  server: RemoteServer,
  id: string,
  retry: Retry,
  isOver: () => Promise<boolean>,
): AsyncGenerator<RemoteEvent> {
  let last = "0";
  for (let turn = 1;; turn++) {
    try {
      for await (const message of messagesOf(server, id, last)) {
        if (message.id !== undefined) last = message.id;
        const event = eventOf(server.host, message);
        if (event === null) continue;
        turn = 1;
        yield event;
        if (event.type === "ended" || event.type === "run") return;
      }
      if (await isOver()) return;
      throw passing(`${server.host} ended the events before their end`);
    } catch (error) {
      await waitAfter(error, turn, retry);
    }
  }
}

/** Messages of one connection. */
async function* messagesOf(
  server: RemoteServer,
  id: string,
  last: string,
): AsyncGenerator<EventSourceMessage> {
  const answer = await server.open(`measurements/${id}/events`, {
    headers: { accept: "text/event-stream", "last-event-id": last },
  });
  if (!(answer.headers.get("content-type") ?? "").startsWith("text/event-stream")) {
    await answer.body?.cancel();
    throw nonsense(server.host, "events are of another type");
  }
  let come: EventSourceMessage[] = [];
  let tooLong = false;
  const parser = createParser({
    maxBufferSize: MOST,
    onEvent: (message) => come.push(message),
    // Fields that are not known are passed over
    onError: ({ type }) => tooLong ||= type === "max-buffer-size-exceeded",
  });
  for await (const piece of piecesOf(answer, server.host, SILENCE)) {
    parser.feed(piece);
    yield* come;
    come = [];
    if (tooLong) throw nonsense(server.host, `an event has more than ${MOST} characters`);
  }
}

/** What a message says; null for one of a type that is not known. */
function eventOf(host: string, { id, event, data }: EventSourceMessage): RemoteEvent | null {
  if (id !== undefined && !/^\d{1,16}$/.test(id)) {
    throw nonsense(host, "an event's id is no number");
  }
  if (event === undefined || !Object.hasOwn(EVENTS, event)) return null;
  const type = event as EventType;
  const read = EVENTS[type].safeParse(parsed(data));
  if (!read.success) throw nonsense(host, `an event ${type} is not as it must be`);
  return { type, data: read.data } as RemoteEvent;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // which is none of the events
  }
}

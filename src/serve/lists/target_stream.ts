import type { ListStore, TargetList } from "./store.ts";

/** Targets that are read from the database at once. */
const AT_ONCE = 1000;

/** The targets of a list as lines of JSON, read as fast as the client does. */
export function targetStream(
  lists: Pick<ListStore, "targets">,
  list: TargetList,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const lines = lists.targets(list, at, AT_ONCE);
      at += lines.length;
      if (lines.length > 0) {
        controller.enqueue(encoder.encode(lines.map((line) => `${line}\n`).join("")));
      } else if (at < list.targets) {
        controller.error(new Error(`the list ${list.id} was removed while it was read`));
      } else controller.close();
    },
  }, { highWaterMark: 1 });
}

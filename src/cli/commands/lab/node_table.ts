import type { NotedNode } from "../../../lab/live/note.ts";
import { tableLines } from "../../terminal/table.ts";

/** The hosts and routers of a lab as a table. */
export function nodeTable(nodes: readonly NotedNode[], indent = 0): string[] {
  return tableLines(
    [{ title: "NAME" }, { title: "ADDRESSES" }, { title: "SERVES AND RUNS, OR ITS MIDDLEBOXES" }],
    nodes.map(({ name, addresses, serves, services, middleboxes }) => [
      name,
      addresses.join(" "),
      [...serves, ...services, ...middleboxes].join(" "),
    ]),
    { indent },
  );
}

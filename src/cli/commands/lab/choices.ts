import { runningLabs } from "../../../lab/live/note.ts";

/** Names of the labs that run. */
export function labNames(): Promise<readonly string[]> {
  return Promise.resolve(runningLabs().map(({ name }) => name));
}

/** Names of their hosts and routers. */
export function nodeNames(): Promise<readonly string[]> {
  const names = runningLabs().flatMap(({ nodes }) => nodes.map(({ name }) => name));
  return Promise.resolve([...new Set(names)]);
}

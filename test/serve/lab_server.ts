import type { Folder } from "../data/temporary.ts";
import type { TargetLab } from "../lab/target_lab.ts";
import { RunningServer, selfPlace } from "./running_server.ts";

type Changes = ConstructorParameters<typeof RunningServer>[0];
type Options = ConstructorParameters<typeof RunningServer>[1];

/** A server whose processes run on the client of a lab. */
export function serverIn(
  lab: TargetLab,
  changes: Changes = {},
  folder?: Folder,
  options: Options = {},
): RunningServer {
  const place = (command: readonly string[]) => lab.exec(selfPlace(command));
  return new RunningServer(changes, { ...options, place }, folder);
}

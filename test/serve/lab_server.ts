import type { Folder } from "../data/temporary.ts";
import type { TargetLab } from "../lab/target_lab.ts";
import { RunningServer } from "./running_server.ts";

const PROGRAM = new URL("../../src/main.ts", import.meta.url).href;

type Changes = ConstructorParameters<typeof RunningServer>[0];
type Options = ConstructorParameters<typeof RunningServer>[1];

/** A server whose processes run on the client of a lab. */
export function serverIn(
  lab: TargetLab,
  changes: Changes = {},
  folder?: Folder,
  options: Options = {},
): RunningServer {
  // What starts itself is a test here
  const place = (command: readonly string[]) =>
    lab.exec(command.map((word) => word === Deno.mainModule ? PROGRAM : word));
  return new RunningServer(changes, { ...options, place }, folder);
}

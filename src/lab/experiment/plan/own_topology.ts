import { resolve } from "node:path";
import type { NetworkEnvironment } from "../../../contract/environment.ts";
import { Failure } from "../../../host/failure.ts";
import { fileError } from "../../../host/file_error.ts";
import { type LabFile, labFile } from "../../file/lab_file.ts";
import { readYaml, unknown, type ValuePath } from "../../file/yaml.ts";
import type { Faults } from "../../topology/faults.ts";
import type { TestEntry } from "../file/experiment_file.ts";
import type { PlacedBox } from "./topology.ts";

/** What the file says of the topology of a test; null for the usual one. */
export async function ownTopology(
  { network_environment: told }: TestEntry,
  environment: NetworkEnvironment | null,
  test: ValuePath,
  folder: string,
  faults: Faults,
): Promise<LabFile | null | "faulty"> {
  if (!("topology" in told) || told.topology === undefined) return null;
  const path = [...test, "network_environment", "topology"];
  if (environment?.topology === "host") {
    faults.add(path, `${environment.name} has no topology: all is on this host`);
  }
  const lab = typeof told.topology === "string"
    ? await topologyIn(told.topology, folder)
    : told.topology;
  if (typeof lab === "string") {
    faults.add(path, lab);
    return "faulty";
  }
  for (const [host, { services }] of Object.entries(lab.hosts)) {
    if (services.length === 0) continue;
    faults.add(
      typeof told.topology === "string" ? path : [...path, "hosts", host, "services"],
      `services of an experiment stand under services, each with its host, not on ${host}`,
    );
  }
  return lab;
}

/** The topology in a file, beside that of the experiment; or what is wrong with it. */
async function topologyIn(name: string, folder: string): Promise<LabFile | string> {
  try {
    const text = await Deno.readTextFile(resolve(folder, name));
    return readYaml(text, name, labFile).value;
  } catch (error) {
    return error instanceof Failure ? error.message : `${name} cannot be read: ${fileError(error)}`;
  }
}

/** Puts the middleboxes of the matrix behind those that a router of the topology has. */
export function withBoxes(
  topology: LabFile,
  boxes: readonly PlacedBox[],
  { network_environment: told }: TestEntry,
  test: ValuePath,
  faults: Faults,
): LabFile {
  if (boxes.length === 0) return topology;
  const names = Object.keys(topology.routers);
  const at = "middleboxes_at" in told ? told.middleboxes_at : undefined;
  const router = at ?? names[0];
  if (router === undefined || !names.includes(router)) {
    faults.add(
      [...test, "network_environment"],
      router === undefined
        ? "the middleboxes of the matrix want a router in the topology"
        : unknown("router", router, names),
    );
    return topology;
  }
  const whole = topology.routers[router]!;
  const middleboxes = [...whole.middleboxes, ...boxes.map(({ entry }) => entry)];
  return { ...topology, routers: { ...topology.routers, [router]: { ...whole, middleboxes } } };
}

import type { ServicePort } from "../../../contract/service.ts";
import type { PlannedService } from "../../topology/network_plan.ts";
import type { ValuePath } from "../../file/yaml.ts";
import { namedService } from "../../service/named.ts";
import type { Faults } from "../../topology/faults.ts";
import type { PluggedFrom } from "../../topology/plugged.ts";
import type { ServiceOfTest } from "../file/experiment_file.ts";
import { loadedOr } from "./environments.ts";

/** A service of a test with what it speaks, and where; null where something of that is a fault. */
export async function spokenBy(
  entry: ServiceOfTest,
  word: string,
  where: ValuePath,
  { from, faults }: { readonly from: PluggedFrom; readonly faults: Faults },
): Promise<PlannedService | null> {
  const { protocol, ports = [], timeout, options } = entry;
  const version = protocol !== undefined && "version" in protocol ? protocol.version : undefined;
  const told = {
    service: word,
    options,
    ...(version === undefined ? {} : { versions: [version] }),
    ...(ports.length === 1 ? { port: ports[0]! } : {}),
    ...(timeout === undefined ? {} : { timeout }),
  };
  const named = await loadedOr(
    where,
    faults,
    () => namedService(told, from.settings, (path) => path, protocol?.name),
  );
  if (typeof named === "string") {
    faults.add(where, named);
    return null;
  }
  if (named === null || ports.length < 2) return named;
  if (ports.length === named.ports.length) {
    return { ...named, ports: named.ports.map((one, at) => ({ ...one, port: ports[at]! })) };
  }
  faults.add(
    [...where, "ports"],
    `${named.service.name} listens on ${named.ports.length}: ${said(named.ports)}`,
  );
  return null;
}

/** What is spoken, in words. */
export function said(ports: readonly ServicePort[]): string {
  return ports.map(({ protocol, version }) => `${protocol} ${version}`).join(", ");
}

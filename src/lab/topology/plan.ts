import type { PluginSettings } from "../../plugin/settings.ts";
import { PREFIX } from "../../host/undo.ts";
import { type LabFile, labFile, MOST_NODES } from "../file/lab_file.ts";
import { FileFaults, readYaml } from "../file/yaml.ts";
import { LINK_POOLS, type Network, networkOf, overlap } from "./addresses.ts";
import { Faults } from "./faults.ts";
import { interfacesOf, planLinks } from "./links.ts";
import type { LabPlan, PlannedNode } from "./network_plan.ts";
import { planBoxes, planServices, type PluggedFrom } from "./plugged.ts";
import { ownNetworks, planRoutes } from "./ways.ts";

/** How a lab is planned. */
export interface PlanOptions {
  /** Its name, whatever the file says. */
  readonly called?: string | undefined;
  /** Where plugins are looked for, and which may run; the usual places, and nothing new, when missing. */
  readonly settings?: PluginSettings | undefined;
  /** The folder that paths in the file begin in; the current one when missing. */
  readonly folder?: string;
}

/**
 * Plans the lab that a file describes.
 *
 * @param text the file's text
 * @param file its name, for messages
 * @param name the lab's name where the file gives none
 * @throws {FileFaults} with everything that is wrong, each with its place
 */
export async function planLab(
  text: string,
  file: string,
  name: string,
  { called, settings, folder = "." }: PlanOptions = {},
): Promise<LabPlan> {
  const read = readYaml(text, file, labFile);
  const faults = new Faults(read);
  const lab = read.value;
  const plan = await planLabFile(
    lab,
    called ?? lab.name ?? name,
    { settings, folder },
    faults,
  );
  if (faults.all.length > 0) throw new FileFaults(file, faults.all);
  return plan;
}

/** The same for what was read, perhaps as part of another file; it notes what is wrong. */
export async function planLabFile(
  lab: LabFile,
  called: string,
  from: PluggedFrom,
  faults: Faults,
): Promise<LabPlan> {
  const names = [...Object.keys(lab.hosts), ...Object.keys(lab.routers)];
  checkNames(lab, names, faults);
  const links = planLinks(lab, names, faults);
  const interfaces = interfacesOf(links, lab.ipv6);
  const serves = new Map(
    Object.entries(lab.hosts).map(([host, { serves }]) => [host, serves.map(networkOf)]),
  );
  checkNetworks(serves, lab.ipv6, faults);
  const routes = planRoutes({ lab, names, links, interfaces, serves }, faults);
  const behind = (host: string) => {
    const networks = serves.get(host);
    return networks && [...networks, ...ownNetworks(interfaces.get(host))];
  };
  const nodes: PlannedNode[] = [];
  for (const name of names) {
    const router = Object.hasOwn(lab.routers, name) ? lab.routers[name] : undefined;
    const host = router === undefined ? lab.hosts[name] : undefined;
    nodes.push({
      name,
      namespace: `${PREFIX}${called}.${name}`,
      isRouter: router !== undefined,
      serves: serves.get(name) ?? [],
      sysctls: Object.fromEntries(
        Object.entries((router ?? host!).sysctls).map(([key, value]) => [key, String(value)]),
      ),
      interfaces: interfaces.get(name) ?? [],
      routes: routes.get(name) ?? [],
      boxes: await planBoxes(name, router?.middleboxes ?? [], behind, from, faults),
      services: await planServices(name, host?.services ?? [], from, faults),
    });
  }
  return { name: called, seed: lab.seed, nodes, links };
}

function checkNames({ hosts, routers }: LabFile, names: readonly string[], faults: Faults): void {
  for (const name of Object.keys(routers)) {
    if (!Object.hasOwn(hosts, name)) continue;
    faults.add(["routers", name], `there is a host ${name} already`, true);
  }
  if (names.length > MOST_NODES) {
    faults.add([], `a lab has at most ${MOST_NODES} hosts and routers`);
  }
}

function checkNetworks(
  serves: ReadonlyMap<string, readonly Network[]>,
  ipv6: boolean,
  faults: Faults,
): void {
  const known: { network: Network; host: string }[] = [];
  for (const [host, networks] of serves) {
    networks.forEach((network, at) => {
      const path = ["hosts", host, "serves", at];
      if (network.family === 6 && !ipv6) {
        faults.add(path, `${network.text} is of IPv6, which this lab does not have`);
      }
      const pool = LINK_POOLS.find((pool) => overlap(pool, network));
      if (pool !== undefined) {
        faults.add(path, `${network.text} overlaps ${pool.text}, which the links have`);
      }
      const other = known.find((one) => overlap(one.network, network));
      if (other !== undefined) {
        faults.add(path, `${network.text} overlaps ${other.network.text} of ${other.host}`);
      }
      known.push({ network, host });
    });
  }
}

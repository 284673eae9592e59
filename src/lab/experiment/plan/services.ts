import type { Service } from "../../../contract/service.ts";
import { bundledNames } from "../../../plugin/bundled.ts";
import { loadSpider } from "../../../plugin/spiders.ts";
import { loadTrusted } from "../../../plugin/trusted.ts";
import { unknown, type ValuePath } from "../../file/yaml.ts";
import type { Faults } from "../../topology/faults.ts";
import { type PluggedFrom, resolved } from "../../topology/plugged.ts";
import type { ServiceOfTest } from "../file/experiment_file.ts";
import { loadedOr } from "./environments.ts";
import type { Cell, PlannedIut, PlannedTester } from "./experiment_plan.ts";
import { spokenBy } from "./spoken.ts";
import { type NamedTester, planTesters } from "./testers.ts";

/** What the services of a test were planned to be. */
export interface PlannedServices {
  readonly services: readonly PlannedIut[];
  readonly testers: readonly PlannedTester[];
}

/** Where services run that name no host. */
export interface UsualHosts {
  readonly iut: string;
  readonly tester: string;
}

/** Gives services that name no implementation that of the matrix: a spider tests, the others are tested. */
export function withMatrix(
  entries: Readonly<Record<string, ServiceOfTest>>,
  { spider, service }: Cell,
): Readonly<Record<string, ServiceOfTest>> {
  return Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => {
      const given = entry.type === "tester" ? spider : service;
      const isGiven = entry.implementation === undefined && given !== undefined;
      return [name, isGiven ? { ...entry, implementation: String(given) } : entry];
    }),
  );
}

/** The services of a test, those that others depend on first. */
export async function planServices(
  entries: Readonly<Record<string, ServiceOfTest>>,
  path: ValuePath,
  hosts: UsualHosts,
  from: PluggedFrom,
  faults: Faults,
): Promise<PlannedServices> {
  const planner = new ServicePlanner(entries, path, hosts, from, faults);
  for (const name of Object.keys(entries)) await planner.plan(name);
  planner.checkPorts();
  const order = inOrder(entries, path, faults);
  return {
    services: planner.services.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name)),
    testers: await planTesters(planner.testers, planner.services, {
      ...{ entries, path, from, faults },
      host: hosts.tester,
    }),
  };
}

class ServicePlanner {
  readonly services: PlannedIut[] = [];
  readonly testers: NamedTester[] = [];
  readonly #entries: Readonly<Record<string, ServiceOfTest>>;
  readonly #path: ValuePath;
  readonly #hosts: UsualHosts;
  readonly #from: PluggedFrom;
  readonly #faults: Faults;

  constructor(
    entries: Readonly<Record<string, ServiceOfTest>>,
    path: ValuePath,
    hosts: UsualHosts,
    from: PluggedFrom,
    faults: Faults,
  ) {
    this.#entries = entries;
    this.#path = path;
    this.#hosts = hosts;
    this.#from = from;
    this.#faults = faults;
  }

  /** Plans a service that is under test, and notes one that tests. */
  async plan(name: string): Promise<void> {
    const entry = this.#entries[name]!;
    const where = [...this.#path, name];
    if (entry.implementation === undefined) {
      return this.#fault(where, "needs an implementation, which the matrix does not give either");
    }
    const word = resolved(entry.implementation, this.#from);
    const service = await loadedOr(
      where,
      this.#faults,
      () => loadTrusted("service", word, this.#from.settings),
    );
    if (service === null) return;
    if (service?.type === "iut") {
      if (entry.type === "tester") {
        return this.#fault([...where, "type"], `${service.name} is tested, and tests nothing`);
      }
      return await this.#planIut(name, entry, word, service);
    }
    const spider = service === undefined
      ? await loadedOr(where, this.#faults, () => loadSpider(word, this.#from.settings))
      : undefined;
    if (spider === null) return;
    if (service === undefined && spider === undefined) {
      const known = [...bundledNames("service"), ...bundledNames("spider")];
      return this.#fault(
        [...where, "implementation"],
        unknown("service or spider", entry.implementation, known),
      );
    }
    if (entry.type === "iut") {
      const who = (service ?? spider)!.name;
      return this.#fault([...where, "type"], `${who} tests others, and is not under test`);
    }
    this.testers.push({ name, word });
  }

  async #planIut(
    name: string,
    entry: ServiceOfTest,
    word: string,
    service: Service,
  ): Promise<void> {
    const where = [...this.#path, name];
    const asked = entry.protocol;
    if (asked?.name !== undefined) {
      const one = service.speaks.find(({ protocol }) => protocol === asked.name);
      if (one === undefined) {
        const spoken = service.speaks.map(({ protocol }) => protocol);
        return this.#fault(
          [...where, "protocol"],
          `${service.name} speaks ${spoken.join(", ")}, not ${asked.name}`,
        );
      }
      if ("role" in asked && asked.role !== undefined && asked.role !== one.role) {
        return this.#fault(
          [...where, "protocol", "role"],
          `${service.name} is a ${one.role}, not a ${asked.role}`,
        );
      }
    }
    const planned = await spokenBy(entry, word, where, {
      from: this.#from,
      faults: this.#faults,
    });
    if (planned === null) return;
    this.services.push({
      name,
      host: entry.host ?? this.#hosts.iut,
      planned,
      dependsOn: entry.depends_on,
      critical: entry.critical,
      image: entry.image ?? null,
    });
  }

  /** No two services of a host may listen on one port. */
  checkPorts(): void {
    const taken = new Map<string, string>();
    for (const { name, host, planned } of this.services) {
      for (const { transport, port } of planned.ports) {
        const key = `${host} ${transport} ${port}`;
        const other = taken.get(key);
        if (other !== undefined) {
          this.#fault(
            [...this.#path, name],
            `${other} has port ${port} of ${transport} on ${host} already`,
          );
        }
        taken.set(key, name);
      }
    }
  }

  #fault(path: ValuePath, text: string): void {
    this.#faults.add(path, text);
  }
}

/** Names of services, each behind those that it depends on. */
function inOrder(
  entries: Readonly<Record<string, ServiceOfTest>>,
  path: ValuePath,
  faults: Faults,
): readonly string[] {
  const names = Object.keys(entries);
  const order: string[] = [];
  const way: string[] = [];
  const visit = (name: string): void => {
    if (order.includes(name)) return;
    const at = way.indexOf(name);
    if (at >= 0) {
      const circle = [...way.slice(at), name].join(" depends on ");
      return faults.add([...path, name, "depends_on"], `services wait for each other: ${circle}`);
    }
    way.push(name);
    entries[name]!.depends_on.forEach((other, at) => {
      if (Object.hasOwn(entries, other)) return visit(other);
      faults.add([...path, name, "depends_on", at], unknown("service", other, names));
    });
    way.pop();
    order.push(name);
  };
  names.forEach(visit);
  return order;
}

import type { ConnectionType } from "../../../connect/connection_type.ts";
import { connectionTypeNamed } from "../../../connect/registry.ts";
import type { OptionValues } from "../../../contract/option.ts";
import type { Target } from "../../../contract/job.ts";
import type { Service, ServicePort } from "../../../contract/service.ts";
import type { SpiderOf } from "../../../contract/spider.ts";
import { bundledNames } from "../../../plugin/bundled.ts";
import { sentence } from "../../../plugin/fault.ts";
import { schemaFaults } from "../../../plugin/form.ts";
import { readValues, valuesSchema } from "../../../plugin/schema/option.ts";
import { loadSpider } from "../../../plugin/spiders.ts";
import { loadTrusted } from "../../../plugin/trusted.ts";
import { unknown, type ValuePath } from "../../file/yaml.ts";
import { namedService } from "../../service/named.ts";
import type { Faults } from "../../topology/faults.ts";
import { type PluggedFrom, resolved } from "../../topology/plugged.ts";
import type { ServiceOfTest } from "../file/experiment_file.ts";
import { loadedOr } from "./environments.ts";
import type { Cell, PlannedIut, PlannedTarget, PlannedTester } from "./experiment_plan.ts";

/** How long a tester may take when the file does not say, in milliseconds. */
const PATIENCE = 240_000;

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
    testers: await planner.planTesters(),
  };
}

class ServicePlanner {
  readonly services: PlannedIut[] = [];
  readonly #testers: { readonly name: string; readonly word: string }[] = [];
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
    this.#testers.push({ name, word });
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
    const planned = await this.#named(entry, word, where);
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

  /** Plans those that test, now that it is known what is tested. */
  async planTesters(): Promise<PlannedTester[]> {
    const testers: PlannedTester[] = [];
    for (const { name, word } of this.#testers) {
      const entry = this.#entries[name]!;
      const targets = this.#targetsOf(name, entry);
      const runs = targets === null ? null : await this.#runs(name, entry, word, targets);
      if (targets === null || runs === null) continue;
      testers.push({
        name,
        host: entry.host ?? this.#hosts.tester,
        critical: entry.critical,
        timeout: entry.timeout ?? PATIENCE,
        image: entry.image ?? null,
        ...runs,
      });
    }
    return testers;
  }

  #targetsOf(name: string, { protocol }: ServiceOfTest): PlannedIut[] | null {
    const where = [...this.#path, name];
    const asked = protocol !== undefined && "target" in protocol ? protocol.target : undefined;
    if (asked === undefined) {
      if (this.services.length > 0) return this.services.slice(0, 1);
      this.#fault(where, "there is no service under test that it could test");
      return null;
    }
    const found: PlannedIut[] = [];
    asked.forEach((one, at) => {
      const service = this.services.find(({ name }) => name === one);
      if (service !== undefined) return void found.push(service);
      // What is wrong with it is said there
      const isTester = this.#testers.some(({ name }) => name === one);
      if (Object.hasOwn(this.#entries, one) && !isTester) return;
      const known = this.services.map(({ name }) => name);
      this.#fault([...where, "protocol", "target", at], unknown("service under test", one, known));
    });
    return found.length === asked.length ? found : null;
  }

  /** What a tester runs, and on which port it meets each of its targets. */
  async #runs(
    name: string,
    entry: ServiceOfTest,
    word: string,
    targets: readonly PlannedIut[],
  ): Promise<Pick<PlannedTester, "runs" | "targets"> | null> {
    const where = [...this.#path, name];
    const service = await loadTrusted("service", word, this.#from.settings);
    if (service !== undefined) {
      const planned = await this.#named(entry, word, where);
      if (planned === null) return null;
      return this.#met(where, targets, { kind: "service", service, options: planned.options }, {
        who: service.name,
        speaks: said(planned.ports),
        port: (ports) =>
          ports.find((one) =>
            planned.ports.some(({ protocol, version }) =>
              protocol === one.protocol && version === one.version
            )
          ),
      });
    }
    const spider = (await loadSpider(word, this.#from.settings))!;
    const connect = entry.protocol?.name ?? spider.connect[0]!;
    if (!(spider.connect as readonly string[]).includes(connect)) {
      this.#fault(
        [...where, "protocol"],
        `the spider ${spider.name} connects by ${
          spider.connect.join(", ")
        }: name one of these as protocol, not ${connect}`,
      );
      return null;
    }
    const declared = spider.options ?? {};
    const wrong = schemaFaults(valuesSchema(declared), entry.options, "options");
    if (wrong.length > 0) {
      this.#fault([...where, "options"], `${spider.name}: ${wrong.map(sentence).join("; ")}`);
      return null;
    }
    const options = readValues(declared, entry.options);
    const flags = flagsOf(entry.options as OptionValues);
    const type = connectionTypeNamed(connect);
    const serverOption = this.#serverOption(where, spider);
    const runs = { kind: "spider", spider, word, connect, options, flags, serverOption } as const;
    return this.#met(where, targets, runs, {
      who: spider.name,
      speaks: connect,
      port: (ports) => portFor(type, ports),
    });
  }

  /** The option by which a spider that measures names is told which server to ask. */
  #serverOption(where: ValuePath, { name, needs, options = {} }: SpiderOf<Target>): string | null {
    if (needs !== "domain") return null;
    const found = Object.keys(options).find((option) => options[option]?.type === "endpoint");
    if (found === undefined) {
      this.#fault(where, `${name} measures names, and has no option for the server that it asks`);
    }
    return found ?? null;
  }

  /** The port of each target; a fault for one that the tester cannot talk to. */
  #met(
    where: ValuePath,
    targets: readonly PlannedIut[],
    runs: PlannedTester["runs"],
    { who, speaks, port }: {
      readonly who: string;
      readonly speaks: string;
      readonly port: (ports: readonly ServicePort[]) => ServicePort | undefined;
    },
  ): Pick<PlannedTester, "runs" | "targets"> | null {
    const found: PlannedTarget[] = [];
    for (const { name, planned: { ports, service } } of targets) {
      const one = port(ports);
      if (one !== undefined) found.push({ service: name, port: one });
      else {
        this.#fault(
          [...where, "protocol"],
          `${who} speaks ${speaks}, and ${service.name} ${
            said(ports)
          }: they have nothing in common`,
        );
      }
    }
    return found.length === targets.length ? { runs, targets: found } : null;
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

  async #named(entry: ServiceOfTest, word: string, where: ValuePath) {
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
      this.#faults,
      () => namedService(told, this.#from.settings, (path) => path, protocol?.name),
    );
    if (typeof named === "string") {
      this.#fault(where, named);
      return null;
    }
    if (named === null || ports.length < 2) return named;
    if (ports.length === named.ports.length) {
      return { ...named, ports: named.ports.map((one, at) => ({ ...one, port: ports[at]! })) };
    }
    this.#fault(
      [...where, "ports"],
      `${named.service.name} listens on ${named.ports.length}: ${said(named.ports)}`,
    );
    return null;
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

/** The port that a spider connects to: of its transport, with TLS or without, the usual one first. */
function portFor(
  { transport, defaultPort, tls }: ConnectionType,
  ports: readonly ServicePort[],
): ServicePort | undefined {
  const fitting = ports.filter((one) =>
    (transport === "raw" || one.transport === transport) && (tls === undefined || one.tls === tls)
  );
  return fitting.find(({ port }) => port === defaultPort) ?? fitting[0];
}

/** What is spoken, in words. */
function said(ports: readonly ServicePort[]): string {
  return ports.map(({ protocol, version }) => `${protocol} ${version}`).join(", ");
}

/** Values of options as the command line takes them. */
function flagsOf(values: OptionValues): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === false || value === undefined
      ? []
      : value === true
      ? [`--${name}`]
      : [value].flat().map((one) => `--${name}=${one}`)
  );
}

import type { ConnectionType } from "../../../connect/connection_type.ts";
import { connectionTypeNamed } from "../../../connect/registry.ts";
import type { Target } from "../../../contract/job.ts";
import type { OptionValues } from "../../../contract/option.ts";
import type { ServicePort } from "../../../contract/service.ts";
import type { SpiderOf } from "../../../contract/spider.ts";
import { readValues, valueFaults } from "../../../plugin/schema/option.ts";
import { loadSpider } from "../../../plugin/spiders.ts";
import { loadTrusted } from "../../../plugin/trusted.ts";
import { unknown, type ValuePath } from "../../file/yaml.ts";
import type { Faults } from "../../topology/faults.ts";
import type { PluggedFrom } from "../../topology/plugged.ts";
import type { ServiceOfTest } from "../file/experiment_file.ts";
import type { PlannedIut, PlannedTarget, PlannedTester } from "./experiment_plan.ts";
import { said, spokenBy } from "./spoken.ts";

/** How long a tester may take when the file does not say, in milliseconds. */
const PATIENCE = 240_000;

/** A tester of a test, and the plugin that it is. */
export interface NamedTester {
  readonly name: string;
  /** As it is loaded: a name, path or URL. */
  readonly word: string;
}

/** What testers are planned with. */
export interface TesterContext {
  readonly entries: Readonly<Record<string, ServiceOfTest>>;
  /** Where they stand in the file. */
  readonly path: ValuePath;
  /** The host of those that name none. */
  readonly host: string;
  readonly from: PluggedFrom;
  readonly faults: Faults;
}

/** Plans those that test, now that it is known what is tested. */
export async function planTesters(
  testers: readonly NamedTester[],
  services: readonly PlannedIut[],
  context: TesterContext,
): Promise<PlannedTester[]> {
  return await new TesterPlanner(testers, services, context).plan();
}

class TesterPlanner {
  readonly #testers: readonly NamedTester[];
  readonly #services: readonly PlannedIut[];
  readonly #context: TesterContext;

  constructor(
    testers: readonly NamedTester[],
    services: readonly PlannedIut[],
    context: TesterContext,
  ) {
    this.#testers = testers;
    this.#services = services;
    this.#context = context;
  }

  async plan(): Promise<PlannedTester[]> {
    const testers: PlannedTester[] = [];
    for (const { name, word } of this.#testers) {
      const entry = this.#context.entries[name]!;
      const targets = this.#targetsOf(name, entry);
      const runs = targets === null ? null : await this.#runs(name, entry, word, targets);
      if (targets === null || runs === null) continue;
      testers.push({
        name,
        host: entry.host ?? this.#context.host,
        critical: entry.critical,
        timeout: entry.timeout ?? PATIENCE,
        image: entry.image ?? null,
        ...runs,
      });
    }
    return testers;
  }

  #targetsOf(name: string, { protocol }: ServiceOfTest): PlannedIut[] | null {
    const where = [...this.#context.path, name];
    const asked = protocol !== undefined && "target" in protocol ? protocol.target : undefined;
    if (asked === undefined) {
      if (this.#services.length > 0) return this.#services.slice(0, 1);
      this.#fault(where, "there is no service under test that it could test");
      return null;
    }
    const found: PlannedIut[] = [];
    asked.forEach((one, at) => {
      const service = this.#services.find(({ name }) => name === one);
      if (service !== undefined) return void found.push(service);
      // What is wrong with it is reported there
      const isTester = this.#testers.some(({ name }) => name === one);
      if (Object.hasOwn(this.#context.entries, one) && !isTester) return;
      const known = this.#services.map(({ name }) => name);
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
    const where = [...this.#context.path, name];
    const service = await loadTrusted("service", word, this.#context.from.settings);
    if (service !== undefined) {
      const planned = await spokenBy(entry, word, where, this.#context);
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
    const spider = (await loadSpider(word, this.#context.from.settings))!;
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
    const wrong = valueFaults(declared, entry.options);
    for (const { path, text } of wrong) {
      this.#fault([...where, "options", ...path], `${spider.name}: ${text}`);
    }
    if (wrong.length > 0) return null;
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

  #fault(path: ValuePath, text: string): void {
    this.#context.faults.add(path, text);
  }
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

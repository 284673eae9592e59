import { resolve } from "node:path";
import type { NetworkEnvironment } from "../../../contract/environment.ts";
import { Failure } from "../../../host/failure.ts";
import { fileError } from "../../../host/file_error.ts";
import type { PluginSettings } from "../../../plugin/settings.ts";
import { namedMiddlebox } from "../../box/named.ts";
import { type LabFile, labFile } from "../../file/lab_file.ts";
import { readYaml, unknown, type ValuePath } from "../../file/yaml.ts";
import type { Faults } from "../../topology/faults.ts";
import type { LabPlan } from "../../topology/network_plan.ts";
import { planLabFile } from "../../topology/plan.ts";
import { type PluggedFrom, resolved } from "../../topology/plugged.ts";
import type { BoxOfMatrix, TestEntry } from "../file/experiment_file.ts";
import { cellId, cellsOf, isWithin } from "./cells.ts";
import {
  checkDomain,
  checkExpectations,
  checkHost,
  checkHosts,
  checkImages,
  checkSteps,
} from "./checks.ts";
import { loadedOr, networkEnvironment, optionsOf, planWrappers } from "./environments.ts";
import type { Cell, CellPlan, GroupPlan } from "./experiment_plan.ts";
import { type PlannedServices, planServices, type UsualHosts, withMatrix } from "./services.ts";
import { simulationProblems } from "./simulation.ts";
import { substitute, unknownPlaces } from "./substitute.ts";
import {
  address,
  addressesOf,
  bitsFor,
  CLIENT,
  hasRoom,
  type PlacedBox,
  SERVER,
  usualTopology,
} from "./topology.ts";

/** What tests of an experiment are planned with. */
export interface TestContext {
  readonly seed: number;
  readonly settings: PluginSettings | undefined;
  readonly folder: string;
  /** The number of its first network. */
  readonly first: number;
  /** Whether a test is wanted, by its name with its place. */
  readonly isChosen: (id: string) => boolean;
  /** What the names of networks end with. */
  readonly suffix: string;
}

/** A middlebox that does nothing, so that there is none. */
const NONE = "transparent";

/** The networks that a test takes, each with the places of the matrix that share it. */
export async function planTest(
  experiment: string,
  test: TestEntry,
  path: ValuePath,
  context: TestContext,
  faults: Faults,
): Promise<GroupPlan[]> {
  return await new TestPlanner(experiment, test, path, context, faults).plan();
}

class TestPlanner {
  readonly #experiment: string;
  readonly #test: TestEntry;
  readonly #path: ValuePath;
  readonly #context: TestContext;
  readonly #from: PluggedFrom;
  readonly #faults: Faults;
  /** Middleboxes of the matrix that meet everything on their router. */
  readonly #wide = new Set<string>();
  /** Those that are none: each was said once, and no network has them. */
  readonly #unknown = new Set<string>();

  constructor(
    experiment: string,
    test: TestEntry,
    path: ValuePath,
    context: TestContext,
    faults: Faults,
  ) {
    this.#experiment = experiment;
    this.#test = test;
    this.#path = path;
    this.#context = context;
    this.#from = context;
    this.#faults = faults;
  }

  get #boxes(): readonly BoxOfMatrix[] {
    return this.#test.matrix.middlebox ?? [];
  }

  async plan(): Promise<GroupPlan[]> {
    const test = this.#test;
    const cells = cellsOf(test, this.#path, this.#faults)
      .filter((cell) => this.#context.isChosen(cellId(test.name, cell)));
    if (cells.length === 0) return [];
    const names = [...new Set(cells.flatMap((cell) => Object.keys(cell)))];
    for (const name of new Set(unknownPlaces(test, names))) {
      this.#faults.add(
        this.#path,
        `\${${name}} stands for nothing: ${
          names.length === 0
            ? "there is neither a matrix nor a set of parameters"
            : `there is ${names.join(", ")}`
        }`,
      );
    }
    const environment = await networkEnvironment(
      this.#test,
      this.#path,
      this.#from,
      this.#faults,
    );
    const topology = await this.#topology(environment);
    await this.#checkBoxes(environment);
    if (environment === null || topology === "faulty") return [];
    const groups: GroupPlan[] = [];
    for (const members of this.#together(cells, topology !== null)) {
      const group = await this.#group(members, environment, topology, groups.length);
      if (group !== null) groups.push(group);
    }
    return groups;
  }

  /** What the file says of the topology; null for the usual one. */
  async #topology(environment: NetworkEnvironment | null): Promise<LabFile | null | "faulty"> {
    const told = this.#test.network_environment;
    if (!("topology" in told) || told.topology === undefined) return null;
    const path = [...this.#path, "network_environment", "topology"];
    if (environment?.topology === "host") {
      this.#add(path, `${environment.name} has no topology: all is on this host`);
    }
    const lab = typeof told.topology === "string"
      ? await this.#topologyIn(told.topology, path)
      : told.topology;
    if (lab === "faulty") return lab;
    for (const [host, { services }] of Object.entries(lab.hosts)) {
      if (services.length === 0) continue;
      this.#add(
        typeof told.topology === "string" ? path : [...path, "hosts", host, "services"],
        `services of an experiment stand under services, each with its host, not on ${host}`,
      );
    }
    return lab;
  }

  /** The topology in a file, beside that of the experiment. */
  async #topologyIn(name: string, path: ValuePath): Promise<LabFile | "faulty"> {
    try {
      const text = await Deno.readTextFile(resolve(this.#context.folder, name));
      return readYaml(text, name, labFile).value;
    } catch (error) {
      const why = error instanceof Failure
        ? error.message
        : `${name} cannot be read: ${fileError(error)}`;
      this.#add(path, why);
      return "faulty";
    }
  }

  async #checkBoxes(environment: NetworkEnvironment | null): Promise<void> {
    const told = this.#test.network_environment;
    const isUsual = !("topology" in told) || told.topology === undefined;
    for (const [at, { name, middlebox, value, to }] of this.#boxes.entries()) {
      const path = [...this.#path, "matrix", "middlebox", at];
      const named = await loadedOr(
        path,
        this.#faults,
        () =>
          namedMiddlebox(
            middlebox,
            this.#from.settings,
            value,
            (one) => resolved(one, this.#from),
          ),
      );
      if (named === null || typeof named === "string") {
        this.#unknown.add(name);
        if (named !== null) this.#add(path, named);
        continue;
      }
      if (environment?.topology === "host" && middlebox !== NONE) {
        this.#add(path, `${environment.name} has no middleboxes: take netns or simulated`);
      }
      if (isUsual && to !== undefined) {
        this.#add(
          [...path, "to"],
          "each place of the matrix has a prefix of its own: leave to out",
        );
      }
      const { narrows } = named.box;
      if (middlebox !== NONE && narrows !== undefined && !narrows.includes("to")) {
        this.#wide.add(name);
      }
    }
  }

  /** Places of the matrix by the network that they share. */
  #together(cells: readonly Cell[], isOwnTopology: boolean): readonly (readonly Cell[])[] {
    const told = JSON.stringify([
      this.#test.services,
      this.#test.steps,
      this.#test.pre_commands,
      this.#test.post_commands,
      this.#test.execution_environment,
      this.#test.network_environment,
    ]);
    const groups = new Map<string, Cell[]>();
    for (const cell of cells) {
      const { middlebox, ip, ...others } = cell;
      const isApart = isOwnTopology || this.#wide.has(String(middlebox)) ||
        told.includes("${middlebox}");
      const key = JSON.stringify([
        others,
        isApart ? middlebox : null,
        told.includes("${ip}") ? ip : null,
      ]);
      groups.set(key, [...groups.get(key) ?? [], cell]);
    }
    return [...groups.values()];
  }

  async #group(
    cells: readonly Cell[],
    environment: NetworkEnvironment,
    topology: LabFile | null,
    number: number,
  ): Promise<GroupPlan | null> {
    const first = cells[0]!;
    const shared = Object.fromEntries(
      Object.entries(first).filter(([name, value]) => cells.every((cell) => cell[name] === value)),
    );
    const { expect, ...told } = this.#test;
    const test = { ...substitute(told, shared), expect };
    const hosts = this.#hosts(topology);
    const planned = await planServices(
      withMatrix(test.services, shared),
      [...this.#path, "services"],
      hosts,
      this.#from,
      this.#faults,
    );
    const bits = bitsFor(test.targets);
    const { first: begin, suffix } = this.#context;
    const name = `${this.#experiment}-${begin + number}${suffix}`;
    const lab = environment.topology === "host"
      ? null
      : await this.#lab(name, cells, topology, bits);
    if (lab === "faulty") return null;
    const add = (place: ValuePath, text: string) => this.#add([...this.#path, ...place], text);
    if (lab !== null) checkHosts(test, planned, lab, add);
    checkSteps(test, planned, add);
    checkDomain(test, planned, add);
    checkImages(environment, planned, add);
    checkExpectations(test.expect, planned.testers, cells, add);
    if (environment.topology === "host") checkHost(test, planned, environment, add);
    const wrappers = await planWrappers(
      test,
      planned.services,
      this.#path,
      this.#from,
      this.#faults,
    );
    const group: GroupPlan = {
      test: test.name,
      environment,
      environmentOptions: optionsOf(environment, test.network_environment.options),
      lab,
      ...planned,
      wrappers,
      domain: test.domain,
      steps: test.steps,
      before: test.pre_commands,
      after: test.post_commands,
      timeout: test.timeout,
      continueOnFailure: test.continue_on_failure,
      artifacts: test.collect_artifacts,
      cells: cells.map((cell, place) =>
        this.#cell(cell, place, { test, planned, lab, bits, isUsual: topology === null })
      ),
    };
    if (environment.topology === "simulated" && this.#faults.all.length === 0) {
      simulationProblems(group).forEach((problem) => add([], problem));
    }
    return group;
  }

  #cell(
    cell: Cell,
    place: number,
    { test, planned, lab, bits, isUsual }: {
      readonly test: TestEntry;
      readonly planned: PlannedServices;
      readonly lab: LabPlan | null;
      readonly bits: number;
      readonly isUsual: boolean;
    },
  ): CellPlan {
    const family = cell.ip === 6 ? 6 : 4;
    const targets: Record<string, readonly string[]> = {};
    for (
      const target of new Set(
        planned.testers.flatMap(({ targets }) => targets.map(({ service }) => service)),
      )
    ) {
      const service = planned.services.find(({ name }) => name === target)!;
      targets[target] = lab === null
        ? [family === 6 ? "::1" : "127.0.0.1"]
        : isUsual && service.host === SERVER
        ? Array.from({ length: test.targets }, (_, at) => address(family, place, bits, at + 1))
        : addressesOf(lab, service.host, family, test.targets);
      const isHost = lab === null || lab.nodes.some(({ name }) => name === service.host);
      if (targets[target].length > 0 || !isHost) continue;
      this.#add(
        [...this.#path, "services", target],
        `${service.host} has no address of IPv${family}`,
      );
    }
    return {
      id: cellId(test.name, cell),
      cell,
      targets,
      expectations: test.expect.filter(({ when }) => isWithin(cell, when))
        .map((one) => substitute(one, cell)),
    };
  }

  #hosts(topology: LabFile | null): UsualHosts {
    if (topology === null) return { iut: SERVER, tester: CLIENT };
    const names = Object.keys(topology.hosts);
    return { tester: names[0] ?? CLIENT, iut: names.at(-1) ?? SERVER };
  }

  async #lab(
    name: string,
    cells: readonly Cell[],
    topology: LabFile | null,
    bits: number,
  ): Promise<LabPlan | "faulty"> {
    if (topology === null && !hasRoom(cells.length, bits)) {
      this.#add([...this.#path, "matrix"], "there are not so many addresses: take fewer targets");
      return "faulty";
    }
    const boxes: PlacedBox[] = cells.flatMap(({ middlebox: name }, place) => {
      const found = this.#boxes.find((box) => box.name === name);
      if (found === undefined || this.#unknown.has(found.name)) return [];
      const { name: _, ...entry } = found;
      if (entry.middlebox === NONE) return [];
      return [{
        entry,
        place: topology !== null || this.#wide.has(found.name) ? null : place,
      }];
    });
    const unique = [...new Map(boxes.map((box) => [JSON.stringify(box), box])).values()];
    const file = topology === null
      ? usualTopology(cells.length, bits, unique)
      : this.#withBoxes(topology, unique);
    // What stands in the file has its places there; what is made of it has that of the test
    const place = [...this.#path, "network_environment"];
    const within = this.#faults.within(topology === null ? place : [...place, "topology"]);
    const before = this.#faults.all.length;
    const plan = await planLabFile(
      { ...file, seed: this.#context.seed },
      name,
      this.#from,
      within,
    );
    return this.#faults.all.length > before ? "faulty" : plan;
  }

  /** Puts the middleboxes of the matrix behind those that a router has. */
  #withBoxes(topology: LabFile, boxes: readonly PlacedBox[]): LabFile {
    if (boxes.length === 0) return topology;
    const names = Object.keys(topology.routers);
    const told = this.#test.network_environment;
    const at = "middleboxes_at" in told ? told.middleboxes_at : undefined;
    const router = at ?? names[0];
    if (router === undefined || !names.includes(router)) {
      this.#add(
        [...this.#path, "network_environment"],
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

  #add(path: ValuePath, text: string): void {
    this.#faults.add(path, text);
  }
}

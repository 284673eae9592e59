import type { NetworkEnvironment } from "../../../contract/environment.ts";
import type { PluginSettings } from "../../../plugin/settings.ts";
import type { LabFile } from "../../file/lab_file.ts";
import type { ValuePath } from "../../file/yaml.ts";
import type { Faults } from "../../topology/faults.ts";
import type { LabPlan } from "../../topology/network_plan.ts";
import { planLabFile } from "../../topology/plan.ts";
import type { PluggedFrom } from "../../topology/plugged.ts";
import type { TestEntry } from "../file/experiment_file.ts";
import { cellId, cellsOf, checkSelectors, isWithin } from "./cells.ts";
import { checkDomain, checkHost, checkHosts, checkImages, checkSteps } from "./checks.ts";
import { checkExpectations } from "./expectation_checks.ts";
import { networkEnvironment, optionsOf, planWrappers } from "./environments.ts";
import type { Cell, CellPlan, GroupPlan } from "./experiment_plan.ts";
import { MatrixBoxes } from "./matrix_boxes.ts";
import { ownTopology, withBoxes } from "./own_topology.ts";
import { type PlannedServices, planServices, type UsualHosts, withMatrix } from "./services.ts";
import { simulationProblems } from "./simulation.ts";
import { substitute, unknownPlaces } from "./substitute.ts";
import {
  address,
  addressesOf,
  bitsFor,
  CLIENT,
  hasRoom,
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
  readonly #boxes: MatrixBoxes;

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
    this.#boxes = new MatrixBoxes(test);
  }

  async plan(): Promise<GroupPlan[]> {
    const test = this.#test;
    const { all, left } = cellsOf(test, this.#path, this.#faults);
    if (all.length === 0) return [];
    const checkAll = () => checkSelectors(test, all, this.#path, this.#boxes.unknown, this.#faults);
    const cells = left.filter((cell) => this.#context.isChosen(cellId(test.name, cell)));
    if (cells.length === 0) {
      checkAll();
      return [];
    }
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
    const topology = await ownTopology(
      test,
      environment,
      this.#path,
      this.#context.folder,
      this.#faults,
    );
    await this.#boxes.check(
      environment,
      topology === null,
      this.#path,
      this.#from,
      this.#faults,
    );
    checkAll();
    if (environment === null || topology === "faulty") return [];
    const groups: GroupPlan[] = [];
    for (const members of this.#together(cells, topology !== null)) {
      const group = await this.#group(members, environment, topology, groups.length);
      if (group !== null) groups.push(group);
    }
    return groups;
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
      const isApart = isOwnTopology || this.#boxes.isWide(cell) ||
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
    checkExpectations(test, planned, cells, add);
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
    const tested = planned.testers.flatMap(({ targets }) => targets.map(({ service }) => service));
    const probed = test.steps.flatMap(({ name, told }) =>
      name === "trace" || name === "locate" ? [told.to] : []
    );
    for (const target of new Set([...tested, ...probed])) {
      const service = planned.services.find(({ name }) => name === target);
      // A step that names another is a fault of its own
      if (service === undefined) continue;
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
    const boxes = this.#boxes.placed(cells, topology === null);
    const file = topology === null
      ? usualTopology(cells.length, bits, boxes)
      : withBoxes(topology, boxes, this.#test, this.#path, this.#faults);
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

  #add(path: ValuePath, text: string): void {
    this.#faults.add(path, text);
  }
}

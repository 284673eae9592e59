import type { ExecutionEnvironment, NetworkEnvironment } from "../../../contract/environment.ts";
import type { CellValue } from "../../../contract/experiment_report.ts";
import type { Observer } from "../../../contract/observer.ts";
import type { OptionValues } from "../../../contract/option.ts";
import type { Service, ServicePort } from "../../../contract/service.ts";
import type { Spider } from "../../../contract/spider.ts";
import type { LabPlan, PlannedService } from "../../topology/network_plan.ts";
import type { CommandEntry, Expectation, ExperimentFile } from "../file/experiment_file.ts";
import type { Step } from "../file/steps.ts";

/** An experiment as it is run: everything is decided. */
export interface ExperimentPlan {
  readonly file: ExperimentFile;
  /** In the order in which they begin. */
  readonly groups: readonly GroupPlan[];
  readonly observers: readonly PlannedObserver[];
}

/** Values of a place in the matrix, and of a set of parameters. */
export type Cell = Readonly<Record<string, CellValue>>;

/** Tests that share a network and services, side by side behind prefixes of their own. */
export interface GroupPlan {
  /** The name of the test in the file. */
  readonly test: string;
  readonly environment: NetworkEnvironment;
  readonly environmentOptions: OptionValues;
  /** Null where the environment has no hosts of its own. */
  readonly lab: LabPlan | null;
  /** Those under test, each behind those that it depends on. */
  readonly services: readonly PlannedIut[];
  readonly testers: readonly PlannedTester[];
  readonly wrappers: readonly PlannedWrapper[];
  /** The name by which spiders call the targets; undefined for none. */
  readonly domain: string | undefined;
  readonly steps: readonly Step[];
  readonly before: readonly CommandEntry[];
  readonly after: readonly CommandEntry[];
  /** Milliseconds. */
  readonly timeout: number;
  readonly continueOnFailure: boolean;
  readonly artifacts: "all" | "records" | "none";
  readonly cells: readonly CellPlan[];
}

/** One test at one place of the matrix. */
export interface CellPlan {
  /** Such as `ecn[middlebox=ecn-clear,ip=4]`. */
  readonly id: string;
  readonly cell: Cell;
  /** Addresses of each service that is measured, by its name. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
  readonly expectations: readonly Expectation[];
}

/** A service under test, where it runs. */
export interface PlannedIut {
  readonly name: string;
  readonly host: string;
  readonly planned: PlannedService;
  readonly dependsOn: readonly string[];
  readonly critical: boolean;
  readonly image: string | null;
}

/** A service that is tested, and what of it. */
export interface PlannedTarget {
  /** The service's name. */
  readonly service: string;
  readonly port: ServicePort;
}

/** What tests a service: a spider, or a program. */
export interface PlannedTester {
  readonly name: string;
  readonly host: string;
  /** What it tests, and where. */
  readonly targets: readonly PlannedTarget[];
  readonly critical: boolean;
  /** Milliseconds that it may take to its end. */
  readonly timeout: number;
  readonly image: string | null;
  readonly runs:
    | {
      readonly kind: "spider";
      readonly spider: Spider;
      /** As `spider measure` takes it. */
      readonly word: string;
      readonly connect: string;
      readonly options: OptionValues;
      /** The same as flags, those that were given. */
      readonly flags: readonly string[];
      /** The option that is told the target, of a spider that asks name servers; null for others. */
      readonly serverOption: string | null;
    }
    | {
      readonly kind: "service";
      readonly service: Service;
      readonly options: OptionValues;
    };
}

/** What wraps services. */
export interface PlannedWrapper {
  readonly environment: ExecutionEnvironment;
  readonly options: OptionValues;
  /** Names of the services. */
  readonly services: readonly string[];
}

/** What is told of events. */
export interface PlannedObserver {
  readonly observer: Observer;
  readonly options: OptionValues;
}

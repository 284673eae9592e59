import type { Manifest } from "./manifest.ts";
import type { OptionValues } from "./option.ts";

/** A program with its arguments, and variables beside those that it is given anyway. */
export interface PlacedCommand {
  readonly words: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

/** The command of a service, as what was listed before a wrapper has changed it. */
export interface ServiceCommand extends PlacedCommand {
  /** The words of the service itself, without any wrapper. */
  readonly service: readonly string[];
}

/** Where a network environment puts a command. */
export interface Placing {
  /** The host's name in the topology. */
  readonly host: string;
  /** The network namespace of the host; null where there is none. */
  readonly namespace: string | null;
  /** A name that nothing else on this machine has. */
  readonly name: string;
  /** The folder of the service, which it may write to. */
  readonly folder: string;
  /** Further files and folders that it reads. */
  readonly reads: readonly string[];
  /** An image, or the folder of a root file system, as the service names it; null for neither. */
  readonly image: string | null;
  readonly options: OptionValues;
}

/**
 * How the network of a test comes about, and how services are placed in it. The topology itself is
 * made by the program.
 */
export interface NetworkEnvironment extends Manifest {
  readonly kind: "environment";
  readonly type: "network";
  /**
   * MANDATORY. `namespaces`: hosts, routers and links of this kernel; `host`: this host alone, over
   * loopback, without root; `simulated`: packets that are computed, without root.
   */
  readonly topology: "namespaces" | "host" | "simulated";
  /** OPTIONAL. A program that it takes, found on the path. */
  readonly program?: string;
  /** OPTIONAL. The Debian package that has it. */
  readonly package?: string;
  /**
   * OPTIONAL. Whether it places what has an image: each service under test must name one, and a tester
   * without one runs on its host as it is.
   */
  readonly wantsImage?: boolean;
  /** OPTIONAL. The command that runs another one where it is to run; that one itself when missing. */
  place?(command: PlacedCommand, placing: Placing): PlacedCommand;
  /** OPTIONAL. A command that removes what a killed one may have left. */
  remove?(placing: Placing): readonly string[];
}

/** What a wrapped service has left behind. */
export interface WrapperOutput {
  /** Its folder. */
  readonly folder: string;
  /** Its files by their names, as texts, as far as they were read: 16 MiB of each. */
  readonly files: Readonly<Record<string, string>>;
}

/** Wraps the command of a service, and sums up what it has written. */
export interface ExecutionEnvironment extends Manifest {
  readonly kind: "environment";
  readonly type: "execution";
  /** MANDATORY. The program that wraps, found on the path. */
  readonly program: string;
  /** MANDATORY. The Debian package that has it. */
  readonly package: string;
  /**
   * MANDATORY. The command in place of another one. What it writes goes to a folder. A signal that it
   * gets must reach the service, and it ends as the service does, when it has written everything.
   *
   * @param folder that it writes to; it is there
   */
  wrap(command: ServiceCommand, folder: string, options: OptionValues): PlacedCommand;
  /** OPTIONAL. The signal that ends it so that it writes everything, where that of the service does not. */
  readonly stop?: "SIGTERM" | "SIGINT" | "SIGQUIT";
  /** OPTIONAL. Numbers and words that sum up what was written, for the report. */
  summarize?(output: WrapperOutput): Readonly<Record<string, number | string>>;
}

/** Where, or within what, the services of a test run. */
export type Environment = NetworkEnvironment | ExecutionEnvironment;

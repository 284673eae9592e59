import type { Manifest } from "./manifest.ts";
import type { OptionValues } from "./option.ts";

/** A protocol that a service speaks. */
export interface Spoken {
  /** MANDATORY. The protocol's name. */
  readonly protocol: string;
  /** MANDATORY. Those of its versions that it speaks. */
  readonly versions: readonly string[];
  /** MANDATORY. The role that it has. */
  readonly role: string;
}

/** A version of a protocol that a service is to speak, on a port of all addresses of its host. */
export interface ServicePort {
  readonly protocol: string;
  readonly version: string;
  readonly transport: "tcp" | "udp";
  readonly port: number;
  readonly tls: boolean;
}

/** What a service's files and command are made of. */
export interface ServiceContext {
  /** A folder of its own, which is deleted with the lab. */
  readonly folder: string;
  /** What it is to speak, one or more. */
  readonly ports: readonly ServicePort[];
  /** Values of its options. */
  readonly options: OptionValues;
  /** Paths of a self-signed certificate and its key, in PEM. */
  readonly certificate: string;
  readonly key: string;
}

/** A program that runs on a host of a lab: an implementation under test, or what tests one. */
export interface Service extends Manifest {
  readonly kind: "service";
  /** MANDATORY. `iut`: an implementation under test; `tester`: what tests one. */
  readonly type: "iut" | "tester";
  /** MANDATORY. What it speaks. */
  readonly speaks: readonly Spoken[];
  /** MANDATORY. Its program, which is found on the path. */
  readonly program: string;
  /** MANDATORY. The Debian package that has it. */
  readonly package: string;
  /** OPTIONAL. Its configuration: the texts of files by their names in its folder. */
  files?(context: ServiceContext): Readonly<Record<string, string>>;
  /** MANDATORY. The arguments with which it runs in the foreground, and logs to its standard streams. */
  arguments(context: ServiceContext): readonly string[];
  /** OPTIONAL. A line of its log by which it is known to be ready, as a regular expression. */
  readonly ready?: string;
  /** OPTIONAL. The signal that ends it in order; SIGTERM when missing. */
  readonly stop?: "SIGTERM" | "SIGINT" | "SIGQUIT";
  /** OPTIONAL. Statuses with which it ends in order after that signal; 0 when missing. */
  readonly ends?: readonly number[];
  /** OPTIONAL. Events of its protocol by lines of its log, each as a regular expression. */
  readonly events?: Readonly<Record<string, string>>;
}

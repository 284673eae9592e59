import type { Outcome } from "./connection.ts";
import type { EndpointMethod } from "./endpoint.ts";
import type { Placing } from "./environment.ts";
import type { ExperimentEvents } from "./experiment_event.ts";
import type { Target } from "./job.ts";
import type { OptionValue } from "./option.ts";
import type { Peer, ServicePort, TestedAddress, TesterRun } from "./service.ts";

// A plugin's tests are data: the export `tests` of its module. `spider plugins test` plays their
// packets through the program's own dissector, flow table and chains, without root and without a
// network. What a packet's line may say: spider help authoring.

/** Where a test's packets come from: a text in the packet language, or a capture file. */
export interface TestPackets {
  /** A packet a line, such as `> S` and `< SA mss 1460`. Not together with `capture`. */
  readonly packets?: string;
  /** A pcap or pcapng file, by its path from the plugin's folder. Not for a plugin from a URL. */
  readonly capture?: string;
}

/** Fields that a record must have, each with its value; other fields may be there too. */
export type ExpectedFields = Readonly<Record<string, unknown>>;

/** The socket's view of an arm's connection: the word for how it ended, or that and more. */
export type TestSocket = Outcome | {
  readonly outcome: Outcome;
  /** Name of its error; the usual one for the outcome when missing. */
  readonly errno?: string | null;
  /** What the connection type adds to the record, such as `http_status`. */
  readonly fields?: Readonly<Record<string, unknown>>;
};

/** One arm in a test of a spider. */
export interface TestArm extends TestPackets {
  /**
   * The socket's view. Needed unless the connection type sends a packet of its own making: then
   * only the wire shows the outcome.
   */
  readonly socket?: TestSocket;
  /** OPTIONAL. What its joined record must have. */
  readonly flow?: ExpectedFields;
}

/** A test of a spider: what each arm saw, and what must be concluded. */
export interface SpiderTest {
  /** MANDATORY. What it shows; one line without a full stop. */
  readonly name: string;
  /**
   * OPTIONAL. The job. When missing, `dip` is 192.0.2.1, or `domain` example.org for a spider that
   * needs one; `dp` is the connection type's own.
   */
  readonly job?: Target;
  /** OPTIONAL. The spider's options that differ from their defaults. */
  readonly options?: Readonly<Record<string, OptionValue>>;
  /** OPTIONAL. The connection type; the spider's first when missing. */
  readonly connect?: string;
  /** What each arm saw, by the arm's name: all of them, unless the job is skipped. */
  readonly arms?: Readonly<Record<string, TestArm>>;
  /** The conditions that must come out: these and no others, in any order. */
  readonly conditions?: readonly string[];
  /** In place of arms and conditions: why the job must be skipped. */
  readonly skip?: string;
  /** OPTIONAL. For a spider that yields jobs: the jobs that must come out. */
  readonly jobs?: readonly Readonly<Record<string, unknown>>[];
}

/**
 * A test of a middlebox. One of a program plays packets through it, and says what the records of those
 * are that come out behind it; one of rules says what they are for one IP version.
 */
export interface MiddleboxTest {
  /** MANDATORY. What it shows; one line without a full stop. */
  readonly name: string;
  /** OPTIONAL. What stands behind the colon of its name, already read: a number, or a text. */
  readonly value?: number | string;
  /** Of a program: packets, as of the other tests, those with > going forward. */
  readonly packets?: string;
  /** Of a program: how many of them must be dropped; 0 when missing. */
  readonly dropped?: number;
  /** Of a program: the random number that it gets, 0 to 1; 0.5 when missing. */
  readonly random?: number;
  /** Of a program: what the record of each flow must have that comes out behind it. */
  readonly flows?: readonly ExpectedFields[];
  /** Of rules: the IP version that they are for. */
  readonly ip?: "ip" | "ip6";
  /** Of rules: what they must be, for packets TO and FROM what lies behind it. */
  readonly rules?: readonly string[];
}

/** A test of a protocol: what one of its versions is. */
export interface ProtocolTest {
  /** MANDATORY. What it shows; one line without a full stop. */
  readonly name: string;
  /** MANDATORY. The version's name. */
  readonly version: string;
  /** MANDATORY. Members that it must have. */
  readonly is: Readonly<Record<string, unknown>>;
}

/**
 * A test of a service: what it is started with, and what must come of that; of a tester also how a run
 * of it went, and what must come of that. Nothing is started.
 */
export interface ServiceTest {
  /** MANDATORY. What it shows; one line without a full stop. */
  readonly name: string;
  /** MANDATORY. What it is to speak. */
  readonly ports: readonly ServicePort[];
  /** OPTIONAL. Its options that differ from their defaults. */
  readonly options?: Readonly<Record<string, OptionValue>>;
  /** OPTIONAL. A text that must stand in each of these files. */
  readonly files?: Readonly<Record<string, string>>;
  /** OPTIONAL. Words that must be among its arguments. */
  readonly arguments?: readonly string[];
  /** OPTIONAL. Other services that it is told of. */
  readonly peers?: readonly Peer[];
  /** OPTIONAL. Of a tester: what it tests. */
  readonly target?: TestedAddress;
  /**
   * OPTIONAL. Of a tester: how a run of it went. What is missing is the status 0, in time, with
   * nothing written and no files.
   */
  readonly run?: Partial<TesterRun>;
  /** OPTIONAL. Of a tester: the conditions that must come out of the run, and no others, in any order. */
  readonly conditions?: readonly string[];
  /** OPTIONAL. Of a tester: metrics that must come out of it; others may be there too. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/**
 * A test of an environment: a command that it places or wraps, and what must come of that; of one of
 * the type execution also the files that it wrote, and what must come of these. Nothing is started.
 */
export interface EnvironmentTest {
  /** MANDATORY. What it shows; one line without a full stop. */
  readonly name: string;
  /** OPTIONAL. Its options that differ from their defaults. */
  readonly options?: Readonly<Record<string, OptionValue>>;
  /** OPTIONAL. The words of the command; `server` and `--foreground` when missing. */
  readonly command?: readonly string[];
  /** OPTIONAL. The variables of the command. */
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * OPTIONAL. Of a network: where the command is placed. What is missing is the host `server`, the
   * namespace `NAMESPACE`, the name `NAME`, the folder `/FOLDER`, no other files and no image. One of
   * the type execution writes to `/FOLDER`.
   */
  readonly placing?: Partial<Omit<Placing, "options">>;
  /** OPTIONAL. Words that must be among those of the command that comes out. */
  readonly words?: readonly string[];
  /** OPTIONAL. Words that must not be among them. */
  readonly without?: readonly string[];
  /** OPTIONAL. Of execution: the texts of files that were written, by their names. */
  readonly files?: Readonly<Record<string, string>>;
  /** OPTIONAL. Of execution: the summary that must come of these files: this, and nothing else. */
  readonly summary?: Readonly<Record<string, number | string>>;
}

/** An event in a test of an observer. */
export type ObserverTestEvent = {
  readonly [Type in keyof ExperimentEvents]: {
    readonly type: Type;
    /** OPTIONAL. Its place in the list, from 1, when missing. */
    readonly id?: number;
    /** OPTIONAL. RFC 3339; when missing, as many seconds into 2026 as events are before it. */
    readonly time?: string;
    readonly test?: string;
    readonly service?: string;
  } & ExperimentEvents[Type];
}[keyof ExperimentEvents];

/** A test of an observer: events, and the lines that it must print. */
export interface ObserverTest {
  /** MANDATORY. What it shows; one line without a full stop. */
  readonly name: string;
  /** OPTIONAL. Its options that differ from their defaults. */
  readonly options?: Readonly<Record<string, OptionValue>>;
  /** MANDATORY. What happens, in order; it gets those that it observes. */
  readonly events: readonly ObserverTestEvent[];
  /** MANDATORY. The lines that it must print from its begin to its close: these, and no others. */
  readonly lines: readonly string[];
}

/** A test of an endpoint: a request, and the answer that must come. Background tasks are not run. */
export interface EndpointTest {
  /** MANDATORY. What it shows; one line without a full stop. */
  readonly name: string;
  /** OPTIONAL. Its options that differ from their defaults. */
  readonly options?: Readonly<Record<string, OptionValue>>;
  /** MANDATORY. The request; what is missing is a `GET` of the route itself from 192.0.2.1. */
  readonly request: {
    readonly method?: EndpointMethod;
    /** What follows the route, as it is sent. */
    readonly path?: string;
    readonly query?: Readonly<Record<string, string | readonly string[]>>;
    readonly headers?: Readonly<Record<string, string>>;
    /** What JSON said, or a text. */
    readonly body?: unknown;
    readonly client?: string;
  };
  /** OPTIONAL. The status that the answer must have. */
  readonly status?: number;
  /** OPTIONAL. What it must be: this value, as JSON or as a text. */
  readonly value?: unknown;
  /** OPTIONAL. Members that it must have; others may be there too. */
  readonly has?: ExpectedFields;
  /** OPTIONAL. Headers that it must have, by their names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A test of a chain: packets, and the records that must result. */
export interface ChainTest extends TestPackets {
  /** MANDATORY. What it shows; one line without a full stop. */
  readonly name: string;
  /** MANDATORY. What the record of each flow must have, in the order of their first packets. */
  readonly flows: readonly ExpectedFields[];
}

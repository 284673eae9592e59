/** What the server answers, as far as the page reads it. */

export type Scope = "read" | "measure" | "admin";
export type State = "scheduled" | "queued" | "running" | "completed" | "failed" | "stopped";

/** Who looks at the page. */
export interface Session {
  readonly scopes: readonly Scope[];
  readonly expires: string | null;
  /** What his key is called; null where the server asks for none. */
  readonly key: string | null;
}

export interface Status {
  readonly version: string;
  readonly since: string;
  readonly measurements: { readonly waiting: number };
  readonly memory: number;
}

export interface Schedule {
  readonly interval?: number;
  readonly cron?: string;
  readonly jitter?: number;
  readonly start?: string;
  readonly stop?: string;
}

export interface Measurement {
  readonly id: string;
  readonly name?: string;
  readonly spider: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly connect?: string;
  readonly schedule?: Schedule;
  readonly locate: boolean;
  readonly state: State;
  readonly created: string;
  readonly started: string | null;
  readonly ended: string | null;
  readonly next: string | null;
  readonly problem: string | null;
  readonly run: number;
  readonly targets: { readonly all: number; readonly done: number; readonly skipped: number };
  readonly results: number;
  readonly conditions: Readonly<Record<string, number>>;
  readonly deliver: readonly Destination[];
}

/** Where the end of each run is told. */
export interface Destination {
  readonly webhook?: string;
  readonly observatory?: string;
}

/** The end of a run that is told to one destination. */
export interface Delivery extends Destination {
  readonly number: number;
  readonly run: number;
  readonly state: "waiting" | "delivered" | "given_up";
  /** How often it was tried. */
  readonly attempts: number;
  readonly next: string | null;
  readonly last: {
    readonly time: string;
    readonly status: number | null;
    readonly problem: string | null;
  } | null;
}

/** How far a measurement is that is under way. */
export interface Progress {
  readonly done: number;
  readonly targets: number;
  readonly results: number;
}

export interface Hop {
  readonly hop: number;
  readonly responders: readonly string[];
}

export interface Result {
  readonly [key: string]: unknown;
  readonly dip?: string;
  readonly dp?: number;
  readonly domain?: string;
  readonly rank?: number;
  readonly time?: { readonly from: string; readonly to: string };
  readonly conditions?: readonly string[];
  readonly hops?: readonly Hop[];
}

export interface Run {
  readonly run: number;
  readonly time: string;
  readonly results: number;
  readonly conditions: Readonly<Record<string, number>>;
}

export type Grouping = "prefix" | "asn" | "country";

export interface Groups {
  readonly by: Grouping;
  readonly condition: string;
  readonly run: number;
  readonly results: number;
  readonly having: number;
  readonly count: number;
  readonly offered: readonly Grouping[];
  readonly groups: readonly {
    readonly group: string;
    readonly name: string | null;
    readonly results: number;
    readonly having: number;
    readonly stands_out: boolean;
  }[];
}

/** An option of a spider, as JSON Schema. */
export interface OptionSchema {
  readonly type?: "boolean" | "integer" | "number" | "string" | "array";
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: OptionSchema;
}

export interface Spider {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly references: readonly string[];
  readonly connect: readonly string[];
  readonly needs: "address" | "domain";
  readonly conditions: Readonly<Record<string, string>>;
  readonly options: { readonly properties?: Readonly<Record<string, OptionSchema>> };
}

export interface TargetList {
  readonly id: string;
  readonly name: string;
  readonly targets: number;
}

export interface Planned {
  readonly id: string;
  readonly state: State;
  readonly name: string | null;
  readonly spider: string;
  readonly schedule: Schedule | null;
  readonly run: number;
  readonly last: string | null;
  readonly next: string | null;
}

export interface Interface {
  readonly name: string;
  readonly addresses: readonly {
    readonly address: string;
    readonly prefix: number | string;
    readonly family: number | string;
  }[];
  /** Octets a second. */
  readonly rates: { readonly rx: number; readonly tx: number } | null;
}

export interface Plugin {
  readonly name: string;
  readonly version: string;
  readonly route: string;
  readonly state: string;
  readonly kind: string;
}

export interface Key {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly endpoint: string | null;
  readonly created: string;
  readonly expires: string | null;
  readonly revoked: string | null;
}

/** A key that was made just now, with its text. */
export interface NewKey extends Key {
  readonly key: string;
}

import type { z } from "zod";
import type { KnownPlugin } from "../known_plugin.ts";
import type { OptionValues } from "../../contract/option.ts";
import type { Spider } from "../../contract/spider.ts";
import type { Fault } from "../fault.ts";
import type { TestReport } from "../testing/report.ts";

/** Gives a spider the chains that it names. */
export type WithChains = (spider: Spider) => Promise<Spider>;

/** What a kind of plugin is, for all commands that deal with plugins. */
export interface Kind {
  /** The name of its plugins, with an article. */
  readonly title: string;
  /** What its manifest may have, without functions that take the place of data. */
  readonly schema: z.ZodObject;
  /** Members that may be functions in place of data. */
  readonly computed: readonly string[];
  /**
   * Why a plugin from a URL cannot run in a worker without permissions, as text that follows "it has";
   * empty when it can.
   */
  beyond(known: KnownPlugin): readonly string[];
  /** What it asks for, as its source says, a line each, before its functions. */
  asks(data: Readonly<Record<string, unknown>>): readonly string[];
  /** What its tests may have. */
  tests(): Promise<z.ZodType>;
  /**
   * Wrong references in a manifest whose form is right or nearly so; `chains` gives the names of chains
   * that are plugins.
   */
  references(
    data: Readonly<Record<string, unknown>>,
    chains: () => Promise<readonly string[]>,
  ): Promise<readonly Fault[]>;
  /** Makes a plugin ready for its tests. */
  ready?(plugin: unknown, withChains: WithChains): Promise<unknown>;
  /** Plays one test. Throws a `Failure` when it cannot be played, or the plugin threw. */
  play(
    plugin: unknown,
    test: unknown,
    options: OptionValues,
    folder: string | null,
  ): Promise<TestReport>;
  /** The files of a new plugin, by their names. */
  scaffold(name: string): Promise<Readonly<Record<string, string>>>;
}

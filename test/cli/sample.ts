import type { Command, Invocation } from "../../src/cli/command.ts";
import type { Spider } from "../../src/contract/spider.ts";

/** A spider with options of its own. */
export const mark: Spider = {
  kind: "spider",
  name: "mark",
  version: "1.0.0",
  api: "^1",
  summary: "A mark on one arm",
  references: ["RFC 2474"],
  options: { codepoint: { type: "integer", short: "c", minimum: 0, maximum: 63, summary: "mark" } },
  connect: ["tcp", "http"],
  chains: ["basic"],
  arms: [{ name: "plain" }, { name: "marked", socket: { dscp: 46 } }],
  conditions: { "mark.connectivity.works": "both connected" },
  conclude: () => [],
};

/** The same with an option that the command has too. */
const clashing: Spider = {
  ...mark,
  name: "clash",
  options: { workers: { type: "integer", summary: "spiders at work" } },
};

/** A command that runs a spider, and keeps what it was asked for. */
export function sampleCommand(): Command & { asked: Invocation[] } {
  const asked: Invocation[] = [];
  const spiders: Readonly<Record<string, Spider>> = { mark, clash: clashing };
  return {
    asked,
    name: "measure",
    summary: "Measure",
    positionals: [
      { name: "SPIDER", summary: "which" },
      { name: "NOTE", summary: "a word", optional: true },
    ],
    options: {
      workers: { type: "integer", short: "w", default: 100, minimum: 1, maximum: 10, summary: "n" },
      rate: { type: "number", minimum: 0.5, summary: "a second" },
      input: { type: "string", short: "i", value: "FILE", default: "-", summary: "targets" },
      connect: { type: "string", value: "TYPE", summary: "type" },
      verbose: { type: "boolean", short: "v", summary: "talk" },
    },
    examples: [{ line: "spider measure mark -w 5", does: "Measures." }],
    spiders: () =>
      Promise.resolve({
        spiderNames: () => Object.keys(spiders),
        pluginNames: () => Promise.resolve(Object.keys(spiders)),
        loadSpider: (name) =>
          Promise.resolve(Object.hasOwn(spiders, name) ? spiders[name] : undefined),
        withOptions: (spider) => Promise.resolve(spider),
      }),
    refine: ({ connect }) => ({ connect: { choices: connect, default: connect[0] } }),
    load: () =>
      Promise.resolve({
        run(invocation) {
          asked.push(invocation);
          return Promise.resolve(0);
        },
      }),
  };
}

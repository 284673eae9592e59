import { readmeFile } from "./readme.ts";
import { TYPES_FILE, typesFile } from "./types.ts";

/** A new endpoint: one that greets whoever is named. */
export function endpointScaffold(name: string): Readonly<Record<string, string>> {
  return {
    "mod.ts": `import type { HttpEndpoint } from "./${TYPES_FILE}";

export { tests } from "./tests.ts";

/** Greets: GET /${name}?name=Ada, or GET /${name}/Ada. */
export default {
  kind: "endpoint",
  name: "${name}",
  version: "0.1.0",
  api: "^1",
  summary: "greets whoever is named",
  options: {
    greeting: { type: "string", summary: "how it greets", default: "Hello" },
  },
  handler({ data, segments }, { options }) {
    const who = segments[0] ?? data.name;
    if (typeof who !== "string") return [400, { error: "say whom to greet: ?name=Ada" }];
    return [200, { greeting: \`\${options.greeting}, \${who}\` }];
  },
} satisfies HttpEndpoint;
`,
    "tests.ts": `import type { EndpointTest } from "./${TYPES_FILE}";

/** Requests, and the answers that must come. */
export const tests: readonly EndpointTest[] = [
  {
    name: "whoever is named is greeted",
    request: { query: { name: "Ada" } },
    status: 200,
    value: { greeting: "Hello, Ada" },
  },
  {
    name: "also by the path, and in another way",
    options: { greeting: "Good day" },
    request: { path: "Ada" },
    status: 200,
    value: { greeting: "Good day, Ada" },
  },
  { name: "nobody is an error", request: {}, status: 400 },
];
`,
    "README.md": readmeFile(
      name,
      "An endpoint of `spider serve`: greets whoever is named.",
      `spider serve --config serve.yaml # with plugins: { ${name}: { plugin: ./mod.ts } } in it`,
    ),
    [TYPES_FILE]: typesFile(),
  };
}

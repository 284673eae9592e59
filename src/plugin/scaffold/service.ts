import { readmeFile } from "./readme.ts";
import { TYPES_FILE, typesFile } from "./types.ts";

/** A new service: nginx with one page. */
export function serviceScaffold(name: string): Readonly<Record<string, string>> {
  return {
    "mod.ts": `import type { Service } from "./${TYPES_FILE}";

export { tests } from "./tests.ts";

/** A web server with one page. */
export default {
  kind: "service",
  name: "${name}",
  version: "0.1.0",
  api: "^1",
  summary: "web server with one page",
  type: "iut",
  speaks: [{ protocol: "http", versions: ["1.1"], role: "server" }],
  program: "nginx",
  package: "nginx-light",
  asksVersion: ["-v"],
  options: {
    page: { type: "string", summary: "what the page holds", default: "hello" },
  },
  files: ({ folder, ports, options }) => ({
    "nginx.conf": \`daemon off;
pid \${folder}/nginx.pid;
events { }
http {
  access_log off;
  client_body_temp_path \${folder}/body;
  server {
    \${ports.map(({ port }) => \`listen \${port}; listen [::]:\${port};\`).join("\\n    ")}
    return 200 "\${options.page}";
  }
}
\`,
  }),
  arguments: ({ folder }) => ["-p", folder, "-c", \`\${folder}/nginx.conf\`, "-e", "stderr"],
  stop: "SIGQUIT",
} satisfies Service;
`,
    "tests.ts": `import type { ServiceTest } from "./${TYPES_FILE}";

/** What it is started with, and what must come of that. */
export const tests: readonly ServiceTest[] = [
  {
    name: "it listens on the port that is wanted, and has the page",
    ports: [{ protocol: "http", version: "1.1", transport: "tcp", port: 8080, tls: false }],
    options: { page: "good day" },
    files: { "nginx.conf": "listen [::]:8080;\\n    return 200 \\"good day\\";" },
    arguments: ["/FOLDER/nginx.conf"],
  },
];
`,
    "README.md": readmeFile(
      name,
      "A service: a web server with one page, for hosts of labs.",
      "spider lab up lab.yaml # with services: [./mod.ts] at a host",
    ),
    [TYPES_FILE]: typesFile(),
  };
}

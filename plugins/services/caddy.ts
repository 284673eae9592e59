import type { Service } from "../../src/mod.ts";

export default {
  kind: "service",
  name: "caddy",
  version: "1.0.0",
  api: "^1",
  summary: "web server: HTTP/1.1, HTTP/2, and HTTP/3 over quic-go",
  type: "iut",
  speaks: [{ protocol: "http", versions: ["1.1", "1.1-tls", "2", "3"], role: "server" }],
  program: "caddy",
  package: "caddy",
  files: ({ ports, certificate, key }) => ({
    Caddyfile: `{
  admin off
  auto_https off
  servers {
    protocols h1 h2${ports.some(({ version }) => version === "3") ? " h3" : ""}
  }
}
${
      [...new Map(ports.map((port) => [port.port, port])).values()].map(({ port, tls }) =>
        `${tls ? "https" : "http"}://:${port} {
  ${
          tls
            ? `tls ${certificate} ${key}\n  `
            : ""
        }respond "A path is transparent when what goes in comes out."
}
`
      ).join("")
    }`,
  }),
  arguments: ({ folder }) => ["run", "--config", `${folder}/Caddyfile`, "--adapter", "caddyfile"],
  ready: "serving initial configuration",
} satisfies Service;

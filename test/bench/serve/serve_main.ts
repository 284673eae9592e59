/** The server of a configuration, on any port: says its URL, and ends by SIGTERM. */
import { readConfig } from "../../../src/serve/config/read.ts";
import { lineLog } from "../../../src/serve/log.ts";
import { Server } from "../../../src/serve/server.ts";

const config = readConfig(Deno.args[0]!);
const server = new Server({
  config,
  database: config.database!,
  log: lineLog(console.error, () => "warning"),
  about: {},
});
console.log(server.url);
await new Promise<void>((resolve) => Deno.addSignalListener("SIGTERM", resolve));
await server.close();
Deno.exit();

import { Failure } from "../../../host/failure.ts";
import { fileError } from "../../../host/file_error.ts";
import { ServiceManager } from "../../../host/service_manager.ts";
import { writing } from "../../../host/writing.ts";
import type { Config } from "../../../serve/config/schema.ts";
import { lineLog, type Log } from "../../../serve/log.ts";
import { Server } from "../../../serve/server.ts";
import { ServiceReports } from "../../../serve/service_reports.ts";
import { about } from "../../about.ts";
import type { Context } from "../../command.ts";
import { Interruption } from "../../interruption.ts";
import { teller } from "../../terminal/tell.ts";
import { configuration, databaseOf } from "./configuration.ts";
import type { ServeInvocation } from "./options.ts";

/** How long requests and measurements may take to end after an error that nothing catches, in milliseconds. */
const PATIENCE = 30_000;

/** Runs `spider serve`, until a signal ends it. */
export async function run(invocation: ServeInvocation, { stderr }: Context): Promise<number> {
  const tell = teller(stderr);
  // Before anything else is started, which would inherit the variables
  const manager = ServiceManager.take();
  let config = configuration(invocation);
  using logging = new Logging(tell, () => config);
  const server = new Server({
    config,
    database: databaseOf(config),
    log: logging.log,
    about: { ...await about() },
  });
  const reload = async () => {
    try {
      const next = configuration(invocation);
      // Opened before, so that one that cannot be changes nothing; used behind, so that faults stand in the old
      const take = logging.opened(next);
      try {
        await server.reload(next);
      } catch (error) {
        take.drop();
        throw error;
      }
      take.use();
      config = next;
      logging.log.write("info", "the configuration was read again");
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      logging.log.write("error", `the configuration stays as it was: ${error.message}`);
    }
  };
  using _pidfile = new PidFile(config.pidfile);
  let reports: ServiceReports | null = null;
  let reloads = Promise.resolve();
  // One after the other, as signals come
  const hangup = () => {
    reloads = reloads.then(() => reports === null ? reload() : reports.reloading(reload));
  };
  // Before the interruption: SIGHUP does not end a server
  Deno.addSignalListener("SIGHUP", hangup);
  using interruption = new Interruption(() => {}, { patience: PATIENCE, hangup: false });
  const { signal } = interruption;
  const ended = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
  try {
    await Promise.race([server.ready, ended]);
  } catch (error) {
    await server.close();
    throw error;
  }
  logging.log.write("info", `listening on ${server.url}`);
  if (stderr.isTerminal()) tell(`Listening on ${server.url}; Ctrl-C ends it in order.`);
  // Behind all of the above: who is told may send signals
  if (manager !== null) {
    reports = new ServiceReports({ manager, log: logging.log, doing: () => server.doing });
  }
  try {
    await Promise.race([ended, server.broke]);
  } finally {
    logging.log.write("info", "ending: what is being measured is finished");
    reports?.stopping();
    await server.close();
    reports?.[Symbol.dispose]();
    Deno.removeSignalListener("SIGHUP", hangup);
    logging.log.write("info", "ended");
  }
  return 0;
}

/** The log, in its file or on standard error. */
class Logging implements Disposable {
  readonly log: Log;
  readonly #tell: (line: string) => void;
  #file: Deno.FsFile | null = null;

  constructor(tell: (line: string) => void, config: () => Config) {
    this.#tell = tell;
    this.opened(config()).use();
    this.log = lineLog((line) => this.#put(line), () => config().log.level);
  }

  /** Opens the file of a configuration, anew, as whoever moved it away wants it. */
  opened({ log: { file } }: Config): { use(): void; drop(): void } {
    const options = { create: true, append: true, mode: 0o600 };
    const opened = file === undefined ? null : writing(file, () => Deno.openSync(file, options));
    return {
      use: () => {
        this.#file?.close();
        this.#file = opened;
      },
      drop: () => opened?.close(),
    };
  }

  [Symbol.dispose](): void {
    this.#file?.close();
  }

  #put(line: string): void {
    if (this.#file === null) return this.#tell(line);
    try {
      this.#file.writeSync(new TextEncoder().encode(`${line}\n`));
    } catch (error) {
      this.#tell(`the log cannot be written: ${fileError(error)}`);
      this.#tell(line);
    }
  }
}

/** A file with the number of this process, as long as it runs. */
class PidFile implements Disposable {
  readonly #path: string | undefined;

  constructor(path: string | undefined) {
    this.#path = path;
    if (path !== undefined) writing(path, () => Deno.writeTextFileSync(path, `${Deno.pid}\n`));
  }

  [Symbol.dispose](): void {
    if (this.#path === undefined) return;
    try {
      Deno.removeSync(this.#path);
    } catch (error) {
      // It says no less than what is wanted then
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

import { tmpdir } from "node:os";
import { Failure } from "../../host/failure.ts";
import type { Journal } from "../../host/journal.ts";
import { programPath } from "../../host/program_path.ts";
import { PREFIX } from "../../host/undo.ts";
import { writing } from "../../host/writing.ts";
import type { LabPlan } from "../topology/network_plan.ts";
import { type Certificate, makeCertificate } from "./certificate.ts";
import { addressesOf, peersOf } from "./peers.ts";
import { inNamespace, RunningService } from "./running.ts";

/** Where no service takes one. */
const NONE: Certificate = { certificate: "", key: "" };

/** The services of a lab, each in a folder of its own below one that is deleted with the lab. */
export class LabServices {
  readonly #running: RunningService[] = [];
  /** Where their files and logs are; null without services. */
  readonly folder: string | null;

  /**
   * Starts them all.
   *
   * @throws {Failure} when a program is not installed
   */
  constructor(plan: LabPlan, journal: Journal) {
    const all = plan.nodes.flatMap((node) =>
      node.services.map((planned) => ({
        name: planned.service.name,
        planned,
        node,
        addresses: addressesOf(node),
      }))
    );
    for (const { planned: { service: { name, program, package: from } } } of all) {
      if (programPath(program) !== null) continue;
      throw new Failure(
        `the service ${name} takes ${program}, which is not installed: install ${from}`,
      );
    }
    this.folder = all.length === 0 ? null : newFolder(journal);
    if (this.folder === null) return;
    const secure = all.some(({ planned }) => planned.ports.some(({ tls }) => tls));
    const certificate = secure ? makeCertificate(this.folder) : NONE;
    for (const [at, one] of all.entries()) {
      const { name: called, planned, node: { namespace, name: host } } = one;
      const folder = `${this.folder}/${at + 1}-${host}-${called}`;
      writing(folder, () => Deno.mkdirSync(folder));
      this.#running.push(
        new RunningService(planned, {
          called,
          folder,
          certificate,
          namespace,
          place: inNamespace(namespace),
          peers: peersOf(planned.service, all.filter((other) => other !== one)),
        }),
      );
    }
  }

  /** Waits until all are ready, or the signal aborts. */
  async ready(signal?: AbortSignal): Promise<void> {
    await Promise.all(this.#running.map((service) => service.ready(signal)));
  }

  /** Ends them, the last one first; what was not in order, in sentences. */
  async stop(): Promise<string[]> {
    const said: string[] = [];
    for (const service of this.#running.splice(0).reverse()) {
      const problem = await service.stop();
      if (problem !== null) said.push(problem);
    }
    return said;
  }
}

function newFolder(journal: Journal): string {
  const folder = `${tmpdir()}/${PREFIX}services-${crypto.randomUUID()}`;
  journal.add({ kind: "directory", path: folder });
  writing(folder, () => Deno.mkdirSync(folder, { mode: 0o700 }));
  return folder;
}

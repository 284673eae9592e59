import type { PlacedCommand } from "../../../contract/environment.ts";
import type { Journal } from "../../../host/journal.ts";
import { endMarked, MARK } from "../../../host/marked.ts";
import type { Certificate } from "../../service/certificate.ts";
import { asked, inNamespace } from "../../service/running.ts";
import type { GroupPlan } from "../plan/experiment_plan.ts";

/** What is placed. */
export interface Placed {
  /** Its name within the group. */
  readonly name: string;
  readonly host: string;
  /** A folder of its own. */
  readonly folder: string;
  readonly image: string | null;
}

/** Puts commands where the network environment of a group has them run. */
export class Placer {
  readonly #plan: GroupPlan;
  /** What names of things on this machine begin with. */
  readonly #prefix: string;
  readonly #certificate: Certificate;
  readonly #journal: Journal;
  /** Of processes on this host itself; null where namespaces hold them. */
  readonly #mark: string | null;

  constructor(plan: GroupPlan, suffix: string, certificate: Certificate, journal: Journal) {
    this.#plan = plan;
    this.#prefix = `spider-${plan.lab?.name ?? suffix}`;
    this.#certificate = certificate;
    this.#journal = journal;
    this.#mark = plan.environment.topology === "host" ? crypto.randomUUID() : null;
    // Without root there is no place for a journal
    if (this.#mark !== null && Deno.uid() === 0) {
      journal.add({ kind: "processes", mark: this.#mark });
    }
  }

  place(command: PlacedCommand, { name, host, folder, image }: Placed): PlacedCommand {
    const { environment, environmentOptions } = this.#plan;
    const { certificate, key } = this.#certificate;
    const namespace = namespaceOf(this.#plan, host);
    const placing = {
      host,
      namespace,
      name: `${this.#prefix}.${name}`,
      folder,
      reads: [certificate, key].filter((path) => path !== ""),
      image,
      options: environmentOptions,
    };
    const isPlaced = image !== null || environment.wantsImage !== true;
    if (environment.place !== undefined && isPlaced) {
      if (environment.remove !== undefined) {
        this.#journal.add({ kind: "container", name: placing.name });
      }
      return asked(environment.name, () => environment.place!(command, placing));
    }
    if (namespace !== null) return inNamespace(namespace)(command);
    const { words, variables } = command;
    return { words, variables: { ...variables, ...(this.#mark && { [MARK]: this.#mark }) } };
  }

  /** Ends what has left the services that started it, where no namespace does. */
  end(): void {
    if (this.#mark !== null) endMarked(this.#mark);
  }
}

/** The namespace of a host; null where the environment has none. */
export function namespaceOf({ lab }: GroupPlan, host: string): string | null {
  return lab?.nodes.find(({ name }) => name === host)?.namespace ?? null;
}

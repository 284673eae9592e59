import type { Chain, ChainFields } from "../../contract/chain.ts";
import { jsonText } from "../../host/json_text.ts";
import { Failure } from "../../host/failure.ts";

/** What chains in JavaScript keep of the flows in the table, by each flow's place in memory. */
export class Records {
  readonly #records = new Map<number, object>();
  readonly #chains: readonly Chain[];
  readonly #plain: Readonly<Record<string, unknown>>;
  readonly #nested: readonly (readonly [string, object])[];

  constructor(chains: readonly Chain[]) {
    this.#chains = chains;
    const initial = chains.flatMap(({ fields }) =>
      Object.entries(fields as ChainFields).map(([name, field]) => [name, field.initial] as const)
    );
    this.#plain = Object.fromEntries(initial);
    this.#nested = initial.filter((entry): entry is [string, object] =>
      typeof entry[1] === "object" && entry[1] !== null
    );
  }

  /** Begins a flow's record. An earlier flow at this place has ended. */
  begin(flow: number): object {
    const record = this.#fresh();
    this.#records.set(flow, record);
    return record;
  }

  /** A flow's record; undefined when it is ignored. */
  get(flow: number): object | undefined {
    return this.#records.get(flow);
  }

  /** Ends a flow, or the interest in it. */
  end(flow: number): void {
    this.#records.delete(flow);
  }

  /** A flow's fields, as a JSON object. */
  fields(flow: number): string {
    return this.#json(this.#records.get(flow) ?? this.#fresh());
  }

  /** Sealed, so that a field that is set without being declared is an error where it is set. */
  #fresh(): object {
    const record: Record<string, unknown> = { ...this.#plain };
    for (const [name, initial] of this.#nested) record[name] = structuredClone(initial);
    return Object.seal(record);
  }

  #json(record: object): string {
    try {
      return jsonText(record);
    } catch (error) {
      const [name] = Object.entries(record).find(([, value]) => !isJson(value)) ?? [];
      const chain = this.#chains.find(({ fields }) => name !== undefined && name in fields);
      throw new Failure(
        `the chain ${chain?.name} put into ${name} what JSON cannot hold: ${
          (error as Error).message
        }`,
        { cause: error },
      );
    }
  }
}

/** Whether JSON can hold a value. */
export function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

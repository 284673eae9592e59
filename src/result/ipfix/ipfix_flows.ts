import type { FlowField } from "../../contract/flow_field.ts";
import { Failure } from "../../host/failure.ts";
import { counted } from "../../host/quantity.ts";
import { chains } from "../../observe/chains.ts";
import { parseLines } from "../csv.ts";
import { type FieldKind, fitting, kindOf } from "../flow/field_kind.ts";
import type { FlowSink } from "../flow/flow_sink.ts";
import { describeElement, describeTemplate, DESCRIPTION } from "./descriptions.ts";
import {
  BIFLOW_DIRECTION,
  type Element,
  ianaElements,
  type OwnElement,
  ownElement,
} from "./elements.ts";
import {
  type MessageParts,
  MessageWriter,
  OPTIONS_TEMPLATES,
  TEMPLATES,
} from "./message_writer.ts";
import { Octets } from "./octets.ts";

/**
 * Observation domains: of what concerns the exporter as a whole (RFC 7011, section 3.1), and of
 * flows. Data records are numbered in each, so that collectors which count flows alone find none
 * missing.
 */
const ABOUT = 0;
const FLOWS = 1;

/** The number of the first template. */
const FIRST_TEMPLATE = 256;

/** Numbers of elements of chains that do not ship with the program begin here. */
const FOREIGN_ELEMENTS = 0x4000;

/** How often templates are sent again where a message may be lost (RFC 7011, section 8.1). */
export interface Refresh {
  readonly milliseconds: number;
  readonly messages: number;
}

/** A field, and how it is written. */
interface Column {
  readonly field: FlowField;
  readonly kind: FieldKind;
  /** IANA's elements for it with each IP version, empty without; then it has one of its own. */
  readonly iana: Readonly<Record<4 | 6, readonly Element[]>>;
  readonly own: OwnElement | null;
}

/** A template: of one IP version, and with those fields of IANA's elements that are not null. */
interface Template {
  readonly number: number;
  readonly columns: readonly {
    readonly field: FlowField;
    readonly kind: FieldKind;
    readonly elements: readonly Element[];
  }[];
  /** The template record. */
  readonly record: Uint8Array;
}

/** Writes flow records as IPFIX (RFC 7011), each with both its directions (RFC 5103). */
export class IpfixFlows implements FlowSink {
  readonly #parts: MessageParts;
  readonly #descriptions: MessageWriter;
  readonly #messages: MessageWriter;
  readonly #refresh: Refresh | null;
  readonly #columns: readonly Column[];
  /** Those that a record may leave out, since IANA's elements have no null. */
  readonly #optional: readonly Column[];
  readonly #templates = new Map<number, Template>();
  readonly #octets = new Octets();
  /** When templates were sent last, and how many messages there were before; null before. */
  #announced: { readonly time: number; readonly messages: number } | null = null;
  #tooLong = 0;

  /**
   * @param fields the fields of a record
   * @param refresh null for a file, which is whole. Otherwise no record waits for more than its
   *   batch, and templates are sent again
   */
  constructor(fields: readonly FlowField[], parts: MessageParts, refresh: Refresh | null) {
    this.#parts = parts;
    this.#descriptions = new MessageWriter(ABOUT, parts);
    this.#messages = new MessageWriter(FLOWS, parts);
    this.#refresh = refresh;
    const numbers = elementNumbers(fields);
    this.#columns = fields.map((field) => {
      const iana = { 4: ianaElements(field.name, 4), 6: ianaElements(field.name, 6) };
      const own = iana[4].length > 0 ? null : ownElement(field, numbers.get(field.name)!);
      return { field, kind: kindOf(field), iana, own };
    });
    this.#optional = this.#columns.filter(({ kind, own }) => own === null && kind.mayBeNull);
  }

  records(lines: Uint8Array): void {
    if (this.#isDue()) this.#announce();
    for (const record of parseLines(lines)) this.#put(record);
    if (this.#refresh !== null) this.#messages.flush();
  }

  /** Throws a {@linkcode Failure} when there were records that no message has room for. */
  end(): void {
    if (this.#announced === null) this.#announce();
    this.#messages.flush();
    if (this.#tooLong === 0) return;
    throw new Failure(
      `no message has room for ${counted(this.#tooLong, "flow record")}: name fewer chains, or ` +
        "write them in another form",
    );
  }

  #put(record: Readonly<Record<string, unknown>>): void {
    const template = this.#templateOf(record);
    const octets = this.#octets.clear();
    for (const { field, kind, elements } of template.columns) {
      const value = fitting(field, kind, record[field.name]);
      for (const element of elements) element.write(octets, value);
    }
    BIFLOW_DIRECTION.write(octets, null);
    if (!this.#messages.put(template.number, octets.written)) this.#tooLong++;
  }

  /** The template for a record, which is announced when it is a new one. */
  #templateOf(record: Readonly<Record<string, unknown>>): Template {
    const version = String(record.sip).includes(":") ? 6 : 4;
    let key: number = version;
    for (const { field } of this.#optional) key = key * 2 + (record[field.name] === null ? 1 : 0);
    const known = this.#templates.get(key);
    if (known !== undefined) return known;
    const columns = this.#columns.filter((column) =>
      !this.#optional.includes(column) || record[column.field.name] !== null
    );
    const written = columns.map(({ field, kind, iana, own }) => ({
      field,
      kind,
      elements: own === null ? iana[version] : [own],
    }));
    const elements = [...written.flatMap(({ elements }) => elements), BIFLOW_DIRECTION];
    const number = FIRST_TEMPLATE + this.#templates.size;
    const template: Template = {
      number,
      columns: written,
      record: describeTemplate(number, elements),
    };
    this.#templates.set(key, template);
    place(this.#messages, TEMPLATES, template.record);
    return template;
  }

  #isDue(): boolean {
    if (this.#announced === null) return true;
    if (this.#refresh === null) return false;
    const { time, messages } = this.#announced;
    return this.#parts.now() - time >= this.#refresh.milliseconds ||
      this.#messages.messages - messages >= this.#refresh.messages;
  }

  /** Describes the elements of this program (RFC 5610), and all templates that were used so far. */
  #announce(): void {
    this.#announced = { time: this.#parts.now(), messages: this.#messages.messages };
    const { template, records } = describeElement(
      this.#columns.flatMap(({ field, own }) => own === null ? [] : [{ field, element: own }]),
    );
    if (records.length > 0) place(this.#descriptions, OPTIONS_TEMPLATES, template);
    for (const { whole, short } of records) {
      if (this.#descriptions.put(DESCRIPTION, whole)) continue;
      this.#descriptions.put(DESCRIPTION, short);
    }
    this.#descriptions.flush();
    for (const { record } of this.#templates.values()) place(this.#messages, TEMPLATES, record);
  }
}

function place(messages: MessageWriter, set: number, template: Uint8Array): void {
  if (messages.put(set, template)) return;
  throw new Failure(
    "no message has room for the description of a flow record: name fewer chains, or write the " +
      "records in another form",
  );
}

/** A number for each field: its place among those of all chains that ship with the program. */
function elementNumbers(fields: readonly FlowField[]): Map<string, number> {
  const shipped = chains().flatMap(({ fields }) => fields.map(({ name }) => name));
  const numbers = new Map(shipped.map((name, at) => [name, at + 1]));
  const foreign = fields.filter(({ name }) => !numbers.has(name));
  foreign.forEach(({ name }, at) => numbers.set(name, FOREIGN_ELEMENTS + at));
  return numbers;
}

import type { Spider } from "../../contract/spider.ts";
import { provenanceOf } from "../../plugin/provenance.ts";
import { readValues, valueFaults } from "../../plugin/schema/option.ts";
import { contradictions, type RequestParts } from "../../run/contradictions.ts";
import { MEASURE_DEFAULTS } from "../../run/limits.ts";
import type { Field } from "../../run/request_error.ts";
import { readHostAndPort } from "../../target/host_and_port.ts";
import type { PrefixSet } from "../../target/prefix.ts";
import type { MeasurementRequest } from "./request.ts";

/** What is wrong, and where in a request: a JSON Pointer. */
export type Fault = readonly [at: string, detail: string];

/**
 * What can be told of a request's spider before it runs.
 *
 * @param asked what of the request is as it must be
 * @param blocked addresses that are never measured
 */
export function spiderFaults(
  spider: Spider,
  asked: Partial<MeasurementRequest>,
  blocked: PrefixSet,
): Fault[] {
  const { options: given = {} } = asked;
  const declared = spider.options ?? {};
  const faults = valueFaults(declared, given);
  if (faults.length > 0) {
    return faults.map(({ path, text }) => [`/options/${path.map(String).join("/")}`, text]);
  }
  const values = readValues(declared, given);
  const unwanted = Object.entries(values).flatMap(([option, value]) => {
    if (declared[option]?.type !== "endpoint") return [];
    // What is asked instead of the targets, such as a name server, is measured too
    return [value ?? []].flat().flatMap((text): Fault[] => {
      const place = readHostAndPort(String(text));
      return typeof place !== "string" && "dip" in place && blocked.has(place.dip)
        ? [[`/options/${option}`, `${text} does not want to be measured`]]
        : [];
    });
  });
  return [...unwanted, ...contradictionFaults(spider, asked, values)];
}

/** What the process that measures would find to go not together, as far as it can be told here. */
function contradictionFaults(
  spider: Spider,
  { connect, repeat, isolate, locate, results }: Partial<MeasurementRequest>,
  spiderOptions: RequestParts["spiderOptions"],
): Fault[] {
  // Code of a plugin, which arms may be made by, runs in the process that measures alone
  const isForeign = provenanceOf(spider) !== undefined;
  const request: RequestParts = {
    ...{ spider, spiderOptions, connect },
    repeat: repeat ?? MEASURE_DEFAULTS.repeat,
    isolate: (isolate ?? false) && !(isForeign && typeof spider.arms === "function"),
    locate: (locate ?? false) && !isForeign,
    results: results ?? false,
  };
  return [...contradictions(request)].map((error) => [`/${error.fields[0]}`, error.named(nameOf)]);
}

/** A field as a request has it. */
function nameOf({ field, value }: Field): string {
  return value === undefined ? field : `${field} ${value}`;
}

import { NOT_OBSERVED } from "../../contract/spider.ts";
import { quote } from "../../target/quote.ts";
import { connectionTypes } from "../../connect/registry.ts";
import { chains as builtIn } from "../../observe/chains.ts";
import type { Fault } from "../fault.ts";

/**
 * References in a spider to something that does not exist, or exists twice.
 *
 * @param plugins gives the names of chains that are plugins
 */
export async function spiderReferences(
  data: Readonly<Record<string, unknown>>,
  plugins: () => Promise<readonly string[]>,
): Promise<Fault[]> {
  const faults: Fault[] = [];
  each(data.connect, (type, at) => {
    if (typeof type !== "string" || connectionTypes.has(type)) return;
    faults.push({
      place: `connect.${at}`,
      text: `is ${quote(type)}, and there is ${[...connectionTypes.keys()].join(", ")}`,
    });
  });
  const shipped = builtIn().map(({ name }) => name);
  const isUnknown = (chain: unknown) => typeof chain === "string" && !shipped.includes(chain);
  const unknown = Array.isArray(data.chains) && data.chains.some(isUnknown);
  const names = unknown ? [...shipped, ...await plugins()] : shipped;
  each(data.chains, (chain, at) => {
    if (typeof chain === "string" && !names.includes(chain)) {
      faults.push({
        place: `chains.${at}`,
        text: `is ${quote(chain)}, and there is ${names.join(", ")}`,
      });
    }
  });
  const arms: unknown[] = [];
  each(data.arms, (one, at) => {
    const { name, after } = Object(one) as Record<string, unknown>;
    if (name !== undefined && arms.includes(name)) {
      faults.push({
        place: `arms.${at}.name`,
        text: `is ${quote(name)}, as an arm before it is called`,
      });
    }
    if (after !== undefined && !arms.includes(after)) {
      faults.push({
        place: `arms.${at}.after`,
        text: `is ${quote(after)}, which is no arm before it`,
      });
    }
    arms.push(name);
  });
  const declared = [...Object.keys(Object(data.conditions)), NOT_OBSERVED];
  each(data.confirm, (one, at) => {
    if (data.conditions === undefined || declared.includes(String(one))) return;
    faults.push({
      place: `confirm.${at}`,
      text: `is ${quote(one)}, which is none of its conditions`,
    });
  });
  const options = Object.keys(Object(data.options));
  for (const [letter, option] of Object.entries(Object(data.letters))) {
    if (options.includes(String(option))) continue;
    faults.push({
      place: `letters.${letter}`,
      text: `is ${quote(option)}, which is none of its options`,
    });
  }
  return faults;
}

function each(list: unknown, look: (value: unknown, at: number) => void): void {
  if (Array.isArray(list)) list.forEach(look);
}

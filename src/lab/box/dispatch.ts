import { type Network, overlap } from "../topology/addresses.ts";

/** The chain of a middlebox's rules, of one IP version. */
export interface BoxChain {
  readonly name: string;
  /** Where every packet that its rules are about comes from or goes to; null when that may be anywhere. */
  readonly to: readonly Network[] | null;
}

/** Rules that lead packets to chains, and chains of their own. */
export interface Dispatch {
  readonly jumps: readonly string[];
  readonly chains: readonly { readonly name: string; readonly rules: readonly string[] }[];
}

/** So many chains in a row cost a packet as much as looking for its own. */
const LEAST = 4;

/**
 * Leads packets through chains in their order. Where several in a row are about prefixes that have no
 * address in common, a packet goes to those of its own prefixes alone, so that it costs no more with
 * every one that there is.
 */
export function dispatch(ip: "ip" | "ip6", boxes: readonly BoxChain[]): Dispatch {
  const jumps: string[] = [];
  const chains: { name: string; rules: string[] }[] = [];
  for (const run of runsOf(boxes)) {
    const each = run.map(({ name }) => `jump ${name}`);
    if (run.length < LEAST) {
      jumps.push(...each);
      continue;
    }
    const name = `own${chains.length / 2 + 1}-${ip}`;
    const networks = run.flatMap((box) => box.to!.map(({ text }) => ({ text, box: box.name })));
    const all = networks.map(({ text }) => text).join(", ");
    const map = networks.map(({ text, box }) => `${text} : jump ${box}`).join(", ");
    jumps.push(`jump ${name}`);
    chains.push({ name: `${name}-each`, rules: each }, {
      name,
      rules: [
        // It may be about two of them, whose order counts, or twice about one
        `${ip} saddr { ${all} } ${ip} daddr { ${all} } goto ${name}-each`,
        `${ip} daddr vmap { ${map} }`,
        `${ip} saddr vmap { ${map} }`,
      ],
    });
  }
  return { jumps, chains };
}

/** Cuts a row of chains into the longest ones in which no prefix overlaps another. */
function runsOf(boxes: readonly BoxChain[]): BoxChain[][] {
  const runs: BoxChain[][] = [];
  /** Prefixes of the last run; null where nothing can be added to it. */
  let taken: Network[] | null = null;
  for (const box of boxes) {
    const own = box.to !== null && areApart(box.to) ? [...box.to] : null;
    if (own !== null && taken !== null && !own.some((one) => taken!.some((t) => overlap(t, one)))) {
      runs.at(-1)!.push(box);
      taken.push(...own);
    } else {
      runs.push([box]);
      taken = own;
    }
  }
  return runs;
}

function areApart(networks: readonly Network[]): boolean {
  return networks.every((one, at) => networks.slice(at + 1).every((other) => !overlap(one, other)));
}

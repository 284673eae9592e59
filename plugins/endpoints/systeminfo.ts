import type { EndpointContext, HttpEndpoint } from "../../src/mod.ts";
import { countersOfAll } from "./shared/counters.ts";
import { every } from "./shared/every.ts";
import { library } from "./shared/library.ts";

/** Ticks of all processors since the start (proc_stat(5)). */
interface Ticks {
  readonly all: number;
  readonly idle: number;
}

async function ticks(): Promise<Ticks> {
  const { readKernelFile } = await library();
  const [, ...counts] = readKernelFile("/proc/stat").split("\n")[0]!.split(/ +/);
  // What guests take is part of the first two
  const numbers = counts.slice(0, 8).map(Number);
  return {
    all: numbers.reduce((sum, one) => sum + one, 0),
    idle: (numbers[3] ?? 0) + (numbers[4] ?? 0),
  };
}

/** The share of time that processors were busy between the last two looks. */
class Busy {
  #before: Ticks | null = null;
  share: number | null = null;

  async look(): Promise<void> {
    const now = await ticks();
    const before = this.#before;
    this.#before = now;
    if (before === null || now.all <= before.all) return;
    const idle = (now.idle - before.idle) / (now.all - before.all);
    this.share = Math.round((1 - idle) * 1000) / 1000;
  }
}

const known = new WeakMap<EndpointContext, Busy>();

/** What a sub-path picks. */
const PARTS: Readonly<Record<string, (context: EndpointContext) => unknown>> = {
  host: () => ({
    name: Deno.hostname(),
    system: Deno.build.os,
    release: Deno.osRelease(),
    architecture: Deno.build.arch,
  }),
  cpu: async (context) => {
    const { cpus } = await import("node:os");
    const all = cpus();
    return { count: all.length, model: all[0]?.model ?? null, busy: known.get(context)!.share };
  },
  // Octets
  memory: () => {
    const { total, available, free, swapTotal, swapFree } = Deno.systemMemoryInfo();
    return { total, available, free, swap: { total: swapTotal, free: swapFree } };
  },
  disk: async ({ options: { disk } }) => {
    const { statfsSync } = await import("node:fs");
    return ([disk].flat() as string[]).map((path) => {
      const { bsize, blocks, bfree, bavail } = statfsSync(path);
      return { path, total: blocks * bsize, free: bfree * bsize, available: bavail * bsize };
    });
  },
  load: () => {
    const [one, five, fifteen] = Deno.loadavg();
    return { "1": one, "5": five, "15": fifteen };
  },
  // Seconds
  uptime: () => Deno.osUptime(),
  network: async () => Object.fromEntries(await countersOfAll()),
};

export default {
  kind: "endpoint",
  name: "systeminfo",
  version: "1.0.0",
  api: "^1",
  summary: "processors, memory, disks, load, uptime and network of this host",
  references: ["https://man7.org/linux/man-pages/man5/proc_stat.5.html"],
  options: {
    disk: {
      type: "string",
      value: "PATH",
      summary: "a folder whose file system is told of",
      repeated: true,
      default: "/",
    },
    interval: {
      type: "number",
      summary: "seconds over which is told how busy processors were",
      default: 5,
      minimum: 0.1,
      maximum: 3600,
    },
  },
  init(context) {
    const busy = new Busy();
    known.set(context, busy);
    context.task(
      "busy",
      (signal) => every(Number(context.options.interval), signal, () => busy.look()),
    );
  },
  async handler({ segments: [part, ...more] }, context) {
    if (part === undefined) {
      const all = Object.entries(PARTS).map(async ([name, of]) =>
        [name, await of(context)] as const
      );
      return [200, Object.fromEntries(await Promise.all(all))];
    }
    if (more.length > 0 || !Object.hasOwn(PARTS, part)) {
      return [404, { error: `there is ${Object.keys(PARTS).join(", ")}` }];
    }
    return [200, await PARTS[part]!(context)];
  },
} satisfies HttpEndpoint;

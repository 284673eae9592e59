/**
 * Makes the program one file, `dist/spider`: with `deno compile` where the base binary is available
 * or can be fetched, else as a self-extracting file.
 */
// @ts-types="../src/types/parse_args.d.ts"
import { parseArgs } from "@std/cli/parse-args";
import { fileURLToPath } from "node:url";
import { bundle } from "./compile/bundle.ts";
import { compile, missingBase } from "./compile/compiled.ts";
import { CompileError, output } from "./compile/run.ts";
import { denoFor } from "./compile/runtime.ts";
import { writeSelfExtracting } from "./compile/self_extracting.ts";
import { type Machine, TARGETS } from "./compile/target.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const PLACE = `${ROOT}dist/spider`;
const USAGE = "usage: deno task compile [--target x86_64|aarch64] [--deno FILE]";

interface Wanted {
  readonly target: Machine;
  readonly deno: string | undefined;
}

function wanted(args: string[]): Wanted {
  const unknown: string[] = [];
  const given = parseArgs(args, {
    string: ["target", "deno"],
    unknown: (arg) => {
      unknown.push(arg);
      return false;
    },
  });
  const target = String(given.target ?? Deno.build.arch);
  const deno = given.deno === undefined ? undefined : String(given.deno);
  const found = Object.hasOwn(TARGETS, target) ? TARGETS[target] : undefined;
  if (unknown.length === 0 && found !== undefined) return { target: found, deno };
  throw new CompileError(
    unknown.length > 0
      ? `unknown argument ${unknown[0]}; ${USAGE}`
      : `there is no target ${target}; ${USAGE}`,
  );
}

/** Checks that the file runs and is the right build, where it can be run on this machine. */
function check(target: Machine, build: string, path: string, scratch: string): void {
  if (target.name !== Deno.build.arch) return;
  const command = [path, "--version", "--json"];
  const said = output(command, ROOT, { XDG_CACHE_HOME: `${scratch}/cache` });
  if (said.includes(`"build":"${build}"`)) return;
  const begin = said.split("\n")[0];
  throw new CompileError(
    `what was made is not a spider that is ${build}; it says "${begin}". Is DENORT_BIN a denort?`,
  );
}

async function main(args: string[]): Promise<void> {
  const { target, deno } = wanted(args);
  const scratch = Deno.makeTempDirSync({ prefix: "spider-compile-" });
  try {
    const made = `${scratch}/spider`;
    const missing = missingBase(target, scratch);
    let build = "compiled";
    if (missing === null) {
      compile(ROOT, target, made);
    } else {
      console.error(
        `The base of \`deno compile\` is not here (${missing}; set DENORT_BIN to give one), so ` +
          `this makes a file that unpacks itself instead.`,
      );
      build = "self-extracting";
      const [copy, folder] = [`${scratch}/copy`, `${scratch}/folder`];
      Deno.mkdirSync(`${folder}/app`, { recursive: true });
      bundle(ROOT, copy, `${folder}/app`);
      Deno.writeFileSync(`${folder}/deno`, denoFor(target, deno, scratch));
      await writeSelfExtracting(folder, target, made);
    }
    check(target, build, made, scratch);
    Deno.mkdirSync(`${ROOT}dist`, { recursive: true });
    // Written beside its place and then renamed: processes that run the old one keep it
    Deno.copyFileSync(made, `${PLACE}.new`);
    Deno.renameSync(`${PLACE}.new`, PLACE);
    const megabytes = (Deno.statSync(PLACE).size / 1e6).toFixed(1);
    console.error(`made dist/spider: ${build}, ${target.name} Linux, ${megabytes} MB`);
  } finally {
    Deno.removeSync(scratch, { recursive: true });
  }
}

try {
  await main([...Deno.args]);
} catch (error) {
  if (!(error instanceof CompileError)) throw error;
  console.error(`compile: ${error.message}`);
  Deno.exit(1);
}

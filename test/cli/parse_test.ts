import { assert, assertEquals, assertRejects } from "@std/assert";
import { parse } from "../../src/cli/parse.ts";
import { PROCESS_STREAMS } from "../../src/host/streams.ts";
import { UsageError } from "../../src/host/usage_error.ts";
import type { Invocation } from "../../src/cli/command.ts";
import { sampleCommand } from "./sample.ts";

async function read(...args: string[]): Promise<Invocation> {
  const parsed = await parse(sampleCommand(), args, PROCESS_STREAMS);
  if (parsed.help) throw new Error("help was asked for");
  return parsed.invocation;
}

async function refuse(message: string, ...args: string[]): Promise<void> {
  const error = await assertRejects(
    () => parse(sampleCommand(), args, PROCESS_STREAMS),
    UsageError,
  );
  assertEquals(error.message, message);
}

Deno.test("what is not given has its default", async () => {
  const { options, spiderOptions, spider, positionals } = await read("mark");
  assertEquals(options, {
    workers: 100,
    rate: undefined,
    input: "-",
    connect: "tcp",
    verbose: false,
  });
  assertEquals(spiderOptions, { codepoint: undefined });
  assertEquals(spider?.name, "mark");
  assertEquals(positionals, []);
});

Deno.test("a flag that begins with no- is one of its own", async () => {
  const { options, ...command } = sampleCommand();
  const flag = { type: "boolean", summary: "leaves it out" } as const;
  const both = { ...command, options: { ...options, "no-verbose": flag } };
  for (
    const [args, verbose, without] of [
      [["mark"], false, false],
      [["mark", "--no-verbose"], false, true],
      [["--no-verbose", "mark"], false, true],
      [["mark", "--no-verbose", "-v"], true, true],
      [["mark", "--input", "no-verbose"], false, false],
    ] as const
  ) {
    const parsed = await parse(both, args, PROCESS_STREAMS);
    if (parsed.help) throw new Error("help was asked for");
    const { options, positionals } = await parsed.invocation;
    assertEquals([options.verbose, options["no-verbose"], positionals], [verbose, without, []]);
  }
  await refuse("unknown option --no-verbose; did you mean --verbose?", "mark", "--no-verbose");
  assertEquals((await read("mark", "no-verbose")).positionals, ["no-verbose"]);
});

Deno.test("every spelling of a value", async () => {
  for (
    const args of [["-w", "7"], ["-w7"], ["-w=7"], ["--workers", "7"], ["--workers=7"], ["-vw7"]]
  ) {
    assertEquals((await read(...args, "mark")).options.workers, 7, args.join(" "));
    assertEquals((await read("mark", ...args)).options.workers, 7, args.join(" "));
  }
});

Deno.test("values that parsers like to lose", async () => {
  for (const value of ["-", "eth", "eth0", "no", "true", "7", "a=b", "--x=1 y", "a.b"]) {
    if (!value.startsWith("--")) {
      assertEquals((await read("mark", "--input", value)).options.input, value);
      assertEquals((await read("mark", "-i", value)).options.input, value);
      assertEquals((await read("mark", `-i${value}`)).options.input, value);
    }
    assertEquals((await read("mark", `--input=${value}`)).options.input, value);
  }
});

Deno.test("a flag does not take the word after it", async () => {
  const { options, positionals } = await read("mark", "--verbose", "true");
  assertEquals([options.verbose, positionals], [true, ["true"]]);
  assertEquals((await read("mark", "--verbose=false")).options.verbose, false);
});

Deno.test("nothing after -- is an option", async () => {
  assertEquals((await read("mark", "--", "-w")).positionals, ["-w"]);
  assertEquals((await read("--", "mark", "-w")).positionals, ["-w"]);
});

Deno.test("a positional stays text", async () => {
  assertEquals((await read("mark", "0x10")).positionals, ["0x10"]);
});

Deno.test("the spider's options are read beside the command's", async () => {
  const { options, spiderOptions } = await read("-w", "3", "mark", "-c", "0", "--rate=2.5");
  assertEquals([options.workers, options.rate, spiderOptions.codepoint], [3, 2.5, 0]);
});

Deno.test("what cannot be is refused in one line", async () => {
  await refuse("unknown option --worker; did you mean --workers?", "mark", "--worker", "3");
  await refuse("unknown option --qqqqqq; see spider measure --help", "mark", "--qqqqqq=1");
  await refuse("unknown option -z; see spider measure --help", "mark", "-z");
  await refuse("unknown option -z; see spider measure --help", "mark", "-vz");
  await refuse("unknown option --no-verbose; did you mean --verbose?", "mark", "--no-verbose");
  await refuse("unknown option --constructor; see spider measure --help", "mark", "--constructor");
  await refuse("unknown option --__proto__; see spider measure --help", "mark", "--__proto__=1");
  await refuse("unknown option --a.b; see spider measure --help", "mark", "--a.b", "1");
  await refuse(
    "unknown option --codepoint; options of a spider stand after its name",
    "--codepoint",
    "5",
    "mark",
  );
  await refuse("--workers needs a value: a whole number from 1 to 10", "mark", "-w");
  await refuse("--workers needs a value: a whole number from 1 to 10", "mark", "-w", "-v");
  await refuse("--input needs a value: a FILE", "mark", "--input", "--verbose");
  await refuse("--input needs a value: a FILE", "mark", "--input=");
  await refuse("--input needs a value: a FILE", "mark", "--input", "");
  for (const bad of ["0", "11", "-1", "3.5", "x", "0x3", "1e1", "99999999999999999999"]) {
    await refuse(`--workers must be a whole number from 1 to 10, not ${bad}`, "mark", "-w", bad);
  }
  for (const bad of ["0.4", "-3", "fast", "NaN", "1e999", "1_0"]) {
    await refuse(`--rate must be a number, 0.5 or more, not ${bad}`, "mark", "--rate", bad);
  }
  await refuse("--verbose must be true or false, not maybe", "mark", "--verbose=maybe");
  await refuse(
    "--connect must be one of tcp, http, not htp; did you mean http?",
    "mark",
    "--connect",
    "htp",
  );
  await refuse("--workers is given more than once; give it once", "mark", "-w", "1", "--workers=2");
  await refuse("--codepoint must be a whole number from 0 to 63, not 64", "mark", "-c64");
  await refuse("measure needs a SPIDER; see spider measure --help");
  await refuse("measure does not take more; see spider measure --help", "mark", "note", "more");
  await refuse("unknown spider marc; did you mean mark?", "marc");
  await refuse("unknown spider zebra; there is mark, clash", "zebra");
  await refuse("unknown spider toString; there is mark, clash", "toString");
});

Deno.test("a spider cannot declare an option of the command", async () => {
  await refuse(
    "the spider clash declares --workers, which spider measure has itself; rename it in the spider",
    "clash",
  );
});

Deno.test("help is asked for anywhere before --", async () => {
  for (
    const args of [["--help"], ["-h"], ["mark", "-vh"], ["mark", "-w", "--help"], [
      "mark",
      "--nope",
      "-h",
    ]]
  ) {
    assert((await parse(sampleCommand(), args, PROCESS_STREAMS)).help, args.join(" "));
  }
  assertEquals((await read("mark", "--", "--help")).positionals, ["--help"]);
});

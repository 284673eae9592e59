import { assert, assertEquals } from "@std/assert";
import { STATUS, tellError } from "../../src/cli/tell_error.ts";
import { Failure } from "../../src/host/failure.ts";
import { UsageError } from "../../src/host/usage_error.ts";

/** What is told of an error, and the exit status. */
function told(error: unknown): { status: number; text: string } {
  let text = "";
  const status = tellError(error, {
    fd: null,
    isTerminal: () => false,
    writeSync(octets) {
      text += new TextDecoder().decode(octets);
      return octets.length;
    },
  });
  return { status, text };
}

Deno.test("a failure is a sentence, and a wrong command line one of another status", () => {
  assertEquals(told(new Failure("no disk")), { status: STATUS.failure, text: "spider: no disk\n" });
  assertEquals(told(new UsageError("no such flag")).status, STATUS.usage);
});

Deno.test("what went wrong is told also where something could not be put away then", () => {
  const fails = () => {
    using _ = {
      [Symbol.dispose]() {
        throw new RangeError("not put away");
      },
    };
    throw new Failure("the interface is gone");
  };
  let thrown: unknown = null;
  try {
    fails();
  } catch (error) {
    thrown = error;
  }
  const { status, text } = told(thrown);
  assertEquals(status, STATUS.failure);
  assert(text.startsWith("spider: the interface is gone\nspider: a fault in spider itself"), text);
  assert(text.includes("RangeError: not put away"), text);
});

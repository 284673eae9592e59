import { assertEquals } from "@std/assert";
import { messageProblems } from "../../scripts/messages/problems.ts";

const problems = (expression: string) =>
  messageProblems(`type T = string;\nthrow new ${expression};`, "a.ts");

Deno.test("messages begin small and end without a full stop", () => {
  for (
    const right of [
      'Failure("cannot read it: run as root")',
      "UsageError(`${name} needs a value; see --help`)",
      'Failure("HOME is not set")',
      'ProcessError("ICMP has no ports")',
      'Failure("Debian has it")',
      "Failure(why(error))",
      'Error("Anything.")',
      'Failure("takes " + (one ? "one" : `${most} at most`))',
      'RequestError([...parts, " must stay below 1"])',
    ]
  ) assertEquals(problems(right), [], right);
});

Deno.test("a capital and a full stop are found, in every branch and piece", () => {
  const capital = ["a.ts:2: a message begins with a capital"];
  const stop = ["a.ts:2: a message ends with a full stop"];
  const cases: [string, string[]][] = [
    ['Failure("Cannot read it")', capital],
    ["UsageError(`A ${name} is missing`)", capital],
    ['HostResolveError("no address.")', stop],
    ["Failure(`${problem}.`)", stop],
    ['Failure("leave " + `out ${name}.`)', stop],
    ['Failure(one ? "no" : "Not one")', capital],
    ['SourceFailure("Where", 1, "It has no end.")', [...capital, ...stop]],
    ['RequestError(["The ", field("port"), " is wrong."])', [...capital, ...stop]],
  ];
  for (const [wrong, expected] of cases) assertEquals(problems(wrong), expected, wrong);
});

Deno.test("messages of requests are checked in templates, and where a class makes its own", () => {
  const found = (source: string) => messageProblems(source, "a.ts");
  assertEquals(found('requestError`${field("port")} is wrong`'), []);
  assertEquals(found('requestError`The ${field("port")} is wrong.`'), [
    "a.ts:1: a message begins with a capital",
    "a.ts:1: a message ends with a full stop",
  ]);
  const classOf = (message: string) =>
    `class Unknown extends RequestError { constructor(what) { super([${message}]); } }`;
  assertEquals(found(classOf("`there is no ${what}`")), []);
  assertEquals(found(classOf("`There is no ${what}`")), [
    "a.ts:1: a message begins with a capital",
  ]);
});

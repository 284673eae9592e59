/**
 * Answers questions from inside a namespace, for tests: `inside.ts FUNCTION ARGUMENT`. Writes the
 * answer as JSON, or `{"failure": message}`.
 */
import { EcnRoute } from "../../src/host/ecn_route.ts";
import { Failure } from "../../src/host/failure.ts";
import { defaultInterface, interfaceNamed, sourceAddress } from "../../src/host/interface.ts";
import { Journal } from "../../src/host/journal.ts";

const [question, argument = ""] = Deno.args;

function answer(): unknown {
  switch (question) {
    case "default":
      return defaultInterface();
    case "named":
      return interfaceNamed(argument);
    case "source6":
      return sourceAddress(interfaceNamed(argument), 6);
    case "ecn": {
      using journal = Journal.open();
      using route = EcnRoute.open(argument, journal);
      return route.mark;
    }
    default:
      throw new RangeError(`no such question: ${question}`);
  }
}

try {
  console.log(JSON.stringify(answer()));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.log(JSON.stringify({ failure: error.message }));
}

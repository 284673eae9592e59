import { group } from "../../command.ts";
import { check } from "./check/command.ts";
import { compare } from "./compare/command.ts";
import { list } from "./list/command.ts";
import { logs } from "./logs/command.ts";
import { newExperiment } from "./new/command.ts";
import { plan } from "./plan/command.ts";
import { report } from "./report/command.ts";
import { run } from "./run/command.ts";
import { schema } from "./schema/command.ts";

/** `spider experiment`: repeatable tests of one file, one folder each for what is done with them. */
export const experiment = group({
  name: "experiment",
  section: "Labs",
  summary: "Test servers behind middleboxes, repeatably, from a file",
  about: [
    "An experiment is a file in YAML: networks, services, testers, and what must come out. Each run " +
    "writes a folder of results with a report, and its status says whether all came out so.",
    "spider help experiments describes the file.",
  ],
  commands: [run, check, plan, list, newExperiment, schema, report, compare, logs],
});

import { experimentNames } from "../../../src/lab/experiment/bundled.ts";
import { atOnce } from "../../at_once.ts";
import { Folder } from "../../data/temporary.ts";
import { rootTest } from "../root.ts";
import { assertCompleted, run } from "./experiments.ts";

/** Experiments at once, each of which has several networks: they wait for most of their time. */
const AT_ONCE = 3;

rootTest(
  "every bundled experiment comes out as it should, at every place of its matrix",
  () =>
    atOnce(AT_ONCE, experimentNames(), async (name) => {
      using folder = new Folder();
      assertCompleted(await run(folder, name));
    }),
);

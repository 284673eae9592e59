import { experimentNames } from "../../../src/lab/experiment/bundled.ts";
import { Folder } from "../../data/temporary.ts";
import { rootTest } from "../root.ts";
import { assertCompleted, run } from "./experiments.ts";

for (const name of experimentNames()) {
  rootTest(
    `the experiment ${name} comes out as it should, at every place of its matrix`,
    async () => {
      using folder = new Folder();
      assertCompleted(await run(folder, name));
    },
  );
}

import { assertEquals } from "@std/assert";
import { Folder } from "../data/temporary.ts";

const MODULE = new URL("../../src/host/environment_variable.ts", import.meta.url).href;

Deno.test("a variable is seen whether Deno may be asked for it or not", () => {
  using folder = new Folder();
  const script = folder.at("script.ts");
  Deno.writeTextFileSync(
    script,
    `import { environmentVariable } from "${MODULE}";
console.log(["MINE", "EMPTY", "NONE"].map((name) => String(environmentVariable(name))).join());`,
  );
  for (const allowed of ["--allow-env", "--allow-env=PATH"]) {
    const { stdout, stderr } = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--no-prompt", "--allow-ffi", allowed, script],
      env: { MINE: "a=b", EMPTY: "" },
    }).outputSync();
    const decoder = new TextDecoder();
    assertEquals(decoder.decode(stdout), "a=b,,undefined\n", decoder.decode(stderr));
  }
});

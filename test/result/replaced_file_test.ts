import { assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { ReplacedFile } from "../../src/result/replaced_file.ts";
import { Folder } from "../data/temporary.ts";

const octets = new TextEncoder().encode("new");

function names(folder: Folder): string[] {
  return [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();
}

Deno.test("what others laid beside it is left alone, and where their links lead", () => {
  using folder = new Folder();
  folder.put("a.prom.new", octets);
  folder.put("precious", octets);
  const path = folder.at("a.prom");
  Deno.symlinkSync(folder.at("precious"), `${path}.${Deno.pid}.part`);
  const file = new ReplacedFile(path, []);
  assertEquals(names(folder), ["a.prom.new", "precious"]);
  Deno.symlinkSync(folder.at("precious"), `${path}.${Deno.pid}.part`);
  file.replace(new TextEncoder().encode("newer"));
  assertEquals(names(folder), ["a.prom", "a.prom.new", "precious"]);
  assertEquals(["a.prom", "a.prom.new", "precious"].map((name) => folder.text(name)), [
    ...["newer", "new", "new"],
  ]);
});

Deno.test("a place where no file can be is told with its own name, and nothing is left there", () => {
  using folder = new Folder();
  const input = folder.put("a.pcap", octets);
  const cases: [string, string][] = [
    ["none/a.prom", "there is no such file or folder"],
    ["a.pcap/a.prom", "what should be its folder is none"],
  ];
  for (const [name, why] of cases) {
    const path = folder.at(name);
    const error = assertThrows(() => new ReplacedFile(path, [input]), Failure);
    assertEquals(error.message, `cannot write ${path}: ${why}`);
  }
  Deno.mkdirSync(folder.at("b.prom"));
  const file = new ReplacedFile(folder.at("b.prom"), [input]);
  const error = assertThrows(() => file.replace(octets), Failure);
  assertEquals(error.message, `cannot write ${folder.at("b.prom")}: it is a folder`);
  Deno.removeSync(folder.at("b.prom"));
  Deno.removeSync(folder.at("a.pcap"));
  assertEquals(names(folder), []);
  const gone = new ReplacedFile(folder.at("c.prom"), []);
  Deno.removeSync(folder.path);
  assertThrows(() => gone.replace(octets), Failure, "there is no such file or folder");
  Deno.mkdirSync(folder.path);
});

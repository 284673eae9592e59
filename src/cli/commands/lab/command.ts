import { group } from "../../command.ts";
import { clean } from "./clean/command.ts";
import { down } from "./down/command.ts";
import { exec } from "./exec/command.ts";
import { exportLab } from "./export/command.ts";
import { graph } from "./graph/command.ts";
import { list } from "./list/command.ts";
import { shell } from "./shell/command.ts";
import { up } from "./up/command.ts";

/** `spider lab`: networks in namespaces, one file each for what is done with them. */
export const lab = group({
  name: "lab",
  section: "Labs",
  summary: "Build networks with middleboxes on this machine, from a file",
  about: [
    "A lab is hosts, routers and links in network namespaces, described in YAML; routers hold " +
    "middleboxes by name. It needs root, changes nothing outside of its namespaces, and is gone when " +
    "it ends, however it ends.",
    "spider help labs describes the file and every middlebox.",
  ],
  commands: [up, down, list, exec, shell, graph, exportLab, clean],
});

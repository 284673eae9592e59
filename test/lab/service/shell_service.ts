import type { Folder } from "../../data/temporary.ts";

/** A command that accepts connections on port 80 of both IP versions, for a while. */
export const LISTENS =
  `perl -MIO::Socket::IP -e '$| = 1; for my $a ("0.0.0.0", "::") { push @s, IO::Socket::IP->new(LocalHost => $a, LocalPort => 80, Listen => 9, V6Only => 1, ReuseAddr => 1) or die } sleep 100'`;

/** A service of a shell command, as the module of a plugin. */
export function shellService(folder: Folder, name: string, command: string, members = ""): string {
  return folder.put(
    `${name}.ts`,
    new TextEncoder().encode(`export default {
  kind: "service", name: "${name}", version: "1.0.0", api: "^1", summary: "a shell", type: "iut",
  speaks: [{ protocol: "http", versions: ["1.1"], role: "server" }],
  program: "sh", package: "dash", arguments: () => ["-c", ${JSON.stringify(command)}], ${members}
};\n`),
  );
}

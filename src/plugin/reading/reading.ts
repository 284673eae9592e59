import { Failure } from "../../host/failure.ts";
import { type SourceManifest, sourceManifest } from "./manifest_source.ts";
import { type Import, parseModule, parseProgram, type Span } from "./parse_module.ts";

/** What is to be read of a module, without running it. */
export interface SourceRequest {
  readonly source: string;
  /** What it is called in messages. */
  readonly where: string;
  /**
   * Read its imports too, and refuse what would load code that is not among them. For a module on
   * this host, which may load what it likes, that is not asked.
   */
  readonly imports: boolean;
  /** Read what it exports by default too. */
  readonly manifest: boolean;
}

/** What was read of a module, as data that JSON can hold. */
export interface SourceRead {
  /** Its code without types and comments. */
  readonly code: string;
  /** Empty where they were not asked for. */
  readonly imports: readonly Import[];
  /** Where `import.meta` stands in the code; empty where imports were not asked for. */
  readonly metas: readonly Span[];
  /** Its manifest, or why it has none; null where it was not asked for. */
  readonly manifest: ManifestRead | null;
}

/** A manifest from a source, with the lines of that; otherwise why it cannot be read. */
export type ManifestRead =
  | Omit<SourceManifest, "lines"> & { readonly lines: readonly (readonly [string, number])[] }
  | { readonly problem: string };

/**
 * Reads a module. Its source may be made to break the parser, which then ends this process: to be
 * called in one of its own, see {@linkcode SourceReader}.
 *
 * @throws {Failure} that names the module, with the line where there is one
 */
export function readModule({ source, where, imports, manifest }: SourceRequest): SourceRead {
  const parsed = imports
    ? parseModule(source, where)
    : { ...parseProgram(source, where), imports: [], metas: [] };
  return {
    code: parsed.code,
    imports: parsed.imports,
    metas: parsed.metas,
    manifest: manifest ? manifestOf(parsed, where) : null,
  };
}

function manifestOf(
  { program, lineOf }: Pick<ReturnType<typeof parseProgram>, "program" | "lineOf">,
  where: string,
): ManifestRead {
  try {
    const { lines, ...read } = sourceManifest(program, where);
    return { ...read, lines: [...lines].map(([place, line]) => [place, lineOf(line)]) };
  } catch (error) {
    if (error instanceof Failure) return { problem: error.message };
    throw error;
  }
}

import { z } from "zod";
import type { ProblemStatus } from "../http/problem.ts";
import type { Scope } from "../keys/scope.ts";
import type { HeaderName } from "./headers.ts";

/** Part of a path that says which thing is meant, such as the id of a measurement. */
export interface PathPart {
  /** What it is called in the document; no two parts are called the same. */
  readonly key: string;
  /** Its name in paths. */
  readonly name: string;
  readonly schema: z.ZodType;
  readonly example: string;
}

/** What an answer, or the body of a request, has of one media type. */
export interface Content {
  /** What it is as a whole. */
  readonly schema: z.ZodType;
  /** What each line of it is, where those are JSON. */
  readonly lines?: z.ZodType;
}

/** What requests and answers have, by media type. */
export type Contents = Readonly<Record<string, Content>>;

/** An answer that is no problem. */
export interface Answer {
  /** What it says, as a phrase. */
  readonly summary: string;
  readonly content?: Contents;
  readonly headers?: readonly HeaderName[];
  /** Parts of paths that are in it, each with its place: a JSON Pointer (RFC 6901). */
  readonly gives?: readonly (readonly [part: PathPart, at: string])[];
}

/** A request as a client may make it. */
export interface Example {
  readonly summary: string;
  /** Parameters; those that stand for numbers as numbers. */
  readonly query?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
}

/** What the server can be asked: a method and a path, what goes in, and what comes out. */
export interface Operation {
  /** A name by which programs that are made from the document call it. */
  readonly id: string;
  readonly method: "get" | "post" | "delete";
  /** Such as `/measurements/{id}`. */
  readonly path: string;
  /** What it does, as a phrase. */
  readonly summary: string;
  /** What a key must allow; null where anybody may ask. */
  readonly scope: Scope | null;
  /** The parts of its path that vary, in order. */
  readonly parts?: readonly PathPart[];
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: Contents;
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Problems of its own; what any request may meet is added. */
  readonly problems?: readonly ProblemStatus[];
  /** By names; none where it takes no more than its path says. */
  readonly examples?: Readonly<Record<string, Example>>;
}

/** Operations that belong together. */
export interface Area {
  readonly name: string;
  readonly summary: string;
  readonly operations: readonly Operation[];
}

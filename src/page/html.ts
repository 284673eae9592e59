import { h, type VNode } from "preact";
// @ts-types="../types/htm.d.ts"
import htm from "htm";

/** Elements as a template with one of them at its top. */
export const html = htm.bind(h) as (
  strings: TemplateStringsArray,
  ...values: readonly unknown[]
) => VNode;

import type { Area } from "../openapi/operation.ts";
import { text } from "../openapi/words.ts";

/** Who measures. */
export const about: Area = {
  name: "about",
  summary: "for those who were measured",
  operations: [{
    id: "getAbout",
    method: "get",
    path: "/about",
    summary: "who measures, and how to object",
    scope: null,
    answers: {
      200: { summary: "a text for people", content: { "text/plain": { schema: text("it") } } },
    },
  }],
};

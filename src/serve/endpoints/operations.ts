import { z } from "zod";
import { ENDPOINT_METHODS, ENDPOINT_SCOPES } from "../../contract/endpoint.ts";
import type { Area, PathPart } from "../openapi/operation.ts";
import { count, json, links, text } from "../openapi/words.ts";
import { ACTIONS } from "./routes.ts";

const pluginPart: PathPart = {
  key: "plugin",
  name: "name",
  schema: z.string().describe("the name of a plugin in the configuration"),
  example: "netinfo",
};
const actionPart: PathPart = {
  key: "action",
  name: "action",
  schema: z.enum(ACTIONS).describe("what is done to it"),
  example: "reload",
};
const pluginAnswer = z.object({
  name: text("its key in the configuration"),
  kind: z.literal("endpoint"),
  plugin: text("where it comes from: a name, a path or a URL"),
  route: text("where it answers, and below"),
  state: z.enum(["loaded", "unloaded", "failed"]),
  version: text("a semantic version; null while it is not loaded, as the next ones").nullable(),
  summary: text("what it is for").nullable(),
  methods: z.array(z.enum(ENDPOINT_METHODS)).nullable(),
  scope: z.enum(ENDPOINT_SCOPES).nullable().describe("what a key must allow; open for anybody"),
  limits: z.object({
    seconds: z.number().describe("how long it may take"),
    body: count("octets of a request"),
    answer: count("octets of an answer"),
    concurrency: count("requests at once"),
  }),
  problem: text("why it failed").optional(),
  links: links("self", "endpoint"),
}).meta({ id: "Plugin", description: "an endpoint that is a plugin" });
const pluginsAnswer = z.object({ plugins: z.array(pluginAnswer) });

/** Endpoints that are plugins, under control. */
export const plugins: Area = {
  name: "plugins",
  summary: "endpoints that are plugins, under control",
  operations: [
    {
      id: "listPlugins",
      method: "get",
      path: "/plugins",
      summary: "plugins",
      scope: "read",
      answers: { 200: { summary: "plugins", content: json(pluginsAnswer) } },
    },
    {
      id: "getPlugin",
      method: "get",
      path: "/plugins/{name}",
      summary: "a plugin",
      scope: "read",
      parts: [pluginPart],
      answers: { 200: { summary: "it", content: json(pluginAnswer) } },
      problems: [404],
    },
    {
      id: "reloadPlugins",
      method: "post",
      path: "/plugins/reload",
      summary: "loads the code of all plugins anew",
      scope: "admin",
      answers: { 200: { summary: "plugins as they are now", content: json(pluginsAnswer) } },
      problems: [409],
    },
    {
      id: "changePlugin",
      method: "post",
      path: "/plugins/{name}/{action}",
      summary: "loads a plugin's code anew, loads one, or takes it out",
      scope: "admin",
      parts: [pluginPart, actionPart],
      answers: { 200: { summary: "the plugin as it is now", content: json(pluginAnswer) } },
      problems: [404, 409],
    },
  ],
};

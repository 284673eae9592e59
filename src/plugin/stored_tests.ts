/** What the modules of plugins from the store export as `tests`. */
const testsOf = new WeakMap<object, unknown>();

/** Records what a plugin's module exports as `tests`; returns the plugin. */
export function withTests<Plugin extends object>(tests: unknown, plugin: Plugin): Plugin {
  testsOf.set(plugin, tests);
  return plugin;
}

/** What a plugin from the store exports as `tests`; undefined when nothing, or when it is another. */
export function storedTests(plugin: object): unknown {
  return testsOf.get(plugin);
}

/** Everything that can be reached through prototypes of plain values. */
export function prototypes(): string {
  return [Object, Array, String, Function, Number, Promise, RegExp].map(({ prototype }) =>
    Reflect.ownKeys(prototype).map(String).join()
  ).join("\n");
}

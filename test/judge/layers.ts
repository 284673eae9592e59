/** How many layers of the same name stand before one: the place of its values in a column. */
export function nthOf(layers: readonly string[], at: number): number {
  return layers.slice(0, at).filter((layer) => layer === layers[at]).length;
}

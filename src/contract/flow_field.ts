/** One field of the flow record, as its chain declares it. */
export interface FlowField {
  readonly name: string;
  /**
   * What it holds: `address`, `port`, `protocol`, `time` (seconds since 1970), `integer`, `number`,
   * `boolean`, `string`, `word` (one of a few strings), or `json` for any value that JSON has. In
   * the plural a list of them; with `?` behind it may be null, as a port may.
   */
  readonly type: string;
  readonly summary: string;
}

/** The chains of a spider that needs no more than addresses, ports, times and counts of its flows. */
export function simpleObserver(): ["basic"] {
  return ["basic"];
}

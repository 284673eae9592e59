/** Light or dark; `system` follows what the browser is told. */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = typeof THEMES[number];

const KEPT = "spider.theme";
/** Tells those who draw by themselves that colours are other ones. */
const changed = new EventTarget();
const dark = matchMedia("(prefers-color-scheme: dark)");

/** What was chosen here before; `system` where nothing was, or the browser keeps nothing. */
export function theme(): Theme {
  const kept = storage()?.getItem(KEPT);
  return THEMES.find((one) => one === kept) ?? "system";
}

/** Chooses one, for this visit and those to come. */
export function choose(one: Theme): void {
  storage()?.setItem(KEPT, one);
  show(one);
}

/** Looks as was chosen before. */
export function beginTheme(): void {
  show(theme());
  dark.addEventListener("change", () => changed.dispatchEvent(new Event("change")));
}

/** Calls back when colours have changed, until the returned function is called. */
export function onColours(each: () => void): () => void {
  changed.addEventListener("change", each);
  return () => changed.removeEventListener("change", each);
}

/** A colour of the style sheet as it is now: `--ink`. */
export function colour(name: string): string {
  // The variable itself has the colours of both themes
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function show(one: Theme): void {
  if (one === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = one;
  changed.dispatchEvent(new Event("change"));
}

/** Where a browser keeps what it is told to; null where it may not. */
function storage(): Storage | null {
  let kept: Storage | null = null;
  try {
    kept = localStorage;
  } catch {
    // as in a window that keeps nothing
  }
  return kept;
}

// Moving between pages without loading them anew: the address is the browser's, the drawing is ours.
import { useEffect, useState } from "preact/hooks";

const moved = "thidua:moved";

export function goTo(path: string): void {
  history.pushState(null, "", path);
  window.dispatchEvent(new Event(moved));
  window.scrollTo(0, 0);
}

/** Takes clicks on links into the site; new tabs, downloads and files stay the browser's. */
function follow(event: MouseEvent): void {
  if (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.ctrlKey ||
    event.metaKey ||
    event.shiftKey ||
    event.altKey
  ) {
    return;
  }
  const link = (event.target as Element | null)?.closest?.("a");
  if (!link || link.target !== "" || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (/^\/(v1|files|api|openapi\.json)(\/|$)/.test(link.pathname)) return;
  // The skip link and other places on the same page.
  if (link.hash !== "" && link.pathname === location.pathname) return;
  event.preventDefault();
  if (link.href !== location.href) goTo(link.pathname + link.search + link.hash);
}

/** The path that is shown, and how often one has moved since the site was opened. */
export function usePath(): { path: string; moves: number } {
  const [at, setAt] = useState({ path: location.pathname, moves: 0 });
  useEffect(() => {
    // A place on the same page (the skip link's) is no other page.
    const show = () =>
      setAt((was) => (was.path === location.pathname ? was : { path: location.pathname, moves: was.moves + 1 }));
    window.addEventListener(moved, show);
    window.addEventListener("popstate", show);
    document.addEventListener("click", follow);
    return () => {
      window.removeEventListener(moved, show);
      window.removeEventListener("popstate", show);
      document.removeEventListener("click", follow);
    };
  }, []);
  return at;
}

// A table that may be wider than the screen: it scrolls inside its own region, by keyboard too.
import type { ComponentChildren } from "preact";

export function Wide({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="wide" role="region" aria-label={name} tabIndex={0}>
      {children}
    </div>
  );
}

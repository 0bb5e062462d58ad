// A table that may be wider than the screen: it scrolls inside its own frame, by keyboard too. A stop for the Tab key
// only while there is something to scroll.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export function Wide({ name, children }: { name: string; children: ComponentChildren }) {
  const frame = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const box = frame.current!;
    const measure = new ResizeObserver(() => setScrolls(box.scrollWidth > box.clientWidth));
    measure.observe(box);
    for (const child of box.children) measure.observe(child);
    return () => measure.disconnect();
  }, []);
  return (
    <div ref={frame} class="wide" role="group" aria-label={name} tabIndex={scrolls ? 0 : undefined}>
      {children}
    </div>
  );
}

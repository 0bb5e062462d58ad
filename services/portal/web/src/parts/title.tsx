// The page's heading: also the document's title, and where the focus goes after moving to the page.
import type { ComponentChildren } from "preact";
import { useContext, useEffect, useRef } from "preact/hooks";
import { Moves } from "../shell/moves";

export function Title({ text, children }: { text: string; children?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const moves = useContext(Moves);
  useEffect(() => {
    document.title = `${text} · Thi đua khen thưởng`;
  }, [text]);
  useEffect(() => {
    // Not when the site is opened: the browser begins at the top by itself.
    if (moves > 0) heading.current?.focus({ preventScroll: true });
  }, [moves]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {text}
      {children}
    </h1>
  );
}

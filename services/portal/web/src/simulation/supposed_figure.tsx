// One figure that may be supposed: a slider, a number field, and the way back to what there is.
import { useEffect, useId, useState } from "preact/hooks";
import { readNumber, showNumber } from "../text/number";
import { type Scale, figureAt, positionOf } from "./slider";

export function SupposedFigure({
  name,
  measure,
  present,
  presentText,
  supposed,
  scale,
  fault,
  suppose,
}: {
  name: string;
  measure: string;
  /** Machine form; empty: there is none. */
  present: string;
  presentText: string;
  /** Undefined: as it is. */
  supposed: string | undefined;
  scale: Scale;
  /** What the service has against it. */
  fault: string;
  suppose: (figure: string | undefined) => void;
}) {
  const id = useId();
  const now = supposed ?? present;
  const [text, setText] = useState(showNumber(now));
  const [typing, setTyping] = useState(false);
  const unreadable = typing && readNumber(text) === undefined;
  useEffect(() => {
    if (!typing) setText(showNumber(now));
  }, [now, typing]);
  const type = (written: string) => {
    setTyping(true);
    setText(written);
    const figure = readNumber(written);
    if (figure !== undefined) suppose(figure === present ? undefined : figure);
  };
  const told = unreadable ? "Không đọc được số; viết như 17.893 hoặc 51,5." : fault;
  return (
    <div
      class={`supposed${supposed === undefined ? "" : " is-supposed"}`}
      role="group"
      aria-labelledby={`${id}-ten`}
    >
      <div class="supposed-name">
        <span id={`${id}-ten`}>{name}</span>
        <span class="soft small"> {presentText}</span>
      </div>
      <input
        type="range"
        aria-label={`Kéo để giả định: ${name}`}
        aria-valuetext={`${showNumber(now) || "chưa có"} ${measure}`}
        min={0}
        max={scale.positions}
        step={1}
        value={positionOf(scale, now)}
        onInput={(event) => {
          setTyping(false);
          suppose(figureAt(scale, event.currentTarget.valueAsNumber));
        }}
      />
      <div class="supposed-number">
        <input
          aria-label={`Số giả định: ${name}`}
          inputMode="decimal"
          autocomplete="off"
          value={text}
          aria-invalid={told !== ""}
          aria-describedby={told === "" ? undefined : `${id}-loi`}
          onInput={(event) => type(event.currentTarget.value)}
          onBlur={() => setTyping(unreadable)}
        />
        <span class="measure small">{measure}</span>
        <button
          type="button"
          class="back"
          disabled={supposed === undefined && !unreadable}
          onClick={() => {
            setTyping(false);
            setText(showNumber(present));
            suppose(undefined);
          }}
        >
          Bỏ<span class="hidden"> giả định: {name}</span>
        </button>
      </div>
      {told !== "" && (
        <p class="field-fault" id={`${id}-loi`}>
          {told}
        </p>
      )}
    </div>
  );
}

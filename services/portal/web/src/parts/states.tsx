// What stands in the place of figures that are not there.
import type { ComponentChildren } from "preact";
import type { Fault } from "../api/fault";
import type { Reading } from "../api/reading";
import { SignInOffer } from "./sign_in_offer";

export function Loading({ what = "Đang tải số liệu…" }: { what?: string }) {
  return (
    <p class="loading" role="status">
      {what}
    </p>
  );
}

export function Failure({ fault, again }: { fault: Fault; again?: () => void }) {
  const more = fault.fields.filter((one) => one.sentence !== fault.sentence);
  return (
    <div class="notice fault" role="alert">
      <p>{fault.sentence}</p>
      {more.length > 0 && (
        <ul>
          {more.map((one) => (
            <li key={one.field}>{one.sentence}</li>
          ))}
        </ul>
      )}
      {fault.wantsSignIn && <SignInOffer />}
      {again && fault.mayPass && (
        <button type="button" onClick={again}>
          Thử lại
        </button>
      )}
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="notice">{children}</p>;
}

/** A reading's three states; children draw what was answered. */
export function Shown<Answer>({
  reading,
  children,
}: {
  reading: Reading<Answer>;
  children: (answer: Answer) => ComponentChildren;
}) {
  return (
    <>
      {reading.fault && <Failure fault={reading.fault} again={reading.again} />}
      {reading.answer !== undefined ? children(reading.answer) : reading.reading && <Loading />}
    </>
  );
}

/** The services have lost sight of each other: what is shown was right when last seen. */
export function Stale({ stale }: { stale: boolean }) {
  if (!stale) return null;
  return (
    <p class="notice warning" role="status">
      Số liệu có thể chưa cập nhật: một dịch vụ của hệ thống đang mất kết nối.
    </p>
  );
}

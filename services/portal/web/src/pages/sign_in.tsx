// Đăng nhập: a token becomes the session of this browser. It comes from the province's sign-on, in the address behind
// the "#", or is pasted.
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { Fault, offline } from "../api/fault";
import { type Session, signIn as keepToken } from "../api/session";
import { Failure, Shown } from "../parts/states";
import { Title } from "../parts/title";
import { Who } from "../shell/who";
import { type Brought, noteLeaving, readBrought, signInPage, takeLeaving, tokenIn, wayBack } from "../sign_in/way";
import { showTime } from "../text/date";
import type { Page } from "./page";

/** Read once and taken out of the address at once: not in the history, not for whoever copies the address. */
function takeBrought(): Brought {
  const brought = readBrought(location.hash);
  if (brought.token !== "" || brought.refusal !== "") {
    history.replaceState(null, "", location.pathname + location.search);
  }
  return brought;
}

function Now({ session }: { session: Session }) {
  return (
    <div class="notice">
      <p>
        Đang đăng nhập{session.name !== "" && ": "}
        <strong>{session.name}</strong>.{session.expires !== "" && ` Mã hết hạn lúc ${showTime(session.expires)}.`}
      </p>
    </div>
  );
}

function TokenForm({
  token,
  type,
  send,
  sending,
  main,
}: {
  token: string;
  type: (token: string) => void;
  send: () => void;
  sending: boolean;
  main: boolean;
}) {
  const [asked, setAsked] = useState(false);
  const missing = asked && tokenIn(token) === "" ? "Hãy dán mã đăng nhập vào đây." : "";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (tokenIn(token) === "") document.getElementById("ma-dang-nhap")?.focus();
        else if (!sending) send();
      }}
      noValidate
    >
      <div class="field written-part">
        <label for="ma-dang-nhap">Mã đăng nhập</label>
        <textarea
          id="ma-dang-nhap"
          rows={4}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={token}
          aria-invalid={missing !== ""}
          aria-describedby={missing === "" ? "ve-ma" : "ma-dang-nhap-loi"}
          onInput={(event) => type(event.currentTarget.value)}
        />
        {missing !== "" && (
          <span id="ma-dang-nhap-loi" class="field-fault">
            {missing}
          </span>
        )}
      </div>
      <p id="ve-ma" class="soft small">
        Mã do hệ thống đăng nhập của tỉnh cấp, gồm ba phần cách nhau bằng dấu chấm. Trình duyệt giữ mã đến khi hết hạn
        hoặc đến khi đăng xuất; không trang nào đọc lại được.
      </p>
      <div class="actions">
        <button type="submit" class={main ? "primary" : ""} aria-disabled={sending}>
          Đăng nhập
        </button>
      </div>
    </form>
  );
}

function SignIn() {
  const who = useContext(Who);
  const [brought] = useState(takeBrought);
  // Only what was asked for from this tab is taken without a word: nobody is signed in as somebody else by a link.
  const [left] = useState(takeLeaving);
  const [token, setToken] = useState(left === undefined ? brought.token : "");
  const [sending, setSending] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const back = left ?? wayBack(location.search, location.origin);
  const send = (sent: string) => {
    setSending(true);
    setFault(undefined);
    keepToken(sent).then(
      // Anew: nothing that was shown to somebody else stays, and what was refused is asked again.
      () => location.replace(back),
      (thrown: unknown) => {
        setSending(false);
        setFault(thrown instanceof Fault ? thrown : offline());
      },
    );
  };
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current || left === undefined || brought.token === "") return;
    begun.current = true;
    send(brought.token);
  }, []);
  return (
    <>
      <Title text="Đăng nhập" />
      <p>Bảng xếp hạng đã công bố xem được mà không cần đăng nhập. Những việc khác tùy quyền của tài khoản.</p>
      {brought.refusal !== "" && (
        <div class="notice fault" role="alert">
          <p>Hệ thống đăng nhập của tỉnh không cấp mã: {brought.refusal}</p>
        </div>
      )}
      {left === undefined && brought.token !== "" && (
        <div class="notice warning" role="status">
          <p>
            Địa chỉ vừa mở có kèm mã đăng nhập mà trang này không yêu cầu. Chỉ bấm “Đăng nhập” nếu chính bạn vừa đăng
            nhập.
          </p>
        </div>
      )}
      {sending && <p role="status">Đang đăng nhập…</p>}
      {fault && <Failure fault={fault} />}
      <Shown reading={who}>
        {(session) => (
          <>
            {session.signedIn && <Now session={session} />}
            {session.signOnUrl !== "" && (
              <div class="actions">
                <a class="button primary" href={session.signOnUrl} onClick={() => noteLeaving(back)}>
                  Đăng nhập bằng tài khoản của tỉnh
                </a>
              </div>
            )}
            <TokenForm
              token={token}
              type={setToken}
              send={() => send(tokenIn(token))}
              sending={sending}
              main={session.signOnUrl === ""}
            />
          </>
        )}
      </Shown>
    </>
  );
}

export const signIn: Page = { path: signInPage, name: "Đăng nhập", Page: SignIn, withoutPeriod: true, apart: true };

// In the header: who is signed in, and out again.
import { useContext, useState } from "preact/hooks";
import { signOut } from "../api/session";
import { inTab } from "../browser/kept";
import { signInPage, wayToSignIn } from "../sign_in/way";
import type { Place } from "./place";
import { Who } from "./who";

export function SignedIn({ place, path }: { place: Place; path: string }) {
  const session = useContext(Who).answer;
  const [failed, setFailed] = useState(false);
  const out = () => {
    setFailed(false);
    signOut().then(
      () => {
        // What was typed or read in this tab is not for whoever sits here next.
        for (const key of inTab.keys()) inTab.forget(key);
        location.reload();
      },
      () => setFailed(true),
    );
  };
  if (!session) return null;
  if (!session.signedIn) {
    if (place.page === signInPage) return null;
    return (
      <p class="who">
        <a href={wayToSignIn(path)}>Đăng nhập</a>
      </p>
    );
  }
  return (
    <p class="who">
      <span>{session.name || "Đã đăng nhập"}</span>
      <button type="button" onClick={out}>
        Đăng xuất
      </button>
      {failed && <span role="alert">Chưa đăng xuất được: mất kết nối.</span>}
    </p>
  );
}

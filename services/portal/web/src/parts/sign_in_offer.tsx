// Beside what was refused for who one is: the way to sign in, which comes back here.
import { useContext } from "preact/hooks";
import { Who } from "../shell/who";
import { wayToSignIn } from "../sign_in/way";

export function SignInLink() {
  const signedIn = useContext(Who).answer?.signedIn ?? false;
  return (
    <a href={wayToSignIn(location.pathname + location.search)}>
      {signedIn ? "Đăng nhập bằng tài khoản khác" : "Đăng nhập"}
    </a>
  );
}

export function SignInOffer() {
  const session = useContext(Who).answer;
  return (
    <p>
      {session?.signedIn && session.name !== "" && (
        <>
          Đang đăng nhập: <strong>{session.name}</strong>.{" "}
        </>
      )}
      <SignInLink />
    </p>
  );
}

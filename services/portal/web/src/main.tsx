import { render } from "preact";
import { Site } from "./shell/site";

render(<Site />, document.getElementById("app")!);

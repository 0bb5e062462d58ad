import { Title } from "../parts/title";
import type { Place } from "../shell/place";
import type { Page } from "./page";

function SimulationPage({ place: _ }: { place: Place }) {
  return <Title text="Thử nghiệm" />;
}

export const simulation: Page = { path: "thu-nghiem", name: "Thử nghiệm", Page: SimulationPage };

import { Title } from "../parts/title";
import type { Place } from "../shell/place";
import type { Page } from "./page";

function ScorecardPage({ place: _ }: { place: Place }) {
  return <Title text="Phiếu điểm" />;
}

export const scorecard: Page = { path: "phieu-diem", name: "Phiếu điểm", Page: ScorecardPage };

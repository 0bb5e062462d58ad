import { Title } from "../parts/title";
import type { Place } from "../shell/place";
import type { Page } from "./page";

function RankingPage({ place: _ }: { place: Place }) {
  return <Title text="Bảng xếp hạng" />;
}

export const ranking: Page = { path: "xep-hang", name: "Bảng xếp hạng", Page: RankingPage };

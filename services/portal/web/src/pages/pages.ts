// The site's pages, in the order of the navigation.
import { home } from "./home";
import type { Page } from "./page";
import { ranking } from "./ranking";
import { report } from "./report";
import { resultsImport } from "./results_import";
import { review } from "./review";
import { scorecard } from "./scorecard";
import { signIn } from "./sign_in";
import { simulation } from "./simulation";

export const pages: Page[] = [home, ranking, scorecard, review, report, resultsImport, simulation, signIn];

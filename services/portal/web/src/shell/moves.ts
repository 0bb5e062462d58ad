// How often one has moved between pages; 0: the site was just opened.
import { createContext } from "preact";

export const Moves = createContext(0);

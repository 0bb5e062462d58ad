// Renders every overlay and checks each document of it, and those beside them, offline: what make manifests runs.
import { documentsBeside, documentsOf, overlays } from "./documents.mjs";
import { typeFaults } from "./typed.mjs";

let faults = 0;
const all = [...overlays().map((overlay) => [overlay, documentsOf(overlay)]), ["beside them", documentsBeside()]];
for (const [overlay, documents] of all) {
  const found = typeFaults(documents);
  for (const fault of found) console.error(`${overlay}: ${fault}`);
  console.log(`${overlay}: ${documents.length} documents, ${found.length} faults`);
  faults += found.length;
}
process.exit(faults === 0 ? 0 : 1);

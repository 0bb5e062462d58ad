// Renders every overlay and checks each document of it offline: what make manifests runs.
import { documentsOf, overlays } from "./documents.mjs";
import { typeFaults } from "./typed.mjs";

let faults = 0;
for (const overlay of overlays()) {
  const documents = documentsOf(overlay);
  const found = typeFaults(documents);
  for (const fault of found) console.error(`${overlay}: ${fault}`);
  console.log(`${overlay}: ${documents.length} documents, ${found.length} faults`);
  faults += found.length;
}
process.exit(faults === 0 ? 0 : 1);

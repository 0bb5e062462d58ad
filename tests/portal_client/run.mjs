// Loads Khối thi đua 4 of Kiên Giang into the real services, and lets the generated client read it over HTTP.
//   node run.mjs FOLDER_OF_THE_BINARIES FOLDER_OF_THE_DATA COMPILED_CLIENT
import { pathToFileURL } from "node:url";
import { Suite } from "../system/suite.mjs";

const [binaries, data, compiled] = process.argv.slice(2);
const suite = await Suite.start(binaries);
try {
  const token = suite.load(data);
  const { check } = await import(pathToFileURL(compiled));
  await check(suite.portal, token);
  console.log("the generated client reads what the portal answers");
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await suite.stop();
}

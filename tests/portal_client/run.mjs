// Starts the real services and the portal on free ports of loopback, loads Khối thi đua 4 of Kiên Giang, and
// lets the generated client read it over HTTP.
//   node run.mjs FOLDER_OF_THE_BINARIES FOLDER_OF_THE_DATA COMPILED_CLIENT
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [binaries, data, compiled] = process.argv.slice(2);
// The test's own addresses only, whatever the environment says.
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("THIDUA_")));
const folder = mkdtempSync(join(tmpdir(), "thidua-client-"));
const started = [];

// Answers where it listens, when it says so.
async function start(name, ...flags) {
  const child = spawn(join(binaries, `thidua-${name}`), ["--listen=127.0.0.1:0", ...flags], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  let log = "";
  child.stderr.on("data", (text) => (log = (log + text).slice(-4000)));
  const failed = new Promise((_, refuse) => {
    child.on("error", refuse);
    child.on("exit", (code) => refuse(new Error(`${name} ended with ${code}:\n${log}`)));
  });
  failed.catch(() => {});
  const ready = (async () => {
    for await (const line of createInterface(child.stdout)) {
      if (line.startsWith("ready ")) return line.slice("ready ".length);
    }
    return failed;
  })();
  return Promise.race([ready, failed]);
}

// In the order opposite to their start.
async function stopAll() {
  for (const child of started.reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = new Promise((done) => child.on("exit", done));
    child.kill("SIGTERM");
    await gone;
  }
  rmSync(folder, { recursive: true, force: true });
}

try {
  const registry = await start("registry", `--data_dir=${join(folder, "registry")}`);
  const results = await start("results-ingest", `--data_dir=${join(folder, "results")}`, `--registry=${registry}`);
  const scoring = await start("scoring", `--data_dir=${join(folder, "scoring")}`, `--results=${results}`);
  // No page is looked at here.
  const web = join(folder, "web");
  mkdirSync(web);
  const portal = await start(
    "portal",
    `--registry=${registry}`,
    `--results=${results}`,
    `--scoring=${scoring}`,
    `--web_dir=${web}`,
  );
  const loaded = execFileSync(
    join(binaries, "thidua"),
    [`--registry=${registry}`, `--results=${results}`, `--scoring=${scoring}`, "--json", "load", data],
    { env: environment, encoding: "utf8" },
  );
  const { check } = await import(pathToFileURL(compiled));
  await check(`http://${portal}`, /"freshnessToken": *"([^"]*)"/.exec(loaded)?.[1] ?? "");
  console.log("the generated client reads what the portal answers");
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await stopAll();
}

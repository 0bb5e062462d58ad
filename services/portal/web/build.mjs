// Builds the web pages into a folder, as the gateway serves them:
//   node build.mjs OUTDIR
// index.html names one script and one style sheet; both carry a hash of what is in them, so that a browser may
// keep them for ever. Every file has a .gz beside it. Fails when types do not fit, or when a first load is too large.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const firstLoadLimit = 100 * 1024;
const here = dirname(fileURLToPath(import.meta.url));

if (process.argv.length !== 3) {
  console.error("usage: node build.mjs OUTDIR");
  process.exit(2);
}
const out = resolve(process.argv[2]);

try {
  execFileSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "--noEmit", "--project", here], {
    stdio: "inherit",
  });
} catch {
  process.exit(1);
}

// Only what a build has made before is taken away: the folder is given by the caller.
rmSync(join(out, "assets"), { recursive: true, force: true });
mkdirSync(join(out, "assets"), { recursive: true });
const built = await build({
  absWorkingDir: here,
  entryPoints: ["src/main.tsx", "src/style.css"],
  entryNames: "[name]-[hash]",
  outdir: join(out, "assets"),
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2020", "chrome90", "firefox90", "safari14"],
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});

const assets = Object.keys(built.metafile.outputs).map((path) => basename(path));
const script = assets.find((name) => name.endsWith(".js"));
const style = assets.find((name) => name.endsWith(".css"));
const icon = "icon.svg";
writeFileSync(join(out, "assets", icon), readFileSync(join(here, "src", icon)));

const page = readFileSync(join(here, "src/index.html"), "utf8")
  .replace("{{script}}", `/assets/${script}`)
  .replace("{{style}}", `/assets/${style}`)
  .replace("{{icon}}", `/assets/${icon}`);
writeFileSync(join(out, "index.html"), page);

let firstLoad = 0;
for (const file of ["index.html", `assets/${script}`, `assets/${style}`, `assets/${icon}`]) {
  const zipped = gzipSync(readFileSync(join(out, file)), { level: 9 });
  writeFileSync(join(out, `${file}.gz`), zipped);
  firstLoad += zipped.length;
  console.log(`${String(zipped.length).padStart(7)} bytes gzipped  ${file}`);
}
console.log(`${String(firstLoad).padStart(7)} bytes gzipped  first load (at most ${firstLoadLimit})`);
if (firstLoad > firstLoadLimit) {
  console.error("the first load is too large");
  process.exit(1);
}

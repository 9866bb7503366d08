// Bundles the browser clients with esbuild: node build.mjs OUTPUT_FOLDER.
// What comes out is static: any web server, or the built-in gateway, can serve it.
import { build } from "esbuild";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) {
  console.error("usage: node build.mjs OUTPUT_FOLDER");
  process.exit(2);
}

const common = {
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
  // lit's development build warns; the production build is the default export condition.
  conditions: ["production"],
  define: { "process.env.NODE_ENV": '"production"' },
};

mkdirSync(join(out, "console"), { recursive: true });
await Promise.all([
  build({ ...common, entryPoints: [join(here, "widget/index.ts")], outfile: join(out, "frontdesk-chat.js") }),
  build({ ...common, entryPoints: [join(here, "console/index.ts")], outfile: join(out, "console/console.js") }),
]);
cpSync(join(here, "console/index.html"), join(out, "console/index.html"));
cpSync(join(here, "shop"), out, { recursive: true });

const size = (file) => (gzipSync(readFileSync(join(out, file)), { level: 9 }).length / 1024).toFixed(1);
console.log(`build_web: frontdesk-chat.js ${size("frontdesk-chat.js")} KB, console ${size("console/console.js")} KB (gzip)`);

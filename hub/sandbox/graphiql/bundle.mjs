// Bundles the page into static/assets under content-hashed names and lists them in static/manifest.json.
// Workers and fonts become files of their own, so the page's policy can stay at 'self'.
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const outdir = "static/assets";
const shared = {
  bundle: true,
  minify: true,
  metafile: true,
  write: false,
  outdir,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  target: "es2022",
  legalComments: "linked",
  logLevel: "warning",
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".ttf": "file" },
};

const files = new Map(); // name -> bytes

function keep(result) {
  for (const file of result.outputFiles) {
    files.set(path.basename(file.path), Buffer.from(file.contents));
  }
}

function entries(result) {
  const found = {};
  for (const [file, { entryPoint, cssBundle }] of Object.entries(result.metafile.outputs)) {
    if (!entryPoint) continue;
    found[path.parse(entryPoint).name] = path.basename(file);
    if (cssBundle) found[`${path.parse(entryPoint).name}.css`] = path.basename(cssBundle);
  }
  return found;
}

function fontsApart(css) {
  return css.replace(/url\(["']?data:font\/(\w+);base64,([A-Za-z0-9+/=]+)["']?\)/g, (_, kind, text) => {
    const bytes = Buffer.from(text, "base64");
    const name = `font-${hashed(bytes)}.${kind}`;
    files.set(name, bytes);
    return `url(./${name})`;
  });
}

function hashed(bytes) {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
}

const workers = await esbuild.build({
  ...shared,
  format: "iife",
  entryPoints: [
    "monaco-editor/esm/vs/editor/editor.worker.js",
    "monaco-editor/esm/vs/language/json/json.worker.js",
    "monaco-graphql/esm/graphql.worker.js",
  ].map((file) => path.join("node_modules", file)),
  entryNames: "[name]-[hash]",
});
keep(workers);

const page = await esbuild.build({
  ...shared,
  format: "esm",
  splitting: true,
  jsx: "automatic",
  entryPoints: ["src/main.tsx"],
  define: { ...shared.define, WORKER_FILES: JSON.stringify(entries(workers)) },
});
keep(page);

const { main, "main.css": bundledStyle } = entries(page);
const css = Buffer.from(fontsApart(files.get(bundledStyle).toString("utf8")));
files.delete(bundledStyle);
const style = `main-${hashed(css)}.css`;
files.set(style, css);

await rm("static", { recursive: true, force: true });
await mkdir(outdir, { recursive: true });
for (const [name, bytes] of files) {
  await writeFile(path.join(outdir, name), bytes);
  if (/\.(js|css)$/.test(name)) {
    await writeFile(path.join(outdir, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  }
}
await writeFile("static/manifest.json", JSON.stringify({ script: main, style }));

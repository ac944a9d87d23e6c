// Writes the two registries: every folder of services/ and of docker/ with a definition file is in them, by itself.
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Folder names below `base` that hold the file their name leads to. */
const units = (base, file) =>
  readdirSync(join(root, base), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, base, entry.name, file(entry.name))))
    .map((entry) => entry.name)
    .sort();

const identifier = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

function write(base, file, list, type) {
  const names = units(base, file);
  const lines = [
    "// Written by `npm run generate` from the folders beside it; do not edit.",
    `import type { ${type} } from "#model";`,
    ...names.map((name) => `import ${identifier(name)} from "./${name}/${file(name)}";`),
    "",
    `export const ${list}: readonly ${type}[] = [`,
    ...names.map((name) => `  ${identifier(name)},`),
    "];",
    "",
  ];
  writeFileSync(join(root, base, "index.generated.ts"), lines.join("\n"));
}

write("services", (name) => `${name}.ts`, "services", "AnyService");
write("docker", () => "project.ts", "projects", "Project");

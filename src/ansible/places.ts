import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { KollaError, type Where } from "#support";
import { readPlaces, readYaml } from "../config/index.ts";

/** Name of a variable → where it is set. */
export type Places = Record<string, Where>;

/** Where -e sets variables: a file's own lines, or the option itself. */
export async function extraVarPlaces(extraVars: readonly string[]): Promise<Places> {
  const places: Places = {};
  for (const extra of extraVars)
    Object.assign(places, extra.startsWith("@") ? await placesOf(extra.slice(1)) : inlinePlaces(extra));
  return places;
}

/** What Ansible would refuse of -e, in better words: files that are not there or hold no variables, broken JSON. */
export async function extraVarProblems(extraVars: readonly string[]): Promise<KollaError[]> {
  const problems: KollaError[] = [];
  for (const extra of extraVars) {
    if (extra.startsWith("@")) await readPlaces(extra.slice(1), problems);
    else if (extra.trimStart().startsWith("{"))
      try {
        readYaml(extra, "-e");
      } catch (error) {
        if (!(error instanceof KollaError)) throw error;
        problems.push(error);
      }
  }
  return problems;
}

function inlinePlaces(extra: string): Places {
  const names = extra.trimStart().startsWith("{")
    ? Object.keys(readYaml(extra, "-e").places).filter((name) => !name.includes("."))
    : [...extra.matchAll(/(?:^|\s)([A-Za-z_]\w*)=/g)].map((match) => match[1] ?? "");
  return Object.fromEntries(names.map((name) => [name, { file: "-e", key: name }]));
}

/**
 * Where an inventory sets variables: in itself, in group_vars and in host_vars beside it. One place a name, that of
 * the file which is read last; it is for messages only, so files that cannot be read as text are left to Ansible.
 */
export async function inventoryPlaces(sources: readonly string[]): Promise<Places> {
  const places: Places = {};
  for (const source of sources.filter((each) => !each.includes(","))) {
    const isDirectory = (await stat(source)).isDirectory();
    const beside = isDirectory ? source : dirname(source);
    const own = isDirectory
      ? (await filesBelow(source)).filter((file) => !/\/(group|host)_vars\//.test(file))
      : [source];
    for (const file of own) Object.assign(places, await placesInInventory(file));
    for (const kind of ["group_vars", "host_vars"])
      for (const file of await filesBelow(join(beside, kind))) Object.assign(places, await placesOf(file));
  }
  return places;
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Ansible has read the file already: what is wrong with it would have been told. */
async function placesOf(file: string): Promise<Places> {
  const problems: KollaError[] = [];
  return (await readPlaces(file, problems)) ?? {};
}

async function placesInInventory(file: string): Promise<Places> {
  const text = await readFile(file, "utf8");
  return /\.(ya?ml|json)$/.test(file) ? yamlInventoryPlaces(text, file) : iniInventoryPlaces(text, file);
}

function yamlInventoryPlaces(text: string, file: string): Places {
  const found: Places = {};
  for (const [path, where] of Object.entries(readYaml(text, file).places)) {
    const name = /(?:^|\.)vars\.([^.]+)$/.exec(path)?.[1] ?? /(?:^|\.)hosts\..+\.([^.]+)$/.exec(path)?.[1];
    if (name) found[name] = { ...where, key: name };
  }
  return found;
}

/** "[group:vars]" sections hold name=value lines; elsewhere a line is a host and then name=value words. */
function iniInventoryPlaces(text: string, file: string): Places {
  const places: Places = {};
  let inVars = false;
  text.split("\n").forEach((line, index) => {
    if (/^\s*[[#;]/.test(line)) {
      if (/^\s*\[/.test(line)) inVars = /:vars\]/.test(line);
      return;
    }
    const pattern = inVars ? /^\s*([A-Za-z_]\w*)\s*=/g : /\s([A-Za-z_]\w*)=/g;
    for (const [, name] of line.matchAll(pattern))
      if (name) places[name] = { file, line: index + 1, key: name };
  });
  return places;
}

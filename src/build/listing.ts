import { writeFileSync } from "node:fs";
import type { Tree } from "./tree.ts";

/** A leaf's name, or an image with all that stands on it. */
export type DependencyNode = string | { [parent: string]: DependencyNode[] };

/** Names of all images, sorted. */
export function listImages(tree: Tree): string[] {
  return [...tree.images.keys()].sort();
}

/** The tree as kolla-build's --list-dependencies writes it: {parent: [leaf, {parent: […]}]}, children sorted. */
export function dependencyTree(tree: Tree): DependencyNode[] {
  const below = (name: string): DependencyNode => {
    const children = [...tree.images.values()].filter(({ parent }) => parent === name).map((one) => one.name);
    return children.length === 0 ? name : { [name]: children.sort().map(below) };
  };
  return [...tree.images.values()]
    .filter(({ parent }) => parent === undefined)
    .map(({ name }) => name)
    .sort()
    .map(below);
}

/** Writes the tree as Graphviz text, for --save-dependency. Throws the system's error where the file cannot be written. */
export function saveDependencies(tree: Tree, file: string): void {
  writeFileSync(file, dependencyDot(tree));
}

/** The tree as Graphviz text; dotted edges lead to images that only a build stage uses. */
export function dependencyDot(tree: Tree): string {
  const lines = [...tree.images.values()].flatMap(({ name, parent, needs }) => [
    `  "${name}";`,
    ...needs.map((need) => `  "${need}" -> "${name}"${need === parent ? "" : " [style=dotted]"};`),
  ]);
  return ["digraph images {", "  rankdir=LR;", ...lines, "}", ""].join("\n");
}

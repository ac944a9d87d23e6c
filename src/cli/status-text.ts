import { formatSeconds } from "#support";
import type { StatusContainer, StatusNode } from "../app/index.ts";
import { alignColumns } from "./columns.ts";

/** Lines of aligned text: sets indented by depth, containers with state, generation, release and age. */
export function formatStatusTree(tree: StatusNode): string {
  const rows: string[][] = [];
  const walk = (node: StatusNode, depth: number): void => {
    const words = node.probes.map((probe) => `${probe.ok ? "" : "! "}${probe.words}`).join("; ");
    rows.push([`${"  ".repeat(depth)}${node.name}`, node.well ? "well" : "NOT WELL", "", "", "", words]);
    for (const each of node.containers) rows.push(containerRow(each, depth + 1));
    for (const set of node.sets) walk(set, depth + 1);
  };
  walk(tree, 0);
  return alignColumns([["SET", "STATE", "GENERATION", "RELEASE", "AGE", "SAYS"], ...rows]);
}

function containerRow(each: StatusContainer, depth: number): string[] {
  return [
    `${"  ".repeat(depth)}${each.name}`,
    each.state,
    each.generation === undefined ? "-" : String(each.generation),
    each.release ?? "-",
    each.ageSeconds === undefined ? "-" : formatSeconds(each.ageSeconds),
    each.host,
  ];
}

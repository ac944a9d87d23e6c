import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../common-options.ts";
import type { Figure, KeptFigure } from "./figure.ts";
import type { Failure } from "./replace-figures.ts";

const DIRECTORY = join(projectRoot, ".bench");

interface KeptRun {
  figures: readonly KeptFigure[];
}

/** Of each figure the newest value that an earlier run on this checkout has. */
export function figuresBefore(): KeptFigure[] {
  const names = existsSync(DIRECTORY) ? readdirSync(DIRECTORY) : [];
  const files = names.filter((name) => name.endsWith(".json")).sort();
  return beforeIn(files.map((name) => JSON.parse(readFileSync(join(DIRECTORY, name), "utf8")) as KeptRun));
}

/** The same of runs in the order of their time. */
export function beforeIn(runs: readonly KeptRun[]): KeptFigure[] {
  const newest = new Map<string, number>();
  for (const { figures } of runs)
    for (const { name, value } of figures) if (value !== undefined) newest.set(name, value);
  return [...newest].map(([name, value]) => ({ name, value }));
}

/** Keeps a run as JSON, with the requests that failed in it; the path. */
export function keep(figures: readonly Figure[], failures: readonly Failure[] = []): string {
  const at = new Date().toISOString();
  const git = ["-C", projectRoot, "rev-parse", "--short", "HEAD"];
  const commit = execFileSync("git", git, { encoding: "utf8" }).trim();
  const machine = { cpus: cpus().length, arch: arch(), memoryGiB: Math.round(totalmem() / 2 ** 30) };
  mkdirSync(DIRECTORY, { recursive: true });
  const path = join(DIRECTORY, `${at.replace(/\D/g, "").slice(0, 14)}.json`);
  writeFileSync(path, `${JSON.stringify({ at, commit, machine, figures, failures }, undefined, 2)}\n`);
  return path;
}

import { alignColumns } from "../columns.ts";

/** One figure; smaller is better for all of them. A power is that of the number of hosts which something grows with. */
export interface Figure {
  name: string;
  unit: "s" | "ms" | "requests" | "MB" | "images" | "lines" | "power";
  /** Absent: not measured, and then `missing` says why, or with which flag it is. */
  value?: number;
  missing?: string;
  budget?: number;
  /** The same of a well-known build of this release. */
  known?: number;
  /** The image it is about, in the table of images. */
  image?: string;
  /** The API it is about, in the table of APIs that were replaced. */
  api?: string;
}

/** What was kept of a run: enough to compare with. */
export type KeptFigure = Pick<Figure, "name" | "value">;

const HEAD = ["FIGURE", "MEASURED", "BUDGET", "RATIO", "KNOWN BUILD", "RATIO", "BEFORE", "RATIO"];

/**
 * Figures side by side with budgets, a well-known build's and those of the last run that has them; those of single
 * images in a table of their own; then what is missing. Those of single APIs have a table elsewhere.
 */
export function figureTable(figures: readonly Figure[], before: readonly KeptFigure[]): string {
  const measured = figures.filter(({ value }) => value !== undefined);
  const rows = measured
    .filter(({ image, api }) => image === undefined && api === undefined)
    .map((figure) => row(figure, before));
  const missing = figures
    .filter(({ value }) => value === undefined)
    .map(({ name, missing = "" }) => [name, `NOT MEASURED: ${missing}`]);
  return [
    alignColumns([HEAD, ...rows]),
    ...imageTable(measured, before),
    ...(missing.length > 0 ? ["", alignColumns(missing)] : []),
    ...overBudget(measured).map((name) => `\nOVER BUDGET: ${name}`),
  ].join("\n");
}

function imageTable(figures: readonly Figure[], before: readonly KeptFigure[]): string[] {
  const images = new Set(figures.flatMap(({ image }) => image ?? []));
  if (images.size === 0) return [];
  const rows = [...images].map((image) => [
    image,
    ...figures
      .filter((figure) => figure.image === image)
      .flatMap(({ name, value, unit }) => [shown(value, unit), ratio(value, valueBefore(name, before))]),
  ]);
  return ["", alignColumns([["IMAGE", "TOOK", "TO BEFORE", "SIZE", "TO BEFORE"], ...rows])];
}

function valueBefore(name: string, kept: readonly KeptFigure[]): number | undefined {
  return kept.find((figure) => figure.name === name)?.value;
}

/** Names of figures that are over their budget. */
export function overBudget(figures: readonly Figure[]): string[] {
  return figures
    .filter(({ value, budget }) => value !== undefined && budget !== undefined && value > budget)
    .map(({ name }) => name);
}

/** "0.35": what part of the other it is; empty where one of them is not there. */
export function ratio(value: number | undefined, other: number | undefined): string {
  return value === undefined || other === undefined || other === 0 ? "" : (value / other).toFixed(2);
}

function row(figure: Figure, before: readonly KeptFigure[]): string[] {
  const { name, unit, value, budget, known } = figure;
  const last = valueBefore(name, before);
  return [
    name,
    shown(value, unit),
    shown(budget, unit),
    ratio(value, budget),
    shown(known, unit),
    ratio(value, known),
    shown(last, unit),
    ratio(value, last),
  ];
}

/** A value with its unit; empty where there is none. */
export function shown(value: number | undefined, unit: Figure["unit"]): string {
  if (value === undefined) return "";
  if (unit === "power") return value.toFixed(2);
  if (unit !== "s") return `${Math.round(value)} ${unit}`;
  return value < 10 ? `${value.toFixed(2)} s` : `${Math.round(value)} s`;
}

import { measured } from "./command.ts";
import type { Figure } from "./figure.ts";

const SIZES = [10, 100, 1000] as const;
type Size = (typeof SIZES)[number];
const LARGEST = 1000;

/** Budgets of the largest size. */
const SECONDS = 30;
const MEGABYTES = 1074;
const LINES = 500;
/** What ten times the hosts may cost at most: ten to this power. */
const POWER = 1.15;

/** What a size gives: phase → its seconds, and lines where it prints. */
interface Measured {
  phases: Readonly<Record<string, { seconds: number; lines?: number }>>;
  megabytes: number;
}

/**
 * Compile, plan and print sites of 10, 100 and 1,000 hosts, which are made up and need no machine: their seconds and
 * memory, and the power of the number of hosts that each phase's seconds grow with between the two largest.
 */
export async function scaleFigures(): Promise<Figure[]> {
  const sizes = new Map<Size, Measured>();
  for (const size of SIZES) sizes.set(size, await measured<Measured>("scale", [String(size)]));
  return [...sizes].flatMap(([size, of]) => sizeFigures(size, of)).concat(growthFigures(sizes));
}

function sizeFigures(size: Size, { phases, megabytes }: Measured): Figure[] {
  const budget = (value: number) => (size === LARGEST ? { budget: value } : {});
  const hosts = `${size} hosts`;
  const seconds = Object.values(phases).reduce((sum, phase) => sum + phase.seconds, 0);
  const phaseFigures = Object.entries(phases).flatMap(([name, phase]): Figure[] => [
    { name: `  ${hosts}: ${name}`, unit: "s", value: phase.seconds },
    ...(phase.lines === undefined
      ? []
      : [
          {
            name: `  ${hosts}: ${name}, lines`,
            unit: "lines" as const,
            value: phase.lines,
            ...budget(LINES),
          },
        ]),
  ]);
  return [
    { name: `${hosts}: compile and plans`, unit: "s", value: seconds, ...budget(SECONDS) },
    { name: `  ${hosts}: memory`, unit: "MB", value: megabytes, ...budget(MEGABYTES) },
    ...phaseFigures,
  ];
}

function growthFigures(sizes: ReadonlyMap<Size, Measured>): Figure[] {
  const [fewer, more] = [sizes.get(100)?.phases ?? {}, sizes.get(LARGEST)?.phases ?? {}];
  return Object.entries(more).flatMap(([name, { seconds }]) => {
    const before = fewer[name]?.seconds;
    if (before === undefined) return [];
    const value = Math.log10(seconds / before);
    return [{ name: `power of growth: ${name}`, unit: "power" as const, value, budget: POWER }];
  });
}

import type { HealthCheck } from "#model";
import { KollaError, nearest, throwProblems, type Where } from "#support";
import type { Compilation, PlacedContainer } from "./placed.ts";
import { HEALTH_PARTS } from "./rule-options.ts";

/** Our names of a health check's times and numbers, with Kolla-Ansible's. */
const TIMINGS = {
  interval: "interval",
  timeout: "timeout",
  retries: "retries",
  startPeriod: "start_period",
} as const;
type Timing = keyof typeof TIMINGS;

/** Of a test: that there is none, as engines say it. */
const NONE = "NONE";

/**
 * The health check of a container with its timings; undefined: it has none. `<container>_healthcheck`, where the operator
 * set it, wins over the options of single parts, these over the service's own, and those over the site's.
 */
export function healthCheck(placed: PlacedContainer, compilation: Compilation): HealthCheck | undefined {
  const { name, host, part } = placed;
  const { evaluation } = compilation;
  const whole = wholeCheck(placed, compilation);
  if (whole?.off || (!whole?.test && evaluation.value(`${name}_enable_healthchecks`, host) !== true))
    return undefined;
  const timing = (key: Timing): number => {
    const option = `${name}_healthcheck_${TIMINGS[key]}`;
    const given = [option, `default_container_healthcheck_${TIMINGS[key]}`].some((each) =>
      evaluation.isSet(each, host),
    );
    const own = part.health[key];
    return whole?.[key] ?? (given || own === undefined ? Number(evaluation.value(option, host)) : own);
  };
  const test =
    whole?.test ?? asTest(evaluation.value(`${name}_healthcheck_test`, host)) ?? asTest(part.health.test);
  if (!test || isNone(test)) return undefined;
  return {
    test,
    interval: timing("interval"),
    timeout: timing("timeout"),
    startPeriod: timing("startPeriod"),
    retries: timing("retries"),
  };
}

/** A command as engines take it; a text is one for the shell, an empty one is none. */
function asTest(given: unknown): string[] | undefined {
  if (Array.isArray(given) && given.length > 0) return given.map(String);
  if (given === NONE) return [NONE];
  return typeof given === "string" && given ? ["CMD-SHELL", given] : undefined;
}

function isNone(test: readonly string[]): boolean {
  return test.length === 1 && test[0] === NONE;
}

type WholeCheck = Partial<Record<Timing, number>> & { test?: string[]; off?: boolean };

/** What the operator's `<container>_healthcheck` says; an empty one takes the check away. */
function wholeCheck({ name, host }: PlacedContainer, { evaluation }: Compilation): WholeCheck | undefined {
  const option = `${name}_healthcheck`;
  if (!evaluation.isSet(option, host)) return undefined;
  const given = evaluation.value(option, host) as Readonly<Record<string, unknown>>;
  return partsOf(given, evaluation.origin(option));
}

/** Throws all that is wrong together, as KOLLA_OPTION_VALUE. */
function partsOf(
  given: Readonly<Record<string, unknown>>,
  { option, where }: { option: string; where?: Where },
): WholeCheck {
  const wrong = Object.entries(given).flatMap(([key, value]) => wrongPart(key, value) ?? []);
  throwProblems(
    "KOLLA_OPTION_VALUE",
    wrong.map(
      ({ words, hint }) =>
        new KollaError({
          code: "KOLLA_OPTION_VALUE",
          message: `${option}: ${words}`,
          ...(where && { where }),
          hint,
        }),
    ),
  );
  const test = asTest(given.test);
  const timings = Object.entries(TIMINGS).filter(([, part]) => given[part] !== undefined);
  return {
    ...Object.fromEntries(timings.map(([key, part]) => [key, Number(given[part])])),
    ...(test && { test }),
    ...((Object.keys(given).length === 0 || (test && isNone(test))) && { off: true }),
  };
}

function wrongPart(key: string, value: unknown): { words: string; hint: string } | undefined {
  const hint = `A health check has ${HEALTH_PARTS.join(", ")}; times are whole seconds.`;
  if (!HEALTH_PARTS.includes(key)) {
    const near = nearest(key, HEALTH_PARTS);
    return { words: `${key} is no part of a health check`, hint: near ? `Did you mean ${near}?` : hint };
  }
  const fits = key === "test" ? asTest(value) !== undefined : /^\d+$/.test(String(value));
  const wanted = key === "test" ? "a command" : "a whole number";
  return fits ? undefined : { words: `${key} is ${JSON.stringify(value)}, but must be ${wanted}`, hint };
}

import { stopwatch } from "#support";
import { services } from "../../services/index.generated.ts";
import { compile } from "../../src/compile/index.ts";
import { applied, deploy, type Hosts } from "../../src/plan/deployed.fixture.ts";
import { bundlesOf, formatPlan, makePlan } from "../../src/plan/index.ts";
import { bareHost } from "../../src/plan/site.fixture.ts";
import { groups, host, site } from "../golden/sites.ts";

const CONTROLLERS = 3;

/** Three controllers that are network hosts too, and computes: so many hosts in all. */
function hostNames(count: number): { control: string[]; compute: string[] } {
  const named = (name: string, length: number): string[] =>
    Array.from({ length }, (_, at) => `${name}${String(at + 1).padStart(String(length).length, "0")}`);
  return { control: named("control", CONTROLLERS), compute: named("compute", count - CONTROLLERS) };
}

function largeSite(count: number, changes: Readonly<Record<string, unknown>> = {}) {
  const { control, compute } = hostNames(count);
  const variables = {
    kolla_internal_vip_address: "10.0.255.250",
    neutron_external_interface: "eth1",
    ...changes,
  };
  const hosts = [...control, ...compute].map((name, at) =>
    host(name, `10.0.${Math.floor(at / 250)}.${(at % 250) + 1}`, variables),
  );
  return site(hosts, { groups: groups({ control, network: control, compute }) });
}

interface Phase {
  seconds: number;
  lines?: number;
  steps?: number;
}

/** Compile, a first deploy and then an option of Nova that all of its containers are replaced for, each with its seconds. */
function measure(count: number): Record<string, Phase> {
  const [resolved, changed] = [largeSite(count), largeSite(count, { nova_logging_debug: true })];
  const [{ desired, problems }, compiling] = timed(() => compile(services, resolved, {}));
  if (problems.length > 0) throw problems[0];
  const bare: Hosts = Object.fromEntries(desired.hosts.map(({ host: name }) => [name, bareHost(name)]));
  const [first, planning] = timed(() => makePlan(desired, bare, deploy));
  const [text, printing] = timed(() => formatPlan(first));
  const [, bundling] = timed(() =>
    bundlesOf({ plan: first, states: [desired] }, { run: "bench", began: "", holder: "bench" }),
  );
  const there = applied(desired, bare, first);
  const next = compile(services, changed, {}).desired;
  const [rolled, rolling] = timed(() => makePlan(next, there, deploy));
  const [rolledText, rolledPrinting] = timed(() => formatPlan(rolled));
  return {
    compile: { seconds: compiling },
    plan: { seconds: planning, steps: first.steps.length },
    print: { seconds: printing, lines: linesOf(text) },
    bundles: { seconds: bundling },
    "plan a change": { seconds: rolling, steps: rolled.steps.length },
    "print it": { seconds: rolledPrinting, lines: linesOf(rolledText) },
  };
}

function timed<T>(work: () => T): [T, number] {
  const seconds = stopwatch();
  const result = work();
  return [result, seconds()];
}

function linesOf(text: string): number {
  return text.trimEnd().split("\n").length;
}

/** One size in a process of its own, so that its memory is its own: peak resident set in MB (getrusage(2) has KiB). */
const phases = measure(Number(process.argv[2]));
const megabytes = (process.resourceUsage().maxRSS * 1024) / 1e6;
process.stdout.write(`${JSON.stringify({ phases, megabytes })}\n`);

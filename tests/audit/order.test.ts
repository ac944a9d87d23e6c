import { expect, test } from "vitest";
import type { Parts } from "#model";
import { services } from "../../services/index.generated.ts";
import { compile } from "../../src/compile/index.ts";
import { allInOne } from "../golden/sites.ts";

/** What each service says of one host that is everything, by its name. */
function partsOfAll(): Map<string, Parts<string>> {
  const said = new Map<string, Parts<string>>();
  const listening = services.map((service) => ({
    ...service,
    define: (context: never) => {
      const parts: Parts<string> = service.define(context);
      said.set(service.name, parts);
      return parts;
    },
  }));
  compile(listening, allInOne(), {});
  return said;
}

test("what a part of a service comes before or after is a container, a job or a command of the same service", () => {
  const said = partsOfAll();
  expect(said.size).toBe(services.length);
  for (const [name, { containers, jobs = [], execs = [] }] of said) {
    const declared = Object.keys(services.find((each) => each.name === name)?.containers ?? {});
    const known = (names: readonly string[] | undefined, among: readonly string[], of: string): void => {
      for (const each of names ?? []) expect(among, `${name}: ${of}`).toContain(each);
    };
    const jobNames = jobs.map((job) => job.name);
    const execNames = execs.map((exec) => exec.name);
    for (const [definition, part] of Object.entries(containers)) known(part?.after, declared, definition);
    for (const job of jobs) known(job.after, jobNames, job.name);
    for (const exec of execs) {
      known(exec.after, [...execNames, ...declared], exec.name);
      known(exec.before, declared, exec.name);
    }
  }
});

import type { Resource, ResourceItem } from "#model";
import { StepFailure } from "./failure.ts";
import { hostPath } from "./ground.ts";
import { makeSharedMount, setSysctl } from "./kernel.ts";
import { recordDone } from "./records.ts";
import { ensureEntries } from "./rest.ts";
import { executeStatements } from "./sql.ts";
import { type Holds, remember } from "./state.ts";
import type { Work } from "./work.ts";

/** Makes a resource what it should be and remembers its key. Safe to repeat. */
export async function ensureResource(work: Work, item: ResourceItem): Promise<void> {
  const holds = await ensure(work, item);
  const done = recordDone(work.ground, item);
  remember(work.ground, work.state, (state) => {
    state.resources[item.id] = { key: item.key, ...done, ...(holds && { holds }) };
  });
}

async function ensure(work: Work, { id, resource }: ResourceItem): Promise<Holds | undefined> {
  switch (resource.kind) {
    case "sql":
      await executeStatements(resource.admin, resource.statements);
      return undefined;
    case "rest":
      await ensureEntries(resource, (path) => hostPath(work.ground, path));
      return undefined;
    case "exec":
      await runExec(work, resource);
      return undefined;
    case "sysctl":
      await setSysctl(id, resource.values);
      return { kind: "sysctl", values: resource.values };
    case "shared-mount":
      await shareMount(work, resource.path);
      return { kind: "shared-mount", path: resource.path };
    default:
      throw unknownKind(resource);
  }
}

/** A plan may have been saved by another version. */
function unknownKind(resource: never): StepFailure {
  return new StepFailure(`This agent knows no resource "${(resource as Resource).kind}"; plan again`);
}

/** Only mounts that were made here are undone by `destroy`. */
async function shareMount(work: Work, path: string): Promise<void> {
  const isMade = await makeSharedMount(path);
  if (!isMade || work.state.mounts.includes(path)) return;
  remember(work.ground, work.state, (state) => {
    state.mounts.push(path);
  });
}

async function runExec(work: Work, resource: Extract<Resource, { kind: "exec" }>): Promise<void> {
  const { container, command, timeoutSeconds } = resource;
  const result = await work.ground.engine.exec(container, command, {
    timeoutSeconds,
    user: resource.user ?? "root",
    ...(resource.environment && { env: resource.environment }),
  });
  if (result.exitCode === 0) return;
  const why = result.timedOut
    ? `did not end within ${timeoutSeconds} s`
    : `ended with exit code ${result.exitCode}`;
  const log = `${result.stdout}${result.stderr}`.trimEnd().split("\n").slice(-30);
  throw new StepFailure(`${command[0]} in ${container} ${why}`, { log });
}

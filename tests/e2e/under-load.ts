import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { CloudClient } from "../../src/app/quickstart/cloud-client.ts";
import type { ServerReport } from "../../src/app/quickstart/first-server.ts";
import { fared, longestWaits, PHASES, phaseOf } from "../../src/cli/bench/load/findings.ts";
import { type Findings, PAUSES, startLoad } from "../../src/cli/bench/load/load.ts";
import { sessionsWith } from "../../src/cli/bench/load/sessions.ts";
import type { Outcome } from "./machine.ts";

/** How long clients ask before a change and after it, in seconds. */
const BEFORE = 20;
const AFTER = 10;
/** What is aimed at: nobody waits longer than so many milliseconds beyond the longest wait before. */
const BEYOND = 1000;

/** A cloud that clients ask. */
export interface AskedCloud {
  /** The operator's directory, with the clouds.yaml of post-deploy in it. */
  configDirectory: string;
  /** URL of Nova's API of metadata, which no catalogue has. */
  metadata: string;
  /** Of the server that is pinged and keeps a session. */
  server: Pick<ServerReport, "floatingIp" | "login">;
}

/** Every API of a cloud, by its container. */
const APIS = [
  "keystone",
  "glance_api",
  "heat_api",
  "heat_api_cfn",
  "placement_api",
  "nova_api",
  "nova_metadata",
  "neutron_server",
];

/** An option that every API's server takes, and nothing else. */
export const APIS_OPTION = "service_uwsgi_config_worker_timeout";

/** The cloud of an operator's directory; Nova's API of metadata is at the address of Keystone. */
export function cloudIn(configDirectory: string, server: AskedCloud["server"]): AskedCloud {
  const openrc = readFileSync(join(configDirectory, "admin-openrc.sh"), "utf8");
  const origin = /OS_AUTH_URL='(\w+:\/\/[^:']+)/.exec(openrc)?.[1];
  return { configDirectory, metadata: `${origin}:8775`, server };
}

/** Every API replaced beside itself by a deploy that `deploy` does; nothing may be lost by it. Returns what clients saw. */
export async function replacedUnderLoad(
  what: string,
  cloud: AskedCloud,
  deploy: () => Promise<Outcome>,
  pause?: number,
): Promise<Findings> {
  const { findings, value } = await underLoad(cloud, deploy, pause);
  tell(what, findings);
  expect(value.exitCode, value.stderr.slice(-3000)).toBe(0);
  for (const api of APIS)
    expect(value.stderr).toMatch(
      new RegExp(`container:${api} +replace +.*keep generation \\d+, beside it on port \\d+`),
    );
  expectNothingLost(findings);
  expectServerUnmoved(findings);
  return findings;
}

/** What clients of a cloud saw, which pause between requests, while it was changed; and what the change gave. */
export async function underLoad<T>(
  { configDirectory, metadata, server }: AskedCloud,
  change: () => Promise<T>,
  pause: number = PAUSES.light,
): Promise<{ findings: Findings; value: T }> {
  const cloud = await CloudClient.signIn(join(configDirectory, "clouds.yaml"), "kolla-admin-internal");
  const load = startLoad(cloud, { metadata, pause, sessions: sessionsWith(server) });
  try {
    await sleep(BEFORE * 1000);
    load.changeBegins();
    const value = await change();
    load.changeEnded();
    await sleep(AFTER * 1000);
    return { findings: await load.stop(), value };
  } finally {
    // A change that threw leaves no client behind.
    await load.stop();
  }
}

/** Writes what clients saw to the test's output: an API and a phase a line, then uploads and what went on beside. */
export function tell(what: string, { asked, change, uploads, sessions }: Findings): void {
  const rows = longestWaits(asked, change).flatMap(({ api }) =>
    PHASES.map((phase) => {
      const own = asked.filter((each) => each.api === api && phaseOf(each, change) === phase);
      const { requests, failed, p50, p99, longest } = fared(own);
      const waits = [p50, p99, longest].map((wait) => Math.round(wait)).join(" / ");
      return `  ${api} ${phase}: ${requests} asked, ${failed} failed, waits ${waits} ms (half, 99 %, longest)`;
    }),
  );
  const others = [
    `  uploads: ${uploads.length}, longest ${Math.round(Math.max(0, ...uploads.map(({ begun, ended }) => ended - begun)))} ms`,
    ...sessions.map(
      ({ name, sent, lost, silence, ended = "" }) =>
        `  ${name}: ${sent} sent, ${lost} lost, longest silence ${Math.round(silence)} ms ${ended}`,
    ),
  ];
  const seconds = ((change.ended - change.begun) / 1000).toFixed(0);
  process.stderr.write([`${what}: ${seconds} s`, ...rows, aim({ asked, change }), ...others, ""].join("\n"));
}

/** Waits depend on the machine's processors and on what else it does: whether the aim was met is told, and is no test. */
function aim({ asked, change }: Pick<Findings, "asked" | "change">): string {
  const waits = longestWaits(asked, change);
  const over = waits.filter(({ before, during }) => during > before + BEYOND);
  const met = `${waits.length - over.length} of ${waits.length} APIs`;
  return `  within a second of the longest wait before: ${[met, ...over.map(({ api }) => `not ${api}`)].join(", ")}`;
}

/** No request failed, nothing was done twice, lost, kept or left untold, and no session ended. */
export function expectNothingLost({ asked, verdicts, uploads, sessions }: Findings): void {
  const failed = asked
    .filter(({ failure }) => failure)
    .map(
      ({ api, client, method, path, failure }) =>
        `${api}, ${client}: ${method} ${path}: ${failure?.status}: ${failure?.message}`,
    );
  expect(failed.slice(0, 10)).toEqual([]);
  expect(asked.length).toBeGreaterThan(100);
  const nothing = { twice: [], lost: [], undead: [], untold: [] };
  expect(verdicts).toEqual(Object.fromEntries(Object.keys(verdicts).map((name) => [name, nothing])));
  expect(uploads.flatMap(({ failure }) => failure ?? [])).toEqual([]);
  expect(uploads.length).toBeGreaterThan(0);
  expect(sessions.flatMap(({ name, ended }) => (ended === undefined ? [] : `${name}: ${ended}`))).toEqual([]);
}

/** The server lost no packet and no line. */
export function expectServerUnmoved({ sessions }: Findings): void {
  expect(sessions.filter(({ lost }) => lost > 0)).toEqual([]);
}

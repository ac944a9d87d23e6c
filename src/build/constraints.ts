import { readFile } from "node:fs/promises";
import { KollaError } from "#support";
import { normalName } from "./lock-file.ts";

const SECONDS_TO_ANSWER = 30;

/** Where OpenStack publishes a release's upper constraints. */
const publishedAt = (release: string): string =>
  `https://releases.openstack.org/constraints/upper/${release}`;

/**
 * The upper constraints of a release (`name===version`, a line each): a file's, else those that OpenStack publishes.
 * Throws KOLLA_LOCK_CONSTRAINTS when they cannot be read or are none: a lock without them would take the newest of all.
 */
export async function readConstraints(file: string | undefined, release: string): Promise<string> {
  const place = file ?? publishedAt(release);
  const text = await (file === undefined ? download(place) : readFile(file, "utf8")).catch((error: Error) => {
    throw refusal(
      `The upper constraints of release ${release} cannot be read: ${reason(error, place)}`,
      release,
    );
  });
  if (/^[A-Za-z0-9][\w.-]*===\S/m.test(text)) return text;
  throw refusal(`${place} holds no upper constraints: there is no line like name===version`, release);
}

/** The same constraints without a project's own: they name it too, mostly in another version than the release's. */
export function withoutProject(constraints: string, project: string): string {
  const lines = constraints.split("\n");
  return lines.filter((line) => normalName(line.split("===")[0] ?? "") !== normalName(project)).join("\n");
}

async function download(address: string): Promise<string> {
  const response = await fetch(address, { signal: AbortSignal.timeout(SECONDS_TO_ANSWER * 1000) });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return response.text();
}

/** A file's error names the file; a connection's is in the cause. */
function reason({ message, cause }: Error, place: string): string {
  const why = cause instanceof Error ? cause.message : message;
  return why.includes(place) ? why : `${place}: ${why}`;
}

function refusal(message: string, release: string): KollaError {
  return new KollaError({
    code: "KOLLA_LOCK_CONSTRAINTS",
    message,
    hint: `Name a file: --constraints upper-constraints.txt, as the branch stable/${release} of openstack/requirements has it`,
  });
}

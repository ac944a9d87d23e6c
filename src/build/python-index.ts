import PQueue from "p-queue";
import { KollaError } from "#support";
import { attempt, type Failure } from "./attempt.ts";

const PUBLIC_INDEX = "https://pypi.org/simple";

interface IndexPage {
  files: readonly { filename: string; hashes: { sha256?: string } }[];
}

/**
 * SHA-256 of every file of one version on the index (wheels of all machines and the source archive), by the index's
 * JSON form (PEP 691). Throws KOLLA_LOCK_INDEX when there is none.
 */
export async function hashesOf(
  name: string,
  version: string,
  settings: { pip_index_url: string },
): Promise<string[]> {
  const address = `${(settings.pip_index_url || PUBLIC_INDEX).replace(/\/$/, "")}/${name}/`;
  const page = await pageAt(address);
  const found = page.files
    .filter(({ filename }) => versionOf(filename) === version)
    .flatMap(({ hashes }) => hashes.sha256 ?? []);
  if (found.length > 0) return found;
  throw refusal(`${address} has no file of ${name} ${version} with a SHA-256`);
}

/** "keystone-27.0.0-py3-none-any.whl" and "keystone-27.0.0.tar.gz" give "27.0.0". */
export function versionOf(filename: string): string | undefined {
  const wheel = /^[^-]+-([^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl$/.exec(filename);
  return (wheel ?? /^.+-([^-]+)\.(?:tar\.gz|tar\.bz2|zip)$/.exec(filename))?.[1];
}

/** Indexes drop connections when asked too much at once: few at a time, and again after a broken one. */
const AT_ONCE = 4;
const RETRIES = 4;
const queue = new PQueue({ concurrency: AT_ONCE });

async function pageAt(address: string): Promise<IndexPage> {
  const result = await queue.add(() =>
    attempt({
      retries: RETRIES,
      once: () => ask(address),
      onRetry: () => undefined,
      pause: (number) => number,
    }),
  );
  if (result.ok) return result.value;
  throw refusal(result.failure.message);
}

type Asked = { ok: true; value: IndexPage } | { ok: false; failure: Failure };

async function ask(address: string): Promise<Asked> {
  try {
    const response = await fetch(address, { headers: { Accept: "application/vnd.pypi.simple.v1+json" } });
    if (response.ok) return { ok: true, value: (await response.json()) as IndexPage };
    return failed(`${address} answered ${response.status} ${response.statusText}`);
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause as (Error & { code?: string }) | undefined;
    return failed(
      `${address} cannot be read: ${message}: connection broken (${reason?.code ?? ""} ${reason?.message ?? ""})`,
    );
  }
}

function failed(message: string): Asked {
  return { ok: false, failure: { message, log: [] } };
}

function refusal(message: string): KollaError {
  return new KollaError({
    code: "KOLLA_LOCK_INDEX",
    message,
    hint: "Name another index with --pip-index-url; behind a proxy with its own authority set NODE_EXTRA_CA_CERTS",
  });
}

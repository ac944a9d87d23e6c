/** The part of pip's installation report that we read. */
export interface PipReport {
  install: readonly { metadata: { name: string; version: string } }[];
}

/**
 * A lock in pip's requirements form: every distribution with its exact version and the SHA-256 of each of its files,
 * sorted by name, so that the same resolution gives the same text.
 */
export async function formatLock(
  report: PipReport,
  hashesOf: (name: string, version: string) => Promise<readonly string[]>,
): Promise<string> {
  const pins = report.install
    .map(({ metadata }) => ({ name: normalName(metadata.name), version: metadata.version }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const entries = await Promise.all(
    pins.map(async ({ name, version }) => {
      const hashes = (await hashesOf(name, version)).toSorted();
      return [`${name}==${version}`, ...hashes.map((hash) => `    --hash=sha256:${hash}`)].join(" \\\n");
    }),
  );
  return `# Made by kolla lock; do not edit.\n${entries.join("\n")}\n`;
}

/** A distribution's name as PEP 503 writes it. */
function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

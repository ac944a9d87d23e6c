/** What a rendered Dockerfile stands on and takes from. */
export interface References {
  /** The image of the final stage: what its own is made of. */
  from: string;
  /** Every image that is named, the final one too: FROM of stages, COPY --from, mounts. Names of stages are not. */
  all: readonly string[];
}

const FROM = /^FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?\s*$/gim;
const FROM_OPTION = /(?:--from=|,from=)([^\s,]+)/g;

/** Reads the names of images out of a Dockerfile. */
export function referencesOf(dockerfile: string): References {
  const froms = [...dockerfile.matchAll(FROM)];
  const stages = new Set(froms.flatMap((match) => (match[2] === undefined ? [] : [match[2].toLowerCase()])));
  const isImage = (name: string): boolean =>
    name !== "scratch" && !stages.has(name.toLowerCase()) && !/^\d+$/.test(name);
  const names = froms.map((match) => match[1] ?? "");
  const taken = [...dockerfile.matchAll(FROM_OPTION)].map((match) => match[1] ?? "");
  return { from: names.at(-1) ?? "scratch", all: [...new Set([...names, ...taken].filter(isImage))] };
}

/** The same Dockerfile with other names of images, wherever it names one. */
export function renameReferences(dockerfile: string, names: ReadonlyMap<string, string>): string {
  const renamed = (text: string, reference: string): string =>
    text.replace(reference, () => names.get(reference) ?? reference);
  return dockerfile.replace(FROM, renamed).replace(FROM_OPTION, renamed);
}

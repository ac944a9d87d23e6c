import { sha256, stableJson } from "#support";
import { type ContextFile, fileIdentity } from "./context.ts";
import type { Image, Tree } from "./tree.ts";

export interface DigestParts {
  image: Image;
  files: readonly ContextFile[];
  /** Reference of an image from elsewhere → its id. */
  bases: Readonly<Record<string, string>>;
  /** Name of an image of this tree that it needs → that one's digest. */
  needs: Readonly<Record<string, string>>;
  buildArguments: Readonly<Record<string, string>>;
  platform: string;
}

/** Arguments that say how to reach things, not what to make. */
const TRANSPORT = /^(https?|ftp|no)_proxy$|^pip_/i;

/**
 * Names what an image is made of: SHA-256 over its Dockerfile, its files (name, mode, bytes), what it stands on, and the
 * arguments that matter. The names of images of our own stand in it without registry and tag, so that the same content
 * has the same digest under every tag. No time, owner or machine goes in.
 */
export function digestOf(parts: DigestParts, tree: Tree): string {
  const args = Object.entries(parts.buildArguments).filter(([name]) => !TRANSPORT.test(name));
  return sha256(
    stableJson({
      dockerfile: withoutTags(parts.image, tree),
      files: parts.files.map(fileIdentity),
      bases: parts.bases,
      needs: parts.needs,
      arguments: Object.fromEntries(args),
      platform: parts.platform,
    }),
  );
}

function withoutTags(image: Image, tree: Tree): string {
  const names = image.needs.flatMap((need) => tree.images.get(need) ?? []);
  return names.reduce(
    (text, { reference, name }) => text.replaceAll(reference, `\0${name}`),
    image.dockerfile,
  );
}

import type { ObservedHost } from "#model";
import { type AnsibleSettings, runAgentVerb } from "../ansible/index.ts";
import type { Scope, SiteRecords } from "./history.ts";
import { type FetchedImages, generationsToMake, imagesOn } from "./recorded.ts";
import type { Target } from "./return-to.ts";

/** Host → name of an image that is not there → the id that it is to have. */
export type LostImages = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Images that a rollback needs, and of which a host has not even the name: to pull them by it takes nothing from what
 * is there. One whose name means another image by now is gone for good. Pure.
 */
export function lostImages(
  targets: readonly Target[],
  records: SiteRecords,
  observed: Readonly<Record<string, ObservedHost>>,
  scope: Scope,
): LostImages {
  const lost = targets.flatMap((target) => {
    const seen = observed[target.host];
    const there = imagesOn(seen);
    const images = generationsToMake(target, records, scope).flatMap(({ item }) =>
      there.has(item.imageId) || seen?.images[item.spec.image] !== undefined
        ? []
        : [[item.spec.image, item.imageId] as const],
    );
    return images.length === 0 ? [] : [[target.host, Object.fromEntries(images)] as const];
  });
  return Object.fromEntries(lost);
}

/** Lets hosts pull the images that they lost. What cannot be had is an answer, too. */
export async function fetchLost(settings: AnsibleSettings, lost: LostImages): Promise<FetchedImages> {
  const questions = Object.entries(lost).map(([host, images]) => [host, { images: Object.keys(images) }]);
  const answers = await runAgentVerb(settings, "fetch", Object.fromEntries(questions), () => undefined);
  const fetched = Object.entries(answers).map(([host, found]) => {
    if ("answer" in found) return [host, found.answer as FetchedImages[string]] as const;
    const { unreachable: problem } = found;
    return [
      host,
      Object.fromEntries(Object.keys(lost[host] ?? {}).map((name) => [name, { problem }])),
    ] as const;
  });
  return Object.fromEntries(fetched);
}

/** The same without a pull: as if each name meant what it is to mean. */
export function asIfFetched(lost: LostImages): FetchedImages {
  return Object.fromEntries(
    Object.entries(lost).map(([host, images]) => [
      host,
      Object.fromEntries(Object.entries(images).map(([name, id]) => [name, { id }])),
    ]),
  );
}

/** Hosts with the images that they have now. */
export function withFetched(
  observed: Readonly<Record<string, ObservedHost>>,
  fetched: FetchedImages,
): Record<string, ObservedHost> {
  return Object.fromEntries(
    Object.entries(observed).map(([host, seen]) => {
      const got = Object.entries(fetched[host] ?? {}).flatMap(([name, image]) =>
        "id" in image ? [[name, image.id] as const] : [],
      );
      return [host, { ...seen, images: { ...seen.images, ...Object.fromEntries(got) } }];
    }),
  );
}

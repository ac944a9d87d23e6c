import { KollaError } from "#support";
import { services } from "../../services/index.generated.ts";
import { containersOf, optionTable, otherServiceOf, variableName } from "../compile/index.ts";

/**
 * Kolla-Ansible's tags that are neither a set's name nor a container's → the sets they mean here. Empty: it does
 * nothing here that could be chosen.
 */
const TAGS: Readonly<Record<string, readonly string[]>> = {
  always: [],
  common: ["cron", "kolla-toolbox"],
  logs: [],
  memcache: ["memcached"],
  "nova-cell": ["nova"],
  "ovs-dpdk": [],
};

/** Sets that --tags and --skip-tags name. Throws KOLLA_SET_UNKNOWN for services of Kolla-Ansible that are not here. */
export function chosenSets(flags: { tags?: string; skipTags?: string }): { tags: string[]; skip: string[] } {
  return { tags: listed(flags.tags).flatMap(setsOf), skip: listed(flags.skipTags).flatMap(skippedSets) };
}

function listed(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((tag) => tag.trim())
    .filter(Boolean);
}

/** A tag that would choose nothing is refused; a run without any set in it would act on all of them. */
function setsOf(tag: string): string[] {
  const sets = meant(tag);
  if (sets.length > 0) return sets;
  throw new KollaError({
    code: "KOLLA_SET_UNKNOWN",
    message: `${tag} is a tag of Kolla-Ansible's, and there is nothing of it here.`,
    hint: `Leave it out of --tags. Sets: ${setNames().join(", ")}.`,
  });
}

/** What is not here need not be left out. */
function skippedSets(tag: string): string[] {
  return meant(tag);
}

function meant(tag: string): string[] {
  const known = TAGS[tag];
  if (known) return known.filter((set) => setNames().includes(set));
  if (setNames().includes(tag)) return [tag];
  const same = setNames().find((set) => variableName(set) === variableName(tag));
  if (same) return [same];
  const owner = services.find((service) =>
    containersOf(service).some(([definition]) => variableName(definition) === variableName(tag)),
  );
  if (owner) return [owner.name];
  return otherServiceOf(variableName(tag), optionTable(services)) ? [] : [tag];
}

/** Every set and subset that services declare. */
function setNames(): string[] {
  const names = services.flatMap((service) => [
    service.name,
    ...containersOf(service).map(([, { set }]) => set),
  ]);
  return [...new Set(names)].sort();
}

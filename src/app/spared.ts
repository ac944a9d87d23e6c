import { USUAL_LIMITS } from "#model";
import { count, KollaError, nameRanges } from "#support";
import { services } from "../../services/index.generated.ts";
import { expendableHosts } from "../compile/index.ts";
import type { LoadedSite } from "./load.ts";

/** Host → why it does not answer. */
export type Away = Readonly<Record<string, string>>;

/**
 * Hosts that do not answer and that a run does without: nothing on others waits for what they run, and no more are
 * away than kolla_max_fail_percentage lets fail. A host that answers and lacks something is never among them.
 */
export function sparedHosts({
  site,
  desired,
  observed,
  unreachable,
  silent,
}: Pick<LoadedSite, "site" | "desired" | "observed" | "unreachable" | "silent">): Away {
  const there = Object.keys(observed).length;
  const { maxFailPercentage } = desired.limits ?? USUAL_LIMITS;
  const spared = expendableHosts(services, site, silent);
  const chosen = there + Object.keys(unreachable).length;
  if (there === 0 || spared.length * 100 > maxFailPercentage * chosen) return {};
  return Object.fromEntries(spared.map((host) => [host, unreachable[host] ?? ""]));
}

/** For the end of a run that did without hosts: it is not whole. Throws KOLLA_HOSTS_AWAY, with each reason once. */
export function tellSpared(without: Away = {}): void {
  const hosts = Object.keys(without);
  if (hosts.length === 0) return;
  throw new KollaError({
    code: "KOLLA_HOSTS_AWAY",
    message: `All is done but on ${count(hosts.length, "host")} that did not answer: ${nameRanges(hosts).join(", ")}`,
    hint: "Run the same command again once they answer. Hosts that are gone for good: take them out of the inventory.",
  });
}

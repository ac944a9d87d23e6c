import type { ServiceVerb } from "#model";
import { KollaError } from "#support";
import { services } from "../../services/index.generated.ts";
import type { PhasedPlan, PlanRequest } from "../plan/index.ts";

/** A verb that a service brings, and the service's name. */
export interface NamedVerb extends ServiceVerb {
  verb: string;
  service: string;
}

/** The verbs of all services. */
export const serviceVerbs: readonly NamedVerb[] = services.flatMap(({ name: service, verbs = {} }) =>
  Object.entries(verbs).map(([verb, own]) => ({ ...own, verb, service })),
);

/**
 * Plans a service's own verb, whose jobs count on the service being as configured: its files, accounts and volumes.
 * Throws KOLLA_USAGE_VERB_OFF where no host has such a job, KOLLA_PRECHECK_VERB where a deploy would change the service.
 */
export function planOwn(
  { verb, service, absent }: NamedVerb,
  request: PlanRequest,
  plan: (request: PlanRequest) => PhasedPlan,
): PhasedPlan {
  const own = plan({ ...request, ofService: true });
  if (own.plan.steps.length === 0) throw new KollaError({ code: "KOLLA_USAGE_VERB_OFF", ...absent });
  const due = plan({ ...request, verb: "deploy", tags: [service] }).plan.steps;
  if (due.length === 0) return own;
  throw new KollaError({
    code: "KOLLA_PRECHECK_VERB",
    message: `${verb} counts on ${service} being as configured, and a deploy would take ${due.length} steps there.`,
    hint: `First: kolla deploy --tags ${service}`,
  });
}

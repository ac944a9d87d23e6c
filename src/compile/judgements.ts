import type { AnyService, Refusal } from "#model";
import { KollaError } from "#support";
import type { Evaluation } from "./evaluation.ts";
import { isUnknown } from "./facts.ts";
import { NoValue } from "./failure.ts";
import { containersOf } from "./rule-options.ts";
import type { AnyContext, Views } from "./views.ts";

/** Asks a service about a host, with its values; what hangs on an option without a value is not asked. */
export function asked(
  service: AnyService,
  ask: (context: AnyContext) => readonly Refusal[] | undefined,
  host: string,
  evaluation: Evaluation,
  views: Views,
): readonly Refusal[] {
  const opt = new Proxy({}, { get: (_target, name) => evaluation.value(String(name), host) });
  try {
    return ask(views.context(service, host, opt)) ?? [];
  } catch (error) {
    if (error instanceof NoValue || error instanceof KollaError) return [];
    throw error;
  }
}

/** Hosts that run a part of a service and of which anything is known. */
export function hostsOf(service: AnyService, evaluation: Evaluation, views: Views): string[] {
  const groups = containersOf(service).map(([, { group }]) => group);
  return evaluation.site.hosts
    .filter((host) => !isUnknown(host) && groups.some((group) => views.host(host.name).in(group)))
    .map(({ name }) => name);
}

/** KOLLA_CONFIG_<SERVICE>: what services say of the operator's values, at the option that is to blame. */
export function judgeServices(
  services: readonly AnyService[],
  evaluation: Evaluation,
  views: Views,
): KollaError[] {
  return services.flatMap((service) => {
    if (!service.judge) return [];
    const code = `KOLLA_CONFIG_${service.name.replaceAll("-", "_").toUpperCase()}`;
    return hostsOf(service, evaluation, views).flatMap((host) =>
      asked(service, (context) => service.judge?.(context), host, evaluation, views).map(
        ({ message, hint, option }) =>
          new KollaError({
            code,
            message,
            hint,
            where: { ...(option && evaluation.origin(option).where), host },
          }),
      ),
    );
  });
}

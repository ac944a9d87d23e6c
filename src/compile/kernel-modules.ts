import type { AnyService } from "#model";

/** The kernel's modules that the checks of any service ask hosts for, sorted. */
export function kernelModulesOf(services: readonly AnyService[]): string[] {
  const asked = services.flatMap((service) => (service.kernelModules ?? []) as readonly string[]);
  return [...new Set(asked)].sort();
}

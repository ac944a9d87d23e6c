import type { AnyService, ContainerTeardown } from "#model";
import { containerName, containersOf } from "./rule-options.ts";

/** What containers leave on a host, of all services: also of one that is switched off by now and once ran there. */
export function teardownsOf(services: readonly AnyService[]): ContainerTeardown[] {
  return services.flatMap((service) =>
    containersOf(service).flatMap(([definition, declaration]) => {
      const { teardown } = declaration;
      return teardown ? [{ container: containerName(definition, declaration), teardown }] : [];
    }),
  );
}

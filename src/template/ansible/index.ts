import type { EnvironmentOptions } from "../environment.ts";
import { TemplateError } from "../errors.ts";
import type { Filter } from "../runtime.ts";
import { CHANCE_FILTERS } from "./chance.ts";
import { COLLECTION_FILTERS } from "./collections.ts";
import { COLLECTION_IP_FILTERS, IP_FILTERS } from "./ip-filters.ts";
import { KOLLA_FILTERS } from "./kolla.ts";
import { ansibleTests } from "./tests.ts";
import { TEXT_FILTERS } from "./text.ts";
import { VALUE_FILTERS } from "./values.ts";
import { YAML_FILTERS } from "./yaml.ts";

export { ansibleTests };

function alsoQualified(filters: Record<string, Filter>): Record<string, Filter> {
  const qualified = Object.entries(filters).map(([name, filter]) => [`ansible.builtin.${name}`, filter]);
  return { ...filters, ...Object.fromEntries(qualified) };
}

/**
 * Ansible's filters and Kolla-Ansible's, under their short names and as ansible.builtin.<name>.
 * Those that depend on files, on secrets, or on chance that no seed decides, throw KOLLA_TEMPLATE_FORBIDDEN.
 */
export const ansibleFilters: Record<string, Filter> = {
  ...alsoQualified({
    ...VALUE_FILTERS,
    ...TEXT_FILTERS,
    ...COLLECTION_FILTERS,
    ...YAML_FILTERS,
    ...CHANCE_FILTERS,
  }),
  ...IP_FILTERS,
  ...COLLECTION_IP_FILTERS,
  ...KOLLA_FILTERS,
};

/**
 * What makes an Environment render as Ansible's template module does: its filters and tests, undefined values
 * that may be walked but not used, None printed as nothing, its white space.
 */
export function ansibleOptions(): EnvironmentOptions {
  return {
    filters: ansibleFilters,
    tests: ansibleTests,
    globals: ansibleGlobals,
    undefinedMode: "chainable",
    finalize: (value) => (value === null ? "" : value),
    trimBlocks: true,
    keepTrailingNewline: true,
  };
}

function refuse(name: string): [string, () => never] {
  return [
    name,
    () => {
      throw new TemplateError("KOLLA_TEMPLATE_FORBIDDEN", `Only Ansible can evaluate '${name}(…)'`);
    },
  ];
}

/** Functions of Ansible's that a template here may name but not call. */
const ansibleGlobals: Record<string, unknown> = Object.fromEntries(
  ["lookup", "query", "q", "now", "undef"].map(refuse),
);

import { bind } from "../arguments.ts";
import { TemplateError } from "../errors.ts";
import type { Filter, FilterCall } from "../runtime.ts";
import { PyIterator, Undefined } from "../values.ts";

function refuseUndefined(values: unknown[]): void {
  for (const value of values) if (value instanceof Undefined) value.raise();
}

/** A filter of Ansible's with named parameters in order; like Ansible's, it refuses undefined values. */
export function ansibleFilter<P extends Record<string, unknown>>(
  defaults: P,
  body: (value: unknown, args: { [K in keyof P]: unknown }, call: FilterCall) => unknown,
): Filter {
  return function (value, ...args) {
    refuseUndefined([value, ...args, ...Object.values(this.kwargs)]);
    return body(value, bind("filter", defaults, { args, kwargs: this.kwargs }), this);
  };
}

/** Ansible turns what a filter yields into a list at once, so that it can be measured and read twice. */
export function listing(filter: Filter): Filter {
  return function (value, ...args) {
    const result = filter.call(this, value, ...args);
    return result instanceof PyIterator ? [...result.iterate()] : result;
  };
}

/** Stops with the reason why a filter can only be evaluated by Ansible. */
export function onlyAnsible(name: string, why: string): Filter {
  return () => {
    throw new TemplateError("KOLLA_TEMPLATE_FORBIDDEN", `Only Ansible can evaluate '${name}': ${why}`);
  };
}

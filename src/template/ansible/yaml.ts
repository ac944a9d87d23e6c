import { fail } from "../errors.ts";
import type { Filter } from "../runtime.ts";
import { isString, toIndex, truthy, Undefined } from "../values.ts";
import { ansibleFilter } from "./kit.ts";
import { fromYaml, fromYamlAll } from "./parse.ts";
import { YamlEmitter } from "./yaml-emitter.ts";

function yamlFilter(indent: number, flow: boolean | null): Filter {
  return function (value, ...args) {
    if (value instanceof Undefined) value.raise();
    const { indent: named, width, sort_keys = true, default_flow_style = flow } = this.kwargs;
    const spaces = toIndex(named ?? args[0] ?? indent) ?? fail("indent must be an integer");
    const style = {
      indent: spaces > 1 && spaces < 10 ? spaces : 2,
      width: toIndex(width) ?? 80,
      sortKeys: truthy(sort_keys),
      flow: default_flow_style === null ? null : truthy(default_flow_style),
    };
    return new YamlEmitter(style).dump(value);
  };
}

export const YAML_FILTERS: Record<string, Filter> = {
  from_yaml: ansibleFilter({}, (value) => (isString(value) ? fromYaml(String(value)) : value)),
  from_yaml_all: ansibleFilter({}, (value) => (isString(value) ? fromYamlAll(String(value)) : value)),
  to_nice_yaml: yamlFilter(4, false),
  to_yaml: yamlFilter(2, null),
};

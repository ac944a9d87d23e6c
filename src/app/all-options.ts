import { type Options, siteOptions } from "#model";
import { services } from "../../services/index.generated.ts";
import { byRuleOptions } from "../compile/index.ts";

/** Every option there is, by name: the site's, each service's own, and those that follow by rule. */
export function allOptions(): Options {
  return Object.assign(
    {},
    siteOptions,
    ...services.flatMap((service) => [byRuleOptions(service), service.options]),
  ) as Options;
}

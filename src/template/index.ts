export {
  ansibleFilters,
  ansibleOptions,
} from "./ansible/index.ts";
export { Environment, type EnvironmentOptions, type Loader, type Template } from "./environment.ts";
export { TemplateError, type TemplateErrorCode } from "./errors.ts";
export { type TracedLine, traceLines } from "./marks.ts";
export { toPlain } from "./plain.ts";
export type { Filter, FilterCall, Test } from "./runtime.ts";
export { Markup, PyTuple, Undefined, type UndefinedMode } from "./values.ts";

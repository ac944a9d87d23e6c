/**
 * The rule behind the filter `customizable(kind)`: a list of a template as an operator's override file changes it.
 * `<image>_<kind>_override` replaces it; otherwise `_append` is added and each of `_remove` takes the first that is
 * equal to it. An undefined list with nothing to change stays what it is.
 */
export function customized(
  list: unknown,
  image: string,
  kind: string,
  lookUp: (variable: string) => unknown,
): unknown {
  const stem = `${image.replaceAll("-", "_")}_${kind}`;
  const override = asList(lookUp(`${stem}_override`));
  if (override) return override;
  const append = asList(lookUp(`${stem}_append`));
  const remove = asList(lookUp(`${stem}_remove`));
  if (!append && !remove) return list;
  const result = [...(asList(list) ?? []), ...(append ?? [])];
  for (const unwanted of remove ?? []) {
    const at = result.indexOf(unwanted);
    if (at >= 0) result.splice(at, 1);
  }
  return result;
}

function asList(value: unknown): unknown[] | undefined {
  if (value === undefined || value === null || typeof value !== "object") return undefined;
  return Symbol.iterator in value ? [...(value as Iterable<unknown>)] : undefined;
}

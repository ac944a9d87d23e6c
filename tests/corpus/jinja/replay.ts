import {
  ansibleFilters,
  Environment,
  type Filter,
  TemplateError,
  Undefined,
} from "../../../src/template/index.ts";

/** A case of the corpus: see record.py. */
export interface Case {
  template: string;
  context?: Record<string, unknown>;
  files?: Record<string, string>;
  /** The file that the context's parent_template is. */
  parent?: string;
  options?: {
    trim_blocks?: boolean;
    lstrip_blocks?: boolean;
    keep_trailing_newline?: boolean;
    undefined?: "strict";
    filters?: "ansible";
  };
  expected?: string;
  error?: string;
}

export interface Outcome {
  expected?: string;
  error?: string;
}

/** The same filter as record.py's, so that both sides can override, append to and remove from lists. */
const customizable: Filter = function (value, kind) {
  const name = `${String(this.resolve("image_name")).replaceAll("-", "_")}_${String(kind)}`;
  const listed = (ending: string): unknown[] | undefined => {
    const found = this.resolve(name + ending);
    return found instanceof Undefined ? undefined : [...(found as unknown[])];
  };
  const given = value instanceof Undefined ? [] : (value as unknown[]);
  const chosen = listed("_override") ?? [...given];
  chosen.push(...(listed("_append") ?? []));
  for (const item of listed("_remove") ?? []) {
    const at = chosen.indexOf(item);
    if (at !== -1) chosen.splice(at, 1);
  }
  return chosen;
};

function raiseError(message: unknown): never {
  throw new Error(String(message));
}

/** An environment as the case asks for it, with the case's files as templates. */
function environmentFor({ files = {}, options = {} }: Case): Environment {
  return new Environment({
    loader: (name) => {
      const source = Object.hasOwn(files, name) ? files[name] : undefined;
      return source === undefined ? undefined : { source, path: name };
    },
    trimBlocks: options.trim_blocks ?? false,
    lstripBlocks: options.lstrip_blocks ?? false,
    keepTrailingNewline: options.keep_trailing_newline ?? false,
    undefinedMode: options.undefined ?? "default",
    filters: { ...(options.filters === "ansible" ? ansibleFilters : {}), customizable },
    globals: { raise_error: raiseError },
  });
}

/** What our engine makes of a case. Errors other than template errors are bugs and are thrown on. */
export function render(given: Case): Outcome {
  const environment = environmentFor(given);
  try {
    const context = { ...given.context };
    if (given.parent !== undefined) context.parent_template = environment.getTemplate(given.parent);
    return { expected: environment.fromString(given.template).render(context) };
  } catch (error) {
    if (error instanceof TemplateError) return { error: error.code };
    throw error;
  }
}

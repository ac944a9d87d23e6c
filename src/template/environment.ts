import type { Expr, Parsed } from "./ast.ts";
import { checkFilterNames } from "./check.ts";
import { ownValue } from "./dict.ts";
import { located, TemplateError } from "./errors.ts";
import { evaluate } from "./evaluate.ts";
import { NUMBER_FILTERS } from "./filters-number.ts";
import { SEQUENCE_FILTERS } from "./filters-sequence.ts";
import { TEXT_FILTERS } from "./filters-text.ts";
import type { Whitespace } from "./lexer.ts";
import { TemplateValue } from "./linking.ts";
import { markNodes } from "./marks.ts";
import { DEFAULT_GLOBALS } from "./objects.ts";
import { parseLoneExpression, parseTemplate } from "./parser.ts";
import { toPlain } from "./plain.ts";
import { renderUnit } from "./render.ts";
import {
  Context,
  type Engine,
  type Filter,
  type Frame,
  type Resolver,
  Scope,
  type Test,
  type Unit,
} from "./runtime.ts";
import { BUILTIN_TESTS } from "./tests.ts";
import { MISSING, type UndefinedMode } from "./values.ts";

/** Finds a template by name; undefined when there is none. `path` is the file that errors name. */
export type Loader = (name: string) => { source: string; path: string } | undefined;

export interface Template {
  readonly name: string;
  /** The text the template gives. Throws TemplateError. */
  render(context: Record<string, unknown>): string;
  /**
   * The JavaScript value when the template is exactly one {{ expression }} (undefined for an undefined one
   * unless the mode is strict, which throws), otherwise the rendered text.
   */
  renderNative(context: Record<string, unknown>): unknown;
}

export interface EnvironmentOptions {
  loader?: Loader;
  trimBlocks?: boolean;
  lstripBlocks?: boolean;
  keepTrailingNewline?: boolean;
  /** "strict" throws on any use of an undefined value; "chainable" (Ansible's) also lets a.b.c be tested. */
  undefinedMode?: UndefinedMode;
  filters?: Record<string, Filter>;
  tests?: Record<string, Test>;
  globals?: Record<string, unknown>;
  /** Applied to every value that is printed, as Jinja's option of that name; Ansible prints None as nothing. */
  finalize?: (value: unknown) => unknown;
  /** Output is marked with the places it came from, to be read by `traceLines`. */
  marked?: boolean;
}

const BUILTIN_FILTERS = { ...SEQUENCE_FILTERS, ...TEXT_FILTERS, ...NUMBER_FILTERS };

/** Variables given by the caller, then the environment's globals. Getters are read when asked for. */
function given(context: Record<string, unknown>, globals: ReadonlyMap<string, unknown>): Resolver {
  return {
    resolve: (name) => {
      const value = ownValue(context, name);
      if (value !== undefined) return value;
      return globals.has(name) ? globals.get(name) : MISSING;
    },
  };
}

class CompiledTemplate extends TemplateValue implements Template, Unit {
  readonly name: string;
  readonly path: string;
  readonly source: string;
  readonly parsed: Parsed;
  readonly engine: Engine;

  constructor(unit: Omit<Unit, "parsed">, parsed: Parsed) {
    super();
    this.name = unit.name;
    this.path = unit.path;
    this.source = unit.source;
    this.engine = unit.engine;
    this.parsed = parsed;
  }

  get unit(): Unit {
    return this;
  }

  override attribute(name: string): unknown {
    return name === "name" ? this.name : MISSING;
  }

  override repr(): string {
    return `<Template '${this.name}'>`;
  }

  render(context: Record<string, unknown>): string {
    const out: string[] = [];
    renderUnit(this, new Context(given(context, this.engine.globals)), out);
    return out.join("");
  }

  renderNative(context: Record<string, unknown>): unknown {
    const [only, ...others] = this.parsed.body;
    if (only?.kind !== "print" || others.length > 0) return this.render(context);
    return evaluateAlone(only.expr, this, context, only.line);
  }
}

function evaluateAlone(expr: Expr, unit: Unit, context: Record<string, unknown>, line: number): unknown {
  const frame: Frame = {
    unit,
    context: new Context(given(context, unit.engine.globals)),
    scope: new Scope(),
    out: [],
    toplevel: false,
    holdsOutput: false,
    root: { parent: undefined },
    autoescape: false,
  };
  try {
    return toPlain(evaluate(expr, frame));
  } catch (error) {
    throw located(error, unit.path, line, () => unit.source.trim());
  }
}

/** Jinja2 as Python's jinja2.sandbox.SandboxedEnvironment renders it, with the extensions do and loopcontrols. */
export class Environment {
  readonly #engine: Engine;
  readonly #loader: Loader;
  readonly #whitespace: Whitespace;
  readonly #isMarked: boolean;
  readonly #templates = new Map<string, CompiledTemplate>();
  readonly #expressions = new Map<string, { expr: Expr; unit: Unit }>();

  constructor(options: EnvironmentOptions = {}) {
    this.#loader = options.loader ?? (() => undefined);
    this.#isMarked = options.marked ?? false;
    this.#whitespace = {
      trimBlocks: options.trimBlocks ?? false,
      lstripBlocks: options.lstripBlocks ?? false,
      keepTrailingNewline: options.keepTrailingNewline ?? false,
    };
    this.#engine = {
      undefinedMode: options.undefinedMode ?? "default",
      filters: new Map(Object.entries({ ...BUILTIN_FILTERS, ...options.filters })),
      tests: new Map(Object.entries({ ...BUILTIN_TESTS, ...options.tests })),
      globals: new Map([...DEFAULT_GLOBALS, ...Object.entries(options.globals ?? {})]),
      finalize: options.finalize ?? ((value) => value),
      load: (name) => this.#compiled(name),
      render: renderUnit,
    };
  }

  /** A template of the loader; parsed once. Throws KOLLA_TEMPLATE_NOT_FOUND or KOLLA_TEMPLATE_SYNTAX. */
  getTemplate(name: string): Template {
    return this.#compiled(name);
  }

  /** A template from text; `name` is the file that errors name. Throws KOLLA_TEMPLATE_SYNTAX. */
  fromString(source: string, name = "<template>"): Template {
    return this.#compile(source, name, name);
  }

  /** The value of one expression (without braces), as plain JavaScript. Throws TemplateError. */
  evaluate(expression: string, context: Record<string, unknown>, name = "<expression>"): unknown {
    const key = `${name}\0${expression}`;
    const known = this.#expressions.get(key) ?? this.#parseExpression(expression, name);
    this.#expressions.set(key, known);
    return evaluateAlone(known.expr, known.unit, context, 1);
  }

  #parseExpression(source: string, name: string): { expr: Expr; unit: Unit } {
    const expr = parseLoneExpression(source, name);
    const parsed = { body: [], blocks: new Map(), hasExtends: false, hidden: new WeakMap() };
    return { expr, unit: { name, path: name, source, parsed, engine: this.#engine } };
  }

  #compiled(name: string): CompiledTemplate {
    const known = this.#templates.get(name);
    if (known) return known;
    const found = this.#loader(name);
    if (!found) throw new TemplateError("KOLLA_TEMPLATE_NOT_FOUND", `There is no template '${name}'`);
    const template = this.#compile(found.source, name, found.path);
    this.#templates.set(name, template);
    return template;
  }

  #compile(source: string, name: string, path: string): CompiledTemplate {
    const parsed = parseTemplate(source, path, this.#whitespace);
    checkFilterNames(parsed.body, this.#engine, path);
    if (this.#isMarked) markNodes(parsed.body, path);
    return new CompiledTemplate({ name, path, source, engine: this.#engine }, parsed);
  }
}

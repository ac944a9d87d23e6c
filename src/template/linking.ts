import type { Expr, FromImportNode, ImportNode, IncludeNode } from "./ast.ts";
import { fail, TemplateError } from "./errors.ts";
import { evaluate } from "./evaluate.ts";
import { assignName, Context, type Frame, type Resolver, UNSET, type Unit } from "./runtime.ts";
import { isString, MISSING, PyObject, Undefined } from "./values.ts";

/** What `import` gives: the exported names of a template, and its text when printed. */
class Module extends PyObject {
  readonly typeName = "TemplateModule";
  readonly #name: string;
  readonly #context: Context;
  readonly text: string;

  constructor(unit: Unit, context: Context, text: string) {
    super();
    this.#name = unit.name;
    this.#context = context;
    this.text = text;
  }

  override attribute(name: string): unknown {
    return this.#context.exported.has(name) ? this.#context.vars.get(name) : MISSING;
  }

  override repr(): string {
    return this.text;
  }

  get name(): string {
    return this.#name;
  }
}

/** An object that stands for a template, so that templates can be handed over as values. */
export abstract class TemplateValue extends PyObject {
  readonly typeName = "Template";
  abstract readonly unit: Unit;
}

function unitOf(value: unknown, frame: Frame): Unit {
  if (value instanceof TemplateValue) return value.unit;
  if (value instanceof Undefined) return value.raise();
  if (!isString(value)) return fail("a template is named by a string");
  return frame.unit.engine.load(String(value));
}

/** The first template of a list that exists. */
function selectUnit(value: unknown, frame: Frame): Unit {
  if (!Array.isArray(value)) return unitOf(value, frame);
  for (const candidate of value) {
    const unit = unlessMissing(() => unitOf(candidate, frame));
    if (unit) return unit;
  }
  throw new TemplateError(
    "KOLLA_TEMPLATE_NOT_FOUND",
    `none of the templates given were found: ${value.map(String).join(", ")}`,
  );
}

function unlessMissing(load: () => Unit): Unit | undefined {
  try {
    return load();
  } catch (error) {
    if (error instanceof TemplateError && error.code === "KOLLA_TEMPLATE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** Makes another template the one that is rendered; this one's blocks take precedence over its blocks. */
export function extendTemplate(template: Expr, frame: Frame): void {
  if (frame.root.parent) fail("extended multiple times");
  const unit = unitOf(evaluate(template, frame), frame);
  frame.root.parent = unit;
  addBlocks(unit, frame.context);
}

/** Makes the blocks of a template known, after those of the templates that extend it. */
export function addBlocks(unit: Unit, context: Context): void {
  for (const [name, node] of unit.parsed.blocks) {
    const versions = context.blocks.get(name) ?? [];
    versions.push({ node, unit });
    context.blocks.set(name, versions);
  }
}

/** The names a template sees when nothing is given to it but the globals. */
function globalsOf(unit: Unit): Resolver {
  const { globals } = unit.engine;
  return { resolve: (name) => (globals.has(name) ? globals.get(name) : MISSING) };
}

/** {% include %}: renders another template in place. */
export function includeTemplate(node: IncludeNode, frame: Frame): void {
  const load = (): Unit => selectUnit(evaluate(node.template, frame), frame);
  const unit = node.ignoreMissing ? unlessMissing(load) : load();
  if (!unit) return;
  if (!node.withContext) {
    frame.out.push(sharedModule(unit).text);
    return;
  }
  unit.engine.render(unit, new Context(seenFrom(frame)), frame.out);
}

/** All that a frame sees, as it is now: later assignments do not reach what was included or imported. */
function seenFrom(frame: Frame): Resolver {
  const locals = [...frame.scope.visible()].filter(([, value]) => value !== UNSET);
  const seen = new Map([...frame.context.vars, ...locals]);
  seen.delete("self");
  seen.delete("super");
  const { given } = frame.context;
  return { resolve: (name) => (seen.has(name) ? seen.get(name) : given.resolve(name)) };
}

const modules = new WeakMap<Unit, Module>();

/** A template imported without context is run once. */
function sharedModule(unit: Unit): Module {
  const known = modules.get(unit);
  if (known) return known;
  const module = makeModule(unit, globalsOf(unit));
  modules.set(unit, module);
  return module;
}

function makeModule(unit: Unit, given: Resolver): Module {
  const context = new Context(given);
  const out: string[] = [];
  unit.engine.render(unit, context, out);
  return new Module(unit, context, out.join(""));
}

function moduleFor(node: ImportNode | FromImportNode, frame: Frame): Module {
  const unit = unitOf(evaluate(node.template, frame), frame);
  return node.withContext ? makeModule(unit, seenFrom(frame)) : sharedModule(unit);
}

/** {% import … as %}: another template as one name. */
export function importTemplate(node: ImportNode, frame: Frame): void {
  assignName(node.target, moduleFor(node, frame), frame, false);
}

/** {% from … import %}: single names of another template. */
export function importNames(node: FromImportNode, frame: Frame): void {
  const module = moduleFor(node, frame);
  for (const { name, as } of node.names) {
    const value = module.attribute(name);
    const message = `the template '${module.name}' (imported on line ${node.line}) does not export the requested name '${name}'`;
    const found = value === MISSING ? new Undefined(message, frame.unit.engine.undefinedMode) : value;
    assignName(as, found, frame, false);
  }
}

import type { BlockNode, Node, Parsed } from "./ast.ts";
import { MISSING, Undefined, type UndefinedMode } from "./values.ts";

/** What a filter sees as `this`. */
export interface FilterCall {
  /** A variable of the template's context (not of a loop or macro around the call), or the Undefined value. */
  resolve(name: string): unknown;
  kwargs: Record<string, unknown>;
  /** What the environment offers to filters that call others, such as `map`. */
  environment: Operations;
}

/** A filter: gets the value first, then the positional arguments; an integral float arrives as PyFloat. */
export type Filter = (this: FilterCall, value: unknown, ...args: unknown[]) => unknown;
export type Test = (value: unknown, ...args: unknown[]) => boolean;

export interface Operations {
  readonly undefinedMode: UndefinedMode;
  callFilter(name: string, value: unknown, args: unknown[], kwargs: Record<string, unknown>): unknown;
  callTest(name: string, value: unknown, args: unknown[]): boolean;
  hasFilter(name: string): boolean;
  hasTest(name: string): boolean;
}

/** The part of an environment that rendering needs. */
export interface Engine {
  readonly undefinedMode: UndefinedMode;
  readonly filters: ReadonlyMap<string, Filter>;
  readonly tests: ReadonlyMap<string, Test>;
  readonly globals: ReadonlyMap<string, unknown>;
  /** Applied to every value that is printed. */
  readonly finalize: (value: unknown) => unknown;
  load(name: string): Unit;
  /** Renders a template from its top: for includes and imports, which rendering itself comes upon. */
  render(unit: Unit, context: Context, out: string[]): void;
}

/** A parsed template with what errors about it need. */
export interface Unit {
  readonly name: string;
  /** The file as errors name it. */
  readonly path: string;
  readonly source: string;
  readonly parsed: Parsed;
  readonly engine: Engine;
}

/** A block as one template of an inheritance chain defines it. */
export interface BlockVersion {
  node: BlockNode;
  unit: Unit;
}

export interface Resolver {
  /** The value of a name, or MISSING. */
  resolve(name: string): unknown;
}

/** The variables of one template (and of those it extends): what it sets itself over what it was given. */
export class Context implements Resolver {
  readonly vars: Map<string, unknown>;
  readonly exported = new Set<string>();
  readonly blocks: Map<string, BlockVersion[]>;
  readonly given: Resolver;

  constructor(
    given: Resolver,
    vars = new Map<string, unknown>(),
    blocks = new Map<string, BlockVersion[]>(),
  ) {
    this.given = given;
    this.vars = vars;
    this.blocks = blocks;
  }

  resolve(name: string): unknown {
    const own = this.vars.get(name);
    if (own !== undefined || this.vars.has(name)) return own;
    return this.given.resolve(name);
  }

  /** The same context seen from inside a loop or a `with`: for scoped blocks. */
  derived(scope: Resolver): Context {
    const seen: Resolver = {
      resolve: (name) => {
        const local = scope.resolve(name);
        return local === MISSING || local === UNSET ? this.resolve(name) : local;
      },
    };
    return new Context(seen, new Map(), this.blocks);
  }
}

/** Held by a name that its scope will set and has not set yet: what is outside does not show. */
export const UNSET: unique symbol = Symbol("unset");

/** Local variables of a loop, macro, block or `with`. */
export class Scope implements Resolver {
  readonly vars = new Map<string, unknown>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  /** All names of this scope and those around it. */
  visible(): Map<string, unknown> {
    return new Map([...(this.#outer?.visible() ?? []), ...this.vars]);
  }

  resolve(name: string): unknown {
    let scope: Scope | undefined = this;
    while (scope) {
      const value = scope.vars.get(name);
      if (value !== undefined) return value;
      scope = scope.#outer;
    }
    return MISSING;
  }
}

/** What changes while one root (a template on its own, a parent, an include) is rendered. */
export interface RootState {
  /** The template to go on with once the child's own statements are done. */
  parent: Unit | undefined;
}

/** Where in a template rendering stands. */
export interface Frame {
  readonly unit: Unit;
  readonly context: Context;
  readonly scope: Scope;
  readonly out: string[];
  /** Directly in the template, where `set` exports and `extends` is allowed. */
  readonly toplevel: boolean;
  /** Output is dropped once a parent template is known. */
  readonly holdsOutput: boolean;
  readonly root: RootState;
  readonly autoescape: boolean;
}

/** A frame with a scope of its own for a body of statements. */
export function innerFrame(frame: Frame, body: Node[], changes: Partial<Frame> = {}): Frame {
  const scope = newScope(frame.unit, body, frame.scope);
  return { ...frame, toplevel: false, scope, ...changes };
}

/** A scope in which the names that the body hides are unset. */
export function newScope(unit: Unit, body: Node[], outer?: Scope): Scope {
  const scope = new Scope(outer);
  for (const name of unit.parsed.hidden.get(body) ?? []) scope.vars.set(name, UNSET);
  return scope;
}

/** Sets a name where the frame stands; directly in a template it is exported too. */
export function assignName(name: string, value: unknown, frame: Frame, exported = true): void {
  frame.scope.vars.set(name, value);
  if (!frame.toplevel) return;
  frame.context.vars.set(name, value);
  if (exported && !name.startsWith("_")) frame.context.exported.add(name);
  else frame.context.exported.delete(name);
}

/** The value of a name as a frame sees it; MISSING when nothing has it. */
export function resolveName(frame: Frame, name: string): unknown {
  const local = frame.scope.resolve(name);
  if (local === UNSET) return MISSING;
  return local === MISSING ? frame.context.resolve(name) : local;
}

/** What a name that nothing has evaluates to. */
export function undefinedVariable(name: string, mode: UndefinedMode): Undefined {
  return new Undefined(`'${name}' is undefined`, mode);
}

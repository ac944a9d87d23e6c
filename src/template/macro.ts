import type { Expr, Node, Signature } from "./ast.ts";
import { fail } from "./errors.ts";
import { undeclaredAmong } from "./names.ts";
import { type CallArguments, MISSING, PyObject, PyTuple } from "./values.ts";

const SPECIAL = ["caller", "kwargs", "varargs"] as const;

interface MacroShape {
  readonly signature: Signature;
  readonly uses: Set<string>;
}

const shapes = new WeakMap<object, MacroShape>();

/** What a macro takes, found once for each macro of a template. */
export function shapeOf(node: Signature & { body: Node[] }): MacroShape {
  const known = shapes.get(node);
  if (known) return known;
  const uses = undeclaredAmong(node.body, SPECIAL);
  for (const name of node.params) uses.delete(name);
  const shape = { signature: { params: node.params, defaults: node.defaults }, uses };
  shapes.set(node, shape);
  return shape;
}

/** The arguments of one macro call, by name; a parameter that was not given is MISSING. */
export type BoundArguments = Map<string, unknown>;

/** A macro, or the body of a call block as its `caller`. */
export class Macro extends PyObject {
  readonly typeName = "Macro";
  readonly name: string | null;
  readonly #shape: MacroShape;
  readonly #render: (bound: BoundArguments) => unknown;

  constructor(name: string | null, shape: MacroShape, render: (bound: BoundArguments) => unknown) {
    super();
    this.name = name;
    this.#shape = shape;
    this.#render = render;
  }

  override get callable(): boolean {
    return true;
  }

  override attribute(name: string): unknown {
    const { signature, uses } = this.#shape;
    if (name === "name") return this.name;
    if (name === "arguments") return PyTuple.make(signature.params);
    if (name === "catch_kwargs") return uses.has("kwargs");
    if (name === "catch_varargs") return uses.has("varargs");
    return name === "caller" ? uses.has("caller") : MISSING;
  }

  override repr(): string {
    return this.name === null ? "<Macro anonymous>" : `<Macro '${this.name}'>`;
  }

  override call(call: CallArguments): unknown {
    return this.#render(this.#bind(call));
  }

  #bind({ args, kwargs }: CallArguments): BoundArguments {
    const { params } = this.#shape.signature;
    const rest = { ...kwargs };
    const bound: BoundArguments = new Map();
    for (const [index, param] of params.entries()) {
      const given = index < args.length ? args[index] : Object.hasOwn(rest, param) ? rest[param] : MISSING;
      bound.set(param, given);
      if (index >= args.length) delete rest[param];
    }
    this.#bindSpecial(bound, args.slice(params.length), rest);
    return bound;
  }

  #bindSpecial(bound: BoundArguments, extra: unknown[], rest: Record<string, unknown>): void {
    const { uses, signature } = this.#shape;
    if (uses.has("caller")) {
      bound.set("caller", Object.hasOwn(rest, "caller") ? rest.caller : MISSING);
      delete rest.caller;
    }
    const [unknownName] = Object.keys(rest);
    if (uses.has("kwargs")) bound.set("kwargs", new Map(Object.entries(rest)));
    else if (unknownName !== undefined)
      fail(`macro '${this.name}' takes no keyword argument '${unknownName}'`);
    if (uses.has("varargs")) bound.set("varargs", PyTuple.make(extra));
    else if (extra.length > 0)
      fail(`macro '${this.name}' takes not more than ${signature.params.length} argument(s)`);
  }
}

/** The default of a parameter, or undefined when it has none. */
export function defaultOf({ params, defaults }: Signature, param: string): Expr | undefined {
  return defaults[params.indexOf(param) - (params.length - defaults.length)];
}

import { execute, selfOf } from "./execute.ts";
import { addBlocks } from "./linking.ts";
import { type Context, type Frame, newScope, type Unit } from "./runtime.ts";

/** Renders a template from its top, then the templates it extends. */
export function renderUnit(unit: Unit, context: Context, out: string[]): void {
  addBlocks(unit, context);
  renderRoot(unit, context, out);
}

function renderRoot(unit: Unit, context: Context, out: string[]): void {
  const root = { parent: undefined as Unit | undefined };
  const holdsOutput = unit.parsed.hasExtends;
  const scope = newScope(unit, unit.parsed.body);
  const frame: Frame = { unit, context, scope, out, toplevel: true, holdsOutput, root, autoescape: false };
  scope.vars.set("self", selfOf(frame));
  execute(unit.parsed.body, frame);
  if (root.parent) renderRoot(root.parent, context, out);
}

export type BinaryOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**";
export type CompareOperator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "notin";

export interface Arguments {
  args: Expr[];
  kwargs: { name: string; value: Expr }[];
  star?: Expr;
  doubleStar?: Expr;
}

export interface FilterExpr extends Arguments {
  kind: "filter";
  /** Absent for the outermost filter of a filter block or a filtered set block: the body is its input. */
  input?: Expr;
  name: string;
  line: number;
}

export interface TestExpr extends Arguments {
  kind: "test";
  input: Expr;
  name: string;
  line: number;
}

export interface CallExpr extends Arguments {
  kind: "call";
  callee: Expr;
  line: number;
}

export type Expr =
  | { kind: "const"; value: unknown }
  | { kind: "name"; name: string }
  | { kind: "nsref"; name: string; attr: string }
  | { kind: "tuple"; items: Expr[] }
  | { kind: "list"; items: Expr[] }
  | { kind: "dict"; items: { key: Expr; value: Expr }[] }
  | { kind: "cond"; test: Expr; value: Expr; otherwise?: Expr }
  | { kind: "and"; left: Expr; right: Expr }
  | { kind: "or"; left: Expr; right: Expr }
  | { kind: "not"; operand: Expr }
  | { kind: "sign"; negative: boolean; operand: Expr }
  | { kind: "binary"; operator: BinaryOperator; left: Expr; right: Expr }
  | { kind: "concat"; parts: Expr[] }
  | { kind: "compare"; first: Expr; rest: { operator: CompareOperator; right: Expr }[] }
  | { kind: "attr"; object: Expr; name: string }
  | { kind: "item"; object: Expr; key: Expr }
  | { kind: "slice"; start?: Expr; stop?: Expr; step?: Expr }
  | FilterExpr
  | TestExpr
  | CallExpr;

export interface Signature {
  params: string[];
  /** Defaults of the last params. */
  defaults: Expr[];
}

export interface MacroNode extends Signature {
  kind: "macro";
  name: string;
  body: Node[];
  line: number;
}

export interface BlockNode {
  kind: "block";
  name: string;
  body: Node[];
  scoped: boolean;
  required: boolean;
  line: number;
}

export interface ForNode {
  kind: "for";
  target: Expr;
  iter: Expr;
  test?: Expr;
  body: Node[];
  otherwise: Node[];
  recursive: boolean;
  /** Whether `loop` is looked at, as Jinja decides it: only then is it bound. */
  extended: boolean;
  line: number;
}

export interface CallBlockNode extends Signature {
  kind: "callblock";
  call: CallExpr;
  body: Node[];
  line: number;
}

export interface IncludeNode {
  kind: "include";
  template: Expr;
  ignoreMissing: boolean;
  withContext: boolean;
  line: number;
}

export interface ImportNode {
  kind: "import";
  template: Expr;
  target: string;
  withContext: boolean;
  line: number;
}

export interface FromImportNode {
  kind: "from";
  template: Expr;
  names: { name: string; as: string }[];
  withContext: boolean;
  line: number;
}

export type Node =
  | { kind: "text"; text: string; line: number }
  | { kind: "print"; expr: Expr; line: number }
  | { kind: "if"; branches: { test: Expr; body: Node[] }[]; otherwise: Node[]; line: number }
  | { kind: "set"; target: Expr; value: Expr; line: number }
  | { kind: "setblock"; target: Expr; filter?: FilterExpr; body: Node[]; line: number }
  | { kind: "with"; targets: Expr[]; values: Expr[]; body: Node[]; line: number }
  | { kind: "do"; expr: Expr; line: number }
  | { kind: "extends"; template: Expr; line: number }
  | { kind: "filterblock"; filter: FilterExpr; body: Node[]; line: number }
  | { kind: "autoescape"; value: Expr; body: Node[]; line: number }
  | { kind: "break"; line: number }
  | { kind: "continue"; line: number }
  | MacroNode
  | BlockNode
  | ForNode
  | CallBlockNode
  | IncludeNode
  | ImportNode
  | FromImportNode;

/** A parsed template. */
export interface Parsed {
  body: Node[];
  blocks: Map<string, BlockNode>;
  /** Whether any part extends another template: only then may output be held back. */
  hasExtends: boolean;
  /** By the body of a scope, the names that the scope hides from what is outside until it sets them. */
  hidden: WeakMap<object, string[]>;
}

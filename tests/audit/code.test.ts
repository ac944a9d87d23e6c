import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { root, typescriptBelow } from "./files.ts";

const MAX_FILE_LINES = 400;
const MAX_FUNCTION_LINES = 60;
/** Words that say nothing: the name of what is meant is always at hand. */
const EMPTY_WORDS = /^(manager|handler|helper|util|data|info|misc)s?$/i;

interface Source {
  file: string;
  tree: ts.SourceFile;
}

const sources: readonly Source[] = ["src", "services", "docker", "tests"]
  .flatMap(typescriptBelow)
  .map((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return { file, tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) };
  });

const lineOf = (tree: ts.SourceFile, position: number): number =>
  tree.getLineAndCharacterOfPosition(position).line + 1;

/** Every node of every file that passes, as "file:line name". */
function found(passes: (node: ts.Node, source: Source) => string | undefined): string[] {
  return sources.flatMap((source) => {
    const places: string[] = [];
    const visit = (node: ts.Node): void => {
      const name = passes(node, source);
      if (name !== undefined)
        places.push(`${source.file}:${lineOf(source.tree, node.getStart(source.tree))} ${name}`);
      ts.forEachChild(node, visit);
    };
    visit(source.tree);
    return places;
  });
}

/** The body of `describe(…)` is a list of tests and no function. */
const isDescribe = (node: ts.Node): boolean =>
  ts.isCallExpression(node.parent) && /^describe\b/.test(node.parent.expression.getText());

/** Lines of a node but for those inside of texts: what a test expects may be as long as it is. */
function codeLines(node: ts.Node, tree: ts.SourceFile): number {
  let lines = lineOf(tree, node.end) - lineOf(tree, node.getStart(tree)) + 1;
  const visit = (inner: ts.Node): void => {
    if (ts.isNoSubstitutionTemplateLiteral(inner)) lines -= inner.text.split("\n").length - 1;
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return lines;
}

const isFunction = (node: ts.Node | undefined): boolean =>
  node !== undefined && (ts.isArrowFunction(node) || ts.isFunctionExpression(node));

/** A name that we give. Keys with underscores are names of other programs: of their files and their APIs. */
function givenName(node: ts.Node): string | undefined {
  const named =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isTypeParameterDeclaration(node) ||
    ts.isClassElement(node) ||
    ts.isTypeElement(node) ||
    ts.isObjectLiteralElement(node);
  if (!named || node.name === undefined || !ts.isMemberName(node.name)) return undefined;
  const { text } = node.name;
  return ts.isObjectLiteralElement(node) && text.includes("_") ? undefined : text;
}

const wordsOf = (name: string): string[] =>
  name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").split(/[^A-Za-z0-9]+/);

test("no file is longer than 400 lines", () => {
  const long = sources
    .map(({ file, tree }) => ({ file, lines: lineOf(tree, tree.end) - 1 }))
    .filter(({ lines }) => lines > MAX_FILE_LINES)
    .map(({ file, lines }) => `${file}: ${lines}`);
  expect(long).toEqual([]);
});

test("no function is longer than 60 lines", () => {
  const long = found((node, { tree }) => {
    if (!ts.isFunctionLike(node) || isDescribe(node)) return undefined;
    const lines = codeLines(node, tree);
    return lines > MAX_FUNCTION_LINES ? String(lines) : undefined;
  });
  expect(long).toEqual([]);
});

test("no name has a word in it that says nothing", () => {
  const empty = (name: string): boolean => wordsOf(name).some((word) => EMPTY_WORDS.test(word));
  const names = found((node) => {
    const name = givenName(node);
    return name !== undefined && empty(name) ? name : undefined;
  });
  const files = sources.map(({ file }) => file).filter((file) => empty(basename(file)));
  expect([...names, ...files]).toEqual([]);
});

test("every exported function says what it does", () => {
  const silent = found((node, { file, tree }) => {
    if (file.startsWith("tests/") || node.parent !== tree) return undefined;
    const exported =
      ts.canHaveModifiers(node) &&
      ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    const callable =
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      (ts.isVariableStatement(node) &&
        node.declarationList.declarations.some(({ initializer }) => isFunction(initializer)));
    if (!exported || !callable || ts.getJSDocCommentsAndTags(node).length > 0) return undefined;
    return node.getText(tree).split("\n", 1)[0];
  });
  expect(silent).toEqual([]);
});

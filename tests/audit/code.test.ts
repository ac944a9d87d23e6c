import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
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

const sources: readonly Source[] = ["src", "dev", "services", "docker", "tests"]
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

/** A name, or the names that a pattern takes apart. */
function namesIn(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesIn(element.name) : []));
}

interface Exported {
  name: string;
  node: ts.Statement;
}

/** The functions, classes and constants that a file exports by name. */
function exportsOf(tree: ts.SourceFile): Exported[] {
  return tree.statements.flatMap((node): Exported[] => {
    const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
    const kinds = modifiers.map(({ kind }) => kind);
    if (!kinds.includes(ts.SyntaxKind.ExportKeyword) || kinds.includes(ts.SyntaxKind.DefaultKeyword))
      return [];
    if (ts.isVariableStatement(node))
      return node.declarationList.declarations.flatMap(({ name }) =>
        namesIn(name).map((each) => ({ name: each, node })),
      );
    const named = ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node);
    return named && node.name ? [{ name: node.name.text, node }] : [];
  });
}

const isCallable = (node: ts.Statement): boolean =>
  ts.isVariableStatement(node)
    ? node.declarationList.declarations.some(({ initializer }) => isFunction(initializer))
    : true;

test("every exported function says what it does", () => {
  const silent = sources
    .filter(({ file }) => !file.startsWith("tests/"))
    .flatMap(({ file, tree }) =>
      exportsOf(tree)
        .filter(({ node }) => isCallable(node) && ts.getJSDocCommentsAndTags(node).length === 0)
        .map(({ name }) => `${file}: ${name}`),
    );
  expect(silent).toEqual([]);
});

/** The file that an import or a re-export names; undefined for packages and Node's own. */
function targetOf(file: string, specifier: ts.Expression | undefined): string | undefined {
  if (!specifier || !ts.isStringLiteral(specifier)) return undefined;
  const { text } = specifier;
  if (text.startsWith("#")) return `src/${text.slice(1)}/index.ts`;
  return text.startsWith(".") ? join(dirname(file), text) : undefined;
}

/** What a statement takes from another file by name; a re-export of everything takes nothing and passes all on. */
function takenBy(node: ts.ImportDeclaration | ts.ExportDeclaration): string[] {
  const names = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : node.exportClause;
  if (!names || !(ts.isNamedImports(names) || ts.isNamedExports(names))) return [];
  return names.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
}

/** "file name" of everything that files take from others, through files that only pass it on. */
function importedNames(files: readonly Source[]): Set<string> {
  const links = files.flatMap(({ file, tree }) =>
    tree.statements.flatMap((node) => {
      if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return [];
      const target = targetOf(file, node.moduleSpecifier);
      const passesOn = ts.isExportDeclaration(node) && node.exportClause === undefined;
      return target === undefined ? [] : [{ file, target, passesOn, names: takenBy(node) }];
    }),
  );
  const passedOn = links.filter(({ passesOn }) => passesOn);
  const found = new Set<string>();
  const take = (target: string, name: string): void => {
    if (found.has(`${target} ${name}`)) return;
    found.add(`${target} ${name}`);
    for (const link of passedOn) if (link.file === target) take(link.target, name);
  };
  for (const { target, names } of links) for (const name of names) take(target, name);
  return found;
}

const isTest = (file: string): boolean => /^tests\/|\.(test|fixture)\.ts$/.test(file);
const importedByFilesThat = (matches: (file: string) => boolean): Set<string> =>
  importedNames(sources.filter(({ file }) => matches(file)));

test("what a file exports, the product imports from it, or the test beside it, or what walks all units or the corpus", () => {
  const inProduct = importedByFilesThat((file) => !isTest(file));
  const inTests = importedByFilesThat(isTest);
  const inWalks = importedByFilesThat((file) => /^tests\/(audit|corpus)\//.test(file));
  const inFolder = new Map(
    [...new Set(sources.map(({ file }) => dirname(file)))].map((folder) => [
      folder,
      importedByFilesThat((file) => isTest(file) && dirname(file) === folder),
    ]),
  );
  const isUsed = (file: string, name: string): boolean => {
    const beside = inFolder.get(dirname(file)) ?? new Set();
    const users = isTest(file) ? [inTests] : [inProduct, beside, inWalks];
    return users.some((names) => names.has(`${file} ${name}`));
  };
  const unused = sources.flatMap(({ file, tree }) =>
    exportsOf(tree)
      .filter(({ name }) => !isUsed(file, name) && !file.endsWith(".generated.ts"))
      .map(({ name }) => `${file}: ${name}`),
  );
  expect(unused).toEqual([]);
});

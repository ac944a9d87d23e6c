import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { services } from "../../services/index.generated.ts";
import { compile } from "../../src/compile/index.ts";
import { host, site } from "../golden/sites.ts";
import { checkoutFiles, root, typescriptBelow } from "./files.ts";
import { shellcheck } from "./shellcheck.ts";

/*
 * A shell program stands in a file of its own, where shellcheck reads it (shell.test.ts). This holds it by two looks:
 * - at the text of src/ and services/: what is given to `sh -c` there, and every string that begins as a program does,
 *   whatever option turns it on;
 * - at what a site comes to: health checks and commands, whatever helper put them together, and the programs among files.
 * Lines of one or two commands may stay strings, and shellcheck reads those here. Not seen are words that are put
 * together from pieces that the site below does not come to, and what dev/ and tests/ run.
 */

const textOf = (file: string): string => readFileSync(join(root, file), "utf8");
const isShell = (word: string): boolean => /^(\/bin\/)?(ba|da)?sh$/.test(word);

/** A line of one or two commands, without control flow and pipes. */
function isSmall(text: string): boolean {
  const isProgram = /\n|[^|]\|[^|]|[({]\s|\b(if|for|while|until|case|function)\b/.test(text);
  return !isProgram && text.split(/;|&&|\|\|/).length <= 2;
}

/** Why a text may not stand in a string. */
function faultsOf(text: string, shell: string): string[] {
  if (!isSmall(text)) return ["is a program: it belongs into a file"];
  return shellcheck([`--shell=${shell}`, "-"], text);
}

test("what is small and what is a program", () => {
  const small = ['printf %s "$1" > "$2"', "a && b", "a || true", "kill -0 $(cat pid)", "a $x 2>&1"];
  expect(small.filter((text) => !isSmall(text))).toEqual([]);
  const programs = [
    "a | b",
    "a\nb",
    "a; b; c",
    "if a; then b; fi",
    "a && b || c",
    "f() { a; }",
    "while a; do b; done",
  ];
  expect(programs.filter(isSmall)).toEqual([]);
});

/** Where a shell is given what others wrote. */
const PASSES_ON: Readonly<Record<string, string>> = {
  "src/model/shell.ts": "runs texts of files",
  "src/agent/health.ts": "asks a container for its health as its engine does",
};

interface Place {
  file: string;
  line: number;
  node: ts.Node;
}

const places: readonly Place[] = ["src", "services"]
  .flatMap(typescriptBelow)
  .filter((file) => !file.endsWith(".test.ts"))
  .flatMap((file) => {
    const tree = ts.createSourceFile(file, textOf(file), ts.ScriptTarget.Latest, true);
    const all: Place[] = [];
    const visit = (node: ts.Node): void => {
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
      all.push({ file, line: line + 1, node });
      ts.forEachChild(node, visit);
    };
    visit(tree);
    return all;
  });

const literal = (node: ts.Node | undefined): string =>
  node && ts.isStringLiteralLike(node) ? node.text : "";

/** A list of words in the code; one that is the second argument of a call begins with the first one: run("sh", ["-c", …]). */
function wordsIn(node: ts.Node): readonly ts.Node[] {
  if (ts.isCallExpression(node)) return node.arguments;
  if (!ts.isArrayLiteralExpression(node)) return [];
  const call = node.parent;
  const isSecond = ts.isCallExpression(call) && call.arguments[1] === node;
  return isSecond ? [...call.arguments.slice(0, 1), ...node.elements] : node.elements;
}

test("code gives a shell no program in a string", () => {
  const faults = places
    .filter(({ file }) => !(file in PASSES_ON))
    .flatMap(({ file, line, node }) => {
      const words = wordsIn(node);
      const at = words.findIndex(
        (word, index) => isShell(literal(word)) && literal(words[index + 1]) === "-c",
      );
      const program = at < 0 ? undefined : words[at + 2];
      if (program === undefined) return [];
      const why = ts.isStringLiteralLike(program)
        ? faultsOf(program.text, literal(words[at]))
        : ["is put together from pieces, or stands elsewhere"];
      return why.map((each) => `${file}:${line}: ${program.getText()} ${each}`);
    });
  expect(faults).toEqual([]);
});

test("no string in the code begins as a program does", () => {
  const programs = places.filter(({ node }) => {
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node);
    return isText && node.text.startsWith("#!");
  });
  expect(programs.map(({ file, line }) => `${file}:${line}`)).toEqual([]);
});

/** Two hosts that are everything, with what brings programs of its own. */
const twins = compile(
  services,
  site(
    ["10.0.0.10", "10.0.0.11"].map((address, at) =>
      host(`twin${at}`, address, {
        kolla_internal_vip_address: "10.0.0.250",
        network_interface: "eth0",
        neutron_external_interface: "eth1",
        enable_neutron_agent_ha: true,
      }),
    ),
  ),
  {},
).desired.hosts;

interface Given {
  shell: string;
  text: string;
}

/** All that a shell is given in a document, at whatever depth, and all programs in it. */
function givenIn(value: unknown): Given[] {
  if (typeof value === "string") return value.startsWith("#!") ? [{ shell: "bash", text: value }] : [];
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.values(value).flatMap(givenIn);
  if (!Array.isArray(value)) return inner;
  const here = value.flatMap((word, at): Given[] => {
    if (word === "CMD-SHELL") return [{ shell: "sh", text: String(value[at + 1]) }];
    return isShell(String(word)) && value[at + 1] === "-c"
      ? [{ shell: word, text: String(value[at + 2]) }]
      : [];
  });
  return [...here, ...inner];
}

test("what a site comes to gives a shell the text of a file, or a small line", () => {
  const files = new Set(
    checkoutFiles()
      .filter((file) => file.endsWith(".sh"))
      .map(textOf),
  );
  const given = new Map(givenIn(twins).map(({ shell, text }) => [text, shell]));
  const programs = [...given].filter(([text]) => text.startsWith("#!"));
  expect(programs.length).toBeGreaterThan(14);
  expect(programs.filter(([text]) => !files.has(text))).toEqual([]);
  const faults = [...given]
    .filter(([text]) => !files.has(text))
    .flatMap(([text, shell]) => faultsOf(text, shell).map((each) => `${text}: ${each}`));
  expect(faults).toEqual([]);
});

test("playbooks hold no shell programs", () => {
  const playbooks = checkoutFiles().filter((file) => /^ansible\/.*\.yml$/.test(file));
  expect(playbooks.length).toBeGreaterThan(5);
  expect(playbooks.filter((file) => /\bansible\.\w+\.shell:/.test(textOf(file)))).toEqual([]);
});

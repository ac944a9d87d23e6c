import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { services } from "../../services/index.generated.ts";
import { containerName, containersOf } from "../../src/compile/index.ts";
import { root, typescriptBelow } from "./files.ts";

/** What all services share: each says what it needs, and is known here by that only. */
const SHARED = ["src/model", "src/compile", "src/plan", "src/agent"];

/** Places where such a word is no service's: file → word → what it is. */
const OTHERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "src/compile/judge.ts": { rabbitmq: "a part of the names of Kolla-Ansible's own helper roles" },
  "src/compile/shapes.ts": { keystone: "the example of an image's name that an operator is shown" },
  "src/model/site-options.ts": {
    memcached: "the description of memcached_port, which many services read",
    rabbitmq: "the inventory's group that om_rpc_group and om_notify_group name",
  },
};

const names = new Set(
  services.flatMap((service) => [
    service.name,
    ...containersOf(service).flatMap(([definition, declaration]) => [
      definition,
      containerName(definition, declaration),
    ]),
  ]),
);

/** Texts, templates and patterns of a file, without what it imports and its comments. */
function textsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateLiteralToken(node) ||
      ts.isRegularExpressionLiteral(node)
    )
      texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}

/** Words as services and containers are named: "nova-compute" is one, and so is "nova_compute". */
const wordsIn = (text: string): string[] => text.match(/[A-Za-z][A-Za-z0-9_-]*/g) ?? [];

test("what all services share names none of them", () => {
  const files = SHARED.flatMap(typescriptBelow).filter((file) => !/\.(test|fixture)\.ts$/.test(file));
  const found = files.flatMap((file) =>
    textsOf(file)
      .flatMap(wordsIn)
      .filter((word) => names.has(word) && OTHERS[file]?.[word] === undefined)
      .map((word) => `${file}: ${word}`),
  );
  expect([...new Set(found)].sort()).toEqual([]);
});

/** Statements and versioned paths are data of the service that can read them. */
const OF_A_SERVICE = /\b(CREATE|ALTER|DROP|GRANT|INSERT|SELECT|UPDATE) |\/v\d/;

/** Texts that look so, and what they are. */
const NOT_OF_A_SERVICE: Readonly<Record<string, string>> = {
  "src/agent/identity-client.ts: /v3/auth/tokens": "where every account of the cloud gets its token",
};

test("what all services share has no statement of a database's and no path of an API", () => {
  const files = SHARED.flatMap(typescriptBelow).filter((file) => !/\.(test|fixture)\.ts$/.test(file));
  const found = files.flatMap((file) =>
    textsOf(file)
      .filter((text) => OF_A_SERVICE.test(text))
      .map((text) => `${file}: ${text}`),
  );
  expect(found.sort()).toEqual(Object.keys(NOT_OF_A_SERVICE));
});

test("every exception is of use", () => {
  const unused = Object.entries(OTHERS).flatMap(([file, words]) => {
    const there = new Set(textsOf(file).flatMap(wordsIn));
    return Object.keys(words).filter((word) => !there.has(word));
  });
  expect(unused).toEqual([]);
});

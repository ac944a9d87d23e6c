import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Entry, Resource } from "#model";
import { ensureEntries } from "./rest.ts";

/** What an API answers: "GET /shelves" → status and body. What it has no answer for is not found. */
type Answers = Record<string, readonly [number, unknown?]>;

let server: Server;
let url: string;
let answers: Answers;
let asked: string[];

beforeEach(async () => {
  asked = [];
  server = createServer(async (request, answer) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const line = `${request.method} ${request.url}`;
    if (line === "POST /v3/auth/tokens") {
      answer.writeHead(201, { "X-Subject-Token": "t" }).end("{}");
      return;
    }
    asked.push(`${line} ${text}`.trim());
    const [status, body] = answers[line] ?? [404, { error: { message: "There is no such thing" } }];
    answer.writeHead(status).end(body === undefined ? "" : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
});

const shelf: Entry = {
  name: "shelf",
  path: "/shelves",
  wrapped: { list: "shelves", one: "shelf" },
  found: { label: "A" },
  made: { label: "A" },
};
const book: Entry = {
  name: "book",
  path: "/books",
  query: { title: "Ulysses & co" },
  wrapped: { list: "books", one: "book" },
  found: { title: "Ulysses & co", shelf: { idOf: "shelf" } },
  made: { title: "Ulysses & co", shelf: { idOf: "shelf" }, lent: false },
  holds: { pages: 700 },
};
const LISTS: Answers = {
  "GET /shelves": [200, { shelves: [] }],
  "GET /books?title=Ulysses%20%26%20co": [200, { books: [{ id: "b0", shelf: "s0" }] }],
};

function ensure(entries: readonly Entry[], puts: Extract<Resource, { kind: "rest" }>["puts"] = []) {
  const account = { authUrl: url, user: "u", password: "p", project: "p", domain: "d" };
  return ensureEntries({ kind: "rest", account, url, entries, puts }, (path) => path);
}

test("what is not there is made, with the ids of what it speaks of, and put where it belongs", async () => {
  answers = {
    ...LISTS,
    "POST /shelves": [201, { shelf: { id: "s/1" } }],
    "POST /books": [201, { book: { id: "b1" } }],
    "PUT /shelves/s%2F1/books/b1": [204],
  };
  await ensure([shelf, book], [["shelves", { idOf: "shelf" }, "books", { idOf: "book" }]]);
  expect(asked).toEqual([
    "GET /shelves",
    'POST /shelves {"shelf":{"label":"A"}}',
    "GET /books?title=Ulysses%20%26%20co",
    'POST /books {"book":{"title":"Ulysses & co","shelf":"s/1","lent":false,"pages":700}}',
    "PUT /shelves/s%2F1/books/b1",
  ]);
});

test("of what is there only what differs is sent, and one list serves all that are in it", async () => {
  const shelves = [
    { id: "s1", label: "A", width: 2 },
    { id: "s2", label: "B", width: 1 },
  ];
  answers = { "GET /shelves": [200, { shelves }], "PATCH /shelves/s2": [200, {}] };
  const wide = (label: string): Entry => ({ ...shelf, name: label, found: { label }, holds: { width: 2 } });
  await ensure([wide("A"), wide("B")]);
  expect(asked).toEqual(["GET /shelves", 'PATCH /shelves/s2 {"shelf":{"width":2}}']);
});

test("who made it meanwhile made it for us; a conflict with something else is told", async () => {
  answers = { ...LISTS, "POST /shelves": [409, { error: { message: "Label A is taken" } }] };
  await expect(ensure([shelf])).rejects.toThrow(
    `POST ${url}/shelves was answered with 409: Label A is taken`,
  );
  expect(asked).toEqual(["GET /shelves", 'POST /shelves {"shelf":{"label":"A"}}', "GET /shelves"]);
});

test("a conflict with a name in other letters is with the same thing, as the API sees it", async () => {
  const shelves = [{ id: "s1", label: "a" }];
  answers = { "GET /shelves": [200, { shelves }], "POST /shelves": [409], "PUT /shelves/s1": [204] };
  await ensure([shelf], [["shelves", { idOf: "shelf" }]]);
  expect(asked.at(-1)).toBe("PUT /shelves/s1");
});

test("a list that is asked for one thing has it first", async () => {
  const { name, path, query, wrapped } = book;
  answers = LISTS;
  await ensure([{ name, path, wrapped, made: {}, ...(query && { query }) }]);
  expect(asked).toEqual(["GET /books?title=Ulysses%20%26%20co"]);
});

test("a secret is set again only where it is not proved, and stands in no error", async () => {
  const proof = { path: "/open", json: { key: "s3cret" }, expect: [200] };
  const locked: Entry = { ...shelf, secret: { holds: { key: "s3cret" }, proof } };
  answers = { "GET /shelves": [200, { shelves: [{ id: "s1", label: "A" }] }], "POST /open": [200] };
  await ensure([locked]);
  expect(asked.filter((line) => line.startsWith("PATCH"))).toEqual([]);
  answers["POST /open"] = [403];
  const refused = await ensure([locked]).catch((error: Error) => error.message);
  expect(asked.at(-1)).toBe('PATCH /shelves/s1 {"shelf":{"key":"s3cret"}}');
  expect(refused).toBe(`PATCH ${url}/shelves/s1 was answered with 404: There is no such thing`);
});

test("an answer of another shape is told, and so is an entry that nobody named", async () => {
  answers = { "GET /shelves": [200, { racks: [] }] };
  await expect(ensure([shelf])).rejects.toThrow(`GET ${url}/shelves was answered without "shelves"`);
  answers = { ...LISTS, "POST /shelves": [201, {}] };
  await expect(ensure([shelf])).rejects.toThrow('without an id in "shelf"');
  await expect(ensure([book])).rejects.toThrow('No entry before is called "shelf"');
});

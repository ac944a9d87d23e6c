import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { IdentityAdmin, Probe } from "#model";
import type { Ground } from "./ground.ts";
import { runProbes } from "./probes.ts";

type Answering = (asked: IncomingMessage) => { status: number; body?: unknown; headers?: object };

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

async function serving(answering: Answering): Promise<string> {
  server = createServer((asked, answer: ServerResponse) => {
    const { status, body, headers } = answering(asked);
    answer.writeHead(status, { ...headers }).end(body === undefined ? "" : JSON.stringify(body));
  });
  const listening = server.listen(0, "127.0.0.1");
  await new Promise((resolve) => listening.once("listening", resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

async function said(probe: Probe): Promise<string> {
  const [result] = await runProbes({} as Ground, [{ set: ["x"], probe }]);
  return `${result?.ok ? "well" : "ill"}: ${result?.words.replace(/\d+ ms/, "1 ms")}`;
}

test("a status says enough; another one is told with the answer's own words", async () => {
  const url = await serving(({ method }) =>
    method === "POST" ? { status: 201 } : { status: 401, body: { error: { message: "Who are you?" } } },
  );
  const words = "gives a token in {ms} ms";
  expect(await said({ kind: "http", url, json: {}, expect: [201], words })).toBe(
    "well: gives a token in 1 ms",
  );
  expect(await said({ kind: "http", url, expect: [200, 300], subject: "the API" })).toBe(
    "ill: the API answers 401 where 200 or 300 is expected: Who are you?",
  );
});

test("a name and a password are sent, and the answer is judged", async () => {
  const url = await serving(({ headers }) =>
    headers.authorization === `Basic ${Buffer.from("me:pw").toString("base64")}`
      ? { status: 200, body: [{ name: "a", up: true }] }
      : { status: 401 },
  );
  const judgement = { well: { up: true }, words: "{well} up" };
  const probe = { kind: "http", url, expect: [200], judgement } as const;
  expect(await said({ ...probe, basic: { user: "me", password: "pw" } })).toBe("well: 1 up");
  expect(await said(probe)).toBe("ill: answers 401 where 200 is expected");
});

test("an account asks with a token of its own", async () => {
  const url = await serving(({ url: path, headers }) => {
    if (path === "/v3/auth/tokens") return { status: 201, headers: { "X-Subject-Token": "t1" } };
    return headers["x-auth-token"] === "t1"
      ? { status: 200, body: { all: [{ up: false }] } }
      : { status: 403 };
  });
  const account: IdentityAdmin = {
    authUrl: url,
    user: "admin",
    password: "pw",
    project: "admin",
    domain: "Default",
  };
  const judgement = { list: "all", well: { up: true }, words: "{well} of {counted} up" };
  expect(await said({ kind: "http", url: `${url}/things`, account, expect: [200], judgement })).toBe(
    "ill: 0 of 1 up",
  );
});

test("nobody there is told, not thrown", async () => {
  const url = await serving(() => ({ status: 200 }));
  await new Promise((resolve) => server?.close(resolve));
  expect(await said({ kind: "http", url, expect: [200] })).toMatch(/^ill: GET .*ECONNREFUSED/);
});

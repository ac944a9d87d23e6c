import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  changeInPlace,
  coming,
  directoryOf,
  drafts,
  dropDraft,
  forgetGenerations,
  inUse,
  jobSource,
  keep,
  makeGeneration,
  mountSource,
  openDraft,
  putBack,
  removeGenerations,
  show,
  showBefore,
  takeDraft,
} from "./directories.ts";
import type { Ground } from "./ground.ts";

const NAME = "keystone";
let ground = {} as Ground;

beforeEach(() => {
  ground = { root: mkdtempSync(join(tmpdir(), "kolla-agent-directories-")), host: "control01" } as Ground;
});
afterEach(() => rmSync(ground.root, { recursive: true }));

const path = (...below: string[]): string => join(ground.root, "etc/kolla", ...below);
const write = (content: string, name = "keystone.conf"): void =>
  writeFileSync(join(openDraft(ground, NAME), name), content);
const shown = (name = "keystone.conf"): string => readFileSync(path(NAME, name), "utf8");
const held = (generation: number): string =>
  readFileSync(path(".generations", NAME, String(generation), "keystone.conf"), "utf8");

/** A generation that serves, with one file of this content. */
function serve(generation: number, content: string): void {
  write(content);
  makeGeneration(ground, NAME, generation);
  show(ground, NAME, generation);
}

test.each([
  ["/etc/kolla/keystone/keystone.conf", "keystone"],
  ["/etc/kolla/keystone", "keystone"],
  ["/etc/kolla/.generations/keystone/8/keystone.conf", undefined],
  ["/etc/kolla", undefined],
  ["/etc/shadow", undefined],
])("the directory of %s is %s", (of, name) => {
  expect(directoryOf(of)).toBe(name);
});

describe("a generation", () => {
  test("keeps its files whatever is written for the next one, and whichever serves", () => {
    serve(1, "one");
    write("two");
    expect([shown(), held(1)]).toEqual(["one", "one"]);
    makeGeneration(ground, NAME, 2);
    show(ground, NAME, 2);
    expect([shown(), held(1), held(2)]).toEqual(["two", "one", "two"]);
    show(ground, NAME, 1);
    expect([shown(), held(1), held(2)]).toEqual(["one", "one", "two"]);
    expect(readlinkSync(path(NAME))).toBe(".generations/keystone/1");
  });

  test("has the files in use where none are written for it", () => {
    serve(1, "one");
    makeGeneration(ground, NAME, 2);
    expect(held(2)).toBe("one");
  });

  test("is forgotten when nothing has it, but never the one in use", () => {
    for (const [generation, content] of [
      [1, "one"],
      [2, "two"],
      [3, "three"],
    ] as const)
      serve(generation, content);
    forgetGenerations(ground, NAME, new Set([2]));
    expect(readdirSync(path(".generations", NAME)).sort()).toEqual(["2", "3"]);
    forgetGenerations(ground, NAME, new Set());
    expect([readdirSync(path(".generations", NAME)), shown()]).toEqual([["3"], "three"]);
  });

  test("takes the place of a directory that another tool made, which is generation 0 and can come back", () => {
    mkdirSync(path(NAME, "fernet-keys"), { recursive: true });
    writeFileSync(path(NAME, "keystone.conf"), "theirs");
    serve(1, "ours");
    expect([shown(), held(0)]).toEqual(["ours", "theirs"]);
    expect(readdirSync(path(".generations", NAME, "0"))).toContain("fernet-keys");
    show(ground, NAME, 0);
    expect(shown()).toBe("theirs");
  });

  test("that is the first and is no good goes with the path to it; one that had another before it gives the path back", () => {
    serve(1, "one");
    showBefore(ground, NAME, 1);
    expect(readdirSync(path())).toEqual([".generations"]);
    serve(2, "two");
    showBefore(ground, NAME, 2);
    expect(shown()).toBe("one");
  });
});

describe("what is written for the next generation", () => {
  test("is what a plan sees, until it is dropped", () => {
    serve(1, "one");
    write("two");
    const seen = (): string => readFileSync(join(coming(ground, NAME), "keystone.conf"), "utf8");
    expect([seen(), drafts(ground)]).toEqual(["two", [NAME]]);
    dropDraft(ground, NAME);
    expect([seen(), drafts(ground)]).toEqual(["one", []]);
  });

  test("can be taken into use in place; files that it does not have go, and an empty one goes whole", () => {
    serve(1, "one");
    write("two");
    write("more", "more.conf");
    takeDraft(ground, NAME);
    expect([shown(), shown("more.conf"), held(1)]).toEqual(["two", "more", "two"]);
    rmSync(join(openDraft(ground, NAME), "more.conf"));
    takeDraft(ground, NAME);
    expect(readdirSync(path(NAME))).toEqual(["keystone.conf"]);
    rmSync(join(openDraft(ground, NAME), "keystone.conf"));
    takeDraft(ground, NAME);
    expect(() => readlinkSync(path(NAME))).toThrow("ENOENT");
  });

  test("is a plain directory where there is no container", () => {
    write("one");
    takeDraft(ground, NAME);
    expect(shown()).toBe("one");
    expect(() => readlinkSync(path(NAME))).toThrow("EINVAL");
  });
});

describe("a generation that takes up files as it runs", () => {
  beforeEach(() => {
    serve(1, "one");
    write("two");
    write("more", "more.conf");
    changeInPlace(ground, NAME);
  });

  test("has them in the directory that it mounts, and those before count until it keeps them", () => {
    expect([held(1), shown("more.conf")]).toEqual(["two", "more"]);
    expect(readFileSync(join(inUse(ground, NAME), "keystone.conf"), "utf8")).toBe("one");
    keep(ground, NAME);
    expect(readFileSync(join(inUse(ground, NAME), "keystone.conf"), "utf8")).toBe("two");
  });

  test("has those before back, also when it was cut off and began again", () => {
    write("three");
    changeInPlace(ground, NAME);
    putBack(ground, NAME);
    expect([held(1), readdirSync(path(NAME))]).toEqual(["one", ["keystone.conf"]]);
    putBack(ground, NAME);
    expect(held(1)).toBe("one");
  });
});

test("a container mounts the directory of its generation, a job that of the one to come, and other mounts stay", () => {
  const own = { directory: NAME, generation: 1 };
  expect(mountSource(ground, `${path(NAME)}/`, own)).toBe(`${path(".generations", NAME, "1")}/`);
  for (const source of [`${path("nova-api")}/`, path(NAME, "domains"), "kolla_logs", "/etc/localtime"])
    expect(mountSource(ground, source, own)).toBe(source);
  expect(jobSource(ground, `${path(NAME)}/`)).toBe(`${path(NAME)}/`);
  serve(1, "one");
  expect(jobSource(ground, `${path(NAME)}/`)).toBe(`${path(".generations", NAME, "1")}/`);
  write("two");
  expect(jobSource(ground, path(NAME))).toBe(`${path(".generations", NAME, "next")}/`);
});

test("all of it can be taken away, and a directory of another tool's stays", () => {
  mkdirSync(path("nova-api"), { recursive: true });
  serve(1, "one");
  removeGenerations(ground);
  expect(readdirSync(path())).toEqual(["nova-api"]);
});

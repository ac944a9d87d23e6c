import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Case, render } from "../../tests/corpus/jinja/replay.ts";
import { fromJson } from "./ansible/parse.ts";

const folder = new URL("../../tests/corpus/jinja/", import.meta.url);

/** Read so that 1.0 stays a float, as it was when Python recorded it. */
function casesOf(file: string): Case[] {
  return fromJson(readFileSync(new URL(file, folder), "utf8")) as Case[];
}

function outcomeOf({ expected, error }: Case): object {
  return expected === undefined ? { error } : { expected };
}

describe("what Python's Jinja2 recorded, ours renders to the byte", () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
    const cases = casesOf(file);
    test(`${file}: ${cases.length} cases`, () => {
      for (const given of cases) expect(render(given), given.template).toEqual(outcomeOf(given));
    });
  }
});

import { Command } from "commander";
import { expect, test } from "vitest";
import { ALL_HEEDED, refuseUnheeded, type SiteFlags, withSiteOptions } from "./common-options.ts";

const HEEDED = ["takeOver", "json"] as const;
const destroy = (...words: string[]): SiteFlags =>
  withSiteOptions(new Command("destroy"), HEEDED).parse(words, { from: "user" }).opts<SiteFlags>();

test("a verb takes all options, and help tells those that it heeds", () => {
  expect(destroy("--tags", "nova", "--check", "--json", "--diff", "--yes")).toMatchObject({
    tags: "nova",
    check: true,
    json: true,
  });
  const help = withSiteOptions(new Command("destroy"), HEEDED).helpInformation();
  expect(help).toMatch(/--limit[\s\S]*--take-over[\s\S]*--json/);
  expect(help).not.toMatch(/--tags|--skip-tags|--check|--list-tasks|--diff|--yes/);
  expect(withSiteOptions(new Command("deploy"), ALL_HEEDED).helpInformation()).toMatch(
    /--tags[\s\S]*--skip-tags[\s\S]*--check[\s\S]*--diff[\s\S]*--list-tasks[\s\S]*--yes/,
  );
});

test.each([[["--tags", "nova"]], [["--skip-tags", "nova"]], [["-C"]], [["--list-tasks"]]])(
  "a verb that acts on everything refuses %j, which would have it do less",
  (words) => {
    expect(() => refuseUnheeded(destroy(...words), "destroy", HEEDED)).toThrow(/destroy cannot be given/);
    expect(() => refuseUnheeded(destroy(...words), "deploy", ALL_HEEDED)).not.toThrow();
  },
);

test("what only tells more or asks less is no reason to refuse", () => {
  expect(() => refuseUnheeded(destroy("--diff", "--yes"), "destroy", HEEDED)).not.toThrow();
});

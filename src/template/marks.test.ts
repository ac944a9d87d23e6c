import { describe, expect, it } from "vitest";
import { Environment } from "./environment.ts";
import { traceLines } from "./marks.ts";

const FILES: Readonly<Record<string, string>> = {
  macros: "{% macro two(x) %}first {{ x }}\nsecond{% endmacro %}",
  page: [
    '{% import "macros" as macros %}',
    "plain",
    "{% if true %}",
    "inside",
    "{% endif %}",
    '{{ macros.two("a") }}',
    "{% for one in [1, 2] %}item {{ one }}",
    "{% endfor %}",
    "{% set kept %}kept{% endset %}",
    '{{ "equal" if kept == "kept" else "marked" }}',
    "{% block end %}",
    "of the parent",
    "{% endblock %}",
  ].join("\n"),
  child: '{% extends "page" %}\n{% block end %}\nof the child\n{% endblock %}',
};

const environment = (marked: boolean): Environment =>
  new Environment({
    marked,
    trimBlocks: true,
    loader: (name) => ({ source: FILES[name] ?? "", path: `/templates/${name}` }),
  });

describe("a marked rendering", () => {
  const traced = traceLines(environment(true).getTemplate("child").render({}));

  it("is the same text once the marks are read", () => {
    expect(traced.map(({ text }) => text).join("\n")).toBe(
      environment(false).getTemplate("child").render({}),
    );
  });

  it("leads each line to the file and line it came from, the lines of a macro to where it was called", () => {
    const places = traced
      .filter(({ text }) => text !== "")
      .map(({ text, file, line }) => `${text} ${file?.replace("/templates/", "")}:${line}`);
    expect(places).toEqual([
      "plain page:2",
      "inside page:4",
      "first a page:6",
      "second page:6",
      "item 1 page:7",
      "item 2 page:7",
      "equal page:10",
      "of the child child:3",
    ]);
  });
});

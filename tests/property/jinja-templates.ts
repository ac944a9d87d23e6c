import fc from "fast-check";
import type { Case } from "../corpus/jinja/replay.ts";
import { any, CONTEXT, list, number, pick, shaped, type Text, text, truth } from "./jinja-expressions.ts";

/* Templates around those expressions, so that both engines have something to print. */

const open = pick("{%", "{%", "{%", "{%-", "{%+");
const close = pick("%}", "%}", "%}", "-%}", "+%}");
const tag = (inside: Text): Text => fc.tuple(open, inside, close).map(([o, body, c]) => `${o} ${body} ${c}`);
const end = (name: string): Text => tag(fc.constant(name));
const join = (...parts: Text[]): Text => fc.tuple(...parts).map((texts) => texts.join(""));

const print: Text = fc
  .tuple(pick("{{", "{{", "{{-"), fc.oneof(any, text, number, list), pick("}}", "}}", "-}}"))
  .map(([o, expr, c]) => `${o} ${expr} ${c}`);

const assigned = pick("x", "y", "n", "words");

/** Text, expressions, assignments and conditions. */
const plainPieces = (body: Text): Text[] => [
  pick(
    "text",
    "\n",
    "  ",
    "\n  indented\n",
    " a\n",
    "\t",
    "# c\n",
    "{# gone #}",
    "{#- gone -#}\n",
    "{% raw %}{{ x }}{% endraw %}\n",
  ),
  print,
  print,
  pick("{{ x }}", "{{ y }}", "{{ x is defined }}", "{{ loop is defined }}"),
  join(tag(shaped([assigned, any], "set @ = @"))),
  join(tag(shaped([assigned], "set @")), body, end("endset")),
  join(tag(shaped([assigned], "set @ | upper")), body, end("endset")),
  join(tag(shaped([truth], "if @")), body, end("endif")),
  join(tag(shaped([any], "if @")), body, end("else"), body, end("endif")),
  join(tag(shaped([truth], "if @")), body, tag(shaped([truth], "elif @")), body, end("endif")),
];

/** Loops, with what ends them early. */
const loops = (body: Text): Text[] => [
  join(tag(shaped([list], "for x in @")), body, end("endfor")),
  join(
    tag(shaped([list], "for x in @")),
    body,
    pick("{{ loop.index }}/{{ loop.length }}{{ loop.last }}"),
    end("endfor"),
  ),
  join(tag(shaped([list, truth], "for x in @ if @")), body, end("else"), body, end("endfor")),
  join(
    tag(pick("for k, v in d | dictsort", "for k, v in d.items()")),
    pick("{{ k }}={{ v }};"),
    body,
    end("endfor"),
  ),
  join(
    pick("{% for x in words %}"),
    body,
    tag(pick("if loop.first", "if x == 'Alpha'")),
    pick("{% continue %}", "{% break %}"),
    end("endif"),
    end("endfor"),
  ),
];

/** What has a scope of its own, and what gets values out of one. */
const scopes = (body: Text): Text[] => [
  join(tag(shaped([any], "with y = @")), body, end("endwith")),
  join(
    tag(pick("filter upper", "filter trim", "filter replace('a', 'o') | title", "filter indent(2)")),
    body,
    end("endfilter"),
  ),
  join(
    tag(shaped([any], "macro m(x, y=@)")),
    body,
    end("endmacro"),
    shaped([any], "{{ m(@) }}", "{{ m(1, y=@) }}", "{{ m() }}"),
  ),
  join(
    pick("{% macro w(a) %}[{{ a }}{{ caller(a) }}]{% endmacro %}"),
    shaped([any], "{% call(c) w(@) %}"),
    body,
    pick("{{ c }}{% endcall %}"),
  ),
  pick("{% set ns = namespace(t=0) %}{% for i in l %}{% set ns.t = ns.t + i %}{% endfor %}{{ ns.t }}"),
  pick("{% set acc = [] %}{% for i in l %}{% do acc.append(i * 2) %}{% endfor %}{{ acc }}"),
];

const { body } = fc.letrec<{ body: string; piece: string }>((tie) => {
  const body = tie("body");
  return {
    body: fc
      .array(tie("piece"), { minLength: 1, maxLength: 4, depthIdentifier: "body" })
      .map((pieces) => pieces.join("")),
    piece: fc.oneof(
      { depthSize: "small", depthIdentifier: "body" },
      ...plainPieces(body),
      ...loops(body),
      ...scopes(body),
    ),
  };
});

const whole: Text = body;
const overriding: Text = fc
  .tuple(body, body, pick("", "{{ super() }}"), pick("", "{% set x = 'child' %}"))
  .map(
    ([a, b, up, set]) =>
      `{% extends 'base' %}${set}{% block a %}${a}${up}{% endblock %}{% block b %}${up}${b}{% endblock %}`,
  );
const including: Text = body.map(
  (own) => `{% set y = 1 %}${own}{% include 'part' %}{% from 'part' import m2 with context %}{{ m2(n) }}`,
);
const parts = fc.record({
  base: fc
    .tuple(body, body, body)
    .map(([a, b, c]) => `${a}<{% block a %}${b}{% endblock %}|{% block b scoped %}${c}{% endblock %}>`),
  part: body.map((own) => `${own}{% macro m2(z) %}({{ z }}{{ x }}{{ y }}){% endmacro %}`),
});

/** Cases to be rendered by both engines. */
export const templates: fc.Arbitrary<Case> = fc
  .record({
    template: fc.oneof({ arbitrary: whole, weight: 4 }, overriding, including),
    files: parts,
    options: fc.record({
      trim_blocks: fc.boolean(),
      lstrip_blocks: fc.boolean(),
      keep_trailing_newline: fc.boolean(),
    }),
  })
  .map((made) => ({ ...made, context: CONTEXT }));

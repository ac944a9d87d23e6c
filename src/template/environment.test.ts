import { describe, expect, test } from "vitest";
import { Environment, type Filter, PyTuple, TemplateError, toPlain, Undefined } from "./index.ts";

function loaderOf(files: Record<string, string>) {
  return (name: string) => {
    const source = files[name];
    return source === undefined ? undefined : { source, path: `/templates/${name}` };
  };
}

function failure(act: () => unknown): Pick<TemplateError, "code" | "message" | "where"> {
  try {
    act();
  } catch (error) {
    if (error instanceof TemplateError)
      return { code: error.code, message: error.message, where: error.where };
    throw error;
  }
  return expect.fail("nothing was thrown");
}

const plain = new Environment();

describe("errors name the file, the line and the construct", () => {
  const environment = new Environment({
    loader: loaderOf({
      "macros.j2": "\n{% macro m(x) %}\n  {{ x.a.b }}\n{% endmacro %}",
      "page.j2": "one\n{% import 'macros.j2' as macros %}\nthree {{ macros.m({}) }}",
      "broken.j2": "one\ntwo {% if %}",
    }),
  });

  test("an undefined value in an imported macro is reported where the macro is written", () => {
    expect(failure(() => environment.getTemplate("page.j2").render({}))).toEqual({
      code: "KOLLA_TEMPLATE_UNDEFINED",
      message: "'dict object' has no attribute 'a', in {{ x.a.b }}",
      where: { file: "/templates/macros.j2", line: 3 },
    });
  });

  test("a syntax error is reported when the template is loaded", () => {
    expect(failure(() => environment.getTemplate("broken.j2"))).toEqual({
      code: "KOLLA_TEMPLATE_SYNTAX",
      message: "unexpected end of tag",
      where: { file: "/templates/broken.j2", line: 2 },
    });
  });

  test("a template that does not exist is named, and so is the one that includes it", () => {
    expect(failure(() => environment.getTemplate("gone.j2"))).toMatchObject({
      code: "KOLLA_TEMPLATE_NOT_FOUND",
      message: "There is no template 'gone.j2'",
    });
    const page = environment.fromString("\n{% include 'gone.j2' %}", "page");
    expect(failure(() => page.render({}))).toMatchObject({
      code: "KOLLA_TEMPLATE_NOT_FOUND",
      where: { file: "page", line: 2 },
    });
  });

  test("a statement over several lines is reported at the tag's first line", () => {
    const template = environment.fromString("a\n{{\n 1 +\n 'x' }}", "t");
    expect(failure(() => template.render({})).where).toEqual({ file: "t", line: 2 });
  });

  test("what a filter of the caller throws keeps its message and gets the place", () => {
    const strict = new Environment({
      filters: {
        refuse() {
          throw new Error("no such thing");
        },
      },
    });
    expect(failure(() => strict.fromString("\n{{ 1 | refuse }}", "f").render({}))).toEqual({
      code: "KOLLA_TEMPLATE_RUNTIME",
      message: "no such thing, in {{ 1 | refuse }}",
      where: { file: "f", line: 2 },
    });
  });

  test("a template without end is stopped rather than crashing the program", () => {
    const endless = plain.fromString("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "endless");
    expect(failure(() => endless.render({}))).toMatchObject({
      code: "KOLLA_TEMPLATE_RUNTIME",
      message: expect.stringContaining("recurses too deeply"),
    });
  });
});

describe("native values", () => {
  const native = (source: string, context: Record<string, unknown> = {}): unknown =>
    plain.fromString(source).renderNative(context);

  test("a lone expression gives its JavaScript value, anything else its text", () => {
    expect(native("{{ 1 + 1 }}")).toBe(2);
    expect(native("{{ 4 / 2 }}")).toBe(2);
    expect(native("{{ none }}")).toBeNull();
    expect(native("{{ x is defined }}")).toBe(false);
    expect(native("{{ {'a': (1, 2), 'b': range(2)} }}")).toEqual({ a: [1, 2], b: [0, 1] });
    expect(native("{{ ['a'] | map('upper') }}")).toEqual(["A"]);
    expect(native(" {{ 1 }}")).toBe(" 1");
    expect(native("plain")).toBe("plain");
    expect(native("{% if true %}yes{% endif %}")).toBe("yes");
  });

  test("an undefined lone expression is undefined, and an error in strict mode", () => {
    expect(native("{{ missing }}")).toBeUndefined();
    const strict = new Environment({ undefinedMode: "strict" });
    expect(failure(() => strict.fromString("{{ missing }}", "opt").renderNative({}))).toEqual({
      code: "KOLLA_TEMPLATE_UNDEFINED",
      message: "'missing' is undefined, in {{ missing }}",
      where: { file: "opt", line: 1 },
    });
  });

  test("expressions are evaluated without braces", () => {
    expect(plain.evaluate("a + b | length", { a: 1, b: "xyz" })).toBe(4);
    expect(failure(() => plain.evaluate("a +", {}, "globals.yml"))).toMatchObject({
      code: "KOLLA_TEMPLATE_SYNTAX",
      where: { file: "globals.yml" },
    });
  });

  test("dicts with keys other than strings stay maps", () => {
    expect(native("{{ {1: 'a'} }}")).toEqual(new Map([[1, "a"]]));
    expect(toPlain(new Map([["k", PyTuple.make([1])]]))).toEqual({ k: [1] });
  });
});

describe("values of JavaScript in a context", () => {
  const text = (source: string, context: Record<string, unknown>): string =>
    plain.fromString(source).render(context);

  test("objects and maps are dicts, null is None, undefined is undefined", () => {
    expect(text("{{ o }}{{ m }}", { o: { a: 1 }, m: new Map([["b", null]]) })).toBe("{'a': 1}{'b': None}");
    expect(text("{{ u is defined }}{{ o.u is defined }}", { u: undefined, o: { u: undefined } })).toBe(
      "FalseFalse",
    );
    expect(text("{{ s | sort }}{{ 1 in s }}", { s: new Set([2, 1]) })).toBe("[1, 2]True");
  });

  test("getters and proxies are asked once for each look-up", () => {
    const asked: string[] = [];
    const context = new Proxy<Record<string, unknown>>(
      {},
      {
        getOwnPropertyDescriptor: (_target, name) => {
          asked.push(String(name));
          return { value: 1, configurable: true, enumerable: true };
        },
      },
    );
    expect(text("{{ a }}{{ b }}", context)).toBe("11");
    expect(asked).toEqual(["a", "b"]);
  });

  test("functions given by name are called with keyword arguments and the context at hand", () => {
    const environment = new Environment({
      globals: {
        greet(this: ThisParameterType<Filter>, name: unknown) {
          return `${String(this.kwargs.greeting)} ${String(name)} of ${String(this.resolve("town"))}`;
        },
      },
    });
    expect(environment.fromString("{{ greet('Ann', greeting='Hi') }}").render({ town: "Ulm" })).toBe(
      "Hi Ann of Ulm",
    );
  });

  test("a filter sees variables that the template sets, and undefined ones as such", () => {
    const seen: unknown[] = [];
    const environment = new Environment({
      filters: {
        look(value) {
          seen.push(this.resolve("set_here"), this.resolve("nowhere") instanceof Undefined);
          return value;
        },
      },
    });
    environment.fromString("{% set set_here = 5 %}{% block b %}{{ 1 | look }}{% endblock %}").render({});
    expect(seen).toEqual([5, true]);
  });

  test("a list of the context is changed in place, as in Python", () => {
    const shared = [1];
    text("{% do l.append(2) %}", { l: shared });
    expect(shared).toEqual([1, 2]);
  });

  test("None is printed as the caller wants it", () => {
    const ansible = new Environment({ finalize: (value) => (value === null ? "" : value) });
    expect(ansible.fromString("[{{ none }}]{{ 'x' ~ none }}").render({})).toBe("[]xNone");
  });
});

describe("the sandbox", () => {
  const attempts = [
    "x.constructor",
    "x.constructor('return 1')()",
    "x['__proto__']",
    "x.__proto__.polluted",
    "f.call",
    "f.constructor",
    "o.method",
    "o.method()",
    "''.constructor.constructor('return process')()",
    "[].map",
    "{}.toString",
    "range.constructor",
    "(1).toFixed",
    "l.constructor",
    "self.constructor",
    "'{0.constructor}'.format(l)",
    "m.prototype",
  ];
  class Thing {
    method(): string {
      return "leak";
    }
  }

  for (const attempt of attempts) {
    test(`${attempt} reaches nothing of JavaScript's`, () => {
      const context = {
        x: {},
        f: () => "leak",
        o: Object.assign(new Thing(), { own: () => "leak" }),
        l: [1],
        m: Thing,
      };
      const template = plain.fromString(`{{ ${attempt} }}`);
      let outcome: string;
      try {
        outcome = template.render(context);
      } catch (error) {
        outcome = (error as TemplateError).code;
      }
      expect(outcome).toMatch(/^$|^KOLLA_TEMPLATE_(UNDEFINED|FORBIDDEN|RUNTIME)$/);
    });
  }

  test("writing to __proto__ of a dict makes an ordinary key", () => {
    const given: Record<string, unknown> = {};
    plain.fromString("{% do o.update({'__proto__': {'polluted': 1}}) %}").render({ o: given });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.keys(given)).toEqual(["__proto__"]);
  });

  test("Python's ways out are forbidden", () => {
    expect(failure(() => plain.fromString("{{ ''.__class__.__mro__ }}").render({})).code).toBe(
      "KOLLA_TEMPLATE_FORBIDDEN",
    );
  });

  test("nothing grows without bounds", () => {
    for (const huge of ["range(99999999)", "'x' * 10 ** 12", "[0] * 10 ** 12", "10 ** 1000000"]) {
      expect(failure(() => plain.fromString(`{{ ${huge} }}`).render({})).code).toBe("KOLLA_TEMPLATE_RUNTIME");
    }
  });
});

describe("loading", () => {
  test("a template is loaded and parsed once", () => {
    let loads = 0;
    const environment = new Environment({
      loader: () => {
        loads++;
        return { source: "{{ x }}", path: "x" };
      },
    });
    for (const x of [1, 2]) expect(environment.getTemplate("a").render({ x })).toBe(String(x));
    expect(environment.getTemplate("a")).toBe(environment.getTemplate("a"));
    expect(loads).toBe(1);
  });
});

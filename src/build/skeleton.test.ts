import { describe, expect, it } from "vitest";
import {
  extendStartName,
  fullTemplate,
  isWhole,
  parentOf,
  placeStages,
  type TemplateFolder,
} from "./skeleton.ts";

const folder = (image: string, project: string, template = "", hasExtendStart = false): TemplateFolder => ({
  image,
  project,
  folders: [],
  template,
  hasExtendStart,
});

const tree = (...folders: TemplateFolder[]): Map<string, TemplateFolder> =>
  new Map(folders.map((one) => [one.image, one]));

describe("a template that is a body alone", () => {
  it("stands on the image that its first line names", () => {
    const images = new Set(["base", "keystone-base", "openstack-base"]);
    expect(parentOf(folder("keystone-base", "keystone", "{# from: openstack-base #}\nRUN x"), images)).toBe(
      "openstack-base",
    );
  });

  it("stands on its project's base where there is one, but never on itself", () => {
    const images = new Set(["base", "keystone-base", "keystone"]);
    expect(parentOf(folder("keystone", "keystone"), images)).toBe("keystone-base");
    expect(parentOf(folder("keystone-base", "keystone"), images)).toBe("base");
    expect(parentOf(folder("memcached", "memcached"), images)).toBe("base");
  });

  it("gets FROM, labels, macros and the blocks that operators override, and keeps its line numbers", () => {
    const image = folder("nova-api", "nova", "RUN something\nRUN more\n", true);
    const [first = "", ...rest] = fullTemplate(image, tree(image)).split("\n");
    expect(first).toContain('{% import "macros.j2" as macros with context %}');
    expect(first).toContain("FROM {{ namespace }}/{{ image_prefix }}base:{{ tag }}");
    expect(first).toContain("{% block labels %}LABEL maintainer=");
    expect(first).toMatch(/\{% block nova_api_header %\}\{% endblock %\}.*RUN something$/);
    expect(rest).toEqual([
      "RUN more",
      "COPY --chmod=0755 extend_start.sh /usr/local/bin/kolla_extend_start",
      "{% block nova_api_footer %}{% endblock %}",
      "{% block footer %}{% endblock %}",
      "",
    ]);
  });

  it("has its stages put before the final FROM, with what is nested in them", () => {
    const stages = "{% block x_stages %}A{% block inner %}{% endblock inner %}B{% endblock %}";
    const image = folder("x", "x", `RUN one\n${stages}\nRUN two`);
    const full = fullTemplate(image, tree(image));
    expect(full.split("x_stages")).toHaveLength(2);
    const placed = placeStages(full);
    expect(placed.indexOf(`${stages}\nFROM `)).toBeGreaterThan(0);
    expect(placed).toContain("RUN one\n\nRUN two");
  });

  it("says which block has no end", () => {
    const image = folder("x", "x", "{% block x_stages %}A");
    expect(() => fullTemplate(image, tree(image))).toThrow(
      "The block x_stages in the template of x has no end",
    );
  });
});

describe("a template that begins with FROM", () => {
  it("is taken whole", () => {
    const image = folder("base", "base", "{# words #}\n# more\n{% set a = 1 %}\nFROM debian\n");
    expect(fullTemplate(image, tree(image))).toBe(image.template);
  });

  it("is not confused with a body that has stages", () => {
    expect(isWhole(folder("x", "x", "RUN x\nFROM y"))).toBe(false);
    expect(isWhole(folder("x", "x", "{% block x_stages %}\nFROM y\n{% endblock %}\nRUN x"))).toBe(false);
    expect(isWhole(folder("x", "x", "ARG A=1\nFROM y"))).toBe(true);
  });
});

describe("a start script", () => {
  it("is the one that a base sources when that base has its own", () => {
    const base = folder("keystone-base", "keystone", "", true);
    const leaf = folder("keystone", "keystone", "", true);
    expect(extendStartName(leaf, tree(base, leaf))).toBe("kolla_keystone_extend_start");
    expect(extendStartName(base, tree(base, leaf))).toBe("kolla_extend_start");
  });

  it("is kolla_extend_start when the base has none", () => {
    const base = folder("keystone-base", "keystone");
    const leaf = folder("keystone", "keystone", "", true);
    expect(extendStartName(leaf, tree(base, leaf))).toBe("kolla_extend_start");
  });
});

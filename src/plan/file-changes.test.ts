import { describe, expect, test } from "vitest";
import type { Plan } from "#model";
import { sha256 } from "#support";
import { changeInWords, withFileChanges } from "./file-changes.ts";

describe("a change in words", () => {
  const ini = "[DEFAULT]\ndebug = False\n\n[token]\nexpiration = 86400\nprovider = fernet\n";

  test("names the keys of an INI file", () => {
    const after = ini.replace("False", "True").replace("86400", "3600");
    expect(changeInWords("/etc/kolla/keystone/keystone.conf", ini, after)).toBe(
      "2 keys changed: DEFAULT.debug, token.expiration",
    );
  });

  test("tells added and removed keys from changed ones", () => {
    const after = "[DEFAULT]\ndebug = True\nnew = 1\n\n[token]\nprovider = fernet\n";
    expect(changeInWords("/k.conf", ini, after)).toBe(
      "1 key changed: DEFAULT.debug; 1 key added: DEFAULT.new; 1 key removed: token.expiration",
    );
  });

  test("sees a key that is repeated another number of times", () => {
    expect(changeInWords("/k.conf", "[a]\nx = 1\n", "[a]\nx = 1\nx = 2\n")).toBe("1 key changed: a.x");
  });

  test("names four keys and counts the rest", () => {
    const keys = ["a", "b", "c", "d", "e", "f"];
    const text = (value: number) => keys.map((key) => `${key} = ${value}\n`).join("");
    expect(changeInWords("/k.conf", text(1), text(2))).toBe("6 keys changed: a, b, c, d and 2 more");
  });

  test("names the first level of a JSON object", () => {
    const before = JSON.stringify({ command: "a", config_files: [{ source: "x" }] });
    const after = JSON.stringify({ command: "a", config_files: [{ source: "y" }] });
    expect(changeInWords("/config.json", before, after)).toBe("1 key changed: config_files");
  });

  test("counts the lines of any other text, of a list, and of a file that does not parse", () => {
    expect(changeInWords("/haproxy.cfg", "defaults\n  a\n", "defaults\n  b\n  c\n")).toBe(
      "2 lines added, 1 line removed",
    );
    expect(changeInWords("/x.json", "[1]\n", "[2]\n")).toBe("1 line added, 1 line removed");
    expect(changeInWords("/x.json", "{\n", "{}\n")).toBe("1 line added, 1 line removed");
  });

  test("counts lines where only a comment differs", () => {
    expect(changeInWords("/k.conf", ini, `# why\n${ini}`)).toBe("1 line added");
  });
});

describe("a plan with its changed files told", () => {
  const before = "[a]\nx = 1\n";
  const after = "[a]\nx = 2\n";
  const plan = (expects: string | null): Plan => ({
    from: {},
    to: {},
    verb: "deploy",
    undoes: [],
    left: [],
    moves: [],
    finishes: [],
    former: [],
    steps: [
      {
        n: 1,
        host: "control01",
        set: ["keystone"],
        needs: [],
        stage: 1,
        kind: "file",
        verb: "write",
        path: "/k.conf",
        cause: "changed",
        expects,
      },
    ],
  });
  const change = { host: "control01", path: "/k.conf", before, after };
  const causeOf = (expects: string | null, changes: Parameters<typeof withFileChanges>[1]) =>
    withFileChanges(plan(expects), changes).steps[0]?.cause;

  test("has the keys as the cause", () => {
    expect(causeOf(sha256(before), [change])).toBe("1 key changed: a.x");
  });

  test("keeps the cause where the file is another by now, of another host, or of another mode alone", () => {
    expect(causeOf(sha256("older"), [change])).toBe("changed");
    expect(causeOf(sha256(before), [{ ...change, host: "control02" }])).toBe("changed");
    expect(causeOf(sha256(before), [{ ...change, after: before }])).toBe("changed");
    expect(causeOf(null, [{ ...change, before: null }])).toBe("changed");
  });
});

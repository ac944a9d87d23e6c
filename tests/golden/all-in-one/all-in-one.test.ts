import { describe, expect, test } from "vitest";
import type { FileItem } from "#model";
import { formatError } from "#support";
import { services } from "../../../services/index.generated.ts";
import { checkSite, compile } from "../../../src/compile/index.ts";
import { desiredText } from "../desired-text.ts";
import { allInOne } from "../sites.ts";

const compiled = compile(services, allInOne(), {});
const [desired] = compiled.desired.hosts;
const files = (desired?.items ?? []).filter((item): item is FileItem => item.kind === "file");

describe("an all-in-one with no more than its addresses set", () => {
  test("has no problems and no warnings", () => {
    expect([...compiled.problems, ...compiled.warnings].map(formatError)).toEqual([]);
    expect(checkSite(services, allInOne(), {}).map(formatError)).toEqual([]);
  });

  test("compiles to these items", async () => {
    if (!desired) throw new Error("nothing was compiled");
    await expect(desiredText(desired)).toMatchFileSnapshot("./golden/desired.txt");
  });

  test.each(files.map((file) => [file.path, file.content]))("has %s", async (path, content) => {
    await expect(content).toMatchFileSnapshot(`./golden/files/${path.replace("/etc/kolla/", "")}`);
  });

  test("waits only for what there is", () => {
    const refs = new Set(desired?.items.map(({ id }) => `aio|${id}`));
    const unknown = desired?.items.flatMap(({ needs }) => needs).filter((ref) => !refs.has(ref));
    expect(unknown).toEqual([]);
  });
});

test("a misspelt name in globals.yml is refused with file, line and the real name", () => {
  const places = { enable_memcachd: { file: "/etc/kolla/globals.yml", line: 12 } };
  const { problems } = compile(services, allInOne({ enable_memcachd: "no" }, { places }), {});
  expect(problems.map(formatError)).toEqual([
    "/etc/kolla/globals.yml:12: enable_memcachd is not an option of any service (KOLLA_OPTION_UNKNOWN)\n  Did you mean enable_memcached?",
  ]);
});

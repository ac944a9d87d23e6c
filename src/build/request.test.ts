import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BuildRequest, readBuildSettings } from "./request.ts";

describe("the settings of a build on a machine", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kolla-request-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, namespace: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `[DEFAULT]\nnamespace = ${namespace}\n`);
    return path;
  };
  const read = (more: Partial<BuildRequest> = {}) =>
    readBuildSettings({ root: "/kolla", environment: { KOLLA_CONFIG_PATH: folder }, ...more });

  it("are those of kolla-build.conf in the operator's directory, when it is there", () => {
    expect(read().namespace).toBe("kolla");
    write("kolla-build.conf", "usual");
    expect(read().namespace).toBe("usual");
  });

  it("are those of the files that were named instead, and of directories after them, by name", () => {
    write("kolla-build.conf", "usual");
    const named = write("named", "named");
    expect(read({ files: [named] }).namespace).toBe("named");
    mkdirSync(join(folder, "more"));
    for (const [name, namespace] of [
      ["more/20.conf", "last"],
      ["more/10.conf", "first"],
      ["more/30.txt", "no file of options"],
    ] as const)
      write(name, namespace);
    const directories = [join(folder, "more")];
    expect(read({ files: [named], directories }).namespace).toBe("last");
    expect(read({ directories }).namespace).toBe("last");
  });

  it("give way to the environment, and that to what was given", () => {
    write("kolla-build.conf", "usual");
    const environment = { KOLLA_CONFIG_PATH: folder, OS_DEFAULT__NAMESPACE: "environment" };
    expect(read({ environment }).namespace).toBe("environment");
    expect(read({ environment, options: { namespace: "given" } }).namespace).toBe("given");
  });

  it("trust a bundle that was given instead of the machine's", () => {
    expect(read({ options: { extra_ca: "/own.crt" } }).extra_ca).toBe("/own.crt");
    expect(["", "/etc/ssl/certs/ca-certificates.crt"]).toContain(read().extra_ca);
  });

  it("are refused where a file or a directory that was named is not there", () => {
    const none = join(folder, "none");
    for (const wrong of [{ files: [none] }, { directories: [none] }])
      expect(() => read(wrong)).toThrow(
        expect.objectContaining({ code: "KOLLA_BUILD_OPTION_FILE", where: { file: none } }),
      );
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { Ground } from "../../src/agent/ground.ts";
import { connect } from "../../src/engine/index.ts";
import { cleanUp, IMAGE, newGround, WEB } from "./agent-world.ts";
import { importBusybox } from "./world.ts";

/** A host of its own for each test of a file, and what tests ask of it. */
export function hostOfEachTest() {
  let ground: Ground;
  beforeAll(() => importBusybox(connect(), IMAGE), 60_000);
  beforeEach(() => {
    ground = newGround();
  });
  afterEach(() => cleanUp(ground));
  afterAll(() => connect().removeImage(IMAGE, { force: true }));
  return {
    get ground(): Ground {
      return ground;
    },
    renew: async (): Promise<void> => {
      await cleanUp(ground);
      ground = newGround();
    },
    /** Names of its containers, sorted. */
    names: async (): Promise<string[]> =>
      (await ground.engine.containers(true)).map(({ name }) => name).sort(),
    /** A file as the web server has it. */
    reads: async (path: string): Promise<string> => (await ground.engine.exec(WEB, ["cat", path])).stdout,
    /** A file of the web server's configuration on the host. */
    holds: (name = "web.conf"): string => readFileSync(join(ground.root, "etc/kolla", WEB, name), "utf8"),
  };
}

import { dirname } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { besideName } from "#model";
import { lastLines } from "../../src/agent/evidence.ts";
import { MARK, WEB, web } from "./agent-world.ts";
import { hostOfEachTest } from "./host-of-each-test.ts";
import { engineAnswers } from "./world.ts";

const there = await engineAnswers();

describe.skipIf(!there)("what is shown of a container that fails", () => {
  const host = hostOfEachTest();

  test("of a container that ended and was started again, what it printed before it ended is shown", async () => {
    const { spec } = web(host.ground, [], {
      run: "if [ -e /tmp/again ]; then for line in $(seq 99); do echo up again; done; exec sleep 600; fi; touch /tmp/again; echo the cause; exit 1",
      restartPolicy: "unless-stopped",
    });
    await host.ground.engine.create({ ...spec, mounts: [] });
    await host.ground.engine.start(WEB);
    await vi.waitFor(
      async () => {
        expect(await host.ground.engine.logs(WEB)).toHaveLength(100);
        expect(await host.ground.engine.inspect(WEB)).toMatchObject({ state: "running", restarts: 1 });
      },
      { timeout: 20_000, interval: 200 },
    );
    expect(await lastLines(host.ground, WEB)).toEqual(["the cause"]);
  });

  test("what a container wrote into its own log file, not a newer one of requests or of another container, before it ended is shown once it is started again", async () => {
    const { spec } = web(host.ground, [], {
      run: "if [ -e /tmp/again ]; then sleep 600; fi; touch /tmp/again; mkdir -p $LOGS; echo the cause > $LOGS/web.log; sleep 0.1; for other in $OTHERS; do echo no cause > $LOGS/$other.log; done; sleep 2; exit 1",
      restartPolicy: "unless-stopped",
    });
    await host.ground.engine.volumes.create(MARK, {});
    const service = WEB.replace(/_web$/, "");
    const neighbour = `${service}_other`;
    const OTHERS = `access ${neighbour.replaceAll("_", "-")}`;
    const environment = { LOGS: `/var/log/kolla/${service}`, OTHERS };
    const mounts = [{ source: MARK, target: "/var/log/kolla/" }];
    await host.ground.engine.create({ ...spec, mounts: [] }, neighbour);
    await host.ground.engine.create({ ...spec, environment, mounts });
    await host.ground.engine.start(WEB);
    await vi.waitFor(
      async () =>
        expect(await host.ground.engine.inspect(WEB)).toMatchObject({ state: "running", restarts: 1 }),
      { timeout: 20_000, interval: 200 },
    );
    expect(await lastLines(host.ground, WEB)).toEqual([`/var/log/kolla/${service}/web.log:`, "the cause"]);
  });

  test("of one that proves itself beside another, the log that both write is shown", async () => {
    const service = WEB.replace(/_web$/, "");
    const log = `/var/log/kolla/${service}/web.log`;
    const { spec } = web(host.ground, [], {
      run: `mkdir -p ${dirname(log)}; echo the cause > ${log}; exec sleep 600`,
    });
    await host.ground.engine.volumes.create(MARK, {});
    await host.ground.engine.create({ ...spec, mounts: [] });
    const mounts = [{ source: MARK, target: "/var/log/kolla/" }];
    await host.ground.engine.create({ ...spec, mounts }, besideName(WEB));
    await host.ground.engine.start(besideName(WEB));
    await expect
      .poll(() => lastLines(host.ground, besideName(WEB)), { timeout: 10_000 })
      .toEqual([`${log}:`, "the cause"]);
  });
});

import { describe, expect, test } from "vitest";
import type { HostDesired } from "#model";
import { formatError } from "#support";
import { compiled, GIVEN, item, shop, store } from "../../tests/golden/shop.ts";
import { host, site } from "../../tests/golden/sites.ts";
import { compile } from "./index.ts";

describe("containers", () => {
  test("a container has what its service says and what all containers have", () => {
    expect(item<"container">(compiled(), "container:shop_api").spec).toMatchInlineSnapshot(`
      {
        "capabilities": [
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "KILL",
          "NET_RAW",
          "SETGID",
          "SETUID",
        ],
        "deviceCgroupRules": [],
        "devices": [],
        "environment": {
          "KOLLA_CONFIG_STRATEGY": "COPY_ALWAYS",
          "KOLLA_SERVICE_NAME": "shop-api",
        },
        "health": {
          "interval": 30,
          "retries": 3,
          "startPeriod": 5,
          "test": [
            "CMD-SHELL",
            "healthcheck_curl http://x",
          ],
          "timeout": 7,
        },
        "image": "kolla/shop-api:2025.1-debian-trixie",
        "labels": {
          "kolla_managed": "true",
          "kolla_release": "2025.1",
          "kolla_set": "shop/shop-front",
        },
        "mounts": [
          {
            "readOnly": true,
            "source": "/etc/kolla/shop-api/",
            "target": "/var/lib/kolla/config_files/",
          },
          {
            "readOnly": true,
            "source": "/etc/localtime",
            "target": "/etc/localtime",
          },
          {
            "source": "kolla_logs",
            "target": "/var/log/kolla/",
          },
          {
            "source": "shop_goods",
            "target": "/var/lib/shop",
          },
        ],
        "name": "shop_api",
        "readOnlyRoot": false,
        "restartPolicy": "unless-stopped",
        "securityOptions": [],
        "stopTimeout": 9,
        "tmpfs": [],
        "ulimits": {
          "nofile": {
            "hard": 1048576,
            "soft": 1048576,
          },
        },
      }
    `);
  });

  test("one that starts as root may not gain privileges; one that starts as its account needs sudo", () => {
    const desired = compiled();
    const options = (id: string): readonly string[] => item<"container">(desired, id).spec.securityOptions;
    expect(options("container:shop_worker")).toEqual(["no-new-privileges"]);
    expect(options("container:shop_api")).toEqual([]);
  });

  test("open files follow the host's hard limit", () => {
    const facts = { nofileHard: 20000 } as never;
    const { desired } = compile([shop, store], site([host("aio", "10.0.0.10", GIVEN)]), { aio: facts });
    const container = item<"container">(desired.hosts[0] as HostDesired, "container:shop_api");
    expect(container.spec.ulimits).toEqual({ nofile: { soft: 20000, hard: 20000 } });
  });

  test("the operator's timing of a health check wins over the service's, which wins over the default", () => {
    const timeout = (variables: Record<string, unknown>): number | undefined =>
      item<"container">(compiled(variables), "container:shop_api").spec.health?.timeout;
    expect(timeout({})).toBe(7);
    expect(timeout({ default_container_healthcheck_timeout: 11 })).toBe(11);
    expect(timeout({ default_container_healthcheck_timeout: 11, shop_api_healthcheck_timeout: 12 })).toBe(12);
    expect(timeout({ shop_api_enable_healthchecks: "no" })).toBeUndefined();
  });

  test("a health check that the operator gives as a whole wins over its parts, which fill what it lacks", () => {
    const health = (variables: Record<string, unknown>) =>
      item<"container">(compiled(variables), "container:shop_api").spec.health;
    const whole = { interval: "60", test: "true", retries: 9 };
    expect(health({ shop_api_healthcheck: whole, shop_api_healthcheck_interval: 5 })).toEqual({
      interval: 60,
      retries: 9,
      startPeriod: 5,
      test: ["CMD-SHELL", "true"],
      timeout: 7,
    });
    expect(health({ shop_api_healthcheck: { test: ["CMD", "true"] } })?.test).toEqual(["CMD", "true"]);
    expect(health({ shop_api_healthcheck: { test: "NONE" } })).toBeUndefined();
    expect(health({ shop_api_healthcheck: {} })).toBeUndefined();
    expect(health({ shop_api_healthcheck_test: ["NONE"] })).toBeUndefined();
  });

  test("what is wrong in a health check is told in full, with what was meant", () => {
    const given = { ...GIVEN, shop_api_healthcheck: { intervall: 5, retries: "often", test: [] } };
    const { problems } = compile([shop, store], site([host("aio", "10.0.0.10", given)]), {});
    expect(problems.map(formatError).join("\n")).toMatchInlineSnapshot(`
      "shop_api_healthcheck: intervall is no part of a health check (KOLLA_OPTION_VALUE)
        Did you mean interval?
      shop_api_healthcheck: retries is "often", but must be a whole number (KOLLA_OPTION_VALUE)
        A health check has interval, retries, start_period, test, timeout; times are whole seconds.
      shop_api_healthcheck: test is [], but must be a command (KOLLA_OPTION_VALUE)
        A health check has interval, retries, start_period, test, timeout; times are whole seconds."
    `);
  });

  test("extra volumes are added, and replace a mount of the same target", () => {
    const volumes = ["/srv/shop:/var/lib/shop:ro", "extra:/extra:rshared"];
    const { mounts } = item<"container">(
      compiled({ shop_extra_volumes: volumes }),
      "container:shop_api",
    ).spec;
    expect(mounts.slice(3)).toEqual([
      { source: "/srv/shop", target: "/var/lib/shop", readOnly: true },
      { source: "extra", target: "/extra", propagation: "rshared" },
    ]);
  });

  test("an extra volume that cannot be read is a problem and no crash", () => {
    const given = { ...GIVEN, shop_extra_volumes: ["nonsense"] };
    const { problems } = compile([shop, store], site([host("aio", "10.0.0.10", given)]), {});
    expect(problems.map(({ code }) => code)).toEqual(["KOLLA_OPTION_VALUE"]);
  });

  test("a container whose condition does not hold is not there", () => {
    const ids = compiled({ shop_mode: "front" }).items.map(({ id }) => id);
    expect(ids).toContain("container:shop_api");
    expect(ids).not.toContain("container:shop_worker");
  });

  test("a disabled service has nothing but its directories, so that its files are removed", () => {
    const desired = compiled({ enable_shop: "no" });
    expect(desired.items.filter(({ set }) => set[0] === "shop")).toEqual([]);
    expect(desired.ownedDirectories).toContain("/etc/kolla/shop-api");
  });
});

import { describe, expect, test } from "vitest";
import { formatError, KollaError } from "#support";
import { limitsOf } from "./limits.ts";

const ORIGIN = { option: "nova_api_dimensions", where: { file: "globals.yml", line: 4 } };

function refusal(dimensions: Record<string, unknown>): string {
  try {
    limitsOf(dimensions, ORIGIN);
  } catch (error) {
    if (error instanceof KollaError) return formatError(error);
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("dimensions", () => {
  test("every key of Kolla-Ansible's becomes a limit of the engine", () => {
    const given = {
      mem_limit: "4g",
      mem_reservation: "512M",
      memswap_limit: -1,
      cpu_shares: "512",
      cpu_period: 100000,
      cpu_quota: 50000,
      cpuset_cpus: "0-3,8",
      cpuset_mems: 0,
      blkio_weight: 300,
      ulimits: { nofile: { soft: 1024, hard: "4096" }, RLIMIT_NPROC: { soft: -1, hard: -1 } },
    };
    expect(limitsOf(given, ORIGIN)).toEqual({
      limits: {
        memory: 4 * 2 ** 30,
        memoryReservation: 512 * 2 ** 20,
        memorySwap: -1,
        cpuShares: 512,
        cpuPeriod: 100000,
        cpuQuota: 50000,
        cpusetCpus: "0-3,8",
        cpusetMems: "0",
        blkioWeight: 300,
      },
      ulimits: { nofile: { soft: 1024, hard: 4096 }, nproc: { soft: -1, hard: -1 } },
    });
  });

  test.each([
    ["1024", 1024],
    [1024, 1024],
    ["64k", 65536],
    ["1.5G", 1.5 * 2 ** 30],
    ["2gb", 2 * 2 ** 30],
    ["3 t", 3 * 2 ** 40],
  ])("%j is a size", (given, bytes) => {
    expect(limitsOf({ mem_limit: given }, ORIGIN).limits.memory).toBe(bytes);
  });

  test("an empty value sets no limit", () => {
    expect(limitsOf({ mem_limit: "", cpu_shares: null }, ORIGIN)).toEqual({ limits: {}, ulimits: {} });
  });

  test("all that is wrong is told together, with place and nearest name", () => {
    const given = { mem_limit: "much", cpu_share: 5, ulimits: { nofile: 7 }, cpuset_cpus: "all" };
    expect(refusal(given)).toMatchInlineSnapshot(`
      "globals.yml:4: nova_api_dimensions: mem_limit is "much", but must be a size such as 4g or 512m, or a number of bytes (KOLLA_OPTION_VALUE)
      globals.yml:4: nova_api_dimensions: cpu_share is no limit of a container (KOLLA_OPTION_VALUE)
        Did you mean cpu_shares?
      globals.yml:4: nova_api_dimensions: ulimits is {"nofile":7}, but nofile must have soft and hard, both whole numbers (KOLLA_OPTION_VALUE)
      globals.yml:4: nova_api_dimensions: cpuset_cpus is "all", but must be a list of numbers such as "0-3,8" (KOLLA_OPTION_VALUE)"
    `);
  });

  test("a limit that engines gave up is refused", () => {
    expect(refusal({ kernel_memory: "1g" })).toMatchInlineSnapshot(`
      "globals.yml:4: nova_api_dimensions: container engines know no kernel_memory any more (KOLLA_OPTION_VALUE)
        Remove it; mem_limit counts all memory."
    `);
  });
});

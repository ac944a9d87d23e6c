import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { CloudClient, eventually } from "../../src/app/quickstart/cloud-client.ts";
import { kolla } from "./machine.ts";

type Json = Record<string, unknown>;

/**
 * A server every so many milliseconds, while so few are being built, and so many at most: the machine has few
 * processors, a build that takes two minutes is given up, and a host takes four servers for each processor, the first
 * cloud's among them.
 */
const PAUSE = 2500;
const AT_ONCE = 2;
const MOST = 6;
/** How long one may take to become ACTIVE, or to go, in seconds. */
const PATIENCE = 240;

/** What replaces libvirt's container, and nova_compute's. */
const CHANGES = ["-e", "nova_libvirt_logging_debug=yes", "-e", "nova_compute_healthcheck_interval=31"];

/** Every server booted while both are replaced becomes ACTIVE, and is never in ERROR. Afterwards the site is as it was. */
export async function bootedWhileReplaced(): Promise<void> {
  try {
    const { booted, value } = await bootedMeanwhile(() => kolla("deploy", "-t", "nova", ...CHANGES));
    expect(value).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/2 containers replaced/) });
    expect(booted.length).toBeGreaterThan(3);
    expect(booted.filter((statuses) => statuses !== "ACTIVE")).toEqual([]);
  } finally {
    expect((await kolla("deploy", "-t", "nova")).exitCode).toBe(0);
  }
}

/**
 * Boots small servers of what quickstart made, one after another, from a moment before a change until it is over; then
 * they go. Returns each one's statuses after BUILD, with words of what went wrong.
 */
async function bootedMeanwhile<T>(change: () => Promise<T>): Promise<{ booted: string[]; value: T }> {
  const cloud = await CloudClient.signIn("/etc/kolla/clouds.yaml", "kolla-admin-internal");
  const wish = await smallServer(cloud);
  const lives: Promise<string>[] = [];
  let building = 0;
  const over = new AbortController();
  const changed = new Promise<void>((resolve) => over.signal.addEventListener("abort", () => resolve()));
  const booting = (async () => {
    while (!over.signal.aborted && lives.length < MOST) {
      if (building < AT_ONCE) {
        building += 1;
        const server = { ...wish, name: `booted-meanwhile-${lives.length}` };
        const life = lifeOf(cloud, server, async () => {
          building -= 1;
          await changed;
        });
        lives.push(life.catch((error: Error) => error.message));
      }
      await sleep(PAUSE);
    }
  })();
  await sleep(PAUSE);
  const value = await change().finally(() => over.abort());
  await booting;
  return { booted: await Promise.all(lives), value };
}

/** What is asked for: the smallest flavor, the image and the network of the first cloud. */
async function smallServer(cloud: CloudClient): Promise<Json> {
  const image = await cloud.named("image", "/v2/images", "images", "kolla-test");
  const flavor = await cloud.named("compute", "/flavors", "flavors", "kolla.test");
  const network = await cloud.named("network", "/v2.0/networks", "networks", "demo-net");
  return { imageRef: image?.id, flavorRef: flavor?.id, networks: [{ uuid: network?.id }] };
}

/**
 * Statuses of a server from its boot until it is ACTIVE or gave up; once `built` has ended it is taken away. (That a
 * server goes while libvirt is replaced is not what is asked here.)
 */
async function lifeOf(cloud: CloudClient, wish: Json, built: () => Promise<void>): Promise<string> {
  const made = (await cloud.request("POST", "compute", "/servers", { server: wish })).server as Json;
  const path = `/servers/${made.id}`;
  const seen = new Set<string>();
  const end = await eventually(`${wish.name} ACTIVE`, PATIENCE, async () => {
    const server = (await cloud.request("GET", "compute", path)).server as Json;
    seen.add(String(server.status));
    const fault = (server.fault as Json | undefined)?.message;
    if (fault !== undefined) seen.add(String(fault));
    return server.status === "ACTIVE" || fault !== undefined ? [...seen] : undefined;
  }).catch((error: Error) => [...seen, error.message]);
  await built();
  await cloud.request("DELETE", "compute", path);
  const gone = async () =>
    cloud.request("GET", "compute", path).then(
      () => undefined,
      () => true,
    );
  await eventually(`${wish.name} gone`, PATIENCE, gone);
  return end.filter((status) => status !== "BUILD").join(", ");
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerSpec } from "#model";
import { KollaError } from "#support";
import { bareSpec, connect } from "../../engine/index.ts";
import type { CloudClient } from "./cloud-client.ts";
import type { FirstCloudMaker } from "./first-cloud.ts";

/** Name of the image in Glance. */
const IMAGE = "kolla-test";

const BASE_IMAGE = /(^|\/)base:/;
const CONTAINER = "kolla_test_image";

/** The id of the test image; it is made, from what lies below the project's `root`, and uploaded when the cloud does not have it. */
export async function uploadTestImage(
  cloud: CloudClient,
  maker: FirstCloudMaker,
  root: string,
): Promise<string> {
  const found = await cloud.named("image", `/v2/images?name=${IMAGE}`, "images", IMAGE);
  if (found?.status === "active") return String(found.id);
  const directory = mkdtempSync(join(tmpdir(), "kolla-test-image-"));
  try {
    await makeTestImage(directory, root);
    return await maker.image(IMAGE, join(directory, "vmlinuz"), join(directory, "initrd.img"));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Makes the test image's kernel and ramdisk in a directory, from Debian packages, in a container of the base image:
 * so the machine's own distribution and package lists play no part.
 */
async function makeTestImage(directory: string, root: string): Promise<void> {
  const engine = connect();
  const images = await engine.images();
  const base = images.flatMap((image) => image.references).find((reference) => BASE_IMAGE.test(reference));
  if (!base)
    throw new KollaError({
      code: "KOLLA_IMAGE_ABSENT",
      message: "The engine has no base image.",
      hint: "kolla build base",
    });
  await engine.remove(CONTAINER, { force: true });
  await engine.create(makerSpec(base, directory, root));
  try {
    await engine.start(CONTAINER);
    const exitCode = await engine.wait(CONTAINER);
    if (exitCode === 0) return;
    const log = await engine.logs(CONTAINER, { tail: 10 });
    throw new KollaError({
      code: "KOLLA_TEST_IMAGE",
      message: `The test image could not be made:\n${log.join("\n")}`,
    });
  } finally {
    await engine.remove(CONTAINER, { force: true });
  }
}

function makerSpec(image: string, directory: string, root: string): ContainerSpec {
  return bareSpec(CONTAINER, image, {
    command: ["bash", "/source/make.sh", "/out"],
    user: "root",
    mounts: [
      { source: join(root, "demos/test-image"), target: "/source", readOnly: true },
      { source: directory, target: "/out" },
    ],
    // What apt and dpkg-deb want in order to drop to their own account and to keep owners.
    capabilities: ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"],
  });
}

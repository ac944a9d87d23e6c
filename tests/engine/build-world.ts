import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type BuildEvent, project } from "#model";
import { type BuildParts, type BuildSummary, resolveBuildOptions, runBuild } from "../../src/build/index.ts";

const NAMESPACE = "kolla-build-test";
export const BASE_IMAGE = `${NAMESPACE}/busybox`;

/** What a test's images take is nothing to learn from. */
const NOTHING_KNOWN = { seconds: () => 1, learn: async () => undefined };

/** A small tree of templates in a place of its own, and the events of its last build. */
export class BuildWorld {
  readonly root: string;
  readonly #parts: BuildParts;
  events: BuildEvent[] = [];

  private constructor(root: string, parts: BuildParts) {
    this.root = root;
    this.#parts = { estimates: NOTHING_KNOWN, ...parts };
  }

  /** Image → the body of its template; `base` stands on the tiny image, all others on it by rule. */
  static async make(
    templates: Readonly<Record<string, string>>,
    parts: BuildParts = {},
  ): Promise<BuildWorld> {
    const world = new BuildWorld(await mkdtemp(join(tmpdir(), "kolla-build-test-")), parts);
    await world.put("package.json", '{"version": "0"}');
    await world.put("docker/macros.j2", "");
    await world.put(
      "docker/base/base/Dockerfile.j2",
      // A step of an earlier run must not be found again.
      `FROM {{ base_image }}:{{ base_distro_tag }}\nRUN echo ${world.root} > /base\n`,
    );
    for (const [name, body] of Object.entries(templates)) await world.template(name, body);
    return world;
  }

  template(name: string, body: string): Promise<void> {
    return this.put(`docker/tool/${name}/Dockerfile.j2`, body);
  }

  async put(name: string, content: string): Promise<void> {
    const path = join(this.root, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }

  /** Builds all images of the tree, two at a time unless the flags say otherwise; `hear` gets each event at once. */
  build(
    flags: Readonly<Record<string, string>> = {},
    hear: (event: BuildEvent) => void = () => undefined,
  ): Promise<BuildSummary> {
    this.events = [];
    const settings = resolveBuildOptions({
      root: this.root,
      flags: {
        namespace: NAMESPACE,
        base_image: BASE_IMAGE,
        base_tag: "1",
        tag: "1",
        pull: "false",
        threads: "2",
        ...flags,
      },
    });
    const projects = ["base", "tool"].map((name) => project(name, { summary: "", profile: "infra" }));
    const onEvent = (event: BuildEvent): void => {
      this.events.push(event);
      hear(event);
    };
    return runBuild(settings, projects, onEvent, undefined, this.#parts);
  }

  failures(): Extract<BuildEvent, { event: "failed" }>[] {
    return this.events.filter((event) => event.event === "failed");
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true });
  }
}

export function statuses({ images }: BuildSummary): Record<string, string> {
  return Object.fromEntries(images.map(({ name, status }) => [name, status]));
}

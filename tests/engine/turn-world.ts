import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Desired, Turns } from "#model";
import type { Ground } from "../../src/agent/ground.ts";
import { ask } from "../../src/agent/http.ts";
import { configuration, siteOf, web } from "./agent-world.ts";
import { bundled } from "./bundled.ts";
import { freePort } from "./free-port.ts";

/** Shell text of a container that serves its files, and so the one that tells load balancers whether it wants requests. */
export const RUN =
  "mkdir -p /var/lib/kolla; busybox httpd -p 127.0.0.1:$KOLLA_PORT -h /; trap 'exit 0' TERM; sleep 600 & wait";
const HEALTH = "busybox wget -q -O /dev/null http://127.0.0.1:$KOLLA_PORT/config/web.conf";

/** A load balancer's table that asks two ports as HAProxy does, and a container whose generations take turns there. */
export class TurnWorld {
  readonly turns: Turns;
  readonly #program: string;
  readonly #balancer: ChildProcess;

  private constructor(turns: Turns, program: string, balancer: ChildProcess) {
    this.turns = turns;
    this.#program = program;
    this.#balancer = balancer;
  }

  static async make(): Promise<TurnWorld> {
    const program = await bundled("turn-balancer");
    const ports = [await freePort(), await freePort()] as const;
    const balancer = spawn(process.execPath, [program, ...ports.map(String)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said] = (await once(balancer.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    const rows = [0, 1].map((at) => ({ "# pxname": "shop", svname: `member${at}` }));
    const turns: Turns = {
      ports,
      beside: true,
      drainSeconds: 120,
      balancers: [
        {
          url: `http://127.0.0.1:${said.toString().trim()}/`,
          basic: { user: "", password: "" },
          rows: [rows[0] ?? {}, rows[1] ?? {}],
          serves: { field: "status", begins: "UP" },
          busy: "scur",
          why: "last_chk",
        },
      ],
    };
    return new TurnWorld(turns, program, balancer);
  }

  /** What the load balancer answers: "gap", "again", "busy/1". */
  async told(path: string): Promise<string> {
    return (await ask({ url: `${this.turns.balancers[0]?.url}${path}` })).text;
  }

  /** The site with one file of this content. */
  shop(
    ground: Ground,
    content: string,
    changes: Parameters<typeof web>[2] = {},
    own: Partial<Turns> = {},
  ): Desired {
    const file = configuration(content);
    const item = web(ground, [file], { run: RUN, health: HEALTH, ...changes });
    return siteOf([file, { ...item, turns: { ...this.turns, ...own } }]);
  }

  remove(): void {
    this.#balancer.kill();
    rmSync(dirname(this.#program), { recursive: true, force: true });
  }
}

import { join } from "node:path";
import { execa } from "execa";
import type { Cluster } from "../../dev/hosts/cluster.ts";
import { engineClient } from "../../dev/hosts/engine.ts";
import { siteFlags } from "../../dev/hosts/site-files.ts";
import { kolla, type Outcome, root, type Where } from "./machine.ts";

/** Hosts of one cluster of dev/cluster, and the site on them. */
export class MadeCluster {
  readonly name: string;
  #cluster: Cluster | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get cluster(): Cluster {
    if (!this.#cluster) throw new Error(`${this.name} has no hosts yet`);
    return this.#cluster;
  }

  /** What dev/cluster prints for these hosts; its progress is shown. */
  async developer(verb: string, ...words: string[]): Promise<string> {
    const all = [verb, "--name", this.name, ...words];
    return (await execa(join(root, "dev/cluster"), all, { stderr: "inherit" })).stdout;
  }

  /** Makes these hosts beside those that are there. */
  async up(...hosts: string[]): Promise<void> {
    this.#cluster = JSON.parse(await this.developer("up", "--json", ...hosts)) as Cluster;
  }

  /** A verb as an operator types it for the site. */
  onSite(verb: string, ...words: string[]): Promise<Outcome> {
    return kolla(verb, ...siteFlags(this.cluster.paths), ...words);
  }

  /** To run commands on a host. */
  at(host: string): Where {
    return [engineClient(), "exec", "--interactive", `${this.name}-${host}`];
  }
}

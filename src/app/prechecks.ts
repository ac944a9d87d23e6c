import type { ObservedHost, ResolvedSite } from "#model";
import { foldProblems, KollaError } from "#support";
import { services } from "../../services/index.generated.ts";
import type { AnsibleSettings } from "../ansible/index.ts";
import { absentByDefault, checkSite } from "../compile/index.ts";

/** What prechecks judge of a site. */
interface Judged {
  settings: AnsibleSettings;
  site: ResolvedSite;
  observed: Readonly<Record<string, ObservedHost>>;
  unreachable: Readonly<Record<string, string>>;
  values: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** All that keeps a run from starting: hosts that could not be looked at, and what the hosts lack. */
export function precheckProblems({ settings, site, observed, unreachable, values }: Judged): KollaError[] {
  const away = Object.keys(unreachable);
  const others = `${settings.limit ?? "all"}:${away.map((host) => `!${host}`).join(":")}`;
  const without =
    Object.keys(observed).length > 0
      ? `Without ${away.length > 1 ? "them" : "it"}: the same command with --limit '${others}'. `
      : "";
  const unseen = Object.entries(unreachable).flatMap(([host, reason]) => {
    const ofImage = reason.includes("the agent's image");
    // Without a right name for the image its absence is no cause of its own.
    if (ofImage && values[host]?.kolla_agent_image_full === undefined) return [];
    return [
      new KollaError({
        code: "KOLLA_PRECHECK_HOST",
        message: `cannot be looked at: ${reason}`,
        where: { host },
        hint: `${without}${ofImage ? AGENT_IMAGE_HINT : "A new host: kolla bootstrap-servers prepares it."}`,
      }),
    ];
  });
  return foldProblems([...unseen, ...checkSite(services, site, observed)]);
}

/** What Kolla-Ansible would deploy on this site by default, and Kolla does not have. */
export function absentWarnings({ site }: Pick<Judged, "site">): KollaError[] {
  return absentByDefault(services, site);
}

const AGENT_IMAGE_HINT =
  "kolla build makes it, with all the others; for several hosts: kolla build --registry REGISTRY --push. Public images of Kolla's project (quay.io/openstack.kolla) have no kolla-agent: with them, build that one image, push it where hosts can pull it, and name it in kolla_agent_image_full.";

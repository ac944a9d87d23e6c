import { join } from "node:path";
import { formatSeconds } from "#support";
import type { QuickstartReport } from "../app/index.ts";
import { alignColumns } from "./columns.ts";

/** The server and how it is reached, then the parts with what each took, then what to do next; blank lines between. */
export function formatQuickstart(report: QuickstartReport, configDirectory: string): string[] {
  return [
    serverLines(report),
    "",
    phaseTable(report),
    "",
    report.changed
      ? `The cloud is ready: source ${join(configDirectory, "admin-openrc.sh")}`
      : `Nothing changed: the cloud was ready (${formatSeconds(report.seconds)}).`,
  ];
}

function serverLines({ server }: QuickstartReport): string {
  return alignColumns([
    ["server", `${server.name} ${server.status}`],
    ["lease", server.lease.replace(/^lease /, "")],
    ["metadata", server.metadata.replace(/^metadata /, "")],
    ["floating IP", `${server.floatingIp}: ${server.ping}`],
    ["login", server.login],
  ]);
}

/** One line for each part, and the sum. */
function phaseTable({ phases, seconds }: QuickstartReport): string {
  const rows = phases.map((phase) => [
    phase.name,
    formatSeconds(phase.seconds),
    phase.changed ? "changed" : "as it was",
  ]);
  return alignColumns([["PHASE", "TOOK", ""], ...rows, ["all", formatSeconds(seconds), ""]]);
}

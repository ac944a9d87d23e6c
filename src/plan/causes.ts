import { basename } from "node:path";
import {
  type ContainerItem,
  type FileItem,
  LABEL,
  type ObservedContainer,
  type ObservedFile,
  partsLabel,
  readLabel,
  shortHash,
} from "#model";
import { count } from "#support";

const PART_WORDS: Readonly<Record<string, string>> = {
  health: "health check",
  limits: "resource limits",
  securityOptions: "security options",
  deviceCgroupRules: "device rules",
  pidMode: "pid namespace",
  ipcMode: "ipc namespace",
  cgroupnsMode: "cgroup namespace",
  readOnlyRoot: "read-only root",
  restartPolicy: "restart policy",
  stopTimeout: "stop timeout",
};

/**
 * Why a container on the host is not the one that is wanted, its files aside; empty when it is.
 * `imageId` is what its reference means on the host now, undefined when it is not there yet.
 */
export function makeCauses(
  item: ContainerItem,
  found: ObservedContainer,
  imageId: string | undefined,
): string[] {
  if (found.labels[LABEL.managed] === undefined) return ["made by another tool"];
  const causes = [
    ...(imageId !== undefined && imageId !== found.imageId ? ["image changed"] : []),
    ...(found.labels[LABEL.spec] === item.specHash ? [] : specCauses(item, found)),
    ...(found.state === "dead" ? ["dead"] : []),
    ...illness(found),
  ];
  return [...new Set(causes)];
}

/** Starts by the engine from which on a container that has just been started counts as one that never stays up. */
const STARTS = 3;
/** Seconds: one that runs for longer stays up, however often it was started before. */
const JUST_STARTED = 60;
/** Failed checks in a row: more than an engine wants to call a container unhealthy, so that a passing trouble is none. */
const FAILED_CHECKS = 5;

/** A container that is as wanted and does not serve: it is made anew, and its gate says why when that does not help. */
function illness({
  state,
  health,
  restarts,
  upSeconds,
  exitCode,
  failedChecks = 0,
}: ObservedContainer): string[] {
  const isYoung = upSeconds !== undefined && upSeconds < JUST_STARTED;
  if (state === "restarting" || (state === "running" && isYoung && restarts >= STARTS)) {
    const how = exitCode === undefined ? "" : `, last exit ${exitCode}`;
    return [`starts again and again: ${count(restarts, "time")}${how}`];
  }
  if (state === "running" && health === "unhealthy" && failedChecks >= FAILED_CHECKS)
    return [`unhealthy: its last ${count(failedChecks, "check")} failed`];
  return [];
}

/** So many files are named in a cause; the others are counted. */
const NAMED_FILES = 4;

/** Which of its files are not those that it runs with; `had`: path → short hash. */
export function fileCauses(item: ContainerItem, had: Readonly<Record<string, string>>): string[] {
  const changed = Object.entries(item.files).flatMap(([path, hash]) => {
    if (had[path] === shortHash(hash)) return [];
    return [`${basename(path)} ${had[path] === undefined ? "added" : "changed"}`];
  });
  const gone = Object.keys(had).filter((path) => item.files[path] === undefined);
  const causes = [...new Set([...changed, ...gone.map((path) => `${basename(path)} removed`)])];
  const more = causes.length - NAMED_FILES;
  return more > 0 ? [...causes.slice(0, NAMED_FILES), count(more, "more file")] : causes;
}

function specCauses(item: ContainerItem, found: ObservedContainer): string[] {
  const had = readLabel(found.labels[LABEL.parts]);
  const now = readLabel(partsLabel(item.spec));
  const keys = [...new Set([...Object.keys(had), ...Object.keys(now)])].sort();
  const changed = Object.keys(had).length === 0 ? [] : keys.filter((key) => had[key] !== now[key]);
  return changed.length === 0
    ? ["definition changed"]
    : changed.flatMap((key) =>
        key === "labels"
          ? labelCauses(item.spec.labels, found.labels)
          : [`${PART_WORDS[key] ?? key} changed`],
      );
}

type Labels = Readonly<Record<string, string>>;

/** The release and the phase are among the labels. */
function labelCauses(wanted: Labels, had: Labels): string[] {
  const [phase, left] = [wanted[LABEL.phase], had[LABEL.phase]];
  const causes = [
    ...(wanted[LABEL.release] === had[LABEL.release] ? [] : ["release changed"]),
    ...(phase === left ? [] : [phase ?? `no longer ${left}`]),
  ];
  return causes.length === 0 ? ["labels changed"] : causes;
}

/** How a file on the host differs from the wanted one in words; undefined when it does not. */
export function fileChange(
  item: FileItem,
  found: ObservedFile | undefined,
  hash: string,
): string | undefined {
  if (!found) return "new";
  if (found.sha256 !== hash) return "changed";
  if (Number.parseInt(found.mode, 8) !== Number.parseInt(item.mode, 8))
    return `mode ${found.mode} → ${item.mode}`;
  if (!isAccount(item.owner, found.uid, found.owner) || !isAccount(item.group, found.gid, found.group))
    return `owner ${found.uid}:${found.gid} → ${item.owner}:${item.group}`;
  return undefined;
}

/** Whether an account that is wanted by name or number is the one that the host has under a number. */
function isAccount(wanted: string, id: number, name: string | undefined): boolean {
  return wanted === String(id) || wanted === (id === 0 ? "root" : name);
}

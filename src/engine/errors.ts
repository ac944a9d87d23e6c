import { KollaError } from "#support";

const NO_SPACE = /no space left on device|disk quota exceeded/i;

/** What frees room on an engine's disk. */
export const MAKE_ROOM =
  "Make room: docker system df shows what takes it; docker image prune and docker builder prune free what no image needs; data-root in /etc/docker/daemon.json names another disk";

const LOOK_AT_LOG =
  "Look at its log: journalctl -u docker --since -10min (without systemd: /var/log/kolla-dockerd.log)";

const BY_STATUS: Readonly<Record<number, string>> = {
  404: "KOLLA_ENGINE_NOT_FOUND",
  409: "KOLLA_ENGINE_CONFLICT",
};

/** What an engine refused, in its own words; a full disk is told apart. */
export function refusal(message: string, what: string, status = 0): KollaError {
  if (NO_SPACE.test(message)) return noSpace(message, what);
  return new KollaError({
    code: BY_STATUS[status] ?? "KOLLA_ENGINE_REQUEST",
    message: `The container engine refused to ${what}: ${message.trim()}`,
  });
}

/** Nobody listens, or the connection broke: told apart by the system's own code. */
export function connectionError(cause: Error, socketPath: string, what: string): KollaError {
  const code = (cause as NodeJS.ErrnoException).code ?? "";
  if (["ENOENT", "ECONNREFUSED", "EACCES", "EPERM", "ENOTSOCK"].includes(code))
    return unreachable(code, socketPath, cause);
  return new KollaError({
    code: "KOLLA_ENGINE_GONE",
    message: `The container engine at ${socketPath} went away while it was asked to ${what}`,
    hint: LOOK_AT_LOG,
    cause,
  });
}

/** The engine took the request and never answered. */
export function silence(socketPath: string, what: string, seconds: number): KollaError {
  return new KollaError({
    code: "KOLLA_ENGINE_SILENT",
    message: `The container engine at ${socketPath} did not answer within ${seconds} s when asked to ${what}`,
    hint: `Look at its load. ${LOOK_AT_LOG}`,
  });
}

function noSpace(message: string, what: string): KollaError {
  return new KollaError({
    code: "KOLLA_ENGINE_NO_SPACE",
    message: `The container engine's disk is full, so it could not ${what}: ${message.trim()}`,
    hint: MAKE_ROOM,
  });
}

function unreachable(code: string, socketPath: string, cause: Error): KollaError {
  const denied = code === "EACCES" || code === "EPERM";
  return new KollaError({
    code: "KOLLA_ENGINE_UNREACHABLE",
    message: denied
      ? `The container engine's socket ${socketPath} may not be used by this account`
      : `No container engine answers at ${socketPath}`,
    hint: denied
      ? "Run as root, or join the group docker: usermod -aG docker $USER"
      : "Start it: systemctl start docker (or podman.socket; without systemd: kolla bootstrap-servers), or name its socket in DOCKER_HOST=unix:///path",
    cause,
  });
}

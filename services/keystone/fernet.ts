/** Life of tokens and of the keys they are made with, in seconds. */
export interface FernetTimes {
  /** How long a token is valid. */
  expiry: number;
  /** How long after that a service may still finish work that began with it. */
  grace: number;
  /** Time between two rotations of the keys. */
  rotation: number;
}

/**
 * How many keys Keystone must keep. A token has to be readable for its life and grace, and in that time so many rotations
 * happen, rounded up; beside those keys there are the one that makes tokens and the one that will be next.
 */
export function maxActiveKeys({ expiry, grace, rotation }: FernetTimes): number {
  return Math.ceil((expiry + grace) / rotation) + 2;
}

/**
 * Minutes of the hour at which a host looks whether rotation is due: hosts take turns, so that two never rotate at once.
 * The look costs nothing; rotation itself happens when the newest key is older than the interval, whoever sees it first.
 */
export function rotationMinute(index: number, hosts: number): number {
  return Math.floor((60 * index) / hosts);
}

/**
 * The crontab of the host at that place in its group, for keys that are rotated every so many seconds. Output goes to the container's own log, through process 1.
 * cron knows nothing of the image's PATH: keystone-manage from source is in the virtual environment.
 */
export function rotationCrontab(index: number, hosts: number, rotation: number): string {
  const minute = rotationMinute(index, hosts);
  return [
    "PATH=/var/lib/kolla/venv/bin:/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin",
    `${minute} * * * * root /usr/bin/fernet-rotate.sh ${rotation} >/proc/1/fd/1 2>&1`,
    "",
  ].join("\n");
}

import type { ConfContext, IniSection } from "./context.ts";

/**
 * The logging part of [DEFAULT]. Programs name their files themselves in /var/log/kolla/<service>; under uwsgi all are
 * called "uwsgi", so there the file's name is given. What is logged also goes to stderr, where `kolla logs` and the
 * engine find the last words of a container that would not start.
 */
export function logging(context: ConfContext, service: string, file?: string): IniSection {
  const directory = `/var/log/kolla/${service}`;
  return {
    debug: context.site.value(`${service}_logging_debug`) === true,
    ...(file ? { log_file: `${directory}/${file}` } : { log_dir: directory }),
    use_stderr: true,
  };
}

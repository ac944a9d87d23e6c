/**
 * What a container leaves on its host when it is gone, and how that goes: what `kolla destroy` does beside removing it.
 * It counts where the container, or an older generation of it, is found. JSON; a pattern is the text of a regular
 * expression, and always has to match the whole of a name.
 */
export interface Teardown {
  /**
   * How the cloud's servers that it started are told from the host's other processes. They outlive it, and are a reason
   * to refuse unless the operator wants them ended too.
   */
  servers?: ServerProcesses;
  /** It is told to end and awaited, for only then does it take its own things off the host. Absent: it is killed. */
  toldToEnd?: boolean;
  /** What only the container itself can name and remove, while it runs. */
  listed?: ListedThings;
  /** Names of directories in the host's /run through which others reached it. */
  runDirectories?: readonly string[];
  /** Patterns of network namespaces of the host. */
  namespaces?: readonly string[];
  /**
   * Patterns of network devices of the host. One that carries an address stays, for the host may be reached through it;
   * and so does a bridge of the kernel, which an operator made.
   */
  devices?: readonly string[];
  /** Patterns of bridges of the kernel that it made itself. One that carries an address stays. */
  kernelBridges?: readonly string[];
}

/** Processes with this program's name (15 signs of it, proc_pid_comm(5)) and an argument like this. Patterns. */
export interface ServerProcesses {
  program: string;
  argument: string;
}

/** Things that a running container can list and remove, such as a switch's bridges. */
export interface ListedThings {
  /** What the operator is told that one is: "bridge". */
  noun: string;
  /** Command in the container, as root, that writes their names, one a line. */
  list: readonly string[];
  /** Command in the container, as root, that removes the one whose name is put behind it. */
  remove: readonly string[];
}

/** What a container with this name on the engine leaves. */
export interface ContainerTeardown {
  container: string;
  teardown: Teardown;
}

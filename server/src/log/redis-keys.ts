/** Names of all keys. Those of one session share its hash tag, and so one slot of a Cluster. */
export class RedisKeys {
  /** The machines by the time at which their leases end. */
  readonly machines: string;
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
    this.machines = `${prefix}:machines`;
  }

  /** In the order in which the scripts expect them. */
  session(id: string): readonly string[] {
    const base = `${this.#prefix}:{${id}}`;
    return [base, `${base}:log`, this.channel(id), `${base}:messages`, `${base}:keys`, `${base}:gone`];
  }

  /** Where it is told that a session's log has grown. */
  channel(sessionId: string): string {
    return `${this.#prefix}:{${sessionId}}:grown`;
  }

  /** Where a machine is asked to stop a reply. */
  requests(machine: string): string {
    return `${this.#prefix}:machine:{${machine}}:requests`;
  }

  /** The replies that run on a machine. */
  running(machine: string): string {
    return `${this.#prefix}:machine:{${machine}}:running`;
  }

  /** An owner's sessions by the time of their last use. */
  owner(owner: string): string {
    return `${this.#prefix}:owner:${owner}`;
  }
}

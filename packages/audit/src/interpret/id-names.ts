import { readFileSync } from "node:fs";
import { latin1Text } from "../record/field-value.ts";

/** Where names of users and groups are from. */
export interface IdNamesOptions {
  /** Default `/etc/passwd`. */
  readonly passwd?: string;
  /** Default `/etc/group`. */
  readonly group?: string;
}

/**
 * Names of users and groups, from files as passwd(5) and group(5) have them; users of a directory service are not in them.
 * Each file is read when the first name of it is asked for, and once: make a new object to read it again.
 */
export class IdNames {
  readonly #paths: Required<IdNamesOptions>;
  #users: ReadonlyMap<number, string> | undefined;
  #groups: ReadonlyMap<number, string> | undefined;

  constructor({ passwd = "/etc/passwd", group = "/etc/group" }: IdNamesOptions = {}) {
    this.#paths = { passwd, group };
  }

  /** Undefined for an id without a name, and where the file cannot be read. */
  user(uid: number): string | undefined {
    this.#users ??= readNames(this.#paths.passwd);
    return this.#users.get(uid);
  }

  /** Undefined as with `user`. */
  group(gid: number): string | undefined {
    this.#groups ??= readNames(this.#paths.group);
    return this.#groups.get(gid);
  }
}

/** The first field by the third; the first line of an id counts. */
function readNames(path: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  let text = "";
  try {
    text = readFileSync(path, "latin1");
  } catch {
    // Without the file every id stays a number.
  }
  for (const line of text.split("\n")) {
    const [name = "", , number = ""] = line.split(":");
    const id = /^\d{1,10}$/u.test(number) ? Number(number) : undefined;
    if (id !== undefined && name !== "" && !names.has(id)) names.set(id, latin1Text(name));
  }
  return names;
}

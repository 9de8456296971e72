/** Memory that several share: each takes what it keeps, and gives it back. */
export class ByteBudget {
  readonly #most: number;
  #taken = 0;

  /** @param most bytes that may be taken at a time */
  constructor(most: number) {
    this.#most = most;
  }

  get taken(): number {
    return this.#taken;
  }

  /** @returns false when there is no room, and then nothing was taken */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#most) return false;
    this.#taken += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }
}

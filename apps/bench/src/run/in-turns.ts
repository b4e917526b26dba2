/** Lets a process that waits go on. */
type Go = () => void;

/** Starts a process, which calls `ready` whenever it waits for its turn; settles when the process has ended. */
export type Start<R> = (ready: (go: Go) => void) => Promise<R>;

/**
 * Runs processes of which one works at a time: each is started when the one before it waits, and then they take turns,
 * one step each, until all have ended. What the machine does for longer than a step befalls all of them alike.
 */
export async function inTurns<R>(starts: readonly Start<R>[]): Promise<R[]> {
  const players: Player<R>[] = [];
  for (const start of starts) {
    const player = new Player(start);
    players.push(player);
    await player.rest();
  }
  while (players.some((player) => !player.hasEnded)) for (const player of players) await player.step();
  return Promise.all(players.map(({ result }) => result));
}

class Player<R> {
  readonly result: Promise<R>;
  hasEnded = false;
  #go: Go | undefined;
  #rested: (() => void) | undefined;

  constructor(start: Start<R>) {
    const atRest = (): void => {
      this.#rested?.();
      this.#rested = undefined;
    };
    this.result = start((go) => {
      this.#go = go;
      atRest();
    });
    const end = (): void => {
      this.hasEnded = true;
      atRest();
    };
    this.result.then(end, end);
  }

  /** Until it waits, or has ended. */
  rest(): Promise<void> {
    if (this.hasEnded || this.#go !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#rested = resolve;
    });
  }

  async step(): Promise<void> {
    const go = this.#go;
    this.#go = undefined;
    if (!this.hasEnded) go?.();
    await this.rest();
  }
}

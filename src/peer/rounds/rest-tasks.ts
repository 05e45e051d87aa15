// What is to be done between two passes, when all is on disk and nothing is under way: the steps of
// a collection that the peer does itself.

/**
 * What was to be done at rest can't be done: the peer has left consensus, or can't write. The
 * message says why.
 */
export class NotAtRestError extends Error {
  readonly code = "NOT_AT_REST";
}

interface RestTask {
  readonly run: () => void;
  readonly refuse: (error: NotAtRestError) => void;
}

/** In the order in which they were added; each is run once, or refused. */
export class RestTasks {
  #waiting: RestTask[] = [];

  get areWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /**
   * Resolves with what the task gives, once it is run.
   * @throws NotAtRestError when it is refused, and whatever the task throws
   */
  add<T>(task: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = () => {
        try {
          resolve(task());
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.push({ run, refuse: reject });
    });
  }

  runAll(): void {
    for (const { run } of this.#take()) run();
  }

  refuseAll(reason: string): void {
    for (const { refuse } of this.#take()) refuse(new NotAtRestError(reason));
  }

  #take(): RestTask[] {
    return this.#waiting.splice(0);
  }
}

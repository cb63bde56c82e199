/** Lets `limit` at once; the others wait their turn. sshd's MaxSessions fails the 11th channel (TRAPS: Linux). */
export class Slots {
  readonly #waiting: (() => void)[] = []
  readonly #idlers: (() => void)[] = []
  #free: number

  constructor(limit: number) {
    this.#free = limit
  }

  /** Waits for a turn and returns what ends it (calling that twice is harmless). Rejects when the signal is aborted. */
  async take(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted()
    if (this.#free > 0) this.#free -= 1
    else {
      this.crowded()
      await this.#turn(signal)
    }
    let held = true
    return () => {
      if (!held) return
      held = false
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }

  /** `letGo` is called when somebody has to wait: whoever holds a place idly gives it up. */
  onCrowded(letGo: () => void): void {
    this.#idlers.push(letGo)
  }

  /** Somebody has to wait, here or at the host itself. */
  crowded(): void {
    for (const letGo of this.#idlers) letGo()
  }

  #turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal?.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1)
        reject(signal?.reason as Error)
      }
      this.#waiting.push(go)
      signal?.addEventListener('abort', giveUp, { once: true })
    })
  }
}
